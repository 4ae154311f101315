// Codecs of our own, on frames of every shape that they take, and on streams damaged anywhere.
#include "codec/frame_codec.hpp"

#include "codec/pixel_frames.hpp"
#include "dicom/codec/codec.hpp"
#include "support/dcmtk_ready.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ostream>
#include <random>

using namespace cxr::dicom;

namespace {

using cxr::test::DcmtkReady;
BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

using Bytes = std::vector<std::byte>;

Bytes noise(std::size_t size, unsigned seed = 5) {
    std::minstd_rand random(seed);
    Bytes bytes(size);
    std::ranges::generate(bytes, [&random] { return static_cast<std::byte>(random() >> 8U); });
    return bytes;
}

struct Shape {
    const char* says;
    FrameShape shape;
};
std::ostream& operator<<(std::ostream& out, const Shape& shape) {
    return out << shape.says;
}

constexpr FrameShape grey(std::uint32_t rows, std::uint32_t columns) {
    FrameShape shape;
    shape.rows = rows;
    shape.columns = columns;
    return shape;
}

constexpr FrameShape words(bool is_signed, std::uint32_t stored, std::uint32_t high_bit) {
    FrameShape shape = grey(31, 40);
    shape.bits_allocated = 16;
    shape.bits_stored = stored;
    shape.high_bit = high_bit;
    shape.is_signed = is_signed;
    return shape;
}

constexpr FrameShape colour(bool by_plane) {
    FrameShape shape = grey(33, 21);
    shape.samples_per_pixel = 3;
    shape.by_plane = by_plane;
    return shape;
}

const Shape shapes[] = {
    {"one pixel", grey(1, 1)},
    {"one row", grey(1, 300)},
    {"one column", grey(300, 1)},
    {"no multiple of anything", grey(67, 129)},
    {"16 bits of 16", words(false, 16, 15)},
    {"16 signed bits of 16", words(true, 16, 15)},
    {"all 16 used though 12 are stored", words(false, 12, 11)},
    {"all 16 used though 12 signed ones are stored", words(true, 12, 11)},
    {"stored bits at the top", words(false, 12, 15)},
    {"colour by pixel", colour(false)},
};

const TransferSyntax* const written[] = {
    find_transfer_syntax("jpeg-2000"),
    find_transfer_syntax("htj2k"),
    find_transfer_syntax("htj2k-rpcl"),
    find_transfer_syntax("deflated-frame"),
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_5_8_2_codecs_for_frames)

BOOST_DATA_TEST_CASE(give_every_bit_back,
                     boost::unit_test::data::make(shapes) * boost::unit_test::data::make(written),
                     shape,
                     syntax) {
    const FrameCodec& codec = *frame_codec(*syntax);
    const Bytes frame = noise(shape.shape.bytes());
    const auto stream = codec.encode(shape.shape, frame);
    if (shape.shape.pixels() == 1 && syntax->keyword.starts_with("HTJ2K")) {
        BOOST_REQUIRE(!stream.has_value());  // OpenJPH 0.9 would not come back
        BOOST_TEST((stream.error().kind == FaultKind::unsupported));
        return;
    }
    BOOST_REQUIRE(stream.has_value());
    const auto back = codec.decode(shape.shape, *stream);
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((*back == frame));
}

BOOST_DATA_TEST_CASE(say_bits_stored_where_nothing_stands_beside_them,
                     boost::unit_test::data::make({false, true}),
                     is_signed) {
    const FrameShape shape = words(is_signed, 12, 11);
    Bytes frame = noise(shape.bytes());
    for (std::size_t at = 1; at < frame.size(); at += 2) {  // the upper bytes: the sign, or 0
        const bool negative = is_signed && (frame[at] & std::byte{8}) != std::byte{0};
        frame[at] = (frame[at] & std::byte{0x0F}) | (negative ? std::byte{0xF0} : std::byte{0});
    }
    const auto stream = encode_jpeg_2000(shape, frame);
    BOOST_REQUIRE(stream.has_value());
    // ISO/IEC 15444-1 A.5.1: Ssiz of the first component.
    BOOST_TEST(std::to_integer<int>((*stream)[42]) == (is_signed ? 0x80 : 0) + 11);
    BOOST_TEST((*decode_jpeg_2000(shape, *stream) == frame));
}

BOOST_AUTO_TEST_CASE(put_planes_together) {
    const FrameShape by_plane = colour(true);
    const Bytes frame = noise(by_plane.bytes());
    const auto stream = encode_htj2k(by_plane, frame);
    BOOST_REQUIRE(stream.has_value());
    const auto back = decode_jpeg_2000(by_plane, *stream);
    BOOST_REQUIRE(back.has_value());
    bool same = true;
    for (std::size_t pixel = 0; pixel < by_plane.pixels(); ++pixel) {
        for (std::size_t sample = 0; sample < 3; ++sample) {
            same = same && (*back)[pixel * 3 + sample] == frame[sample * by_plane.pixels() + pixel];
        }
    }
    BOOST_TEST(same);
}

BOOST_AUTO_TEST_CASE(htj2k_rpcl_tells_tile_part_lengths) {
    const FrameShape shape = grey(200, 300);
    const auto stream = encode_htj2k_rpcl(shape, noise(shape.bytes()));
    BOOST_REQUIRE(stream.has_value());
    const Bytes marker{std::byte{0xFF}, std::byte{0x55}, std::byte{0}, std::byte{9}};
    const auto found = std::ranges::search(*stream, marker);
    BOOST_REQUIRE(!found.empty());
    std::size_t length = 0;
    for (std::ptrdiff_t at = 7; at < 11; ++at) {
        length = (length << 8U) | std::to_integer<std::size_t>(found.begin()[at]);
    }
    // From behind this segment to the end-of-codestream marker.
    BOOST_TEST(static_cast<std::size_t>(stream->end() - (found.begin() + 11)) == length + 2);
}

BOOST_DATA_TEST_CASE(refuse_or_decode_whatever_is_damaged_but_never_crash,
                     boost::unit_test::data::make(written),
                     syntax) {
    const FrameCodec& codec = *frame_codec(*syntax);
    const FrameShape shape = grey(24, 40);
    const Bytes stream = codec.encode(shape, noise(shape.bytes())).value();
    std::minstd_rand random(11);
    std::size_t refused = 0;
    for (int round = 0; round < 400; ++round) {
        Bytes damaged = stream;
        damaged.at(random() % damaged.size()) = static_cast<std::byte>(random() >> 8U);
        damaged.at(random() % damaged.size()) = static_cast<std::byte>(random() >> 8U);
        if (round % 4 == 0) {
            damaged.resize(random() % damaged.size());
        }
        const auto frame = codec.decode(shape, damaged);
        BOOST_TEST((!frame || frame->size() == shape.bytes()));
        refused += frame ? 0 : 1;
    }
    BOOST_TEST(refused > 50U);
}

/// OpenJPEG allocates for each component of each tile that the header claims.
BOOST_AUTO_TEST_CASE(refuse_claims_before_anything_is_allocated_for_them) {
    const Bytes stream = encode_jpeg_2000(grey(24, 40), noise(960)).value();
    Bytes many_tiles = stream;  // XTsiz and YTsiz of one pixel, and an origin far away
    for (const std::size_t at : {std::size_t{24}, std::size_t{28}}) {
        std::fill_n(many_tiles.begin() + static_cast<std::ptrdiff_t>(at), 3, std::byte{0});
        many_tiles.at(at + 3) = std::byte{1};
    }
    Bytes wide = many_tiles;
    for (const std::size_t side : {std::size_t{8}, std::size_t{16}}) {  // Xsiz, XOsiz: + 65,536
        wide.at(side + 1) = std::byte{1};
    }
    Bytes many_components = stream;
    many_components.at(40) = std::byte{0x40};
    for (const Bytes& claim : {wide, many_components, Bytes(stream.begin(), stream.begin() + 41)}) {
        const auto frame = decode_jpeg_2000(grey(24, 40), claim);
        BOOST_TEST_REQUIRE(!frame.has_value());
        BOOST_TEST(frame.error().doing.ends_with("not the image that the data set describes"));
    }
}

BOOST_AUTO_TEST_CASE(refuse_an_image_of_another_shape) {
    const Bytes stream = encode_jpeg_2000(grey(24, 40), noise(960)).value();
    for (const FrameShape& other :
         {grey(40, 24), grey(24, 41), colour(false), grey(65535, 65535)}) {
        const auto frame = decode_jpeg_2000(other, stream);
        BOOST_REQUIRE(!frame.has_value());
        BOOST_TEST((frame.error().kind == FaultKind::unsupported));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_5_a_4_encapsulated_frames)

constexpr Uint16 rows = 20;
constexpr Uint16 columns = 30;
constexpr std::size_t frame_bytes = std::size_t{rows} * columns;

std::unique_ptr<DcmDataset> images(int frames, const Bytes& pixels) {
    auto made = std::make_unique<DcmDataset>();
    made->putAndInsertString(DCM_SOPClassUID, UID_SecondaryCaptureImageStorage);
    made->putAndInsertString(DCM_SOPInstanceUID, "2.25.42");
    made->putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2");
    made->putAndInsertString(DCM_NumberOfFrames, std::to_string(frames).c_str());
    for (const auto& [tag, value] :
         std::initializer_list<std::pair<DcmTagKey, Uint16>>{{DCM_SamplesPerPixel, 1},
                                                             {DCM_Rows, rows},
                                                             {DCM_Columns, columns},
                                                             {DCM_BitsAllocated, 8},
                                                             {DCM_BitsStored, 8},
                                                             {DCM_HighBit, 7},
                                                             {DCM_PixelRepresentation, 0}}) {
        made->putAndInsertUint16(tag, value);
    }
    made->putAndInsertUint8Array(
        DCM_PixelData, reinterpret_cast<const Uint8*>(pixels.data()), pixels.size());
    return made;
}

Bytes pixels_of(const EncodedObject& object) {
    const auto plain = transcode(object, explicit_vr_little_endian);
    BOOST_REQUIRE(plain.has_value());
    const auto parsed = parse_data_set(plain->segments.front().bytes, explicit_vr_little_endian);
    const Uint8* pixels = nullptr;
    unsigned long count = 0;
    BOOST_REQUIRE((*parsed)->findAndGetUint8Array(DCM_PixelData, pixels, &count).good());
    const auto bytes = std::as_bytes(std::span(pixels, count));
    return {bytes.begin(), bytes.end()};
}

/// An object as other programs make them: fragments and Basic Offset Table as given.
EncodedObject foreign_object(const TransferSyntax& syntax,
                             int frames,
                             const std::vector<std::uint32_t>& table,
                             const std::vector<Bytes>& fragments,
                             const char* photometric = "MONOCHROME2",
                             std::uint32_t samples = 1) {
    auto image = images(frames, Bytes(frame_bytes));
    image->putAndInsertString(DCM_PhotometricInterpretation, photometric);
    image->putAndInsertUint16(DCM_SamplesPerPixel, static_cast<Uint16>(samples));
    auto* sequence = new DcmPixelSequence(DCM_PixelSequenceTag);  // NOLINT: the element's, below
    const auto append = [sequence](const void* bytes, std::size_t size) {
        auto* item = new DcmPixelItem(DCM_PixelItemTag);  // NOLINT: the sequence's
        item->putUint8Array(static_cast<const Uint8*>(bytes), static_cast<unsigned long>(size));
        sequence->insert(item);
    };
    append(table.data(), table.size() * sizeof(std::uint32_t));
    for (const Bytes& fragment : fragments) {
        append(fragment.data(), fragment.size());
    }
    auto* pixel_data = new DcmPixelData(DCM_PixelData);  // NOLINT: the data set's
    pixel_data->setVR(EVR_OB);
    pixel_data->putOriginalRepresentation(encapsulated_stand_in, nullptr, sequence);
    image->insert(pixel_data, OFTrue);
    Bytes bytes(1U << 20U);
    DcmOutputBufferStream stream(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    image->transferInit();
    BOOST_REQUIRE(image->write(stream, encapsulated_stand_in, EET_ExplicitLength, nullptr).good());
    void* begin = nullptr;
    offile_off_t length = 0;
    stream.flushBuffer(begin, length);
    bytes.resize(static_cast<std::size_t>(length));
    return {.sop_class_uid = UID_SecondaryCaptureImageStorage,
            .sop_instance_uid = "2.25.42",
            .transfer_syntax_uid = std::string(syntax.uid),
            .segments = {Segment::of(std::move(bytes))}};
}

Bytes even(Bytes bytes) {
    if (bytes.size() % 2 != 0) {
        bytes.push_back(std::byte{0});
    }
    return bytes;
}

BOOST_DATA_TEST_CASE(keep_three_frames_apart, boost::unit_test::data::make(written), syntax) {
    const Bytes pixels = noise(3 * frame_bytes);
    const auto object = encode_data_set(*images(3, pixels), *syntax);
    BOOST_REQUIRE(object.has_value());
    BOOST_TEST((pixels_of(*object) == pixels));
}

BOOST_AUTO_TEST_CASE(read_frames_in_several_fragments_by_the_basic_offset_table) {
    const Bytes pixels = noise(2 * frame_bytes);
    std::vector<Bytes> fragments;
    std::vector<std::uint32_t> table;
    std::size_t offset = 0;
    for (std::size_t frame = 0; frame < 2; ++frame) {
        table.push_back(static_cast<std::uint32_t>(offset));
        const Bytes stream =
            even(encode_jpeg_2000(grey(rows, columns),
                                  std::span(pixels).subspan(frame * frame_bytes, frame_bytes))
                     .value());
        for (std::size_t begin = 0; begin < stream.size(); begin += 100) {
            const std::size_t end = std::min(begin + 100, stream.size());
            fragments.emplace_back(stream.begin() + static_cast<std::ptrdiff_t>(begin),
                                   stream.begin() + static_cast<std::ptrdiff_t>(end));
            offset += 8 + end - begin;
        }
    }
    const TransferSyntax& syntax = *find_transfer_syntax("JPEG2000");
    BOOST_TEST((pixels_of(foreign_object(syntax, 2, table, fragments)) == pixels));
    const auto without_table =
        transcode(foreign_object(syntax, 2, {}, fragments), explicit_vr_little_endian);
    BOOST_REQUIRE(!without_table.has_value());
    BOOST_TEST((without_table.error().kind == FaultKind::malformed));
}

BOOST_AUTO_TEST_CASE(call_colours_what_they_are_when_they_are_decoded) {
    FrameShape shape = grey(rows, columns);
    shape.samples_per_pixel = 3;
    const Bytes pixels = noise(shape.bytes());
    const Bytes stream = even(encode_jpeg_2000(shape, pixels).value());
    const auto plain =
        transcode(foreign_object(*find_transfer_syntax("jpeg-2000"), 1, {}, {stream}, "YBR_RCT", 3),
                  explicit_vr_little_endian);
    BOOST_REQUIRE(plain.has_value());
    const auto parsed = parse_data_set(plain->segments.front().bytes, explicit_vr_little_endian);
    OFString photometric;
    (*parsed)->findAndGetOFString(DCM_PhotometricInterpretation, photometric);
    BOOST_TEST(photometric.c_str() == "RGB");
}

BOOST_AUTO_TEST_CASE(refuse_more_frames_than_anything_holds) {
    const Bytes stream = even(encode_jpeg_2000(grey(rows, columns), noise(frame_bytes)).value());
    for (const int frames : {2, 2'000'000'000}) {
        BOOST_TEST(
            !transcode(foreign_object(*find_transfer_syntax("jpeg-2000"), frames, {}, {stream}),
                       explicit_vr_little_endian)
                 .has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
