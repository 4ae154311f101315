#pragma once
/// How numbers and times are shown to people, whatever the locale.

#include <fmt/chrono.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace cxr::bridge {

/// "112,120"
[[nodiscard]] inline std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

/// "2026-11-24T09:31:07Z"
[[nodiscard]] inline std::string utc(std::chrono::system_clock::time_point time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                       fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time)));
}

}  // namespace cxr::bridge
