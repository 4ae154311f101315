// Pictures of objects in every transfer syntax that there is a codec for.
#include "dicom/image/rendering.hpp"

#include "support/dcmtk_ready.hpp"
#include "support/small_images.hpp"
#include "support/softcopy_states.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

using namespace cxr::dicom;
using namespace cxr::test;

namespace {

BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

/// A ramp that begins at `first`.
std::string ramp(std::size_t size, unsigned first) {
    std::string pixels(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        pixels[i] = static_cast<char>((first + 3 * i) % 256);
    }
    return pixels;
}

std::string text_of(const Picture& picture) {
    return {picture.pixels.begin(), picture.pixels.end()};
}

constexpr std::uint32_t side = 64;

/// A grey square, with what a state says of it.
Picture with_state(const Attributes& more, RenderingOptions options = {}) {
    const auto state = read_softcopy_state(state_of_image(more), "1.2.3.4.5", 1);
    BOOST_TEST_REQUIRE(state.has_value());
    options.state = *state;
    const auto picture =
        render(object_of(SmallImage{
                   .rows = side, .columns = side, .pixels = std::string(side * side, 'd')}),
               options);
    BOOST_TEST_REQUIRE(picture.has_value());
    return *picture;
}

int at(const Picture& picture, std::size_t row, std::size_t column) {
    return picture.pixels.at(row * picture.columns + column);
}

Attributes boxed() {
    Attributes more;
    put_sequence(more, DCM_GraphicAnnotationSequence, {box_annotation()});
    return more;
}

/// Two rows of three pixels, from the upper left one.
struct Turn {
    const char* says;
    const char* rotation;
    const char* flip;
    const char* pixels;
    std::uint32_t rows;
};
std::ostream& operator<<(std::ostream& out, const Turn& each) {
    return out << each.says;
}
const Turn turns[] = {
    {"not at all", "0", "N", "abcdef", 2},
    {"clockwise by 90 degrees", "90", "N", "daebfc", 3},
    {"by 180 degrees", "180", "N", "fedcba", 2},
    {"clockwise by 270 degrees", "270", "N", "cfbead", 3},
    {"left to right", "0", "Y", "cbafed", 2},
    {"clockwise, then left to right", "90", "Y", "adbecf", 3},
};

const char* const syntaxes[] = {"explicit",
                                "implicit",
                                "rle",
                                "jpeg-lossless",
                                "jpeg-ls",
                                "jpeg-2000",
                                "htj2k",
                                "htj2k-rpcl",
                                "deflated-frame"};

}  // namespace

BOOST_AUTO_TEST_SUITE(a_picture)

