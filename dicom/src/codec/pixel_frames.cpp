#include "codec/pixel_frames.hpp"

#include "dicom/core/check.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace cxr::dicom {
namespace {

/// More than any single object this product is for.
constexpr std::size_t pixel_bytes_max = std::size_t{1} << 29U;

using Stream = std::vector<std::byte>;

Fault malformed(std::string why) {
    return {.kind = FaultKind::malformed, .doing = "pixel data: " + std::move(why)};
}

std::uint16_t number_of(DcmItem& image, const DcmTagKey& tag, std::uint16_t otherwise) {
    Uint16 value = otherwise;
    return image.findAndGetUint16(tag, value).good() ? value : otherwise;
}

FrameShape shape_of(DcmItem& image) {
    FrameShape shape;
    shape.rows = number_of(image, DCM_Rows, 0);
    shape.columns = number_of(image, DCM_Columns, 0);
    shape.samples_per_pixel = number_of(image, DCM_SamplesPerPixel, 1);
    shape.bits_allocated = number_of(image, DCM_BitsAllocated, 0);
    shape.bits_stored =
        number_of(image, DCM_BitsStored, static_cast<std::uint16_t>(shape.bits_allocated));
    shape.high_bit = number_of(image, DCM_HighBit, 0);
    shape.is_signed = number_of(image, DCM_PixelRepresentation, 0) == 1;
    shape.by_plane = number_of(image, DCM_PlanarConfiguration, 0) == 1;
    return shape;
}

/// Faults: unsupported (more than the limit, frames that share a byte), malformed (no pixels).
Result<std::size_t> frame_count(DcmItem& image, const FrameShape& shape) {
    Sint32 frames = 1;
    if (image.tagExistsWithValue(DCM_NumberOfFrames) &&
        (image.findAndGetSint32(DCM_NumberOfFrames, frames).bad() || frames < 1)) {
        return malformed("no number of frames");
    }
    if (shape.bytes() == 0) {
        return malformed("no pixels in a frame");
    }
    const auto count = static_cast<std::size_t>(frames);
    const bool share_bytes =
        shape.pixels() * shape.samples_per_pixel * shape.bits_allocated % 8 != 0;
    if (count > pixel_bytes_max / shape.bytes() || (count > 1 && share_bytes)) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = "pixel data: more or other frames than can be transcoded"};
    }
    return count;
}

Result<std::span<const std::byte>> plain_pixels(DcmItem& image) {
    const Uint8* bytes = nullptr;
    unsigned long count = 0;
    if (auto checked =
            check(image.findAndGetUint8Array(DCM_PixelData, bytes, &count), "read pixel data");
        !checked) {
        return std::move(checked).error();
    }
    return std::as_bytes(std::span(bytes, count));
}

/// The sequence owns a copy of the stream, made even.
OFCondition append_fragment(DcmPixelSequence& sequence, Stream stream) {
    stream.resize(stream.size() + stream.size() % 2);
    auto item = std::make_unique<DcmPixelItem>(DCM_PixelItemTag);
    OFCondition condition = item->putUint8Array(reinterpret_cast<const Uint8*>(stream.data()),
                                                static_cast<unsigned long>(stream.size()));
    if (condition.good()) {
        condition = sequence.insert(item.get());
    }
    if (condition.good()) {
        static_cast<void>(item.release());  // the sequence owns it from here on
    }
    return condition;
}

Result<void> replace_pixel_data(DcmDataset& image, std::unique_ptr<DcmPixelData> pixel_data) {
    if (auto checked = check(image.insert(pixel_data.get(), OFTrue), "replace the pixel data");
        !checked) {
        return checked;
    }
    static_cast<void>(pixel_data.release());  // the data set owns it from here on
    return {};
}

/// Fragments of one frame each. Where they are more than the frames, the Basic Offset Table tells
/// which belong together (PS3.5 A.4).
Result<std::vector<Stream>> streams_of(DcmPixelSequence& sequence, std::size_t frames) {
    std::vector<std::span<const std::byte>> fragments;
    for (unsigned long index = 0; index < sequence.card(); ++index) {
        DcmPixelItem* item = nullptr;
        Uint8* bytes = nullptr;
        if (sequence.getItem(item, index).bad() ||
            (item->getLength() > 0 && item->getUint8Array(bytes).bad())) {
            return malformed("fragments cannot be read");
        }
        fragments.push_back(
            std::as_bytes(std::span(bytes, bytes == nullptr ? 0 : item->getLength())));
    }
    if (fragments.size() < frames + 1) {
        return malformed("fewer fragments than frames");
    }
    const std::span<const std::byte> table = fragments.front();
    fragments.erase(fragments.begin());
    std::vector<Stream> streams(frames);
    const bool one_each = fragments.size() == frames;
    if (!one_each && frames > 1 && table.size() != frames * sizeof(std::uint32_t)) {
        return malformed("more fragments than frames, and no Basic Offset Table");
    }
    std::size_t frame = 0;
    std::size_t offset = 0;
    for (std::size_t index = 0; index < fragments.size(); ++index) {
        if (one_each) {
            frame = index;
        } else if (frame + 1 < frames) {
            std::uint32_t next = 0;
            std::memcpy(&next, table.data() + (frame + 1) * sizeof(next), sizeof(next));
            frame += next == offset ? 1 : 0;
        }
        Stream& stream = streams[frame];
        stream.insert(stream.end(), fragments[index].begin(), fragments[index].end());
        offset += 8 + fragments[index].size();
    }
    return streams;
}

