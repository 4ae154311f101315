#pragma once
/// One image's annotations as a FHIR R4 (4.0.1) transaction bundle: Patient, ImagingStudy, and per
/// document a DiagnosticReport with an Observation for each statement. Every resource has an id
/// derived from what it is about, so that a bundle can be put to a server again and again.

#include "dicom/annotation/annotation.hpp"
#include "dicom/mapping/image_record.hpp"

#include <span>
#include <string>

namespace cxr::dicom {

/// @param annotations of this record's image, those of one document side by side. Nothing is said
/// to be verified: observations are "preliminary", reports "partial", which in FHIR may be
/// unverified.
[[nodiscard]] std::string fhir_bundle(const ImageRecord& record,
                                      std::span<const Annotation> annotations,
                                      const MappingOptions& options);

}  // namespace cxr::dicom
