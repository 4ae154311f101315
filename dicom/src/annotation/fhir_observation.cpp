#include "annotation/fhir_observation.hpp"

#include "annotation/fhir_types.hpp"

#include <fmt/format.h>

namespace cxr::dicom {
namespace {

void put_finding(JsonWriter& json, const Annotation& annotation, const CodeTable& codes) {
    json.key("valueCodeableConcept");
    if (annotation.finding_code.value.empty()) {
        json.open_object();
        json.key("text").value(annotation.label_as_written);
        json.close_object();
    } else {
        put_concept(json, annotation.finding_code, annotation.label_as_written);
    }
    if (!annotation.finding) {
        return;
    }
    if (const auto& site = codes[*annotation.finding].site) {
        json.key("bodySite");
        put_concept(json, *site);
    }
}

/// The outline as DICOM writes it, and what UCUM can say of it.
void put_components(JsonWriter& json, const Annotation& annotation) {
    if (!annotation.box && !annotation.certainty_percent) {
        return;
    }
    json.key("component").open_array();
    if (annotation.box) {
        const AnnotationBox& box = *annotation.box;
        json.open_object();
        json.key("code");
        put_concept(json, {"111030", "DCM", "Image Region"});
        json.key("valueString")
            .value(fmt::format("POLYLINE {0} {1} {2} {1} {2} {3} {0} {3} {0} {1}",
                               box.x,
                               box.y,
                               box.x + box.width,
                               box.y + box.height));
        json.close_object();
        const CodedConcept pixels{"{pixels}", "UCUM", "pixels"};
        put_quantity_component(json, {"103355008", "SCT", "Width"}, box.width, pixels);
        put_quantity_component(json, {"121207", "DCM", "Height"}, box.height, pixels);
    }
    if (annotation.certainty_percent) {
        put_quantity_component(json,
                               {"111012", "DCM", "Certainty of Finding"},
                               *annotation.certainty_percent,
                               {"%", "UCUM", "percent"});
    }
    json.close_array();
}

}  // namespace

void put_when_and_of_whom(JsonWriter& json, const FhirContext& context) {
    json.key("subject");
    put_reference(json, context.patient);
    put_optional(json, "effectiveDateTime", date_of(context.study_date));
}

void put_observer(JsonWriter& json, const Observer& observer) {
    json.open_object();
    if (!observer.device_uid.empty()) {
        json.key("identifier").open_object();
        json.key("system").value("urn:dicom:uid");
        json.key("value").value(fmt::format("urn:oid:{}", observer.device_uid));
        json.close_object();
    }
    json.key("display").value(observer.name.empty() ? std::string_view("unknown")
                                                    : std::string_view(observer.name));
    json.close_object();
}

void put_observation(JsonWriter& json, const Annotation& annotation, const FhirContext& context) {
    json.key("status").value("preliminary");
    json.key("category").open_array();
    json.open_object();
    json.key("coding").open_array();
    json.open_object();
    json.key("system").value("http://terminology.hl7.org/CodeSystem/observation-category");
    json.key("code").value("imaging");
    json.close_object();
    json.close_array();
    json.close_object();
    json.close_array();
    json.key("code");
    put_concept(json, {"121071", "DCM", "Finding"});
    put_when_and_of_whom(json, context);
    if (annotation.observer.type == ObserverType::person) {
        json.key("performer").open_array();
        put_observer(json, annotation.observer);
        json.close_array();
    }
    put_finding(json, annotation, context.codes);
    if (annotation.observer.type == ObserverType::device) {
        json.key("device");
        put_observer(json, annotation.observer);
    }
    json.key("derivedFrom").open_array();
    put_reference(json, context.study);
    json.close_array();
    put_components(json, annotation);
}

}  // namespace cxr::dicom
