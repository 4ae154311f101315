#pragma once
/// What the formats of statement tables share: one row's values as a statement, or why not.

#include "dicom/annotation/statement_table.hpp"

#include <array>
#include <optional>
#include <string>

namespace cxr::dicom {

class StatementRows {
public:
    StatementRows(std::string_view file, CertaintyUnit unit) : file_(file), unit_(unit) {}

    struct Cells {
        std::string image, label;
        std::optional<std::array<double, 4>> x_y_width_height;
        std::optional<double> certainty;
    };
    /// Adds the row, or its fault.
    void add(std::size_t line, const Cells& cells);
    void fault(std::size_t line, std::string_view column, std::string reason);
    [[nodiscard]] Table<SourceRow> take() { return std::move(table_); }

private:
    std::string file_;
    CertaintyUnit unit_;
    Table<SourceRow> table_;
};

[[nodiscard]] Result<Table<SourceRow>> parse_statement_csv(std::string_view content,
                                                           std::string_view file,
                                                           const StatementTableSettings& settings);
[[nodiscard]] Result<Table<SourceRow>> parse_statement_json(std::string_view content,
                                                            std::string_view file);
[[nodiscard]] Result<Table<SourceRow>> parse_statement_coco(std::string_view content,
                                                            std::string_view file);

}  // namespace cxr::dicom
