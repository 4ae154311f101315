#pragma once
/// What identifies a report and what is in it. A report's SOP Instance UID is a digest of its
/// canonical content: findings and boxes as the tables say them, the codes that they are given, SOP
/// class, title, mapping profile, template version and predecessor. Findings and the text miner are
/// named independently of the profile: another way of writing them is still the same finding.

#include "dicom/chestxray/data_set.hpp"

#include <string>
#include <string_view>

namespace cxr::dicom {

/// Changes whenever the same content is written differently: then every report gets a new UID.
inline constexpr std::string_view report_template_version = "tmpl1";

/// Tracking Unique Identifier (PS3.16 TID 1410).
/// @param ordinal 1 for the image's first box of that label in file order.
[[nodiscard]] std::string tracking_uid(const BoundingBox& box, std::size_t ordinal);

/// The same for a box of a further source: its own, since it is another's statement.
[[nodiscard]] std::string source_tracking_uid(std::string_view source,
                                              const BoundingBox& box,
                                              std::size_t ordinal);

/// Device Observer UID (PS3.16 TID 1004) of the program that mined the labels.
[[nodiscard]] const std::string& text_miner_device_uid();

}  // namespace cxr::dicom
