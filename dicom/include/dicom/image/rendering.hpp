#pragma once
/// Pictures for people out of image objects (PS3.18 §8.3.5, §10.4.1.1.3): modality and VOI
/// transformations, a region, a size; then PNG or JPEG.

#include "dicom/core/encoded_object.hpp"
#include "dicom/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cxr::dicom {

struct Window {
    double center, width;
    bool sigmoid = false;
};

/// A region of the image, in its pixels, and the greatest size that it is shown in: its proportions
/// stay. A negative width or height of the region mirrors it.
struct Viewport {
    std::uint32_t width, height;
    double x = 0, y = 0;
    std::optional<double> region_width{}, region_height{};  ///< nothing: to the edge
};

struct RenderingOptions {
    std::uint32_t frame = 1;
    std::optional<Window> window{};  ///< nothing: the object's first one, else the whole range
    std::optional<Viewport> viewport{};
};

/// Row-major, 8 bits a sample, samples interleaved.
struct Picture {
    std::uint32_t rows, columns;
    unsigned samples;  ///< 1: grey, 3: red, green, blue
    std::vector<std::uint8_t> pixels;
};

/// Pictures that are asked for may have so many pixels on a side.
inline constexpr std::uint32_t picture_side_max = 16'384;

/// Faults: unsupported (no image, pixels that cannot be decoded), malformed, not_found (no such
/// frame).
[[nodiscard]] Result<Picture> render(const EncodedObject& object, const RenderingOptions& options);

[[nodiscard]] std::vector<std::byte> png_of(const Picture& picture);
/// @param quality 1 to 100
[[nodiscard]] std::vector<std::byte> jpeg_of(const Picture& picture, int quality);

}  // namespace cxr::dicom
