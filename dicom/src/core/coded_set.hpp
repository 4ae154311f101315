#pragma once
/// The characters of the sets that ISO 2022 escape sequences designate, looked up in glibc's
/// iconv(3) tables. DCMTK's own conversion is not used: as Debian builds it, it refuses ISO-IR 87.

#include "dicom/core/character_set.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cxr::dicom {

struct Designation {
    std::string_view escape;  ///< with its ESC
    CodedSet set;
    bool upper_half;  ///< G1, bytes A0H-FFH; else G0
};
/// The designation that `text` (at an ESC) begins with; null if it is not in the table.
[[nodiscard]] const Designation* find_designation(std::string_view text);

[[nodiscard]] bool is_two_byte(CodedSet set);

/// The character of one byte in the upper half; nothing if the set has none there.
[[nodiscard]] std::optional<char32_t> upper_half_character(CodedSet set, unsigned char byte);

/// Appends the character of a two-byte set; either half. False if there is none.
[[nodiscard]] bool append_two_byte_character(CodedSet set,
                                             unsigned char first,
                                             unsigned char second,
                                             std::string& utf8);

/// Converts as much of `text` as is well-formed, appends it and removes it from `text`.
void convert_prefix(const char* charset, std::string_view& text, std::string& utf8);

}  // namespace cxr::dicom