Result<void> put_plain_pixels(DcmDataset& image, const FrameShape& shape, Stream pixels) {
    pixels.resize(pixels.size() + pixels.size() % 2);
    auto pixel_data = std::make_unique<DcmPixelData>(DCM_PixelData);
    pixel_data->setVR(shape.bits_allocated > 8 ? EVR_OW : EVR_OB);
    const OFCondition put =
        shape.bits_allocated > 8
            ? pixel_data->putUint16Array(reinterpret_cast<const Uint16*>(pixels.data()),
                                         static_cast<unsigned long>(pixels.size() / 2))
            : pixel_data->putUint8Array(reinterpret_cast<const Uint8*>(pixels.data()),
                                        static_cast<unsigned long>(pixels.size()));
    if (auto checked = check(put, "put the pixels"); !checked) {
        return checked;
    }
    return replace_pixel_data(image, std::move(pixel_data));
}

void say_by_pixel(DcmDataset& image, const FrameShape& shape) {
    if (shape.samples_per_pixel > 1) {
        image.putAndInsertUint16(DCM_PlanarConfiguration, 0);
    }
}

/// PS3.5 8.2.4: these say that the codec transformed colours; it has transformed them back.
void say_transformed_back(DcmDataset& image) {
    OFString photometric;
    image.findAndGetOFString(DCM_PhotometricInterpretation, photometric);
    if (photometric == "YBR_RCT" || photometric == "YBR_ICT") {
        image.putAndInsertString(DCM_PhotometricInterpretation, "RGB");
    }
}

Result<DcmPixelSequence*> encapsulated_pixels(DcmDataset& image) {
    DcmElement* element = nullptr;
    DcmPixelSequence* sequence = nullptr;
    if (image.findAndGetElement(DCM_PixelData, element).bad()) {
        return malformed("there is none");
    }
    auto& pixel_data = dynamic_cast<DcmPixelData&>(*element);
    E_TransferSyntax kept_as = EXS_Unknown;
    const DcmRepresentationParameter* parameter = nullptr;
    pixel_data.getOriginalRepresentationKey(kept_as, parameter);
    if (pixel_data.getEncapsulatedRepresentation(kept_as, parameter, sequence).bad() ||
        sequence == nullptr) {
        return malformed("not in fragments");
    }
    return sequence;
}

}  // namespace

Result<void> compress_frames(DcmDataset& image,
                             const FrameCodec& codec,
                             E_TransferSyntax written_as) {
    if (!image.tagExists(DCM_PixelData)) {
        return {};
    }
    const FrameShape shape = shape_of(image);
    const auto frames = frame_count(image, shape);
    if (!frames) {
        return frames.error();
    }
    const auto pixels = plain_pixels(image);
    if (!pixels) {
        return pixels.error();
    }
    if (pixels->size() < *frames * shape.bytes()) {
        return malformed("fewer than rows, columns and frames say");
    }
    auto sequence = std::make_unique<DcmPixelSequence>(DCM_PixelSequenceTag);
    OFCondition appended = append_fragment(*sequence, {});  // the Basic Offset Table
    for (std::size_t frame = 0; frame < *frames && appended.good(); ++frame) {
        auto stream = codec.encode(shape, pixels->subspan(frame * shape.bytes(), shape.bytes()));
        if (!stream) {
            return std::move(stream).error();
        }
        appended = append_fragment(*sequence, *std::move(stream));
    }
    if (auto checked = check(appended, "append a fragment"); !checked) {
        return checked;
    }
    auto pixel_data = std::make_unique<DcmPixelData>(DCM_PixelData);
    pixel_data->setVR(EVR_OB);
    pixel_data->putOriginalRepresentation(written_as, nullptr, sequence.release());
    if (codec.by_pixel) {
        say_by_pixel(image, shape);
    }
    return replace_pixel_data(image, std::move(pixel_data));
}

Result<void> decompress_frames(DcmDataset& image, const FrameCodec& codec) {
    if (!image.tagExists(DCM_PixelData)) {
        return {};
    }
    const FrameShape shape = shape_of(image);
    const auto frames = frame_count(image, shape);
    if (!frames) {
        return frames.error();
    }
    const auto sequence = encapsulated_pixels(image);
    if (!sequence) {
        return sequence.error();
    }
    const auto streams = streams_of(**sequence, *frames);
    if (!streams) {
        return streams.error();
    }
    Stream pixels;
    for (const Stream& stream : *streams) {
        auto frame = codec.decode(shape, stream);
        if (!frame) {
            return std::move(frame).error();
        }
        if (pixels.empty()) {
            pixels = *std::move(frame);
        } else {
            pixels.insert(pixels.end(), frame->begin(), frame->end());
        }
    }
    if (codec.by_pixel) {
        say_by_pixel(image, shape);
        say_transformed_back(image);
    }
    return put_plain_pixels(image, shape, std::move(pixels));
}

Result<void> decompress_one_frame(DcmDataset& image,
                                  const FrameCodec& codec,
                                  std::span<const std::byte> stream) {
    if (image.tagExists(DCM_NumberOfFrames)) {
        image.putAndInsertString(DCM_NumberOfFrames, "1");
    }
    const FrameShape shape = shape_of(image);
    if (const auto frames = frame_count(image, shape); !frames) {
        return frames.error();
    }
    auto pixels = codec.decode(shape, stream);
    if (!pixels) {
        return std::move(pixels).error();
    }
    if (codec.by_pixel) {
        say_by_pixel(image, shape);
        say_transformed_back(image);
    }
    return put_plain_pixels(image, shape, *std::move(pixels));
}

}  // namespace cxr::dicom
