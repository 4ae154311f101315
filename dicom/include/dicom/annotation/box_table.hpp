#pragma once
/// Boxes that came back, beside the table that they went out from: which row of BBox_List each is.

#include "dicom/annotation/annotation.hpp"

#include <span>
#include <vector>

namespace cxr::dicom {

/// The boxes as rows of the table: those of a row of `table` in its place, with the row's own
/// digits where none of x, y, w, h differs by more than 1e-4 pixel; then the others by image and
/// label, spelt as the table does. A box is a row's that has its tracking UID, else one of the same
/// image and label that overlaps it by half (intersection over union); of several, the newest.
/// Annotations without box are left out.
[[nodiscard]] std::vector<Annotation> boxes_in_table_order(std::vector<Annotation> annotations,
                                                           std::span<const BoundingBox> table);

}  // namespace cxr::dicom
