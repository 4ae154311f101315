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

/// One table that was read, and what became of its rows.
struct TableRead {
    enum class Kind : std::uint8_t { data_entries, boxes, train_val_list, test_list };
    Kind kind;
    std::string file;  ///< relative to the data set's folder
    std::size_t rows = 0;
    std::size_t rows_skipped = 0;
    std::size_t rows_unmatched = 0;  ///< name an image that Data_Entry has no row for
};

/// The same file name at two places. The first path in byte order is the one that is served.
struct DuplicateImage {
    std::string kept, other;  ///< relative paths
    bool identical;           ///< byte for byte; by size alone once very many were compared
};

/// A box, by the number of its record and its own among the record's.
struct BoxPlace {
    std::size_t record, box;
};

struct DataSetFolder {
    std::filesystem::path root;
    std::vector<TableRead> tables;
    std::vector<dicom::ImageRecord> records;            ///< in the table's order
    std::vector<BoxPlace> boxes_in_file_order;          ///< where each row of the box table went
    std::unordered_map<std::string, ImageFile> images;  ///< by image index ("00000001_000.png")
    std::vector<std::string> images_without_row;        ///< relative paths
    std::vector<DuplicateImage> duplicate_images;
    std::vector<dicom::RowFault> faults;  ///< of every table
    std::vector<std::string> notes;       ///< duplicates, v1 release, dates left out, …
    FolderFingerprint fingerprint;
};

/// Which tables: Data_Entry_2017_v2020.csv before Data_Entry_2017.csv before any Data_Entry*.csv
/// before *_labels.csv (Kaggle's sample); BBox_List_2017.csv or BBox_List*.csv, train_val_list.txt
/// and test_list.txt if they are there. PNGs are found by their base name at any depth.
/// Faults: not_found (no folder, no Data_Entry table: says which names were looked for), malformed
/// (a table that cannot be read at all, the optional ones too: nothing is left out in silence),
/// storage.
[[nodiscard]] Result<DataSetFolder> read_data_set(const std::filesystem::path& root,
                                                  const dicom::MappingOptions& options);
[[nodiscard]] Result<FolderFingerprint> fingerprint_of(const std::filesystem::path& root);

/// A split list with the 14 labels of each image: train_list.txt, val_list.txt, test_list.txt in
/// the folder itself or in one below it (split_by_image/, labels/). Not the official split: for the
/// audit only.
struct ImageWiseList {
    std::string split;  ///< "train", "val", "test"
    std::string file;   ///< relative to the data set's folder
    std::vector<dicom::SplitRow> rows;
    std::vector<dicom::RowFault> faults;
};
[[nodiscard]] Result<std::vector<ImageWiseList>> read_image_wise_lists(
    const std::filesystem::path& root);

/// --patient, --split, --finding, --limit: the same everywhere. Empty members select all.
struct Selection {
    std::vector<std::string> patients = {};
    std::vector<std::string> splits = {};       ///< "train_val", "split_by_image/val" or "val"
    std::vector<dicom::Finding> findings = {};  ///< any of them
    std::vector<std::string> images = {};       ///< image index or stem
    std::size_t limit = 0;                      ///< 0: no limit
    bool list_missing_images = false;           ///< keep records whose PNG is absent
};
/// A split is an official one, or any list `NAME_list.txt` in the folder or in one below it, by its
/// path without "_list.txt" or, where only one list is called so, by NAME. Lists other than the
/// official two are read when they are asked for.
/// Faults: not_found (no such list: says which there are), malformed, storage.
[[nodiscard]] Result<std::vector<const dicom::ImageRecord*>> select(const DataSetFolder& folder,
                                                                    const Selection& selection);

}  // namespace cxr::bridge
