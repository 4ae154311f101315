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

/// The bytes of a PNG of the data set, exactly the file that was catalogued.
/// @param root the data set's folder.
/// Faults: not_found (absent, or changed since it was catalogued), storage.
[[nodiscard]] Result<std::vector<std::byte>> read_image_file(const std::filesystem::path& root,
                                                             const ImageFile& file);
/// Reads and decodes it. Faults: the same, and decode_png()'s own.
[[nodiscard]] Result<dicom::Frame> read_frame(const std::filesystem::path& root,
                                              const ImageFile& file);

/// Is the PNG there, with the size and time with which it was catalogued? Nothing is read. Faults:
/// not_found.
[[nodiscard]] Result<void> check_image_file(const std::filesystem::path& root,
                                            const ImageFile& file);

/// Faults: not_found (PNG absent, or changed since it was catalogued), malformed (PNG damaged),
/// unsupported (syntax), storage. Reports need no PNG.
[[nodiscard]] Result<dicom::EncodedObject> make_object(const std::filesystem::path& root,
                                                       const MadeObject& object,
                                                       const dicom::TransferSyntax& transfer_syntax,
                                                       const dicom::MappingOptions& mapping);

/// The same for a kind that needs no PNG: anything but the image. Pure.
/// Faults: unsupported (syntax), not_found (the image has none of that kind).
[[nodiscard]] Result<dicom::EncodedObject> make_document(
    const dicom::ImageRecord& record,
    dicom::DerivedKind kind,
    const dicom::TransferSyntax& transfer_syntax,
    const dicom::MappingOptions& mapping);

}  // namespace cxr::bridge
