#pragma once
/// Structured reports that others sent to the node, as annotations of the data set's images. The
/// objects themselves stay as they came.

#include "bridge/catalogue/catalogue.hpp"
#include "dicom/report/report_reader.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace cxr::bridge {

struct ReceivedReport {
    KeptObject object;
    dicom::EncodedObject encoded;  ///< the object's bytes, mapped
    dicom::ReadReport report;
};

struct ReceivedReports {
    std::vector<ReceivedReport> reports;  ///< those that say something of our images
    std::vector<std::string> rejections;  ///< "SOP Instance UID: measurement group 2: why"
};

/// @param store the received objects' root.
/// Faults: storage (the catalogue). A report that cannot be read is a line of `rejections`.
[[nodiscard]] Result<ReceivedReports> read_received_reports(
    const Catalogue& catalogue,
    const std::filesystem::path& store,
    const dicom::MappingOptions& mapping,
    const dicom::ImageNames& images,
    const dicom::ReportReadingOptions& reading = {});

}  // namespace cxr::bridge
