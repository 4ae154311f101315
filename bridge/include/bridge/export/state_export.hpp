#pragma once
/// Exports, beside the documents of the data set as it is, what a node's state folder adds:
/// documents that later ones replaced, and reports that others sent in.

#include "bridge/export/further_annotations.hpp"
#include "bridge/export/part10_folder.hpp"
#include "bridge/import/received_reports.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

struct StateExportOutcome {
    std::uint64_t written = 0, unchanged = 0;
    std::vector<std::string> failures;
};

/// Earlier revisions as `<patient>/<image>_<document>.<Instance Number>.dcm`; received reports as
/// `<patient>/<image>_<observer>[.<n>].dcm`, unchanged, one file for each image they speak of.
/// @param records whose reports are wanted; the others' are left out.
[[nodiscard]] StateExportOutcome export_state(std::span<const SupersededReport> superseded,
                                              std::span<const ReceivedReport> received,
                                              std::span<const dicom::ImageRecord* const> records,
                                              const Part10Folder& folder);

/// What the received reports say; of a report that was replaced, and of a tracked statement that
/// was said anew, only the newest (dicom::current_annotations).
[[nodiscard]] AnnotationsByImage received_annotations(std::span<const ReceivedReport> received);

}  // namespace cxr::bridge
