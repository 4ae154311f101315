#include "codec/pixel_frames.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/core/check.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmdata/dcxfer.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djrparam.h>

#include <fmt/format.h>

#include <array>

namespace cxr::dicom {
namespace {

/// More than any single object this product is for; a deflate bomb ends here.
constexpr std::size_t inflated_bytes_max = std::size_t{1} << 31U;

E_TransferSyntax dcmtk_syntax(const TransferSyntax& transfer_syntax) {
    const E_TransferSyntax known = DcmXfer(std::string(transfer_syntax.uid).c_str()).getXfer();
    return known == EXS_Unknown && transfer_syntax.encapsulated ? encapsulated_stand_in : known;
}

/// The syntax in which DCMTK writes or reads the bytes; deflating is ours.
E_TransferSyntax stream_syntax(const TransferSyntax& transfer_syntax) {
    return transfer_syntax.deflated ? EXS_LittleEndianExplicit : dcmtk_syntax(transfer_syntax);
}

/// DCMTK 3.6.7 leaves the byte that pads an odd JPEG-LS stream as it found it in memory; equal
/// objects must be equal bytes. The stream ends with an EOI marker (FFD9H).
void clear_padding(DcmDataset& data_set, const DcmRepresentationParameter& parameter) {
    DcmElement* element = nullptr;
    DcmPixelSequence* fragments = nullptr;
    if (data_set.findAndGetElement(DCM_PixelData, element).bad() ||
        dynamic_cast<DcmPixelData&>(*element)
            .getEncapsulatedRepresentation(EXS_JPEGLSLossless, &parameter, fragments)
            .bad()) {
        return;
    }
    for (unsigned long i = 1; i < fragments->card(); ++i) {  // 0: the Basic Offset Table
        DcmPixelItem* fragment = nullptr;
        Uint8* bytes = nullptr;
        if (fragments->getItem(fragment, i).bad() || fragment->getUint8Array(bytes).bad()) {
            continue;
        }
        const Uint32 length = fragment->getLength();
        if (length >= 3 && bytes[length - 3] == 0xFF && bytes[length - 2] == 0xD9) {
            bytes[length - 1] = 0;
        }
    }
}

OFCondition choose_representation(DcmDataset& data_set, E_TransferSyntax syntax) {
    switch (syntax) {
        case EXS_JPEGProcess14SV1: {
            const DJ_RPLossless lossless;
            return data_set.chooseRepresentation(syntax, &lossless);
        }
        case EXS_JPEGLSLossless: {
            const DJLSRepresentationParameter lossless(0, OFTrue);
            const OFCondition chosen = data_set.chooseRepresentation(syntax, &lossless);
            if (chosen.good()) {
                clear_padding(data_set, lossless);
            }
            return chosen;
        }
        case EXS_RLELossless: {
            const DcmRLERepresentationParameter lossless;
            return data_set.chooseRepresentation(syntax, &lossless);
        }
        default:
            return data_set.chooseRepresentation(syntax, nullptr);
    }
}

/// What the codecs read, and may have to write (PS3.3 C.7.6.3, C.7.6.6).
const std::array image_pixel_module{DCM_SamplesPerPixel,
                                    DCM_PhotometricInterpretation,
                                    DCM_PlanarConfiguration,
                                    DCM_NumberOfFrames,
                                    DCM_Rows,
                                    DCM_Columns,
                                    DCM_BitsAllocated,
                                    DCM_BitsStored,
                                    DCM_HighBit,
                                    DCM_PixelRepresentation,
                                    DCM_PixelData};

void move_image_pixel_module(DcmItem& from, DcmItem& to) {
    for (const DcmTagKey& tag : image_pixel_module) {
        std::unique_ptr<DcmElement> element(from.remove(tag));
        // Refused only when the tag is there already, and none of them is.
        if (element && to.insert(element.get()).good()) {
            static_cast<void>(element.release());  // the item owns it from here on
        }
    }
}

/// DCMTK's codecs see nothing but the image: in a whole data set, the one for JPEG Lossless writes
/// itself into Derivation Description. One SOP Instance UID, one content: it must not.
OFCondition change_pixels(DcmDataset& data_set, E_TransferSyntax syntax) {
    if (!data_set.tagExists(DCM_PixelData)) {
        return choose_representation(data_set, syntax);
    }
    DcmDataset image;
    move_image_pixel_module(data_set, image);
    const OFCondition chosen = choose_representation(image, syntax);
    move_image_pixel_module(image, data_set);
    return chosen;
}

/// Writes into memory, a buffer at a time: the length is not known before.
Result<std::vector<std::byte>> write_bytes(DcmDataset& data_set, E_TransferSyntax syntax) {
    std::vector<std::byte> bytes;
    std::array<char, 65'536> buffer{};
    data_set.transferInit();
    OFCondition condition = EC_StreamNotifyClient;
    while (condition == EC_StreamNotifyClient) {
        DcmOutputBufferStream stream(buffer.data(), static_cast<offile_off_t>(buffer.size()));
        condition = data_set.write(stream, syntax, EET_ExplicitLength, nullptr, EGL_withoutGL);
        void* written = nullptr;
        offile_off_t length = 0;
        stream.flushBuffer(written, length);
        const auto* begin = static_cast<const std::byte*>(written);
        bytes.insert(bytes.end(), begin, begin + length);
    }
    data_set.transferEnd();
    if (auto checked = check(condition, "write the data set"); !checked) {
        return std::move(checked).error();
    }
    return bytes;
}

std::string text_of(DcmDataset& data_set, const DcmTagKey& tag) {
    const char* value = nullptr;
    data_set.findAndGetString(tag, value);
    return value == nullptr ? std::string() : std::string(value);
}

/// A data set whose pixels, if any, are as the syntax wants them.
Result<EncodedObject> written(DcmDataset& data_set, const TransferSyntax& transfer_syntax) {
    auto bytes = write_bytes(data_set, stream_syntax(transfer_syntax));
    if (!bytes) {
        return std::move(bytes).error();
    }
    return EncodedObject{
        .sop_class_uid = text_of(data_set, DCM_SOPClassUID),
        .sop_instance_uid = text_of(data_set, DCM_SOPInstanceUID),
        .transfer_syntax_uid = std::string(transfer_syntax.uid),
        .segments = {
            Segment::of(transfer_syntax.deflated ? deflate_data_set(*bytes) : *std::move(bytes))}};
}

}  // namespace

Result<std::unique_ptr<DcmDataset>> parse_data_set(std::span<const std::byte> bytes,
                                                   const TransferSyntax& transfer_syntax) {
    if (transfer_syntax.deflated) {
        const auto inflated = inflate_data_set(bytes, inflated_bytes_max);
        if (!inflated) {
            return inflated.error();
        }
        return parse_data_set(*inflated, explicit_vr_little_endian);
    }
    // DCMTK's parser recurses per nested sequence and believes lengths: what it reads is bounded.
    if (const auto scan = scan_data_set(bytes, transfer_syntax); !scan) {
        return scan.error();
    }
    DcmInputBufferStream stream;
    stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    stream.setEos();
    auto data_set = std::make_unique<DcmDataset>();
    data_set->transferInit();
    const OFCondition condition = data_set->read(stream, dcmtk_syntax(transfer_syntax));
    data_set->transferEnd();
    if (auto checked = check(condition, "read the data set"); !checked) {
        return std::move(checked).error();
    }
    return data_set;
}

Result<EncodedObject> encode_document(DcmDataset& document, const TransferSyntax& transfer_syntax) {
    if (transfer_syntax.encapsulated) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = fmt::format("a document without pixels cannot be written as {}",
                                          transfer_syntax.keyword)};
    }
    return written(document, transfer_syntax);
}

Result<EncodedObject> encode_data_set(DcmDataset& data_set, const TransferSyntax& transfer_syntax) {
    const FrameCodec* ours = frame_codec(transfer_syntax);
    if (ours != nullptr && ours->encode == nullptr) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = fmt::format("{} is only read", transfer_syntax.keyword)};
    }
    const E_TransferSyntax syntax =
        ours == nullptr ? stream_syntax(transfer_syntax) : EXS_LittleEndianExplicit;
    const OFCondition chosen = change_pixels(data_set, syntax);
    if (chosen.bad() || !data_set.canWriteXfer(syntax)) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = fmt::format(
                         "cannot be written as {}: {}", transfer_syntax.keyword, chosen.text())};
    }
    if (ours != nullptr) {
        if (auto compressed = compress_frames(data_set, *ours, stream_syntax(transfer_syntax));
            !compressed) {
            return std::move(compressed).error();
        }
    }
    return written(data_set, transfer_syntax);
}

}  // namespace cxr::dicom
