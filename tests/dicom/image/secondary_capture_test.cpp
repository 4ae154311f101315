#include "dicom/image/secondary_capture.hpp"

#include "dicom/codec/codec.hpp"
#include "dicom/report/records.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <span>
#include <tuple>

using namespace cxr::dicom;
using cxr::test::invented_record;

namespace {

struct Dcmtk {
    Dcmtk() { initialise_dcmtk(); }
};
BOOST_TEST_GLOBAL_FIXTURE(Dcmtk);

ImageRecord record_of_original(std::uint32_t width, std::uint32_t height, double spacing_mm) {
    ImageRecord record = invented_record("No Finding", {Finding::no_finding});
    record.row.original_width = width;
    record.row.original_height = height;
    record.row.original_spacing_x_mm = spacing_mm;
    record.row.original_spacing_y_mm = spacing_mm;
    return record;
}

/// A gradient: every grey value, none of it symmetric.
std::shared_ptr<const Frame> frame_of(std::uint32_t rows, std::uint32_t columns) {
    auto frame = std::make_shared<Frame>();
    frame->rows = rows;
    frame->columns = columns;
    for (std::uint32_t i = 0; i < rows * columns; ++i) {
        frame->pixels.push_back(static_cast<std::byte>((i * 7 + i / columns) & 0xFFU));
    }
    if (frame->pixels.size() % 2 != 0) {
        frame->pixels.push_back(std::byte{0});
    }
    return frame;
}

std::string text(DcmItem& object, const DcmTagKey& tag) {
    OFString value;
    return object.findAndGetOFStringArray(tag, value).good() ? std::string(value.c_str())
                                                             : std::string("absent");
}

struct Original {
    const char* says;
    std::uint32_t width, height;
    double spacing_mm;
    Spacing choice;
    const char *nominal, *pixel, *aspect_ratio;
};
std::ostream& operator<<(std::ostream& out, const Original& original) {
    return out << original.says;
}

const Original originals[] = {
    {"squeezed 3056 x 2544",
     3056,
     2544,
     0.139,
     Spacing::nominal,
     "0.345328\\0.414828",
     "absent",
     "absent"},
    {"float noise is no spacing",
     3056,
     2544,
     0.13900000000000001,
     Spacing::nominal,
     "0.345328\\0.414828",
     "absent",
     "absent"},
    {"pixel spacing on request, equal",
     3056,
     2544,
     0.139,
     Spacing::pixel,
     "0.345328\\0.414828",
     "0.345328\\0.414828",
     "absent"},
    {"none: the aspect ratio instead",
     3056,
     2544,
     0.139,
     Spacing::none,
     "absent",
     "absent",
     "159\\191"},
    {"none and square: nothing to say",
     2021,
     2021,
     0.1943,
     Spacing::none,
     "absent",
     "absent",
     "absent"},
    {"an impossible spacing is left out",
     3056,
     2544,
     14.3,
     Spacing::nominal,
     "absent",
     "absent",
     "159\\191"},
    {"unknown size and spacing", 0, 0, 0, Spacing::nominal, "absent", "absent", "absent"},
};

const TransferSyntax* const lossless[] = {&implicit_vr_little_endian,
                                          &explicit_vr_little_endian,
                                          &deflated_explicit_vr_little_endian,
                                          &rle_lossless,
                                          &jpeg_lossless_sv1,
                                          &jpeg_ls_lossless,
                                          find_transfer_syntax("jpeg-2000"),
                                          find_transfer_syntax("htj2k"),
                                          find_transfer_syntax("htj2k-rpcl"),
                                          find_transfer_syntax("deflated-frame")};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_3_c_8_6_2_spacing_of_a_squeezed_picture)

