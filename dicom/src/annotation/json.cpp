#include "dicom/annotation/json.hpp"

#include "annotation/shape_names.hpp"
#include "dicom/core/json_writer.hpp"

#include <sstream>

namespace cxr::dicom {
namespace {

/// Empty is "not said", which JSON tells by null.
void put(JsonWriter& json, std::string_view name, std::string_view text) {
    json.key(name);
    if (text.empty()) {
        json.null();
    } else {
        json.value(text);
    }
}

void put_box(JsonWriter& json, const std::optional<AnnotationBox>& box) {
    json.key("bbox");
    if (!box) {
        json.null();
        return;
    }
    json.open_array();
    for (const double number : {box->x, box->y, box->width, box->height}) {
        json.value(number);
    }
    json.close_array();
    json.key("source_shape").value(name_of(box->source_shape));
}

void put_code(JsonWriter& json, const CodedConcept& code) {
    json.key("code");
    if (code.value.empty()) {
        json.null();
        return;
    }
    json.open_object();
    json.key("value").value(code.value);
    json.key("scheme").value(code.scheme);
    json.key("meaning").value(code.meaning);
    json.close_object();
}

void put_observer(JsonWriter& json, const Observer& observer) {
    json.key("observer").open_object();
    const bool is_person = observer.type == ObserverType::person;
    json.key("type").value(is_person ? "person" : "device");
    put(json, "name", observer.name);
    if (is_person) {
        put(json, "organization", observer.organization);
    } else {
        put(json, "manufacturer", observer.manufacturer);
        put(json, "model_name", observer.model_name);
        put(json, "software_version", observer.software_version);
        put(json, "device_uid", observer.device_uid);
    }
    json.close_object();
}

void put_report(JsonWriter& json, const ReportOrigin& report) {
    json.key("report");
    if (report.sop_instance_uid.empty()) {
        json.null();
        return;
    }
    json.open_object();
    put(json, "study_instance_uid", report.study_instance_uid);
    put(json, "series_instance_uid", report.series_instance_uid);
    put(json, "sop_class_uid", report.sop_class_uid);
    put(json, "sop_instance_uid", report.sop_instance_uid);
    put(json, "instance_number", report.instance_number);
    put(json, "content_date", report.content_date);
    put(json, "content_time", report.content_time);
    put(json, "completion_flag", report.completion_flag);
    put(json, "verification_flag", report.verification_flag);
    put(json, "predecessor", report.predecessor);
    json.close_object();
}

}  // namespace

std::string json_entry(const Annotation& annotation) {
    std::ostringstream text;
    JsonWriter json(text, JsonLayout::one_line);
    json.open_object();
    json.key("image").value(annotation.image_index);
    put(json, "label", annotation.finding ? label_of(*annotation.finding) : std::string_view());
    put(json, "label_as_written", annotation.label_as_written);
    put_code(json, annotation.finding_code);
    put_box(json, annotation.box);
    json.key("certainty_percent");
    if (annotation.certainty_percent) {
        json.value(*annotation.certainty_percent);
    } else {
        json.null();
    }
    put(json, "tracking_identifier", annotation.tracking_identifier);
    put(json, "tracking_uid", annotation.tracking_uid);
    put_observer(json, annotation.observer);
    put_report(json, annotation.report);
    json.close_object();
    return std::move(text).str();
}

}  // namespace cxr::dicom
