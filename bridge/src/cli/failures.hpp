#pragma once
/// Failures of a job, one line each.

#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

namespace cxr::bridge::cli {

/// The first ones: a full disk would else print a line for each of 113,000 documents.
inline void print_failures(const std::vector<std::string>& failures, std::ostream& err) {
    constexpr std::size_t failures_shown = 20;
    const std::size_t shown = std::min(failures.size(), failures_shown);
    for (std::size_t i = 0; i < shown; ++i) {
        fmt::print(err, "{}\n", failures[i]);
    }
    if (shown < failures.size()) {
        fmt::print(err, "and {} more failures\n", failures.size() - shown);
    }
}

}  // namespace cxr::bridge::cli
