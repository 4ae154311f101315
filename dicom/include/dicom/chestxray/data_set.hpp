#pragma once
/// The ChestX-ray14 data set's tables as values: what a row, a box and a split list say, read from
/// the bytes of the published files in every release and user copy met (docs/data-set.md).
/// Pure: callers read the files. One bad row is reported and skipped, never fatal.

#include "dicom/core/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::dicom {

/// The 14 labels in NIH order, then No Finding.
enum class Finding : std::uint8_t {
    atelectasis,
    cardiomegaly,
    effusion,
    infiltration,
    mass,
    nodule,
    pneumonia,
    pneumothorax,
    consolidation,
    edema,
    emphysema,
    fibrosis,
    pleural_thickening,
    hernia,
    no_finding,
};
inline constexpr std::size_t finding_count = 15;

/// "Pleural_Thickening", "No Finding": as Data_Entry spells it.
[[nodiscard]] std::string_view label_of(Finding finding);
/// Case-insensitive, '_' equals space, BBox_List's "Infiltrate" is Infiltration.
[[nodiscard]] std::optional<Finding> finding_of(std::string_view label);

enum class Sex : std::uint8_t { male, female, unknown };
enum class ViewPosition : std::uint8_t { pa, ap, unknown };

/// As PS3.5 AS writes it: 58 years, 13 months, 1 day.
struct Age {
    std::uint16_t value;
    char unit;  ///< 'Y', 'M', 'W' or 'D'
    [[nodiscard]] std::uint16_t completed_years() const;
    friend bool operator==(const Age&, const Age&) = default;
};

struct ChestXRayRow {
    std::string image_index;        ///< "00000013_022.png": the identity
    std::string finding_labels;     ///< as written: "Effusion|Infiltration"
    std::vector<Finding> findings;  ///< in file order
    std::uint32_t follow_up = 0;    ///< the chronology within a patient (v2020)
    std::optional<Age> age;         ///< absent when missing or impossible (over 120 years)
    Sex sex = Sex::unknown;
    ViewPosition view = ViewPosition::unknown;
    /// Of the original radiograph, in pixels; 0 when unknown.
    std::uint32_t original_width = 0;
    std::uint32_t original_height = 0;
    /// Of the original radiograph, in mm, horizontal and vertical; 0 when unknown.
    double original_spacing_x_mm = 0;
    double original_spacing_y_mm = 0;

    /// The image index without ".png".
    [[nodiscard]] std::string_view stem() const;
    /// First 8 characters of the image index: zero-padded, a string.
    [[nodiscard]] std::string_view patient_id() const;
    friend bool operator==(const ChestXRayRow&, const ChestXRayRow&) = default;
};

/// In pixels of the stored 1024 × 1024 image; (0,0) is the outer top-left corner of the top-left
/// pixel.
struct BoundingBox {
    std::string image_index;
    Finding finding = Finding::no_finding;
    std::string label_as_written;  ///< "Infiltrate"
    double x = 0, y = 0, width = 0, height = 0;
    std::array<std::string, 4> digits_as_written;  ///< x, y, w, h: the file's own digits
    friend bool operator==(const BoundingBox&, const BoundingBox&) = default;
};

/// A row that was skipped, or a value in a row that was dropped (then the row is kept).
struct RowFault {
    std::string file;
    std::size_t line = 0;  ///< 1 is the header
    std::string column;    ///< empty: the row as a whole
    std::string reason;
    bool row_skipped = true;
};

enum class Release : std::uint8_t { v1_2017, v2020 };

template <typename Row>
struct Table {
    std::vector<Row> rows;
    std::vector<RowFault> faults;
};

struct DataEntries : Table<ChestXRayRow> {
    Release release = Release::v2020;
};

/// @param file the name that faults carry.
/// Faults: malformed (git-lfs pointer, no header, a mandatory column missing: names it).
[[nodiscard]] Result<DataEntries> parse_data_entries(std::string_view content,
                                                     std::string_view file);
/// A header-only file is a table without rows. Boxes outside the image or of no size are row
/// faults.
[[nodiscard]] Result<Table<BoundingBox>> parse_boxes(std::string_view content,
                                                     std::string_view file);

struct SplitRow {
    std::string image_index;
    std::optional<std::array<bool, 14>> labels;  ///< image-wise lists only
};
[[nodiscard]] Result<Table<SplitRow>> parse_split_list(std::string_view content,
                                                       std::string_view file);

}  // namespace cxr::dicom
