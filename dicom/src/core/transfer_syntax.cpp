#include "dicom/core/transfer_syntax.hpp"

#include <array>

namespace cxr::dicom {

const TransferSyntax implicit_vr_little_endian{.uid = "1.2.840.10008.1.2",
                                               .keyword = "ImplicitVRLittleEndian",
                                               .explicit_vr = false,
                                               .big_endian = false,
                                               .deflated = false,
                                               .encapsulated = false,
                                               .encodable = true,
                                               .lossy = false};
const TransferSyntax explicit_vr_little_endian{.uid = "1.2.840.10008.1.2.1",
                                               .keyword = "ExplicitVRLittleEndian",
                                               .explicit_vr = true,
                                               .big_endian = false,
                                               .deflated = false,
                                               .encapsulated = false,
                                               .encodable = true,
                                               .lossy = false};
const TransferSyntax deflated_explicit_vr_little_endian{.uid = "1.2.840.10008.1.2.1.99",
                                                        .keyword = "DeflatedExplicitVRLittleEndian",
                                                        .explicit_vr = true,
                                                        .big_endian = false,
                                                        .deflated = true,
                                                        .encapsulated = false,
                                                        .encodable = true,
                                                        .lossy = false};
const TransferSyntax rle_lossless{.uid = "1.2.840.10008.1.2.5",
                                  .keyword = "RLELossless",
                                  .explicit_vr = true,
                                  .big_endian = false,
                                  .deflated = false,
                                  .encapsulated = true,
                                  .encodable = true,
                                  .lossy = false};
const TransferSyntax jpeg_lossless_sv1{.uid = "1.2.840.10008.1.2.4.70",
                                       .keyword = "JPEGLosslessSV1",
                                       .explicit_vr = true,
                                       .big_endian = false,
                                       .deflated = false,
                                       .encapsulated = true,
                                       .encodable = true,
                                       .lossy = false};
const TransferSyntax jpeg_ls_lossless{.uid = "1.2.840.10008.1.2.4.80",
                                      .keyword = "JPEGLSLossless",
                                      .explicit_vr = true,
                                      .big_endian = false,
                                      .deflated = false,
                                      .encapsulated = true,
                                      .encodable = true,
                                      .lossy = false};

namespace {

/// Encapsulated, lossless, and made here.
constexpr TransferSyntax made(std::string_view uid, std::string_view keyword) {
    return {.uid = uid,
            .keyword = keyword,
            .explicit_vr = true,
            .big_endian = false,
            .deflated = false,
            .encapsulated = true,
            .encodable = true,
            .lossy = false};
}

constexpr TransferSyntax kept(std::string_view uid, std::string_view keyword, bool lossy) {
    return {.uid = uid,
            .keyword = keyword,
            .explicit_vr = true,
            .big_endian = false,
            .deflated = false,
            .encapsulated = true,
            .encodable = false,
            .lossy = lossy};
}

}  // namespace

std::span<const TransferSyntax> all_transfer_syntaxes() {
    static const std::array table{
        explicit_vr_little_endian,
        implicit_vr_little_endian,
        jpeg_ls_lossless,
        jpeg_lossless_sv1,
        rle_lossless,
        deflated_explicit_vr_little_endian,
        made("1.2.840.10008.1.2.4.201", "HTJ2KLossless"),
        made("1.2.840.10008.1.2.4.202", "HTJ2KLosslessRPCL"),
        made("1.2.840.10008.1.2.4.90", "JPEG2000Lossless"),
        made("1.2.840.10008.1.2.8.1", "DeflatedImageFrameCompression"),
        TransferSyntax{.uid = "1.2.840.10008.1.2.2",
                       .keyword = "ExplicitVRBigEndian",
                       .explicit_vr = true,
                       .big_endian = true,
                       .deflated = false,
                       .encapsulated = false,
                       .encodable = false,
                       .lossy = false},
        kept("1.2.840.10008.1.2.4.50", "JPEGBaseline8Bit", true),
        kept("1.2.840.10008.1.2.4.51", "JPEGExtended12Bit", true),
        kept("1.2.840.10008.1.2.4.57", "JPEGLossless", false),
        kept("1.2.840.10008.1.2.4.81", "JPEGLSNearLossless", true),
        kept("1.2.840.10008.1.2.4.91", "JPEG2000", true),
        kept("1.2.840.10008.1.2.4.92", "JPEG2000MCLossless", false),
        kept("1.2.840.10008.1.2.4.93", "JPEG2000MC", true),
        kept("1.2.840.10008.1.2.4.100", "MPEG2MPML", true),
        kept("1.2.840.10008.1.2.4.101", "MPEG2MPHL", true),
        kept("1.2.840.10008.1.2.4.102", "MPEG4HP41", true),
        kept("1.2.840.10008.1.2.4.103", "MPEG4HP41BD", true),
        kept("1.2.840.10008.1.2.4.104", "MPEG4HP422D", true),
        kept("1.2.840.10008.1.2.4.105", "MPEG4HP423D", true),
        kept("1.2.840.10008.1.2.4.106", "MPEG4HP42STEREO", true),
        kept("1.2.840.10008.1.2.4.107", "HEVCMP51", true),
        kept("1.2.840.10008.1.2.4.108", "HEVCM10P51", true),
        kept("1.2.840.10008.1.2.4.203", "HTJ2K", true),
    };
    return table;
}

const TransferSyntax* find_transfer_syntax(std::string_view uid_or_name) {
    while (!uid_or_name.empty() && (uid_or_name.back() == '\0' || uid_or_name.back() == ' ')) {
        uid_or_name.remove_suffix(1);
    }
    struct ShortName {
        std::string_view name, keyword;
    };
    static constexpr std::array short_names{
        ShortName{"implicit", "ImplicitVRLittleEndian"},
        ShortName{"explicit", "ExplicitVRLittleEndian"},
        ShortName{"deflated", "DeflatedExplicitVRLittleEndian"},
        ShortName{"rle", "RLELossless"},
        ShortName{"jpeg-lossless", "JPEGLosslessSV1"},
        ShortName{"jpeg-ls", "JPEGLSLossless"},
        ShortName{"jpeg-2000", "JPEG2000Lossless"},
        ShortName{"htj2k", "HTJ2KLossless"},
        ShortName{"htj2k-rpcl", "HTJ2KLosslessRPCL"},
        ShortName{"deflated-frame", "DeflatedImageFrameCompression"},
    };
    for (const ShortName& entry : short_names) {
        if (entry.name == uid_or_name) {
            uid_or_name = entry.keyword;
        }
    }
    for (const TransferSyntax& syntax : all_transfer_syntaxes()) {
        if (syntax.uid == uid_or_name || syntax.keyword == uid_or_name) {
            return &syntax;
        }
    }
    return nullptr;
}

}  // namespace cxr::dicom
