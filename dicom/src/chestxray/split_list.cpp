#include "chestxray/text.hpp"
#include "dicom/chestxray/data_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace cxr::dicom {
namespace {

constexpr std::size_t label_columns = finding_count - 1;

/// The 0s and 1s after the name, or nothing when they are not exactly fourteen.
std::optional<std::array<bool, label_columns>> read_labels(std::string_view text) {
    std::array<bool, label_columns> labels{};
    std::size_t count = 0;
    for (text = trim(text); !text.empty(); text = trim(text.substr(1))) {
        if (count == label_columns || (text[0] != '0' && text[0] != '1') ||
            (text.size() > 1 && text[1] != ' ' && text[1] != '\t')) {
            return std::nullopt;
        }
        labels[count++] = text[0] == '1';
    }
    return count == label_columns ? std::optional(labels) : std::nullopt;
}

}  // namespace

Result<Table<SplitRow>> parse_split_list(std::string_view content, std::string_view file) {
    if (Result<void> text = check_is_text(content, file); !text) {
        return text.error();
    }
    Table<SplitRow> table;
    LineReader lines(content);
    const auto skip = [&](std::string_view column, std::string reason) {
        table.faults.push_back(RowFault{.file = std::string(file),
                                        .line = lines.number(),
                                        .column = std::string(column),
                                        .reason = std::move(reason)});
    };
    const auto rows_estimated =
        static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n')) + 1;
    table.rows.reserve(rows_estimated);
    std::unordered_set<std::uint64_t> seen(rows_estimated);
    std::string_view line;
    while (lines.next(line)) {
        line = trim(line);
        const std::size_t name_end = std::min(line.find_first_of(" \t"), line.size());
        SplitRow row{.image_index = std::string(line.substr(0, name_end)), .labels = {}};
        if (!is_image_index(row.image_index)) {
            skip("Image Index", shown(row.image_index) + " is not of the form 00000001_000.png");
            continue;
        }
        if (name_end < line.size()) {
            row.labels = read_labels(line.substr(name_end));
            if (!row.labels) {
                skip("labels", fmt::format("not {} values of 0 or 1", label_columns));
                continue;
            }
        }
        if (!seen.insert(image_number(row.image_index)).second) {
            skip("Image Index", row.image_index + " is listed already");
            continue;
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

}  // namespace cxr::dicom
