#include "annotation/statement_rows.hpp"

#include "chestxray/text.hpp"

#include <fmt/format.h>

namespace cxr::dicom {
namespace {

constexpr double image_size = 1024;

/// Why a box is none of an image's; empty when it is one.
std::string objection_to(const std::array<double, 4>& box) {
    const auto& [x, y, width, height] = box;
    if (!(width > 0 && height > 0)) {
        return "the box has no size";
    }
    if (!(x >= 0 && y >= 0 && x + width <= image_size && y + height <= image_size)) {
        return fmt::format("the box reaches outside the {0} x {0} image", image_size);
    }
    return {};
}

}  // namespace

void StatementRows::fault(std::size_t line, std::string_view column, std::string reason) {
    table_.faults.push_back(RowFault{
        .file = file_, .line = line, .column = std::string(column), .reason = std::move(reason)});
}

void StatementRows::add(std::size_t line, const Cells& cells) {
    if (!is_image_index(cells.image)) {
        fault(line, "image", shown(cells.image) + " is not of the form 00000001_000.png");
        return;
    }
    std::optional<double> percent = cells.certainty;
    if (percent && unit_ == CertaintyUnit::fraction) {
        percent = *percent * 100;
    }
    if (percent && !(*percent >= 0 && *percent <= 100)) {
        fault(line,
              "certainty",
              fmt::format("{} is not from 0 to {}",
                          *cells.certainty,
                          unit_ == CertaintyUnit::fraction ? 1 : 100));
        return;
    }
    if (cells.x_y_width_height) {
        if (std::string objection = objection_to(*cells.x_y_width_height); !objection.empty()) {
            fault(line, "box", std::move(objection));
            return;
        }
    }
    std::vector<SourceRow> rows;
    for (std::string_view rest = cells.label; rows.empty() || !rest.empty();) {
        const std::size_t end = rest.find('|');
        const std::string_view label = trim(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        const std::optional<Finding> finding = finding_of(label);
        if (!finding || (*finding == Finding::no_finding && cells.x_y_width_height)) {
            fault(line, "label", shown(label) + " is not one of the 14 findings");
            return;
        }
        rows.push_back({.image_index = cells.image,
                        .statement = {.finding = *finding,
                                      .label_as_written = std::string(label),
                                      .x_y_width_height = cells.x_y_width_height,
                                      .certainty_percent = percent},
                        .line = line});
    }
    for (SourceRow& row : rows) {
        table_.rows.push_back(std::move(row));
    }
}

Result<Table<SourceRow>> parse_statements(std::string_view content,
                                          std::string_view file,
                                          const StatementTableSettings& settings) {
    switch (settings.format) {
        case StatementFormat::json:
            return parse_statement_json(content, file);
        case StatementFormat::coco:
            return parse_statement_coco(content, file);
        case StatementFormat::csv:
            break;
    }
    return parse_statement_csv(content, file, settings);
}

}  // namespace cxr::dicom