BOOST_DATA_TEST_CASE(is_written_as_chosen, originals, original) {
    const auto frame = frame_of(1024, 1024);
    MappingOptions options;
    options.spacing = original.choice;
    const auto object = build_secondary_capture_header(
        record_of_original(original.width, original.height, original.spacing_mm), *frame, options);
    BOOST_TEST(text(*object, DCM_NominalScannedPixelSpacing) == original.nominal);
    BOOST_TEST(text(*object, DCM_PixelSpacing) == original.pixel);
    BOOST_TEST(text(*object, DCM_PixelAspectRatio) == original.aspect_ratio);
}

BOOST_AUTO_TEST_CASE(follows_the_real_size_of_a_smaller_copy) {
    const auto frame = frame_of(512, 512);
    const auto object =
        build_secondary_capture_header(record_of_original(3056, 2544, 0.139), *frame, {});
    BOOST_TEST(text(*object, DCM_NominalScannedPixelSpacing) == "0.690656\\0.829656");
}

BOOST_AUTO_TEST_CASE(is_equal_of_a_resampled_one) {
    const auto frame = frame_of(1024, 1024);
    MappingOptions options;
    options.geometry = Geometry::resampled;
    const ImageRecord record = record_of_original(3056, 2544, 0.139);
    for (const auto& [spacing, nominal, pixel] :
         {std::tuple(Spacing::nominal, "0.345328\\0.345328", "absent"),
          {Spacing::pixel, "0.345328\\0.345328", "0.345328\\0.345328"},
          {Spacing::none, "absent", "absent"}}) {
        options.spacing = spacing;
        const auto object = build_secondary_capture_header(record, *frame, options);
        BOOST_TEST(text(*object, DCM_NominalScannedPixelSpacing) == nominal);
        BOOST_TEST(text(*object, DCM_PixelSpacing) == pixel);
        BOOST_TEST(text(*object, DCM_PixelAspectRatio) == "absent");
        BOOST_TEST(text(*object, DCM_Columns) == "1231");
        BOOST_TEST(text(*object, DCM_Rows) == "1024");
        BOOST_TEST(text(*object, DCM_DerivationDescription) ==
                   "NIH 8-bit PNG resampled from 3056x2544; wrapped, stretched to square pixels by "
                   "bilinear interpolation, columns 1.201258, rows 1.000000");
    }
    const auto whole = encode_secondary_capture(record, frame, explicit_vr_little_endian, options);
    BOOST_REQUIRE(whole.has_value());
    BOOST_TEST(whole->segments.back().bytes.size() == 1024U * 1231U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_3_a_8_1_secondary_capture)

BOOST_AUTO_TEST_CASE(X12_says_that_and_how_it_is_de_identified_and_its_uids_are_the_same_again) {
    // PS3.3 C.7.1.1: the method or its codes; which profile of PS3.15 E.1 was followed is not
    // known.
    const auto frame = frame_of(16, 16);
    const ImageRecord record = record_of_original(2048, 2500, 0.168);
    const auto object = build_secondary_capture_header(record, *frame, {});
    BOOST_TEST(text(*object, DCM_PatientIdentityRemoved) == "YES");
    BOOST_TEST(text(*object, DCM_DeidentificationMethod) ==
               "NIH Clinical Center ChestX-ray14 public release");
    const auto again = build_secondary_capture_header(record, *frame, {});
    for (const DcmTagKey& tag : {DCM_StudyInstanceUID, DCM_SeriesInstanceUID, DCM_SOPInstanceUID}) {
        BOOST_TEST(text(*object, tag).starts_with("2.25."));
        BOOST_TEST(text(*object, tag) == text(*again, tag));
    }
}

BOOST_AUTO_TEST_CASE(sends_the_frames_own_pixels) {
    const auto frame = frame_of(16, 16);
    const auto object = encode_secondary_capture(
        record_of_original(2048, 2500, 0.168), frame, explicit_vr_little_endian, {});
    BOOST_REQUIRE(object.has_value());
    BOOST_REQUIRE(object->segments.size() == 2U);
    BOOST_TEST(object->segments[1].bytes.data() == frame->pixels.data());
}

BOOST_DATA_TEST_CASE(gives_the_same_pixels_in_every_lossless_syntax,
                     boost::unit_test::data::make(lossless) *
                         boost::unit_test::data::make({16U, 17U}),
                     syntax,
                     columns) {
    const auto frame = frame_of(17, columns);
    const auto object =
        encode_secondary_capture(record_of_original(2048, 2500, 0.168), frame, *syntax, {});
    BOOST_REQUIRE(object.has_value());
    const auto plain = transcode(*object, explicit_vr_little_endian);
    BOOST_REQUIRE(plain.has_value());
    std::vector<std::byte> bytes;
    for (const Segment& segment : plain->segments) {
        bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
    }
    const auto parsed = parse_data_set(bytes, explicit_vr_little_endian);
    BOOST_REQUIRE(parsed.has_value());
    const Uint8* pixels = nullptr;
    unsigned long count = 0;
    BOOST_REQUIRE((*parsed)->findAndGetUint8Array(DCM_PixelData, pixels, &count).good());
    const auto got = std::as_bytes(std::span(pixels, count));
    BOOST_TEST(std::equal(got.begin(), got.end(), frame->pixels.begin(), frame->pixels.end()));
    BOOST_TEST(object->sop_instance_uid == plain->sop_instance_uid);
}

BOOST_AUTO_TEST_CASE(refuses_a_syntax_that_it_cannot_write) {
    const auto object = encode_secondary_capture(record_of_original(2048, 2500, 0.168),
                                                 frame_of(16, 16),
                                                 *find_transfer_syntax("1.2.840.10008.1.2.4.50"),
                                                 {});
    BOOST_REQUIRE(!object.has_value());
    BOOST_TEST((object.error().kind == FaultKind::unsupported));
}

BOOST_DATA_TEST_CASE(is_the_same_bytes_each_time,
                     boost::unit_test::data::make(lossless) *
                         boost::unit_test::data::make({17U, 256U}),
                     syntax,
                     size) {
    if (size % 256 != 0 && syntax->keyword.starts_with("HTJ2K")) {
        return;  // htj2k.cpp says why
    }
    const auto once = encode_secondary_capture(
        record_of_original(2048, 2500, 0.168), frame_of(size, size), *syntax, {});
    const auto again = encode_secondary_capture(
        record_of_original(2048, 2500, 0.168), frame_of(size, size), *syntax, {});
    BOOST_REQUIRE((once.has_value() && again.has_value()));
    BOOST_REQUIRE(once->segments.size() == again->segments.size());
    for (std::size_t i = 0; i < once->segments.size(); ++i) {
        BOOST_TEST(std::ranges::equal(once->segments[i].bytes, again->segments[i].bytes));
    }
}

BOOST_AUTO_TEST_CASE(never_tells_the_labels_unless_asked) {
    const auto frame = frame_of(16, 16);
    ImageRecord record = record_of_original(2048, 2500, 0.168);
    record.row.finding_labels = "Effusion|Mass";
    MappingOptions options;
    BOOST_TEST(text(*build_secondary_capture_header(record, *frame, options), DCM_ImageComments) ==
               "absent");
    options.labels_in_image_comments = true;
    BOOST_TEST(text(*build_secondary_capture_header(record, *frame, options), DCM_ImageComments) ==
               "Finding Labels: Effusion|Mass");
}

BOOST_AUTO_TEST_CASE(strict_leaves_out_what_the_iod_does_not_know) {
    const auto frame = frame_of(16, 16);
    MappingOptions options;
    options.iod = IodProfile::strict;
    const auto object =
        build_secondary_capture_header(record_of_original(2048, 2500, 0.168), *frame, options);
    BOOST_TEST(text(*object, DCM_ViewPosition) == "absent");
    BOOST_TEST((*object).tagExists(DCM_ViewCodeSequence));
}

BOOST_AUTO_TEST_SUITE_END()
