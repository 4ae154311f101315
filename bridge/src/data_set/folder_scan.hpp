#pragma once
/// One walk over a data set's folder: which tables and PNGs lie where, their sizes and times. Opens
/// folders only. Symbolic links out of the folder are not followed.

#include "bridge/data_set/folder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::bridge {

struct FolderScan {
    std::vector<ImageFile> tables;   ///< *.csv and *.txt, in the folder or one below
    std::vector<ImageFile> images;   ///< *.png, any depth, in no particular order
    std::vector<std::string> notes;  ///< links not followed, folders not readable
};

/// Faults: not_found, storage.
[[nodiscard]] Result<FolderScan> scan_folder(const std::filesystem::path& root);

/// A table's bytes. Faults: exhausted (far larger than any table), storage.
[[nodiscard]] Result<std::string> read_table(const std::filesystem::path& root,
                                             const ImageFile& table);

/// The tables to read, by the order of preference in folder.hpp.
struct TableChoice {
    std::optional<ImageFile> data_entries, boxes, train_val_list, test_list;
    std::vector<ImageFile> image_wise_candidates;  ///< may or may not carry labels
    std::vector<std::string> notes;                ///< tables passed over
};
[[nodiscard]] TableChoice choose_tables(const FolderScan& scan);

[[nodiscard]] FolderFingerprint fingerprint_of(const FolderScan& scan, const TableChoice& tables);

[[nodiscard]] inline std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace cxr::bridge
