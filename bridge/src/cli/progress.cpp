#include "bridge/cli/progress.hpp"

#include "shown.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <unistd.h>

namespace cxr::bridge::cli {

namespace {

constexpr std::chrono::nanoseconds redraw_interval = std::chrono::milliseconds(100);

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

Progress::Progress(std::string doing, std::string things, std::uint64_t total)
    : doing_(std::move(doing)),
      things_(std::move(things)),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    if (terminal_) {
        std::fputs("\r\x1b[K", stderr);
    }
}

void Progress::advance(std::uint64_t count) {
    const std::uint64_t finished = finished_.fetch_add(count) + count;
    if (!terminal_) {
        return;
    }
    const std::int64_t now = now_ns();
    std::int64_t next = next_draw_ns_.load();
    // Of the threads that come at the same time, one wins the turn and draws.
    if (now >= next && next_draw_ns_.compare_exchange_strong(next, now + redraw_interval.count())) {
        draw(finished);
    }
}

void Progress::draw(std::uint64_t finished) {
    const std::string line =
        total_ == 0
            ? fmt::format("\r{} {} {}\x1b[K", doing_, grouped(finished), things_)
            : fmt::format(
                  "\r{} {} of {} {}\x1b[K", doing_, grouped(finished), grouped(total_), things_);
    const std::lock_guard lock(drawing_);
    std::fputs(line.c_str(), stderr);
    std::fflush(stderr);
}

}  // namespace cxr::bridge::cli
