#pragma once
/// Reads files of structured reports back into annotations: an offline job on several threads.

#include "dicom/annotation/annotation.hpp"
#include "dicom/report/report_reader.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

struct ReportImport {
    dicom::MappingOptions mapping;  ///< its code table resolves findings
    dicom::ImageNames images;
    dicom::ReportReadingOptions reading = {};
    std::size_t threads = 0;  ///< 0: as many as cores
};

struct ImportedReports {
    /// What still holds (current_annotations), in the order of the files.
    std::vector<dicom::Annotation> annotations;
    /// Whose label is none of ours: for JSON alone.
    std::vector<dicom::Annotation> unmapped;
    std::uint64_t reports = 0;            ///< read, each SOP Instance UID once
    std::vector<std::string> rejections;  ///< "file: measurement group 2: why"
};

/// The files named, and those in folders named, at any depth, in byte order of their paths; links
/// are not followed. Faults: not_found, storage.
[[nodiscard]] dicom::Result<std::vector<std::filesystem::path>> report_files(
    std::span<const std::filesystem::path> named);

/// Whatever cannot be taken is a line of `rejections` and stops nothing else.
/// @param finished called after every file, from any thread.
[[nodiscard]] ImportedReports import_reports(std::span<const std::filesystem::path> files,
                                             const ReportImport& job,
                                             const std::function<void()>& finished);

}  // namespace cxr::bridge