BOOST_DATA_TEST_CASE(is_the_same_in_every_transfer_syntax, syntaxes, syntax) {
    const TransferSyntax* const to = find_transfer_syntax(syntax);
    BOOST_TEST_REQUIRE(to != nullptr);
    const SmallImage image{.rows = 60, .columns = 90, .pixels = ramp(32'400, 1), .frames = 6};
    const auto object = transcode(object_of(image), *to);
    BOOST_TEST_REQUIRE(object.has_value());
    for (const std::uint32_t frame : {1U, 2U, 6U}) {
        // With a viewport it takes the general way, also where the pixels are the picture.
        const auto picture =
            render(*object, {.frame = frame, .viewport = Viewport{.width = 90, .height = 60}});
        BOOST_TEST_REQUIRE(picture.has_value());
        BOOST_TEST((text_of(*picture) == image.pixels.substr((frame - 1) * 5'400, 5'400)));
    }
    BOOST_TEST((render(*object, {.frame = 7}).error().kind == FaultKind::not_found));
}

BOOST_DATA_TEST_CASE(has_its_colours_in_every_transfer_syntax, syntaxes, syntax) {
    const SmallImage image{.rows = 70,
                           .columns = 80,
                           .pixels = ramp(16'800, 7),
                           .samples = 3,
                           .photometric_interpretation = "RGB"};
    const auto object = transcode(object_of(image), *find_transfer_syntax(syntax));
    BOOST_TEST_REQUIRE(object.has_value());
    const auto picture = render(*object, {});
    BOOST_TEST_REQUIRE(picture.has_value());
    BOOST_TEST(picture->samples == 3U);
    BOOST_TEST((text_of(*picture) == image.pixels));
}

BOOST_AUTO_TEST_CASE(of_a_region_is_that_region_in_any_size) {
    // Four quarters, each of one grey.
    SmallImage image{.rows = 40, .columns = 40, .pixels = std::string(1'600, '\0')};
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
        image.pixels[i] = static_cast<char>(40 + (i % 40 < 20 ? 0 : 30) + (i / 40 < 20 ? 0 : 60));
    }
    const auto object = object_of(image);
    for (const std::uint32_t size : {5U, 20U, 60U}) {
        const Viewport lower_right{
            .width = size,
            .height = size,
            .region = Viewport::Region{.x = 20, .y = 20, .width = 20, .height = 20}};
        const auto picture = render(object, {.viewport = lower_right});
        BOOST_TEST_REQUIRE(picture.has_value());
        BOOST_TEST(picture->rows == size);
        BOOST_TEST(
            (text_of(*picture) == std::string(std::size_t{size} * size, static_cast<char>(130))));
    }
}

BOOST_AUTO_TEST_CASE(of_a_damaged_stream_is_a_fault) {
    const auto object =
        transcode(object_of(SmallImage{.rows = 64, .columns = 64, .pixels = ramp(4'096, 1)}),
                  *find_transfer_syntax("jpeg-2000"));
    BOOST_TEST_REQUIRE(object.has_value());
    std::vector<std::byte> bytes;
    for (const Segment& segment : object->segments) {
        bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
    }
    // The start of its codestream: no decoder finds one.
    constexpr std::array begin{std::byte{0xFF}, std::byte{0x4F}, std::byte{0xFF}, std::byte{0x51}};
    const auto found = std::search(bytes.begin(), bytes.end(), begin.begin(), begin.end());
    BOOST_REQUIRE(found != bytes.end());
    *found = std::byte{0};
    EncodedObject damaged = *object;
    damaged.segments = {Segment::of(bytes)};
    BOOST_TEST(!render(damaged, {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_presentation_state_over_a_picture)

BOOST_AUTO_TEST_CASE(draws_a_box_where_it_is) {
    const Picture picture = with_state(boxed());
    for (std::size_t column = 12; column < 28; ++column) {
        BOOST_TEST(at(picture, 10, column) == 255);
        BOOST_TEST(at(picture, 20, column) == 255);
        BOOST_TEST(at(picture, 15, column) == 'd');
    }
    BOOST_TEST(at(picture, 15, 10) == 255);
    BOOST_TEST(at(picture, 15, 30) == 255);
    BOOST_TEST(at(picture, 9, 20) == 0);  // the rim, to be seen on white
    BOOST_TEST(at(picture, 11, 20) == 0);
    BOOST_TEST(at(picture, 7, 20) == 'd');
}

BOOST_AUTO_TEST_CASE(draws_it_at_its_place_in_a_scaled_region) {
    const Picture picture =
        with_state(boxed(),
                   {.viewport = Viewport{
                        .width = 128,
                        .height = 128,
                        .region = Viewport::Region{.x = 8, .y = 8, .width = 32, .height = 32}}});
    BOOST_TEST(picture.columns == 128U);
    // Columns 10 and 30 are (10 - 8) * 4 and (30 - 8) * 4.
    BOOST_TEST(at(picture, 28, 8) == 255);
    BOOST_TEST(at(picture, 28, 88) == 255);
    BOOST_TEST(at(picture, 8, 50) == 255);
    BOOST_TEST(at(picture, 28, 50) == 'd');
}

BOOST_AUTO_TEST_CASE(draws_it_at_its_place_once_turned) {
    Attributes more = boxed();
    put(more, DCM_ImageRotation, "90");
    const Picture picture = with_state(more);
    // Column 10 is row 10; row 10 is column 64 - 10.
    BOOST_TEST(at(picture, 10, 50) == 255);
    BOOST_TEST(at(picture, 30, 50) == 255);
    BOOST_TEST(at(picture, 20, 54) == 255);
    BOOST_TEST(at(picture, 20, 44) == 255);
    BOOST_TEST(at(picture, 20, 49) == 'd');
}

BOOST_AUTO_TEST_CASE(writes_its_labels) {
    const Picture picture = with_state(boxed());
    // "Mass" in a box of 50 by 20 from (10, 30): letters two points wide. Of an M the left stem,
    // whole, and nothing between the feet.
    for (std::size_t row = 30; row < 44; ++row) {
        BOOST_TEST(at(picture, row, 10) == 255);
    }
    BOOST_TEST(at(picture, 43, 14) != 255);
    BOOST_TEST(at(picture, 60, 10) == 'd');
}

BOOST_DATA_TEST_CASE(turns_it, turns, each) {
    Attributes more = attributes({{DCM_ImageRotation, each.rotation}});
    put(more, DCM_ImageHorizontalFlip, each.flip);
    const auto state = read_softcopy_state(state_of_image(more), "1.2.3.4.5", 1);
    const auto picture = render(object_of(SmallImage{.rows = 2, .columns = 3, .pixels = "abcdef"}),
                                {.state = *state});
    BOOST_TEST_REQUIRE(picture.has_value());
    BOOST_TEST(text_of(*picture) == each.pixels);
    BOOST_TEST(picture->rows == each.rows);
}

BOOST_AUTO_TEST_CASE(shows_its_area_and_its_window_unless_others_are_asked_for) {
    Attributes more = attributes({{DCM_PresentationLUTShape, "INVERSE"}});
    put_sequence(more,
                 DCM_DisplayedAreaSelectionSequence,
                 {attributes({{DCM_DisplayedAreaTopLeftHandCorner, "2\\1"},
                              {DCM_DisplayedAreaBottomRightHandCorner, "3\\2"}})});
    put_sequence(more,
                 DCM_SoftcopyVOILUTSequence,
                 {attributes({{DCM_WindowCenter, "98.5"}, {DCM_WindowWidth, "1"}})});
    RenderingOptions options;
    options.state = *read_softcopy_state(state_of_image(more), "1.2.3.4.5", 1);
    const auto object = object_of(SmallImage{.rows = 2, .columns = 3, .pixels = "abcdef"});
    const auto stated = render(object, options);
    BOOST_TEST_REQUIRE(stated.has_value());
    BOOST_TEST(stated->columns == 2U);
    BOOST_TEST(text_of(*stated) == std::string("\xFF\0\0\0", 4));  // of b, c, e, f
    options.window = Window{.center = 1'000, .width = 2};
    options.viewport = Viewport{.width = 3, .height = 2, .region = Viewport::Region{}};
    const auto asked = render(object, options);
    BOOST_TEST_REQUIRE(asked.has_value());
    BOOST_TEST(text_of(*asked) == std::string(6, '\xFF'));
}

BOOST_AUTO_TEST_CASE(says_in_place_of_the_image_which_end_is_black) {
    SmallImage image{.rows = 2, .columns = 3, .pixels = "abcdef"};
    image.photometric_interpretation = "MONOCHROME1";
    RenderingOptions options;
    options.state = *read_softcopy_state(state_of_image(), "1.2.3.4.5", 1);
    BOOST_TEST(text_of(*render(object_of(image), options)) == "abcdef");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(text_over_a_picture)

BOOST_AUTO_TEST_CASE(is_in_its_corner_where_there_is_room) {
    SmallImage image{.rows = 300, .columns = 300, .pixels = std::string(90'000, 'd')};
    put(image.others, DCM_PatientName, "Doe^Jane");
    put(image.others, DCM_PatientID, "P1");
    put(image.others, DCM_Modality, "DX");
    const auto white = [&image](const RenderingOptions& options, std::size_t begin) {
        const auto picture = render(object_of(image), options);
        BOOST_TEST_REQUIRE(picture.has_value());
        std::size_t count = 0;
        for (std::size_t row = 0; row < 40; ++row) {
            for (std::size_t column = begin; column < begin + 150; ++column) {
                count += at(*picture, row, column) == 255 ? 1 : 0;
            }
        }
        return count;
    };
    BOOST_TEST(white({.patient = true}, 0) > 100U);
    BOOST_TEST(white({.patient = true}, 150) == 0U);
    BOOST_TEST(white({.technique = true}, 0) == 0U);
    BOOST_TEST(white({.technique = true}, 150) > 20U);
    BOOST_TEST(white({}, 0) == 0U);
    image.rows = image.columns = 150;
    image.pixels = std::string(22'500, 'd');
    const auto small = render(object_of(image), {.patient = true});
    BOOST_TEST_REQUIRE(small.has_value());
    BOOST_TEST(text_of(*small) == image.pixels);
}

BOOST_AUTO_TEST_SUITE_END()
