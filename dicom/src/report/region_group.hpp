#pragma once
/// TID 1410 "Planar ROI Measurements and Qualitative Evaluations" (PS3.16) for a rectangle.

#include "dicom/chestxray/data_set.hpp"
#include "dicom/mapping/options.hpp"
#include "report/content_item.hpp"

#include <string>

namespace cxr::dicom {

/// Of the detector plane, per pixel of the image object; 0: unknown.
struct DetectorSpacing {
    double x_mm, y_mm;
};
/// The original's spacing, spread over the 1024 columns and rows that were kept of it, and over
/// what these were stretched to.
[[nodiscard]] DetectorSpacing detector_spacing(const ChestXRayRow& row, Geometry geometry);

struct RegionGroup {
    std::string tracking_identifier, tracking_uid;
    ContentItem finding;  ///< a CODE, with what describes it
    const CodedConcept* site;
    const BoundingBox& box;
    std::string comment;
};

/// Every child has a concept name and every group both tracking ids: viewers rely on it. A
/// measurement has the region as its own child: viewers take a group's region from its first one.
/// Without a known spacing nothing is measured in mm.
[[nodiscard]] ContentItem region_group_item(RegionGroup group,
                                            const ImageReference& image,
                                            Measurements measurements,
                                            const DetectorSpacing& spacing);

}  // namespace cxr::dicom
