#pragma once
/// "wrapping 1,234 of 112,120 images" on a terminal, redrawn ten times a second at most; silent
/// when stderr is not a terminal. Any thread may advance it.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace cxr::bridge::cli {

class Progress {
public:
    /// @param doing "wrapping"  @param things "images"  @param total 0: not known
    Progress(std::string doing, std::string things, std::uint64_t total);
    /// Erases the line: what was done is the command's own last line.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void advance(std::uint64_t count = 1);
    [[nodiscard]] std::uint64_t finished() const { return finished_.load(); }

private:
    void draw(std::uint64_t finished);

    const std::string doing_, things_;
    const std::uint64_t total_;
    const bool terminal_;
    std::atomic<std::uint64_t> finished_{0};
    std::atomic<std::int64_t> next_draw_ns_{0};
    std::mutex drawing_;  // one line at a time
};

}  // namespace cxr::bridge::cli
