#include "dicom/annotation/record_annotations.hpp"

#include "dicom/report/report.hpp"
#include "report/report_identity.hpp"
#include "report/tid_1500.hpp"

#include <array>
#include <string_view>

namespace cxr::dicom {
namespace {

ReportOrigin report_of(const ImageRecord& record, DerivedKind kind, const MappingOptions& options) {
    InstanceEntity instance = instance_entity(record, kind, options);
    return {.study_instance_uid = study_entity(record, options).study_instance_uid,
            .series_instance_uid = series_entity(record, kind, options).series_instance_uid,
            .sop_class_uid = std::move(instance.sop_class_uid),
            .sop_instance_uid = std::move(instance.sop_instance_uid),
            .instance_number = std::move(instance.instance_number),
            .content_date = std::move(instance.content_date),
            .content_time = std::move(instance.content_time),
            .completion_flag = std::move(instance.completion_flag),
            .verification_flag = std::move(instance.verification_flag),
            .predecessor = {}};
}

/// The observers of the reports' own context.
Observer text_miner(Release release) {
    return {.type = ObserverType::device,
            .name = "NIH ChestX-ray14 report text miner",
            .organization = {},
            .manufacturer = std::string(nih_clinical_center),
            .model_name = std::string(text_miner_model),
            .software_version = release == Release::v2020 ? "v2020" : "v2017",
            .device_uid = text_miner_device_uid()};
}

Observer reader() {
    return {.type = ObserverType::person,
            .name = "Radiologist^NIH CC",
            .organization = std::string(nih_clinical_center),
            .manufacturer = {},
            .model_name = {},
            .software_version = {},
            .device_uid = {}};
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
        annotation.finding_code = finding_code(finding);
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
        annotation.finding_code = finding_code(box.finding);
        annotation.box = AnnotationBox{.x = box.x,
                                       .y = box.y,
                                       .width = box.width,
                                       .height = box.height,
                                       .digits_as_written = box.digits_as_written};
        annotation.tracking_identifier =
            box.image_index + '/' + box.label_as_written + '/' + std::to_string(ordinal);
        annotation.tracking_uid = tracking_uid(box, ordinal);
        annotation.observer = reader();
        annotation.report = report;
        annotations.push_back(std::move(annotation));
    }
    return annotations;
}

}  // namespace cxr::dicom
