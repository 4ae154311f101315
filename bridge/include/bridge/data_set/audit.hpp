#pragma once
/// What `cxrbridge verify` says of a data set: what was found, beside what was published, and what
/// of it is wrong. A pure function of the folder as read; only decode_images() opens PNGs.

#include "bridge/data_set/folder.hpp"

#include <array>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

/// Images by label, in the order of dicom::Finding.
using LabelCounts = std::array<std::size_t, dicom::finding_count>;

/// The images of one split, or of all.
struct SplitAudit {
    std::size_t images = 0;
    std::set<std::string, std::less<>> patients;
    LabelCounts labels{};
};

/// An image-wise list ("train", "val", "test"), counted by the list's own label columns.
struct ImageWiseAudit {
    std::string split, file;
    SplitAudit counts;
    std::size_t rows_skipped = 0;
    std::size_t images_without_row = 0;
    std::size_t labels_differ = 0;  ///< images whose labels in Data_Entry are others
};

struct DamagedImage {
    std::string path;
    std::string reason;
};

struct Audit {
    std::string root, table;
    dicom::Release release = dicom::Release::v2020;
    bool complete = false;  ///< has as many rows as the published table

    SplitAudit all;
    std::map<std::string, SplitAudit> official;  ///< "train_val", "test", "" (in no list)
    std::size_t patients_in_both_lists = 0;
    std::vector<ImageWiseAudit> image_wise;
    std::size_t patients_in_several_image_wise = 0;

    std::size_t images_found = 0, images_missing = 0, images_without_row = 0;
    std::size_t doubled_identical = 0, doubled_different = 0;
    std::string first_missing, first_without_row;

    std::vector<TableRead> tables;
    std::vector<dicom::RowFault> faults;
    std::size_t rows_skipped = 0, values_left_out = 0;

    std::size_t boxes = 0, boxed_images = 0;
    std::size_t boxes_out_of_range = 0;   ///< or of no size: skipped
    std::size_t boxes_without_label = 0;  ///< the image's row does not have the box's label
    LabelCounts boxes_by_label{};

    std::optional<std::size_t> images_decoded;  ///< only when asked for
    std::vector<DamagedImage> damaged;

    std::vector<std::string> wrong;  ///< one sentence each; empty: nothing is wrong
    std::vector<std::string> notes;  ///< worth knowing, not wrong
};

/// What decode_images() found, when it ran.
struct DecodedImages {
    std::size_t decoded = 0;
    std::vector<DamagedImage> damaged;  ///< by path
};

/// What counts as wrong: rows skipped and values left out, images missing or without a row, doubled
/// with different content, damaged; boxes or list entries of images without a row, boxes of a label
/// that the row does not have; rows that no official list has, where there are lists; a patient in
/// two lists; counts of a complete table that are not the published ones, save where the published
/// are known to be one short. Fewer rows than published is a subset, not wrong.
[[nodiscard]] Audit audit(const DataSetFolder& folder,
                          std::span<const ImageWiseList> image_wise,
                          const std::optional<DecodedImages>& decoded);

/// Decodes every PNG that has a row. `image_done` is called from several threads.
[[nodiscard]] DecodedImages decode_images(const DataSetFolder& folder,
                                          std::size_t threads,
                                          const std::function<void()>& image_done);

void write_audit_text(std::ostream& out, const Audit& audit);
/// One object, keys in snake_case, counts as numbers: docs/data-set.md.
void write_audit_json(std::ostream& out, const Audit& audit);

}  // namespace cxr::bridge
