#pragma once
/// What a Grayscale Softcopy Presentation State (PS3.3 A.33.1), anybody's, says of one image, as a
/// value that render() applies: window (C.11.8), polarity (C.11.6), turning (C.10.6), displayed
/// area (C.10.4), and what is drawn over it (C.10.5).
///
/// Not read: modality, VOI and presentation look-up tables, shutters, overlays, compound graphics,
/// magnification. Of a graphic only the outline is drawn.

#include "dicom/core/attributes.hpp"
#include "dicom/image/window.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cxr::dicom {

/// In pixels of the image, (0,0) being the outer corner of the first one; or, of the displayed
/// area, from (0,0) to (1,1).
struct Point {
    double x, y;
    friend bool operator==(const Point&, const Point&) = default;
};

/// A line through points; circles and ellipses are such lines already.
struct StateGraphic {
    std::vector<Point> points;  ///< of one point: a cross there
    bool of_display = false;    ///< else in pixels
    std::uint8_t grey = 255;
};

struct StateText {
    std::string text;                    ///< UTF-8, lines separated by LF
    Point corner{0, 0}, opposite{0, 0};  ///< of its box; both the same: it begins there
    bool of_display = false;
    std::uint8_t grey = 255;
};

struct SoftcopyState {
    std::optional<Window> window{};
    bool inverse = false;
    unsigned turned = 0;   ///< clockwise: 0, 90, 180, 270 degrees
    bool flipped = false;  ///< then, left to right
    /// In pixels of the image before turning, from outer corner to outer corner.
    std::optional<std::pair<Point, Point>> displayed_area{};
    std::vector<StateGraphic> graphics{};  ///< in the order of their layers
    std::vector<StateText> texts{};
};

struct StatedImage {
    std::string series_instance_uid, sop_instance_uid;
    friend bool operator==(const StatedImage&, const StatedImage&) = default;
};
/// Which images it is of (C.11.11), in its order.
[[nodiscard]] std::vector<StatedImage> images_of(const Attributes& state);

/// @param frame from 1
/// Faults: malformed (it is not of that image; numbers that are none), unsupported (more
/// graphics than are drawn).
[[nodiscard]] Result<SoftcopyState> read_softcopy_state(const Attributes& state,
                                                        std::string_view sop_instance_uid,
                                                        std::uint32_t frame);

}  // namespace cxr::dicom
