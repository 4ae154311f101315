#pragma once
/// The bytes of one made object: a pure function of its record, its PNG and the options.

#include "bridge/catalogue/catalogue.hpp"
#include "dicom/core/encoded_object.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/image/frame.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace cxr::bridge {

/// UIDs of the syntaxes that make_object() can write for a kind, Explicit VR Little Endian first.
[[nodiscard]] std::vector<std::string> made_transfer_syntaxes(dicom::DerivedKind kind);

/// Reads and decodes a PNG of the data set, exactly the file that was catalogued.
/// @param root the data set's folder.
/// Faults: not_found (absent, or changed since it was catalogued), storage, and decode_png()'s own.
[[nodiscard]] Result<dicom::Frame> read_frame(const std::filesystem::path& root,
                                              const ImageFile& file);

/// Faults: not_found (PNG absent, or changed since it was catalogued), malformed (PNG damaged),
/// unsupported (syntax), storage. Reports need no PNG.
[[nodiscard]] Result<dicom::EncodedObject> make_object(const std::filesystem::path& root,
                                                       const MadeObject& object,
                                                       const dicom::TransferSyntax& transfer_syntax,
                                                       const dicom::MappingOptions& mapping);

}  // namespace cxr::bridge
