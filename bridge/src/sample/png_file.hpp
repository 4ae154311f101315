#pragma once
/// PNGs with the chunks that the collection's have: grey ones `IHDR tIME IDAT… IEND`, RGBA ones
/// `IHDR sRGB gAMA pHYs tIME IDAT IEND` with equal colours and nothing transparent.

#include <cstdint>
#include <span>
#include <vector>

namespace cxr::bridge::sample {

/// @param grey size × size bytes. The bytes of the file; throws when libpng finds no memory.
[[nodiscard]] std::vector<std::uint8_t> encode_png(std::span<const std::uint8_t> grey,
                                                   std::uint32_t size,
                                                   bool rgba);

}  // namespace cxr::bridge::sample
