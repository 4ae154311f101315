#pragma once
/// The two documents as trees of TID 1500 "Measurement Report" (PS3.16) with TID 1204 language, TID
/// 1003/1004 observer, TID 1600 image library, TID 1410 planar region groups.

#include "dicom/mapping/image_record.hpp"
#include "report/content_item.hpp"

namespace cxr::dicom {

/// What the text miner found in the radiology report: one Finding per label in Qualitative
/// Evaluations, in file order, each inferred from the image. All arguments outlive the tree.
[[nodiscard]] ContentItem label_report_content(const ImageRecord& record,
                                               const ImageReference& image,
                                               const ReportOptions& options);

/// What a reader drew: one measurement group per box, in file order; without boxes, that all were
/// withdrawn.
[[nodiscard]] ContentItem box_report_content(const ImageRecord& record,
                                             const ImageReference& image,
                                             const MappingOptions& options);

/// What a further source says: a group per statement with a box, a Finding per statement without,
/// each with its certainty and, of a device, its algorithm (TID 4019).
[[nodiscard]] ContentItem source_report_content(const ImageRecord& record,
                                                DerivedKind kind,
                                                const ImageReference& image,
                                                const MappingOptions& options);

}  // namespace cxr::dicom
