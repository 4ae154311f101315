#pragma once
/// The parts of the text that a made document's SOP Instance UID is a digest of. Frozen: other text
/// for the same content gives every document ever handed out another UID.

#include "dicom/mapping/entities.hpp"

#include <string>
#include <string_view>

namespace cxr::dicom {

/// "|value^scheme^meaning"
void append(std::string& content, const CodedConcept& code);
/// '|' and the number as printf's %.15g gives it in the C locale: a table's 15 significant digits.
void append(std::string& content, double value);

[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace cxr::dicom
