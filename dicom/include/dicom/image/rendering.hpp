#pragma once
/// Pictures for people out of image objects (PS3.18 §8.3.5, §10.4.1.1.3): modality and VOI
/// transformations, a region, a size, what a presentation state says, text in the corners; then PNG
/// or JPEG.

#include "dicom/core/encoded_object.hpp"
#include "dicom/core/result.hpp"
#include "dicom/image/window.hpp"
#include "dicom/presentation/softcopy_state.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cxr::dicom {

/// The greatest size that something is shown in (its proportions stay), and a region of the image
/// in its pixels; what of it is outside the image is left out.
struct Viewport {
    struct Region {
        double x = 0, y = 0;
        /// Nothing: to the edge. Negative: mirrored.
        std::optional<double> width{}, height{};
        bool relative = false;  ///< in parts of the image, from 0 to 1, not in pixels
    };
    std::uint32_t width = 0, height = 0;  ///< 0: as large as it is
    std::optional<Region> region{};       ///< nothing: all
};

struct RenderingOptions {
    std::uint32_t frame = 1;
    /// Nothing: the state's, else the object's first one, else the whole range.
    std::optional<Window> window{};
    std::optional<Viewport> viewport{};
    std::optional<SoftcopyState> state{};
    bool patient = false, technique = false;  ///< written over it, where it is large enough
};

/// Row-major, 8 bits a sample, samples interleaved.
struct Picture {
    std::uint32_t rows, columns;
    unsigned samples;  ///< 1: grey, 3: red, green, blue
    std::vector<std::uint8_t> pixels;
};

/// A picture whose size is asked for may have so many pixels on a side, and in all: enough for the
/// largest screens (7680 x 4320), and 100 MB in colour, of which a few are made at a time.
inline constexpr std::uint32_t picture_side_max = 8'192;
inline constexpr std::uint32_t picture_pixels_max = 33'554'432;

/// Faults: unsupported (no image, pixels that cannot be decoded), malformed, not_found (no such
/// frame).
[[nodiscard]] Result<Picture> render(const EncodedObject& object, const RenderingOptions& options);

[[nodiscard]] std::vector<std::byte> png_of(const Picture& picture);
/// @param quality 1 to 100
[[nodiscard]] std::vector<std::byte> jpeg_of(const Picture& picture, int quality);

}  // namespace cxr::dicom
