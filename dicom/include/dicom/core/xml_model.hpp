#pragma once
/// The Native DICOM Model (PS3.19 A.1) of attributes: the XML of DICOMweb, "application/dicom+xml".

#include "dicom/core/attributes.hpp"
#include "dicom/core/json_model.hpp"

#include <string>

namespace cxr::dicom {

/// Appends one whole document, its declaration included. Group lengths are left out. Private
/// elements have the number that they have in any block, and their creator beside it. Characters
/// that XML 1.0 has no way to write (controls, half surrogates) become U+FFFD; text that is no
/// UTF-8 is not looked for. Numbers stay as written.
/// @param options where bytes can be had, as for JSON.
void append_xml(std::string& xml,
                const Attributes& attributes,
                const JsonModelOptions& options = {});

}  // namespace cxr::dicom
