#pragma once
/// Who says what a report says (PS3.16 TID 1002 to 1004, TID 4019; PS3.3 C.12.1 Contributing
/// Equipment), in the tree and in the document's modules alike.

#include "dicom/mapping/image_record.hpp"
#include "report/content_item.hpp"

#include <string>
#include <vector>

namespace cxr::dicom {

inline constexpr std::string_view nih_clinical_center = "NIH Clinical Center";

/// The program that mined the labels; which version of it ran is told by the release.
[[nodiscard]] Observer text_miner(Release release);
/// Who drew the boxes is not published: a role and an institution, no invented person.
[[nodiscard]] Observer nih_reader();
/// Device Observer UID: the observer's own, or derived from what identifies a device.
[[nodiscard]] std::string device_uid_of(const Observer& device);

/// TID 1003 or TID 1004.
void add_observer(std::vector<ContentItem>& context, const Observer& observer);
/// TID 4019: in the words of the Contributing Equipment item.
void add_algorithm(ContentItem& item, const Observer& device);
/// What IHE AI Results (6.5.3.1) asks of a result's creator. The values equal those of the tree.
void write_contributing_equipment(DcmItem& document, const Observer& device);

}  // namespace cxr::dicom
