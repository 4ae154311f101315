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
    const bool unwritten = annotation.label_as_written.empty();
    return unwritten && annotation.finding == Finding::infiltration ? "Infiltrate"
                                                                    : written_label(annotation);
}

}  // namespace

std::string written_label(const Annotation& annotation) {
    if (!annotation.label_as_written.empty() || !annotation.finding) {
        return annotation.label_as_written;
    }
    return std::string(label_of(*annotation.finding));
}

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

std::string further_table_row(const Annotation& annotation) {
    std::string row = cell(annotation.image_index) + ',' + cell(written_label(annotation));
    if (annotation.box) {
        const AnnotationBox& box = *annotation.box;
        for (const double value : {box.x, box.y, box.width, box.height}) {
            row += ',' + trimmed(value);
        }
    } else {
        row += ",,,,";
    }
    row += ',';
    if (annotation.certainty_percent) {
        row += trimmed(*annotation.certainty_percent);
    }
    return row + ',' + cell(annotation.observer.name) + ',' +
           cell(annotation.report.sop_instance_uid) + '\n';
}

std::string label_table_row(std::span<const Annotation> annotations) {
    std::string labels;
    for (const Annotation& annotation : annotations) {
        if (&annotation != &annotations.front()) {
            labels += '|';
        }
        labels += written_label(annotation);
    }
    return label_table_row(annotations.front().image_index, labels);
}

std::string label_table_row(const std::string& image_index, const std::string& labels) {
    return cell(image_index) + ',' + cell(labels) + '\n';
}

}  // namespace cxr::dicom
