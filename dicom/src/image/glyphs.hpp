#pragma once
/// Letters of five by seven points.

#include <array>
#include <cstdint>

namespace cxr::dicom {

inline constexpr unsigned glyph_columns = 5, glyph_rows = 7;
/// Rows from above; the leftmost point is bit 4.
using Glyph = std::array<std::uint8_t, glyph_rows>;

/// A frame for what is no printable ASCII character.
[[nodiscard]] const Glyph& glyph_of(char32_t character);

}  // namespace cxr::dicom
