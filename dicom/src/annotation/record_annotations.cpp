#include "dicom/annotation/record_annotations.hpp"

#include "dicom/report/report.hpp"
#include "report/observers.hpp"
#include "report/report_identity.hpp"

#include <array>
#include <string_view>

namespace cxr::dicom {
namespace {

ReportOrigin report_of(const ImageRecord& record, DerivedKind kind, const MappingOptions& options) {
    InstanceEntity instance = instance_entity(record, kind, options);
    const Revision* revision = revision_of(record, kind);
    return {.study_instance_uid = study_entity(record, options).study_instance_uid,
            .series_instance_uid = series_entity(record, kind, options).series_instance_uid,
            .sop_class_uid = std::move(instance.sop_class_uid),
            .sop_instance_uid = std::move(instance.sop_instance_uid),
            .instance_number = std::move(instance.instance_number),
            .content_date = std::move(instance.content_date),
            .content_time = std::move(instance.content_time),
            .completion_flag = std::move(instance.completion_flag),
            .verification_flag = std::move(instance.verification_flag),
            .predecessor =
                revision == nullptr ? std::string() : revision->predecessor_sop_instance_uid};
}

/// The parts of "Effusion|Infiltration".
std::vector<std::string_view> split(std::string_view labels) {
    std::vector<std::string_view> parts;
    for (std::size_t end = labels.find('|'); end != std::string_view::npos;
         end = labels.find('|')) {
        parts.push_back(labels.substr(0, end));
        labels.remove_prefix(end + 1);
    }
    parts.push_back(labels);
    return parts;
}

}  // namespace

std::vector<Annotation> label_annotations(const ImageRecord& record,
                                          const MappingOptions& options) {
    Annotation annotation;
    annotation.image_index = record.row.image_index;
    annotation.observer = text_miner(record.release);
    annotation.report = report_of(record, DerivedKind::label_report, options);
    const std::vector<std::string_view> parts = split(record.row.finding_labels);
    // A label that the reader dropped stands in the string and not among the findings.
    const bool all_known = parts.size() == record.row.findings.size();
    std::vector<Annotation> annotations;
    annotations.reserve(record.row.findings.size());
    for (std::size_t i = 0; i < record.row.findings.size(); ++i) {
        const Finding finding = record.row.findings[i];
        annotation.finding = finding;
        annotation.label_as_written = all_known ? parts[i] : label_of(finding);
        annotation.finding_code = finding_code(finding, options.reports).code;
        annotations.push_back(annotation);
    }
    return annotations;
}

std::vector<Annotation> box_annotations(const ImageRecord& record, const MappingOptions& options) {
    std::vector<Annotation> annotations;
    if (record.boxes.empty()) {
        return annotations;
    }
    const ReportOrigin report = report_of(record, DerivedKind::box_report, options);
    std::array<std::size_t, finding_count> boxes_of_label{};
    annotations.reserve(record.boxes.size());
    for (const BoundingBox& box : record.boxes) {
        const std::size_t ordinal = ++boxes_of_label[static_cast<std::size_t>(box.finding)];
        Annotation annotation;
        annotation.image_index = record.row.image_index;
        annotation.finding = box.finding;
        annotation.label_as_written = box.label_as_written;
        annotation.finding_code = finding_code(box.finding, options.reports).code;
        annotation.box = AnnotationBox{.x = box.x,
                                       .y = box.y,
                                       .width = box.width,
                                       .height = box.height,
                                       .digits_as_written = box.digits_as_written};
        annotation.tracking_identifier =
            box.image_index + '/' + box.label_as_written + '/' + std::to_string(ordinal);
        annotation.tracking_uid = tracking_uid(box, ordinal);
        annotation.observer = nih_reader();
        annotation.report = report;
        annotations.push_back(std::move(annotation));
    }
    return annotations;
}

std::vector<Annotation> source_annotations(const ImageRecord& record,
                                           std::size_t source,
                                           const MappingOptions& options) {
    const SourceStatements& said = record.sources.at(source);
    const ReportOrigin report = report_of(record, source_report(source), options);
    std::array<std::size_t, finding_count> boxes_of_label{};
    std::vector<Annotation> annotations;
    annotations.reserve(said.statements.size());
    for (const SourceStatement& statement : said.statements) {
        Annotation annotation;
        annotation.image_index = record.row.image_index;
        annotation.finding = statement.finding;
        annotation.label_as_written = statement.label_as_written;
        annotation.finding_code = finding_code(statement.finding, options.reports).code;
        annotation.certainty_percent = statement.certainty_percent;
        annotation.observer = said.source->observer;
        annotation.report = report;
        if (statement.x_y_width_height) {
            const auto& [x, y, width, height] = *statement.x_y_width_height;
            annotation.box = AnnotationBox{
                .x = x, .y = y, .width = width, .height = height, .digits_as_written = {}};
            const std::size_t ordinal =
                ++boxes_of_label[static_cast<std::size_t>(statement.finding)];
            annotation.tracking_identifier = record.row.image_index + '/' +
                                             statement.label_as_written + '/' +
                                             std::to_string(ordinal);
            BoundingBox box;
            box.image_index = record.row.image_index;
            box.finding = statement.finding;
            annotation.tracking_uid = source_tracking_uid(said.source->name, box, ordinal);
        }
        annotations.push_back(std::move(annotation));
    }
    return annotations;
}

}  // namespace cxr::dicom
