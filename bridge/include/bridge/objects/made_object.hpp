#pragma once
/// The bytes of one made object: a pure function of its record, its PNG and the options.

#include "bridge/catalogue/catalogue.hpp"
#include "dicom/core/encoded_object.hpp"
#include "dicom/core/transfer_syntax.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace cxr::bridge {

/// UIDs of the syntaxes that make_object() can write for a kind, Explicit VR Little Endian first.
[[nodiscard]] std::vector<std::string> made_transfer_syntaxes(dicom::DerivedKind kind);

/// @param root the data set's folder.
/// Faults: not_found (PNG absent), malformed (PNG damaged, or changed since it was catalogued),
/// unsupported (syntax), storage. Reports need no PNG.
[[nodiscard]] Result<dicom::EncodedObject> make_object(const std::filesystem::path& root,
                                                       const MadeObject& object,
                                                       const dicom::TransferSyntax& transfer_syntax,
                                                       const dicom::MappingOptions& mapping);

}  // namespace cxr::bridge
