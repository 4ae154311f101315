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
    std::vector<bool> current;  ///< of each statement that was told: does it still hold?
    /// What still holds, and whose label is none of ours: for JSON alone.
    std::vector<dicom::Annotation> unmapped;
    std::uint64_t reports = 0;            ///< read, each SOP Instance UID once
    std::vector<std::string> rejections;  ///< "file: measurement group 2: why"
};

/// The files named, and those in folders named, at any depth, in byte order of their paths; links
/// are not followed. Faults: not_found, storage.
[[nodiscard]] dicom::Result<std::vector<std::filesystem::path>> report_files(
    std::span<const std::filesystem::path> named);

/// So many are in memory at a time.
inline constexpr std::size_t reports_at_once = 1'024;

/// Whatever cannot be taken is a line of `rejections` and stops nothing else.
/// @param told every statement, in the order of the files, from the caller's thread; whether it
/// still holds (dicom::CurrentStatements) is known at the end only.
/// @param finished called after every file, from any thread.
[[nodiscard]] ImportedReports import_reports(std::span<const std::filesystem::path> files,
                                             const ReportImport& job,
                                             const std::function<void(dicom::Annotation)>& told,
                                             const std::function<void()>& finished);

}  // namespace cxr::bridge
