#pragma once
/// What the structured reports of a study say, ours and received ones, as annotations of images.

#include "storescp/ports.hpp"
#include "web/api_json.hpp"

namespace cxr::bridge::web {

/// Images are named by their SOP Instance UIDs. Blocking. Faults: not_found (no such study),
/// exhausted, storage; a report that cannot be read is told among its `rejected`.
[[nodiscard]] Result<std::vector<StudyReport>> study_reports(
    storescp::RetrievePort& objects,
    const std::string& study_instance_uid,
    const dicom::MappingOptions& mapping,
    const dicom::ReportReadingOptions& reading);

}  // namespace cxr::bridge::web
