// Where pixels lie in encoded objects (PS3.5 8, A.4): native and encapsulated, one frame and
// several.
#include "dicom/codec/object_layout.hpp"

#include "dicom/core/transfer_syntax.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>

using namespace cxr::dicom;

namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

/// The header of an object of 2 rows and 3 columns, 8 bits, in Explicit VR Little Endian.
std::vector<std::byte> head(const std::string& frames) {
    Attributes attributes;
    put(attributes, DCM_SOPInstanceUID, "1.2.3");
    put(attributes, DCM_SamplesPerPixel, "1");
    put(attributes, DCM_NumberOfFrames, frames);
    put(attributes, DCM_Rows, "2");
    put(attributes, DCM_Columns, "3");
    put(attributes, DCM_BitsAllocated, "8");
    return encode_attributes(attributes, explicit_vr_little_endian);
}

std::string pixel_header(char second, std::uint32_t length) {
    std::string text("\xe0\x7f\x10\x00O?\0\0", 8);
    text[5] = second;
    for (int shift = 0; shift < 32; shift += 8) {
        text += static_cast<char>(length >> shift & 0xFF);
    }
    return text;
}

std::string item(const std::string& content) {
    std::string text("\xfe\xff\x00\xe0", 4);
    const auto length = static_cast<std::uint32_t>(content.size());
    for (int shift = 0; shift < 32; shift += 8) {
        text += static_cast<char>(length >> shift & 0xFF);
    }
    return text + content;
}

std::string offsets(std::initializer_list<std::uint32_t> values) {
    std::string text;
    for (const std::uint32_t value : values) {
        for (int shift = 0; shift < 32; shift += 8) {
            text += static_cast<char>(value >> shift & 0xFF);
        }
    }
    return text;
}

const std::string delimiter("\xfe\xff\xdd\xe0\0\0\0\0", 8);

/// One segment: header and value together.
EncodedObject in_one(const std::string& frames,
                     const std::string& pixels,
                     const TransferSyntax& syntax) {
    auto bytes = head(frames);
    const auto more = bytes_of(pixels);
    bytes.insert(bytes.end(), more.begin(), more.end());
    EncodedObject object;
    object.sop_instance_uid = "1.2.3";
    object.transfer_syntax_uid = syntax.uid;
    object.segments = {Segment::of(std::move(bytes))};
    return object;
}

/// Header and pixels apart, as made objects are.
EncodedObject apart(const std::string& frames, const std::string& pixels) {
    EncodedObject object = in_one(frames,
                                  pixel_header('W', static_cast<std::uint32_t>(pixels.size())),
                                  explicit_vr_little_endian);
    object.segments.push_back(Segment::of(bytes_of(pixels)));
    return object;
}

