#pragma once
/// What is drawn over a picture: a presentation state's graphics, and lines of text in its corners.

#include "dicom/core/attributes.hpp"
#include "dicom/image/rendering.hpp"

#include <string>

namespace cxr::dicom {

/// Where an image's pixels went in its picture: a region, scaled, mirrored, turned clockwise, and
/// flipped left to right, in that order.
struct Placement {
    double left = 0, top = 0;  ///< of the region, in pixels
    double across_scale = 1, down_scale = 1;
    bool mirrored_across = false, mirrored_down = false;
    unsigned turned = 0;  ///< 0, 90, 180, 270
    bool flipped = false;
    double columns = 1, rows = 1;  ///< of the picture, once turned

    /// Of the picture.
    [[nodiscard]] Point of_pixel(const Point& pixel) const;
    [[nodiscard]] Point of_display(const Point& part) const {
        return {part.x * columns, part.y * rows};
    }
};

/// The picture, turned clockwise and then flipped left to right.
void turn(Picture& picture, unsigned degrees, bool flipped);

void draw(Picture& picture, const SoftcopyState& state, const Placement& placement);

/// "Family Given\nID\n…", of what is there.
[[nodiscard]] std::string patient_text(const Attributes& image);
[[nodiscard]] std::string technique_text(const Attributes& image, const RenderingOptions& options);
/// Patient at the left, technique at the right; nothing where the picture is too small for it.
void annotate(Picture& picture, const std::string& patient, const std::string& technique);

}  // namespace cxr::dicom
