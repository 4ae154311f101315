#pragma once
/// When something that failed is tried again, and when no more: what owed storage commitment
/// reports and deliveries have alike. A value without a clock.

#include <algorithm>
#include <chrono>
#include <optional>

namespace cxr::storescp {

struct RetrySchedule {
    /// After the first failed attempt; doubled after each further one, up to the greatest.
    std::chrono::milliseconds first{60'000};
    std::chrono::milliseconds greatest{3'600'000};
    unsigned attempts_max = 12;  ///< then it is given up, for a person to see

    /// The wait after so many failed attempts (one or more); nothing: that was the last one.
    [[nodiscard]] std::optional<std::chrono::milliseconds> wait_after(unsigned attempts) const {
        if (attempts >= attempts_max) {
            return std::nullopt;
        }
        auto wait = first;
        for (unsigned i = 1; i < attempts && wait < greatest; ++i) {
            wait *= 2;
        }
        return std::min(wait, greatest);
    }
    friend bool operator==(const RetrySchedule&, const RetrySchedule&) = default;
};

}  // namespace cxr::storescp
