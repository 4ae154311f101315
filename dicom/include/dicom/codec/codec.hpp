#pragma once
/// Data sets between DcmDataset, bytes and transfer syntaxes.

#include "dicom/core/data_set_scan.hpp"
#include "dicom/core/encoded_object.hpp"
#include "dicom/core/transfer_syntax.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

#include <memory>
#include <span>

namespace cxr::dicom {

/// Registers DCMTK's codecs for the whole process: before the first thread. Throws where the data
/// dictionary is not installed.
void initialise_dcmtk();

/// Scans first (nesting, lengths), then parses. Faults: malformed, unsupported.
[[nodiscard]] Result<std::unique_ptr<DcmDataset>> parse_data_set(
    std::span<const std::byte> bytes, const TransferSyntax& transfer_syntax);

/// Writes a data set (any pixel representation that it can be turned into losslessly) as bytes.
[[nodiscard]] Result<EncodedObject> encode_data_set(DcmDataset& data_set,
                                                    const TransferSyntax& transfer_syntax);

/// The same for a document of our own making, which has no pixels at any depth: DCMTK, made to look
/// for some in every item, took a fifth of a report's time. Faults: unsupported (encapsulated).
[[nodiscard]] Result<EncodedObject> encode_document(DcmDataset& document,
                                                    const TransferSyntax& transfer_syntax);

/// The same object in another transfer syntax, lossless only; the SOP Instance UID stays.
/// Same syntax in and out: the segments are shared, nothing is copied. A whole C-STORE never fails
/// for a syntax that neither side changes: bytes pass through untouched (PS3.4 B.4.1, level 2).
/// Faults: unsupported (no codec for it, lossy target, PixelData undecodable), malformed.
[[nodiscard]] Result<EncodedObject> transcode(const EncodedObject& object,
                                              const TransferSyntax& to);

/// The syntaxes that transcode() can turn `from` into, `from` itself first.
[[nodiscard]] std::vector<const TransferSyntax*> transcodable_to(const TransferSyntax& from);

/// A Part 10 file (PS3.10 §7): preamble, file meta information for the object, then its segments.
/// Reproducible: no clock; a source AE title only when one is given.
[[nodiscard]] std::vector<std::byte> file_meta_information(
    const EncodedObject& object, const std::string& source_application_entity_title = {});

/// Splits a Part 10 file into meta information and data set. Faults: malformed.
struct Part10View {
    std::string sop_class_uid, sop_instance_uid, transfer_syntax_uid;
    std::string source_application_entity_title;  ///< empty: not said
    std::span<const std::byte> data_set;
};
[[nodiscard]] Result<Part10View> read_part10(std::span<const std::byte> bytes);

}  // namespace cxr::dicom
