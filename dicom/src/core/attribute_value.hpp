#pragma once
/// The value field of one element, between its bytes and the text of an Attribute (PS3.5 §6.2).

#include "dicom/core/character_set.hpp"
#include "dicom/core/vr.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::dicom {

/// US UL SS SL FL FD UV SV AT: shown as numbers.
[[nodiscard]] bool is_number(VR vr);
/// The width of one number in bytes; of AT 4.
[[nodiscard]] std::size_t number_bytes(VR vr);

/// Numbers as Attribute::value writes them; nothing if the length is no multiple of the width.
[[nodiscard]] std::optional<std::string> number_text(VR vr,
                                                     std::span<const std::byte> bytes,
                                                     bool big_endian);
/// Appends little endian; false, and nothing appended, if `text` is not a list of such numbers.
[[nodiscard]] bool append_numbers(VR vr, std::string_view text, std::vector<std::byte>& bytes);

/// Padding removed: of each value where there are several, per PS3.5 table 6.2-1.
[[nodiscard]] std::string without_padding(VR vr, std::string text);

}  // namespace cxr::dicom
