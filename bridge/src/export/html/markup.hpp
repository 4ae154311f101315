#pragma once
/// Pieces of HTML. Nothing that a table or a file says reaches a page but through escaped().

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cxr::bridge::html {

/// As text, or as an attribute's value in double quotes.
[[nodiscard]] std::string escaped(std::string_view text);

/// The same, and may be broken after each underscore.
[[nodiscard]] std::string breakable(std::string_view text);

/// RFC 4648 §4, for data: URLs.
[[nodiscard]] std::string base64(std::span<const std::byte> bytes);

/// From the doctype to the opened body. The page may load nothing: its policy says so.
[[nodiscard]] std::string page_head(std::string_view title, std::string_view css);

}  // namespace cxr::bridge::html