/// "abc|def": the segments of a frame; "!" and the kind of a fault.
std::string text_of(const Result<std::vector<Segment>>& frame) {
    if (!frame) {
        return frame.error().kind == FaultKind::not_found ? "!not found" : "!malformed";
    }
    std::string text;
    for (const Segment& segment : *frame) {
        text += text.empty() ? "" : "|";
        text.append(reinterpret_cast<const char*>(segment.bytes.data()), segment.bytes.size());
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(native_pixel_data)

BOOST_AUTO_TEST_CASE(is_found_where_it_lies) {
    const std::string pixels = "abcdefABCDEF";
    for (const EncodedObject& object :
         {in_one("2", pixel_header('W', 12) + pixels, explicit_vr_little_endian),
          apart("2", pixels)}) {
        const auto layout = layout_of(object);
        BOOST_TEST_REQUIRE(layout.has_value());
        BOOST_TEST(layout->frames == 2U);
        BOOST_TEST(!layout->encapsulated);
        BOOST_CHECK(layout->pixel_data_tag == DCM_PixelData);
        BOOST_TEST(value_of(layout->attributes, DCM_Rows) == "2");
        BOOST_CHECK(find(layout->attributes, DCM_PixelData) == nullptr);
        BOOST_TEST(text_of(frame_of(*layout, 1)) == "abcdef");
        BOOST_TEST(text_of(frame_of(*layout, 2)) == "ABCDEF");
        BOOST_TEST(text_of(frame_of(*layout, 3)) == "!not found");
        BOOST_TEST(text_of(frame_of(*layout, 0)) == "!not found");
    }
}

BOOST_AUTO_TEST_CASE(is_not_copied) {
    const EncodedObject object = apart("1", "abcdef");
    const auto layout = layout_of(object);
    const auto frame = frame_of(*layout, 1);
    BOOST_TEST_REQUIRE(frame->size() == 1U);
    BOOST_CHECK(frame->front().bytes.data() == object.segments[1].bytes.data());
}

BOOST_AUTO_TEST_CASE(that_is_too_short_is_malformed) {
    const auto layout = layout_of(apart("3", "abcdefABCDEF"));
    BOOST_TEST(text_of(frame_of(*layout, 2)) == "ABCDEF");
    BOOST_TEST(text_of(frame_of(*layout, 3)) == "!malformed");
    BOOST_TEST(!layout_of(in_one("1", pixel_header('W', 12) + "abc", explicit_vr_little_endian))
                    .has_value());
}

BOOST_AUTO_TEST_CASE(may_be_absent) {
    const auto layout = layout_of(in_one("1", "", explicit_vr_little_endian));
    BOOST_TEST_REQUIRE(layout.has_value());
    BOOST_TEST(layout->frames == 0U);
    BOOST_TEST(text_of(frame_of(*layout, 1)) == "!not found");
}

BOOST_AUTO_TEST_CASE(of_a_deflated_object_is_inflated) {
    auto bytes = head("1");
    const auto pixels = bytes_of(pixel_header('W', 6) + "abcdef");
    bytes.insert(bytes.end(), pixels.begin(), pixels.end());
    EncodedObject object;
    object.sop_instance_uid = "1.2.3";
    object.transfer_syntax_uid = deflated_explicit_vr_little_endian.uid;
    object.segments = {Segment::of(encode_attributes(
        *decode_attributes(bytes, explicit_vr_little_endian), deflated_explicit_vr_little_endian))};
    const auto layout = layout_of(object);
    BOOST_TEST_REQUIRE(layout.has_value());
    BOOST_TEST(text_of(frame_of(*layout, 1)) == "abcdef");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_5_a_4_encapsulated_pixel_data)

std::string encapsulated(const std::string& items) {
    return pixel_header('B', 0xFFFF'FFFF) + items + delimiter;
}

BOOST_AUTO_TEST_CASE(one_frame_may_be_several_fragments) {
    const auto layout = layout_of(
        in_one("1", encapsulated(item("") + item("abcd") + item("ef")), jpeg_ls_lossless));
    BOOST_TEST_REQUIRE(layout.has_value());
    BOOST_TEST(layout->encapsulated);
    BOOST_TEST(text_of(frame_of(*layout, 1)) == "abcd|ef");
}

BOOST_AUTO_TEST_CASE(frames_are_told_apart_by_the_offset_table) {
    const auto layout = layout_of(
        in_one("2",
               encapsulated(item(offsets({0, 22})) + item("abcd") + item("ef") + item("gh")),
               jpeg_ls_lossless));
    BOOST_TEST_REQUIRE(layout.has_value());
    BOOST_TEST(text_of(frame_of(*layout, 1)) == "abcd|ef");
    BOOST_TEST(text_of(frame_of(*layout, 2)) == "gh");
}

BOOST_AUTO_TEST_CASE(or_by_their_number) {
    const auto layout = layout_of(
        in_one("2", encapsulated(item("") + item("abcd") + item("ef")), jpeg_ls_lossless));
    BOOST_TEST(text_of(frame_of(*layout, 2)) == "ef");
    const auto unclear = layout_of(
        in_one("3", encapsulated(item("") + item("abcd") + item("ef")), jpeg_ls_lossless));
    BOOST_TEST(text_of(frame_of(*unclear, 2)) == "!malformed");
    const auto nowhere = layout_of(
        in_one("2", encapsulated(item(offsets({0, 999})) + item("abcd")), jpeg_ls_lossless));
    BOOST_TEST(text_of(frame_of(*nowhere, 2)) == "!malformed");
}

BOOST_AUTO_TEST_SUITE_END()
