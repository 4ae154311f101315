#include "codec/frame_codec.hpp"

#include "dicom/core/data_set_scan.hpp"

#include <algorithm>
#include <array>

namespace cxr::dicom {
namespace {

/// PS3.5 8.2.16: each frame a raw deflate stream of its own.
Result<std::vector<std::byte>> deflate_frame(const FrameShape& shape,
                                             std::span<const std::byte> frame) {
    if (frame.size() < shape.bytes()) {
        return Fault{.kind = FaultKind::malformed, .doing = "fewer pixels than rows and columns"};
    }
    return deflate_data_set(frame.first(shape.bytes()));
}

Result<std::vector<std::byte>> inflate_frame(const FrameShape& shape,
                                             std::span<const std::byte> stream) {
    auto frame = inflate_data_set(stream, shape.bytes());
    if (frame && frame->size() != shape.bytes()) {
        return Fault{.kind = FaultKind::malformed,
                     .doing = "a deflated frame of another size than rows and columns"};
    }
    return frame;
}

struct Entry {
    std::string_view uid;
    FrameCodec codec;
};

constexpr std::array entries{
    Entry{"1.2.840.10008.1.2.4.90", {encode_jpeg_2000, decode_jpeg_2000, true}},
    Entry{"1.2.840.10008.1.2.4.91", {nullptr, decode_jpeg_2000, true}},
    Entry{"1.2.840.10008.1.2.4.201", {encode_htj2k, decode_jpeg_2000, true}},
    Entry{"1.2.840.10008.1.2.4.202", {encode_htj2k_rpcl, decode_jpeg_2000, true}},
    Entry{"1.2.840.10008.1.2.4.203", {nullptr, decode_jpeg_2000, true}},
    Entry{"1.2.840.10008.1.2.8.1", {deflate_frame, inflate_frame, false}},
};

}  // namespace

const FrameCodec* frame_codec(const TransferSyntax& transfer_syntax) {
    const auto* const found = std::ranges::find(entries, transfer_syntax.uid, &Entry::uid);
    return found == entries.end() ? nullptr : &found->codec;
}

}  // namespace cxr::dicom
