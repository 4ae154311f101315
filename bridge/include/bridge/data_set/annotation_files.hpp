#pragma once
/// Further sources' annotation files, put to the records of a data set.

#include "bridge/data_set/folder.hpp"
#include "dicom/annotation/statement_table.hpp"

#include <filesystem>
#include <memory>
#include <span>

namespace cxr::bridge {

struct AnnotationFile {
    std::shared_ptr<const dicom::AnnotationSource> source;
    std::filesystem::path file;
    dicom::StatementTableSettings table;
};

/// Reads every file and gives each record what is said of it; the fingerprint tells them apart from
/// other files. Rows that cannot be taken, or name no image of the data set, become faults.
/// Faults: not_found, malformed (a file that cannot be read at all: nothing is left out in
/// silence), storage.
[[nodiscard]] Result<void> add_annotations(DataSetFolder& folder,
                                           std::span<const AnnotationFile> files);

/// What fingerprint_of(root) is with these files beside it.
[[nodiscard]] FolderFingerprint with_annotations(FolderFingerprint fingerprint,
                                                 std::span<const AnnotationFile> files);

}  // namespace cxr::bridge
