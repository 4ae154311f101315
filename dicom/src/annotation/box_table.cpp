#include "dicom/annotation/box_table.hpp"

#include "dicom/annotation/current_statements.hpp"
#include "report/report_identity.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>

namespace cxr::dicom {
namespace {

constexpr double same_digits_max = 2e-4;  // pixel: what 32-bit coordinates lose, and more
constexpr double overlap_min = 0.5;

/// Intersection over union.
double overlap(const AnnotationBox& box, const BoundingBox& row) {
    const double width = std::min(box.x + box.width, row.x + row.width) - std::max(box.x, row.x);
    const double height = std::min(box.y + box.height, row.y + row.height) - std::max(box.y, row.y);
    if (width <= 0 || height <= 0) {
        return 0;
    }
    const double common = width * height;
    return common / (box.width * box.height + row.width * row.height - common);
}

bool has_digits_of(const AnnotationBox& box, const BoundingBox& row) {
    const auto near = [](double a, double b) { return std::abs(a - b) <= same_digits_max; };
    return near(box.x, row.x) && near(box.y, row.y) && near(box.width, row.width) &&
           near(box.height, row.height);
}

/// As the table spells it.
std::string spelling(const Annotation& annotation) {
    if (annotation.finding == Finding::infiltration) {
        return "Infiltrate";
    }
    return annotation.finding ? std::string(label_of(*annotation.finding))
                              : annotation.label_as_written;
}

using RowNumber = std::size_t;

/// Finds the row that a box is a later state of.
class Rows {
public:
    explicit Rows(std::span<const BoundingBox> table) : table_(table) {
        std::map<Key, std::size_t> ordinals;
        for (RowNumber row = 0; row < table.size(); ++row) {
            const Key key(table[row].image_index, table[row].finding);
            by_tracking_uid_.emplace(tracking_uid(table[row], ++ordinals[key]), row);
            by_image_and_label_[key].push_back(row);
        }
    }

    [[nodiscard]] std::optional<RowNumber> row_of(const Annotation& annotation) const {
        if (!annotation.finding) {
            return std::nullopt;
        }
        const Key key(annotation.image_index, *annotation.finding);
        // A viewer may keep the UID of what it copied: image and label still have to be the row's.
        const auto tracked = by_tracking_uid_.find(annotation.tracking_uid);
        if (tracked != by_tracking_uid_.end() &&
            key == Key(table_[tracked->second].image_index, table_[tracked->second].finding)) {
            return tracked->second;
        }
        std::optional<RowNumber> best;
        double most = overlap_min;
        if (const auto rows = by_image_and_label_.find(key); rows != by_image_and_label_.end()) {
            for (const RowNumber row : rows->second) {
                if (const double common = overlap(*annotation.box, table_[row]); common >= most) {
                    most = common;
                    best = row;
                }
            }
        }
        return best;
    }

private:
    using Key = std::pair<std::string, Finding>;
    std::span<const BoundingBox> table_;
    std::unordered_map<std::string, RowNumber> by_tracking_uid_;
    std::map<Key, std::vector<RowNumber>> by_image_and_label_;
};

}  // namespace

std::vector<Annotation> boxes_in_table_order(std::vector<Annotation> annotations,
                                             std::span<const BoundingBox> table) {
    const Rows rows(table);
    std::map<RowNumber, Annotation> of_rows;
    std::vector<Annotation> others;
    for (Annotation& annotation : annotations) {
        if (!annotation.box) {
            continue;
        }
        const auto row = rows.row_of(annotation);
        if (!row) {
            annotation.label_as_written = spelling(annotation);
            others.push_back(std::move(annotation));
            continue;
        }
        if (has_digits_of(*annotation.box, table[*row])) {
            annotation.box->digits_as_written = table[*row].digits_as_written;
        }
        annotation.label_as_written = table[*row].label_as_written;
        const auto other = of_rows.find(*row);
        if (other == of_rows.end()) {
            of_rows.emplace(*row, std::move(annotation));
        } else if (is_newer(annotation.report, other->second.report)) {
            other->second = std::move(annotation);
        }
    }
    std::ranges::stable_sort(others, {}, [](const Annotation& annotation) {
        return std::tuple(annotation.image_index, annotation.label_as_written);
    });
    std::vector<Annotation> ordered;
    ordered.reserve(of_rows.size() + others.size());
    for (auto& [row, annotation] : of_rows) {
        ordered.push_back(std::move(annotation));
    }
    std::ranges::move(others, std::back_inserter(ordered));
    return ordered;
}

}  // namespace cxr::dicom
