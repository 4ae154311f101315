#pragma once
/// A statement as an Observation of FHIR R4, and what DiagnosticReports have in common with it: the
/// members of a resource, without its type and id.

#include "dicom/annotation/annotation.hpp"
#include "dicom/core/json_writer.hpp"
#include "dicom/report/code_table.hpp"

#include <string_view>

namespace cxr::dicom {

/// What all statements of a bundle refer to. Views of what the bundle holds.
struct FhirContext {
    const std::string& patient;  ///< ids
    const std::string& study;
    const std::string& study_date;  ///< DA, or empty
    const CodeTable& codes;
};

void put_when_and_of_whom(JsonWriter& json, const FhirContext& context);
/// Who or what said so, by name: neither is a resource of its own here.
void put_observer(JsonWriter& json, const Observer& observer);
void put_observation(JsonWriter& json, const Annotation& annotation, const FhirContext& context);

}  // namespace cxr::dicom
