#include "dicom/annotation/csv.hpp"

#include <fmt/format.h>

namespace cxr::dicom {
namespace {

/// RFC 4180: only what needs quotes gets them; the published tables have none.
std::string cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
        return text;
    }
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c;
        if (c == '"') {
            quoted += '"';
        }
    }
    return quoted += '"';
}

std::string trimmed(double value) {
    std::string digits = fmt::format("{:.6f}", value);
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) {
        digits.pop_back();
    }
    return digits == "-0" ? "0" : digits;
}

/// The box table calls Infiltration "Infiltrate".
std::string box_table_label(const Annotation& annotation) {
    if (!annotation.label_as_written.empty()) {
        return annotation.label_as_written;
    }
    if (annotation.finding == Finding::infiltration) {
        return "Infiltrate";
    }
    return annotation.finding ? std::string(label_of(*annotation.finding)) : std::string();
}

}  // namespace

std::string box_table_row(const Annotation& annotation) {
    const AnnotationBox& box = *annotation.box;
    const std::array<double, 4> values{box.x, box.y, box.width, box.height};
    std::string row = cell(annotation.image_index) + ',' + cell(box_table_label(annotation));
    for (std::size_t i = 0; i < values.size(); ++i) {
        row += ',';
        row += box.digits_as_written[i].empty() ? trimmed(values[i]) : box.digits_as_written[i];
    }
    return row += '\n';
}

std::string label_table_row(std::span<const Annotation> annotations) {
    std::string labels;
    for (const Annotation& annotation : annotations) {
        if (&annotation != &annotations.front()) {
            labels += '|';
        }
        labels += !annotation.label_as_written.empty() ? annotation.label_as_written
                  : annotation.finding                 ? std::string(label_of(*annotation.finding))
                                                       : std::string();
    }
    return cell(annotations.front().image_index) + ',' + cell(labels) + '\n';
}

}  // namespace cxr::dicom
