#include "annotation/fhir_types.hpp"

#include "dicom/core/uid.hpp"

#include <fmt/format.h>

namespace cxr::dicom {
namespace {

constexpr std::string_view snomed = "http://snomed.info/sct";
constexpr std::string_view dcm = "http://dicom.nema.org/resources/ontology/DCM";

std::string_view system_of(std::string_view scheme) {
    return scheme == "SCT"      ? snomed
           : scheme == "DCM"    ? dcm
           : scheme == "LN"     ? "http://loinc.org"
           : scheme == "RADLEX" ? "http://www.radlex.org"
           : scheme == "0074"   ? "http://terminology.hl7.org/CodeSystem/v2-0074"
                                : collection_url;
}

}  // namespace

std::string uuid_text(std::string_view name) {
    const Uuid uuid = uuid_v5(collection_namespace(), name);
    std::string text;
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        text += i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
        text += fmt::format("{:02x}", uuid[i]);
    }
    return text;
}

std::string date_of(std::string_view da) {
    return da.size() == 8 ? fmt::format("{}-{}-{}", da.substr(0, 4), da.substr(4, 2), da.substr(6))
                          : std::string();
}

void put_optional(JsonWriter& json, std::string_view name, std::string_view text) {
    if (!text.empty()) {
        json.key(name).value(text);
    }
}

void put_coding(JsonWriter& json, const CodedConcept& code) {
    json.open_object();
    json.key("system").value(system_of(code.scheme));
    json.key("code").value(code.value);
    put_optional(json, "display", code.meaning);
    json.close_object();
}

void put_concept(JsonWriter& json, const CodedConcept& code, std::string_view text) {
    json.open_object();
    json.key("coding").open_array();
    put_coding(json, code);
    json.close_array();
    put_optional(json, "text", text);
    json.close_object();
}

void put_reference(JsonWriter& json, std::string_view id) {
    json.open_object();
    json.key("reference").value(fmt::format("urn:uuid:{}", id));
    json.close_object();
}

void put_dicom_identifier(JsonWriter& json, std::string_view uid) {
    json.key("identifier").open_array();
    json.open_object();
    json.key("system").value("urn:dicom:uid");
    json.key("value").value(fmt::format("urn:oid:{}", uid));
    json.close_object();
    json.close_array();
}

void put_quantity_component(JsonWriter& json,
                            const CodedConcept& code,
                            double value,
                            const CodedConcept& unit) {
    json.open_object();
    json.key("code");
    put_concept(json, code);
    json.key("valueQuantity").open_object();
    json.key("value").value(value);
    json.key("unit").value(unit.meaning);
    json.key("system").value("http://unitsofmeasure.org");
    json.key("code").value(unit.value);
    json.close_object();
    json.close_object();
}

}  // namespace cxr::dicom
