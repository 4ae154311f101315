#include "annotation/statement_rows.hpp"
#include "chestxray/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::dicom {
namespace {

enum Column : std::size_t { image, label, x, y, width, height, certainty, column_count };

std::vector<ColumnName> columns(std::string_view certainty_spelling) {
    std::vector<ColumnName> names{{"Image Index", {"imageindex", "image", "filename"}},
                                  {"Finding Label", {"findinglabel", "findinglabels", "label"}},
                                  {"x", {"bboxx", "x"}},
                                  {"y", {"y", "bboxy"}},
                                  {"w", {"w", "width", "bboxw"}},
                                  {"h", {"h", "height", "bboxh"}}};
    // A name that no header has, where none was given: a column that is never there.
    names.push_back({"certainty", {certainty_spelling.empty() ? "\n" : certainty_spelling}});
    return names;
}

using Positions = std::vector<std::optional<std::size_t>>;

/// The columns that must be there and are not.
std::optional<Fault> missing(const Positions& positions,
                             std::string_view file,
                             const StatementTableSettings& settings) {
    const auto lacks = [&](std::string_view name) {
        return Fault{FaultKind::malformed, fmt::format("{}:1: the header lacks '{}'", file, name)};
    };
    if (!positions[image]) {
        return lacks("Image Index");
    }
    if (!positions[label]) {
        return lacks("Finding Label");
    }
    if (!settings.certainty_column.empty() && !positions[certainty]) {
        return lacks(settings.certainty_column);
    }
    const std::size_t sides = static_cast<std::size_t>(std::count_if(
        positions.begin() + x, positions.begin() + certainty, [](const auto& position) {
            return position.has_value();
        }));
    if (sides != 0 && sides != 4) {
        return lacks("x, y, w and h, all four");
    }
    return std::nullopt;
}

class CsvRows {
public:
    CsvRows(Positions positions, StatementRows& rows)
        : positions_(std::move(positions)), rows_(rows) {}

    void read(const CsvFields& fields, std::size_t line) {
        StatementRows::Cells cells;
        cells.image = cell(fields, image);
        cells.label = cell(fields, label);
        bool has_box = false;
        for (const Column side : {x, y, width, height}) {
            has_box = has_box || !cell(fields, side).empty();
        }
        if (has_box) {
            std::array<double, 4> box{};
            for (std::size_t i = 0; i < box.size(); ++i) {
                const auto number = parse_decimal(cell(fields, x + i));
                if (!number) {
                    rows_.fault(line, names[i], shown(cell(fields, x + i)) + " is not a number");
                    return;
                }
                box[i] = *number;
            }
            cells.x_y_width_height = box;
        }
        if (const std::string_view text = cell(fields, certainty); !text.empty()) {
            cells.certainty = parse_decimal(text);
            if (!cells.certainty) {
                rows_.fault(line, "certainty", shown(text) + " is not a number");
                return;
            }
        }
        rows_.add(line, cells);
    }

private:
    static constexpr std::array<std::string_view, 4> names{"x", "y", "w", "h"};

    [[nodiscard]] std::string_view cell(const CsvFields& fields, std::size_t column) const {
        const auto position = positions_[column];
        return position && *position < fields.size() ? trim(fields[*position]) : std::string_view();
    }

    Positions positions_;
    StatementRows& rows_;
};

}  // namespace

Result<Table<SourceRow>> parse_statement_csv(std::string_view content,
                                             std::string_view file,
                                             const StatementTableSettings& settings) {
    if (Result<void> text = check_is_text(content, file); !text) {
        return text.error();
    }
    LineReader lines(content);
    std::string_view line;
    if (!lines.next(line)) {
        return Fault{FaultKind::malformed, fmt::format("{} is empty", file)};
    }
    CsvFields fields;
    fields.split_header(line);
    const std::string spelling = normalise_name(settings.certainty_column);
    auto positions = find_columns(fields, columns(spelling), file);
    if (!positions) {
        return positions.error();
    }
    if (auto fault = missing(*positions, file, settings)) {
        return *std::move(fault);
    }
    StatementRows rows(file, settings.certainty_unit);
    CsvRows reader(*std::move(positions), rows);
    while (lines.next(line)) {
        if (fields.split(line)) {
            reader.read(fields, lines.number());
        } else {
            rows.fault(
                lines.number(), "", "a quote is not closed, or text follows a closing quote");
        }
    }
    return rows.take();
}

}  // namespace cxr::dicom
