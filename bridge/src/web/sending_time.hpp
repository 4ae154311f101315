#pragma once
/// How long a client may take for an answer: some patience, and a second more for so many bytes
/// that it takes. Neither who takes nothing nor who takes a byte now and then holds a connection
/// for ever. Only the time in which something waits to be taken counts, not that in which it is
/// made.

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace cxr::bridge::web {

class SendingTime {
public:
    using Clock = std::chrono::steady_clock;

    SendingTime(std::chrono::milliseconds patience, std::uint64_t bytes_per_second)
        : patience_(patience), bytes_per_second_(std::max<std::uint64_t>(1, bytes_per_second)) {}

    /// When the bytes that are offered from `now` on must have been taken, some at least: within
    /// the patience, and within what is left of the answer's whole time.
    [[nodiscard]] Clock::time_point deadline(Clock::time_point now) const {
        return now + std::min<Clock::duration>(patience_, left_);
    }
    /// They were offered for `time`, and `bytes` were taken.
    void took(std::uint64_t bytes, Clock::duration time) {
        bytes_ += bytes;
        const auto earned = std::chrono::seconds(bytes_ / bytes_per_second_);
        bytes_ %= bytes_per_second_;
        left_ += earned - time;
    }

private:
    std::chrono::milliseconds patience_;
    std::uint64_t bytes_per_second_;
    Clock::duration left_ = patience_;
    std::uint64_t bytes_ = 0;  ///< that have not earned a whole second yet
};

}  // namespace cxr::bridge::web
