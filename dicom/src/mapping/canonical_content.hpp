#pragma once
/// The parts of the text that a made document's SOP Instance UID is a digest of. Frozen: other text
/// for the same content gives every document ever handed out another UID.

#include "dicom/mapping/image_record.hpp"

#include <string>
#include <string_view>

namespace cxr::dicom {

/// "|value^scheme^meaning"
void append(std::string& content, const CodedConcept& code);
/// '|' and the number as printf's %.15g gives it in the C locale: a table's 15 significant digits.
void append(std::string& content, double value);

/// A line of all that the patient and study modules of this record's objects are functions of
/// (mapping/study_modules.hpp), beside the image's name and the profile.
void append_patient_and_study(std::string& content,
                              const ImageRecord& record,
                              const MappingOptions& options);

/// That it replaces an earlier document; nothing of a first one. One UID, one content: what comes
/// back to an earlier content is a later document all the same.
void append_revision(std::string& content, const ImageRecord& record, DerivedKind kind);

[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace cxr::dicom
