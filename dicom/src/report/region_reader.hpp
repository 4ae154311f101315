#pragma once
/// A SCOORD's graphic (PS3.3 C.18.6) as a box, where it is one.

#include "dicom/annotation/annotation.hpp"
#include "dicom/core/result.hpp"
#include "dicom/report/report_reader.hpp"

#include <span>
#include <string_view>

namespace cxr::dicom {

/// A closed or open POLYLINE of four corners whose edges are parallel to the image's, each corner
/// within half a pixel; inside the image by half a pixel, then clipped to it. With
/// `non_rectangular_as_boxes` also the bounding box of CIRCLE, ELLIPSE and any other closed
/// POLYLINE of three points or more.
/// Faults: malformed (numbers that are none, or do not come in pairs), unsupported (another shape,
/// outside the image, without extent).
[[nodiscard]] Result<AnnotationBox> box_of_region(std::string_view graphic_type,
                                                  std::span<const float> graphic_data,
                                                  const ReportReadingOptions& options);

}  // namespace cxr::dicom
