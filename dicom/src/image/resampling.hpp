#pragma once
/// A frame stretched to square pixels: bilinear, in integers, so that every machine gives the same
/// bytes.

#include "dicom/image/frame.hpp"
#include "dicom/mapping/geometry.hpp"

namespace cxr::dicom {

/// Of scaled_size(). A point (x, y) of the frame, (0, 0) the outer corner of its first pixel, comes
/// to (x * scale.x, y * scale.y); what lies beyond the last row's or column's middle repeats it.
[[nodiscard]] Frame resampled(const Frame& frame, const PixelScale& scale);

}  // namespace cxr::dicom
