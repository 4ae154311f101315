#pragma once
/// UTF-8 by code point.

#include <cstddef>
#include <string>
#include <string_view>

namespace cxr::dicom {

inline constexpr char32_t replacement_character = 0xFFFD;

struct DecodedCharacter {
    char32_t code_point;
    std::size_t size;  ///< bytes; at least 1 for a non-empty text
    bool valid;
};
/// The first character of a non-empty text; what is no character is one of size >= 1, invalid.
[[nodiscard]] DecodedCharacter first_character(std::string_view text);

void append_utf8(std::string& text, char32_t code_point);

}  // namespace cxr::dicom
