#pragma once
/// A ChestX-ray14 folder as it lies on the disk: which files it has, what their rows say, which
/// PNGs are there. Read-only; symbolic links out of the folder are not followed; no PNG is opened.

#include "dicom/chestxray/data_set.hpp"
#include "dicom/mapping/image_record.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

struct ImageFile {
    std::string path;  ///< relative to the data set's folder
    std::uint64_t bytes = 0;
    std::int64_t mtime_ns = 0;
    friend bool operator==(const ImageFile&, const ImageFile&) = default;
};

/// Cheap to take, equal while nothing changed: names, sizes and times of every table and PNG.
struct FolderFingerprint {
    std::string tables;  ///< digest
    std::string images;  ///< digest
    friend bool operator==(const FolderFingerprint&, const FolderFingerprint&) = default;
};

struct DataSetFolder {
    std::filesystem::path root;
    std::vector<dicom::ImageRecord> records;            ///< in the table's order
    std::unordered_map<std::string, ImageFile> images;  ///< by image index ("00000001_000.png")
    std::vector<std::string> images_without_row;        ///< relative paths
    std::vector<dicom::RowFault> faults;                ///< of every table
    std::vector<std::string> notes;  ///< duplicates, v1 release, dates left out, …
    FolderFingerprint fingerprint;
};

/// Faults: not_found (no folder, no Data_Entry table: says which names were looked for), malformed.
[[nodiscard]] Result<DataSetFolder> read_data_set(const std::filesystem::path& root,
                                                  const dicom::MappingOptions& options);
[[nodiscard]] Result<FolderFingerprint> fingerprint_of(const std::filesystem::path& root);

/// --patient, --split, --finding, --limit: the same everywhere. Empty members select all.
struct Selection {
    std::vector<std::string> patients;
    std::vector<std::string> splits;
    std::vector<dicom::Finding> findings;  ///< any of them
    std::vector<std::string> images;       ///< image index or stem
    std::size_t limit = 0;                 ///< 0: no limit
    bool list_missing_images = false;      ///< keep records whose PNG is absent
};
[[nodiscard]] std::vector<const dicom::ImageRecord*> select(const DataSetFolder& folder,
                                                            const Selection& selection);

}  // namespace cxr::bridge
