#pragma once
/// A further source's annotations from a flat file: CSV, this product's JSON, or COCO. One bad row
/// is reported and skipped, never fatal.

#include "dicom/chestxray/data_set.hpp"
#include "dicom/mapping/image_record.hpp"

#include <string>
#include <string_view>

namespace cxr::dicom {

enum class StatementFormat : std::uint8_t { csv, json, coco };
/// What a certainty's numbers count.
enum class CertaintyUnit : std::uint8_t { fraction, percent };

struct StatementTableSettings {
    StatementFormat format = StatementFormat::csv;
    /// CSV: the column that holds the certainty; empty: none. JSON and COCO have their own.
    std::string certainty_column = {};
    CertaintyUnit certainty_unit = CertaintyUnit::fraction;
};

struct SourceRow {
    std::string image_index;
    SourceStatement statement;
    std::size_t line = 0;
};

/// CSV: a header with `Image Index` (or image), `Finding Label` (or label, Finding Labels) and, for
/// boxes, x, y, w, h; BBox_List's own header, too. A row without x, y, w, h is of the image as a
/// whole, and its label may be several, parted by '|'. JSON: docs/annotations.schema.json, of which
/// image, label, bbox and certainty_percent are read. COCO: an image's file_name, a category's
/// name, bbox and score (a fraction). Faults: malformed (no such file format at all, a column
/// missing: names it).
[[nodiscard]] Result<Table<SourceRow>> parse_statements(std::string_view content,
                                                        std::string_view file,
                                                        const StatementTableSettings& settings);

}  // namespace cxr::dicom
