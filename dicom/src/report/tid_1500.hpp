#pragma once
/// The two documents as trees of TID 1500 "Measurement Report" (PS3.16) with TID 1204 language, TID
/// 1003/1004 observer, TID 1600 image library, TID 1410 planar region groups.

#include "dicom/mapping/image_record.hpp"
#include "report/content_item.hpp"

namespace cxr::dicom {

/// What the text miner found in the radiology report: one Finding per label in Qualitative
/// Evaluations, in file order, each inferred from the image. `record` and `image` outlive the tree.
[[nodiscard]] ContentItem label_report_content(const ImageRecord& record,
                                               const ImageReference& image);

/// What a reader drew: one measurement group per box, in file order. Needs at least one box.
[[nodiscard]] ContentItem box_report_content(const ImageRecord& record,
                                             const ImageReference& image);

/// Names of the two sources, which stand in the tree and in the document's modules alike.
inline constexpr std::string_view nih_clinical_center = "NIH Clinical Center";
inline constexpr std::string_view text_miner_model = "Data_Entry_2017";

}  // namespace cxr::dicom
