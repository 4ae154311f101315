#pragma once
/// Files that are made for each of the chosen images: FHIR bundles, pages to look at.

#include "bridge/data_set/folder.hpp"
#include "bridge/export/further_annotations.hpp"
#include "bridge/export/whole_file.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

struct ImageFileJob {
    const DataSetFolder& folder;
    std::span<const dicom::ImageRecord* const> records;  ///< of the folder
    const dicom::MappingOptions& mapping;
    std::filesystem::path output;      ///< made when it is not there
    std::size_t threads = 0;           ///< 0: as many as cores
    AnnotationsByImage received = {};  ///< what others sent in
};

struct ImageFileOutcome {
    std::uint64_t written = 0;
    std::uint64_t unchanged = 0;        ///< were there already
    std::vector<std::string> failures;  ///< one line each, in the order of the records
    [[nodiscard]] bool complete() const { return failures.empty(); }
};

/// `<patient>/<image>.fhir.json`: one R4 bundle an image.
[[nodiscard]] ImageFileOutcome write_fhir(const ImageFileJob& job,
                                          const std::function<void()>& finished);
/// `<patient>/<image>.html`, one self-contained page an image, and, when all were tried,
/// `index.html`. The picture is the PNG itself; a page without one says so.
[[nodiscard]] ImageFileOutcome write_html(const ImageFileJob& job,
                                          const std::function<void()>& finished);

}  // namespace cxr::bridge
