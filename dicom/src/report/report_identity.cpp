#include "report/report_identity.hpp"

#include "dicom/core/uid.hpp"
#include "dicom/mapping/geometry.hpp"
#include "dicom/report/code_table.hpp"
#include "dicom/report/report.hpp"
#include "mapping/canonical_content.hpp"
#include "report/region_group.hpp"

namespace cxr::dicom {
namespace {

void append_codes(std::string& content, const FindingCode& code) {
    append(content, code.code);
    if (code.equivalent != nullptr) {
        append(content, *code.equivalent);
    }
}

void append_labels(std::string& content, const ImageRecord& record, const ReportOptions& options) {
    content += record.release == Release::v2020 ? "v2020" : "v2017";
    content += '\n';
    content += record.row.finding_labels;
    for (const Finding finding : record.row.findings) {
        content += '\n';
        append_codes(content, finding_code(finding, options));
    }
    if (options.profile == ReportProfile::air) {
        content += "\nair";
    }
}

void append_measurements(std::string& content,
                         const ImageRecord& record,
                         const MappingOptions& options) {
    const Measurements measurements = options.reports.measurements;
    if (measurements == Measurements::pixels) {
        content += "\npixels";
    } else if (measurements == Measurements::mm) {
        const DetectorSpacing spacing = detector_spacing(record.row, options.geometry);
        content += "\nmm";
        append(content, spacing.x_mm);
        append(content, spacing.y_mm);
    }
}

void append_boxes(std::string& content, const ImageRecord& record, const MappingOptions& options) {
    content += std::to_string(static_cast<int>(record.row.view));
    for (const BoundingBox& box : boxes_of_object(record, options.geometry)) {
        content += '\n';
        content += box.label_as_written;
        const FindingCode code = finding_code(box.finding, options.reports);
        append_codes(content, code);
        if (code.site != nullptr) {
            append(content, *code.site);
        }
        append(content, box.x);
        append(content, box.y);
        append(content, box.width);
        append(content, box.height);
    }
    append_measurements(content, record, options);
}

/// Ends in a character that no text of a configuration or a table holds.
void append_field(std::string& content, std::string_view text) {
    content.append(text).append(1, '\x1f');
}

void append_source(std::string& content,
                   const ImageRecord& record,
                   const SourceStatements& said,
                   const MappingOptions& options) {
    const Observer& observer = said.source->observer;
    append_field(content, observer.type == ObserverType::device ? "device" : "person");
    for (const std::string* text : {&observer.name,
                                    &observer.organization,
                                    &observer.manufacturer,
                                    &observer.model_name,
                                    &observer.software_version,
                                    &observer.device_uid}) {
        append_field(content, *text);
    }
    content += std::to_string(static_cast<int>(record.row.view));
    const PixelScale scale = pixel_scale(record.row, published_size, options.geometry);
    bool has_region = false;
    for (const SourceStatement& statement : said.statements) {
        content += '\n';
        append_field(content, statement.label_as_written);
        const FindingCode code = finding_code(statement.finding, options.reports);
        append_codes(content, code);
        // The site stands in regions only.
        if (statement.x_y_width_height && code.site != nullptr) {
            append(content, *code.site);
        }
        has_region = has_region || statement.x_y_width_height;
        const auto region = statement.x_y_width_height.value_or(std::array<double, 4>{});
        for (std::size_t i = 0; i < region.size(); ++i) {  // x, y, width, height
            append(content, region.at(i) * (i % 2 == 0 ? scale.x : scale.y));
        }
        append(content, statement.certainty_percent.value_or(-1));
    }
    if (has_region) {
        append_measurements(content, record, options);
    }
}

}  // namespace

FindingCode finding_code(Finding finding, const ReportOptions& options) {
    const FindingCodes& codes = options.code_table()[finding];
    const CodedConcept* site = codes.site ? &*codes.site : nullptr;
    if (!codes.radlex || options.code_scheme == CodeScheme::sct) {
        return {.code = codes.finding, .site = site};
    }
    if (options.code_scheme == CodeScheme::radlex) {
        return {.code = *codes.radlex, .site = site};
    }
    return {.code = codes.finding, .equivalent = &*codes.radlex, .site = site};
}

const CodedConcept& report_title(DerivedKind kind, const ReportOptions& options) {
    static const CodedConcept measurements{"126000", "DCM", "Imaging Measurement Report"};
    static const CodedConcept diagnostic{"18748-4", "LN", "Diagnostic Imaging Report"};
    const bool other = kind == DerivedKind::label_report &&
                       options.label_title == LabelTitle::diagnostic_imaging_report;
    return other ? diagnostic : measurements;
}

std::string report_name(const ImageRecord& record, DerivedKind kind) {
    if (is_source_report(kind)) {
        return "annotations|" + record.sources.at(source_of(kind)).source->name;
    }
    return kind == DerivedKind::label_report ? "labels" : "boxes";
}

std::string report_sop_instance_uid(const ImageRecord& record,
                                    DerivedKind kind,
                                    const MappingOptions& options) {
    const std::string profile = options.profile();
    std::string content;
    content.reserve(512);
    content += report_template_version;
    content += '|';
    content += options.reports.sop_class_uid();
    content += '|';
    content += report_title(kind, options.reports).value;
    content += '|';
    content += profile;
    append_patient_and_study(content, record, options);
    content += '\n';
    if (is_source_report(kind)) {
        append_source(content, record, record.sources.at(source_of(kind)), options);
    } else if (kind == DerivedKind::label_report) {
        append_labels(content, record, options.reports);
    } else {
        append_boxes(content, record, options);
    }
    append_revision(content, record, kind);
    std::string name = "sr|" + report_name(record, kind) + '|';
    name += record.row.image_index;
    name += '|';
    name += report_template_version;
    name += '|';
    name += sha256_hex(content);
    return UIDSource(profile).derive(name);
}

std::string tracking_uid(const BoundingBox& box, std::size_t ordinal) {
    std::string name = "track|" + box.image_index + '|';
    name += label_of(box.finding);
    name += '|' + std::to_string(ordinal);
    return UIDSource().derive(name);
}

std::string source_tracking_uid(std::string_view source,
                                const BoundingBox& box,
                                std::size_t ordinal) {
    std::string name = "track|";
    name.append(source).append(1, '|').append(box.image_index).append(1, '|');
    name += label_of(box.finding);
    name += '|' + std::to_string(ordinal);
    return UIDSource().derive(name);
}

const std::string& text_miner_device_uid() {
    static const std::string uid = UIDSource().derive("device|nlp-labeler");
    return uid;
}

}  // namespace cxr::dicom
