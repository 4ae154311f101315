#pragma once
/// FHIR data types that the bundle is made of, as JSON; and the names of its things.

#include "dicom/core/json_writer.hpp"
#include "dicom/mapping/entities.hpp"

#include <string>
#include <string_view>

namespace cxr::dicom {

inline constexpr std::string_view collection_url = "https://nihcc.app.box.com/v/ChestXray-NIHCC";

/// RFC 4122 text of the UUID that names a thing of the collection.
[[nodiscard]] std::string uuid_text(std::string_view name);
/// DA to FHIR date; empty stays empty.
[[nodiscard]] std::string date_of(std::string_view da);

/// A member, unless it is empty.
void put_optional(JsonWriter& json, std::string_view name, std::string_view text);
/// A Coding. Schemes are DICOM's designators; "0074" is HL7's table of diagnostic services.
void put_coding(JsonWriter& json, const CodedConcept& code);
/// A CodeableConcept.
void put_concept(JsonWriter& json, const CodedConcept& code, std::string_view text = {});
/// A Reference to an entry of the same bundle.
void put_reference(JsonWriter& json, std::string_view id);
/// The member `identifier`: a DICOM UID.
void put_dicom_identifier(JsonWriter& json, std::string_view uid);
/// A component of an Observation: a quantity in a UCUM unit.
void put_quantity_component(JsonWriter& json,
                            const CodedConcept& code,
                            double value,
                            const CodedConcept& unit);

}  // namespace cxr::dicom
