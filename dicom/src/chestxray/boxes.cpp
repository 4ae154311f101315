#include "chestxray/text.hpp"
#include "dicom/chestxray/data_set.hpp"

#include <fmt/format.h>

namespace cxr::dicom {
namespace {

/// The pixels that box coordinates count: every published image's width and height.
constexpr double image_size = 1024;

/// NIH's header reads `Image Index,Finding Label,Bbox [x,y,w,h],,,`: nine names, rows of six
/// values.
const std::vector<ColumnName>& columns() {
    static const std::vector<ColumnName> names{{"Image Index", {"imageindex"}},
                                               {"Finding Label", {"findinglabel", "findinglabels"}},
                                               {"Bbox x", {"bboxx", "x"}},
                                               {"Bbox y", {"y", "bboxy"}},
                                               {"Bbox w", {"w", "bboxw"}},
                                               {"Bbox h", {"h", "bboxh"}}};
    return names;
}

struct BadCell {
    std::size_t column;
    std::string reason;
};

/// The box, or the first cell that is wrong.
std::variant<BoundingBox, BadCell> read_box(const CsvFields& fields,
                                            const std::vector<std::size_t>& positions) {
    BoundingBox box;
    box.image_index = fields[positions[0]];
    if (!is_image_index(box.image_index)) {
        return BadCell{0, shown(box.image_index) + " is not of the form 00000001_000.png"};
    }
    box.label_as_written = fields[positions[1]];
    const std::optional<Finding> finding = finding_of(box.label_as_written);
    if (!finding || *finding == Finding::no_finding) {
        return BadCell{1, shown(box.label_as_written) + " is not one of the 14 findings"};
    }
    box.finding = *finding;
    const std::array<double*, 4> values{&box.x, &box.y, &box.width, &box.height};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string_view digits = fields[positions[2 + i]];
        const std::optional<double> value = parse_decimal(digits);
        if (!value) {
            return BadCell{2 + i, shown(digits) + " is not a number"};
        }
        *values[i] = *value;
        box.digits_as_written[i] = digits;
    }
    if (box.width <= 0 || box.height <= 0) {
        return BadCell{box.width <= 0 ? 4U : 5U, "the box has no size"};
    }
    const bool inside_x = box.x >= 0 && box.x + box.width <= image_size;
    const bool inside_y = box.y >= 0 && box.y + box.height <= image_size;
    if (!inside_x || !inside_y) {
        return BadCell{inside_x ? 3U : 2U,
                       fmt::format("the box reaches outside the {0} x {0} image", image_size)};
    }
    return box;
}

}  // namespace

Result<Table<BoundingBox>> parse_boxes(std::string_view content, std::string_view file) {
    if (Result<void> text = check_is_text(content, file); !text) {
        return text.error();
    }
    LineReader lines(content);
    std::string_view line;
    if (!lines.next(line)) {
        return Fault{.kind = FaultKind::malformed, .doing = fmt::format("{} is empty", file)};
    }
    CsvFields fields;
    fields.split_header(line);
    const auto found = find_columns(fields, columns(), file);
    if (!found) {
        return found.error();
    }
    std::vector<std::size_t> positions;
    std::size_t fields_min = 0;
    for (std::size_t column = 0; column < columns().size(); ++column) {
        if (!(*found)[column]) {
            return Fault{.kind = FaultKind::malformed,
                         .doing = fmt::format("{}: the header (line 1) lacks '{}'; it begins {}",
                                              file,
                                              columns()[column].published,
                                              shown(line))};
        }
        positions.push_back(*(*found)[column]);
        fields_min = std::max(fields_min, positions.back() + 1);
    }
    Table<BoundingBox> table;
    const auto skip = [&](std::string_view column, std::string reason) {
        table.faults.push_back(RowFault{.file = std::string(file),
                                        .line = lines.number(),
                                        .column = std::string(column),
                                        .reason = std::move(reason)});
    };
    while (lines.next(line)) {
        if (!fields.split(line)) {
            skip("", "a quote is not closed, or text follows a closing quote");
        } else if (fields.size() < fields_min) {
            skip("", fmt::format("{} values, {} needed", fields.size(), fields_min));
        } else {
            auto box = read_box(fields, positions);
            if (auto* bad = std::get_if<BadCell>(&box)) {
                skip(columns()[bad->column].published, std::move(bad->reason));
            } else {
                table.rows.push_back(std::get<BoundingBox>(std::move(box)));
            }
        }
    }
    return table;
}

}  // namespace cxr::dicom
