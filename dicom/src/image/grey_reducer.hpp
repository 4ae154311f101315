#pragma once
/// Rows of any PNG colour type to 8-bit grey, or the reason why that would lose something.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cxr::dicom {

/// What a pixel is, beside its size: IHDR, PLTE and tRNS.
struct PngColours {
    std::uint8_t bit_depth = 8;
    std::uint8_t colour_type = 0;
    struct PaletteEntry {
        std::uint8_t red, green, blue, alpha;
    };
    std::vector<PaletteEntry> palette;
    /// Colour type 0: in [0]; colour type 2: red, green, blue. A pixel of it is transparent.
    std::optional<std::array<std::uint16_t, 3>> transparent_colour;
};

enum class Reduction : std::uint8_t { lossless, not_grey, transparent, sixteen_bits, no_entry };

/// @param raw one row as PNG stores it (§7.2), samples of less than 8 bits one in a byte.
/// @param grey its pixels; how many they are says how many raw ones are read.
[[nodiscard]] Reduction reduce_to_grey(const PngColours& colours,
                                       const std::uint8_t* raw,
                                       std::span<std::uint8_t> grey);

}  // namespace cxr::dicom
