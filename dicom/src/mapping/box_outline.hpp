#pragma once
/// A box as the closed polyline that every document draws it with (PS3.3 C.18.6, C.10.5).

#include "dicom/chestxray/data_set.hpp"

#include <array>

namespace cxr::dicom {

/// Five column\row pairs in pixels, clockwise from the top-left corner. Corners are summed in
/// double precision and narrowed once, so that width and height lose no more than the coordinates
/// do.
[[nodiscard]] inline std::array<float, 10> outline_of(const BoundingBox& box) {
    const auto left = static_cast<float>(box.x);
    const auto top = static_cast<float>(box.y);
    const auto right = static_cast<float>(box.x + box.width);
    const auto bottom = static_cast<float>(box.y + box.height);
    return {left, top, right, top, right, bottom, left, bottom, left, top};
}

}  // namespace cxr::dicom
