#include "codec/pixel_frames.hpp"
#include "dicom/codec/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cxr::dicom {
namespace {

/// Syntaxes whose pixel data DCMTK decodes.
constexpr std::array decodable_uids{
    std::string_view("1.2.840.10008.1.2.5"),     // RLE Lossless
    std::string_view("1.2.840.10008.1.2.4.50"),  // JPEG Baseline
    std::string_view("1.2.840.10008.1.2.4.51"),  // JPEG Extended
    std::string_view("1.2.840.10008.1.2.4.57"),  // JPEG Lossless
    std::string_view("1.2.840.10008.1.2.4.70"),  // JPEG Lossless SV1
    std::string_view("1.2.840.10008.1.2.4.80"),  // JPEG-LS Lossless
    std::string_view("1.2.840.10008.1.2.4.81"),  // JPEG-LS Near-lossless
};

bool is_decodable(const TransferSyntax& syntax) {
    return !syntax.encapsulated || frame_codec(syntax) != nullptr ||
           std::ranges::find(decodable_uids, syntax.uid) != decodable_uids.end();
}

/// The data set's bytes in one piece: the segment itself where there is only one.
Segment joined(const EncodedObject& object) {
    if (object.segments.size() == 1) {
        return object.segments.front();
    }
    std::vector<std::byte> bytes;
    bytes.reserve(object.size_bytes());
    for (const Segment& segment : object.segments) {
        bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
    }
    return Segment::of(std::move(bytes));
}

}  // namespace

Result<EncodedObject> transcode(const EncodedObject& object, const TransferSyntax& to) {
    if (object.transfer_syntax_uid == to.uid) {
        return object;
    }
    const TransferSyntax* from = find_transfer_syntax(object.transfer_syntax_uid);
    if (from == nullptr || !is_decodable(*from) || !to.encodable) {
        return Fault{
            .kind = FaultKind::unsupported,
            .doing = fmt::format("cannot be turned from {} into {}",
                                 from == nullptr ? object.transfer_syntax_uid : from->keyword,
                                 to.keyword)};
    }
    const Segment bytes = joined(object);
    const auto data_set = parse_data_set(bytes.bytes, *from);
    if (!data_set) {
        return data_set.error();
    }
    if (const FrameCodec* ours = frame_codec(*from)) {
        if (auto plain = decompress_frames(**data_set, *ours); !plain) {
            return std::move(plain).error();
        }
        return encode_data_set(**data_set, to);
    }
    // Between two encapsulated syntaxes DCMTK wants the uncompressed pixels in the middle.
    if (from->encapsulated && to.encapsulated) {
        const auto uncompressed = encode_data_set(**data_set, explicit_vr_little_endian);
        if (!uncompressed) {
            return uncompressed.error();
        }
        return transcode(*uncompressed, to);
    }
    return encode_data_set(**data_set, to);
}

std::vector<const TransferSyntax*> transcodable_to(const TransferSyntax& from) {
    std::vector<const TransferSyntax*> syntaxes;
    for (const TransferSyntax& syntax : all_transfer_syntaxes()) {
        if (syntax.uid == from.uid) {
            syntaxes.insert(syntaxes.begin(), &syntax);
        } else if (syntax.encodable && is_decodable(from)) {
            syntaxes.push_back(&syntax);
        }
    }
    return syntaxes;
}

}  // namespace cxr::dicom
