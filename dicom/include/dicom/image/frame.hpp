#pragma once
/// One decoded picture of the collection, ready for the Image Pixel module (PS3.3 C.7.6.3).
/// Shape: rows × columns × 1, row-major, unsigned, 8 bits stored of 8; 1024 × 1024 in the published
/// set. MONOCHROME2. Colour or alpha in the source is reduced by decode_png(), which says so in
/// `notes`. Spacing is not in the PNG: the CSV gives it at the original size.

#include "dicom/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cxr::dicom {

struct Frame {
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
    std::vector<std::byte> pixels;   ///< rows * columns bytes, plus one zero byte if that is odd
    std::vector<std::string> notes;  ///< what a log should say once: "RGBA reduced to grey"
};

struct PngHeader {
    std::uint32_t width, height;
    std::uint8_t bit_depth, colour_type, interlace;
};

/// Signature and IHDR of at least 33 bytes, CRC and limits checked; nothing is allocated.
[[nodiscard]] Result<PngHeader> read_png_header(std::span<const std::byte> bytes);

/// Never pads, never serves a partial image. Faults: malformed (names the real cause and, for other
/// file types, the type), unsupported (colour that is not grey, transparency), exhausted (over
/// 4096 × 4096, checked before anything is allocated).
[[nodiscard]] Result<Frame> decode_png(std::span<const std::byte> bytes);

}  // namespace cxr::dicom
