#pragma once
/// "Did you mean": the known name that a misspelt one is nearest to.

#include <optional>
#include <span>
#include <string_view>

namespace cxr::config {

/// By edit distance (insert, delete, replace, swap neighbours); none when over a third of the name
/// would have to change.
[[nodiscard]] std::optional<std::string_view> nearest_name(std::string_view misspelt,
                                                           std::span<const std::string_view> known);

}  // namespace cxr::config
