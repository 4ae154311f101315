#pragma once
/// Transfer syntaxes (PS3.5 §10, PS3.6 Annex A) as a closed table of what this product knows.

#include <optional>
#include <span>
#include <string_view>

namespace cxr::dicom {

struct TransferSyntax {
    std::string_view uid;
    std::string_view keyword;  ///< what a user types: "ExplicitVRLittleEndian"
    bool explicit_vr;
    bool big_endian;
    bool deflated;      ///< the whole data set is a raw deflate stream (PS3.5 A.5)
    bool encapsulated;  ///< pixel data in fragments (PS3.5 A.4)
    bool encodable;     ///< wrap_image() can write it
    bool lossy;
};

extern const TransferSyntax implicit_vr_little_endian;
extern const TransferSyntax explicit_vr_little_endian;
extern const TransferSyntax deflated_explicit_vr_little_endian;
extern const TransferSyntax rle_lossless;
extern const TransferSyntax jpeg_lossless_sv1;
extern const TransferSyntax jpeg_ls_lossless;

/// Every transfer syntax that is accepted for storage, most preferred first.
[[nodiscard]] std::span<const TransferSyntax> all_transfer_syntaxes();
/// By UID (trailing NUL or space ignored), keyword or lower-case short name ("jpeg-ls"); null if
/// unknown.
[[nodiscard]] const TransferSyntax* find_transfer_syntax(std::string_view uid_or_name);

}  // namespace cxr::dicom
