// What a presentation state of anybody's says of an image (PS3.3 C.10, C.11).
#include "dicom/presentation/softcopy_state.hpp"

#include "support/softcopy_states.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace cxr::dicom;
using namespace cxr::test;

namespace {

Attributes with_sequence(const DcmTagKey& tag, std::vector<Attributes> items) {
    Attributes more;
    put_sequence(more, tag, std::move(items));
    return more;
}

Result<SoftcopyState> read(const Attributes& more, std::uint32_t frame = 1) {
    return read_softcopy_state(state_of_image(more), "1.2.3.4.5", frame);
}

/// A graphic of that type and those points.
Attributes graphic(const std::string& type, const std::string& data) {
    Attributes annotation;
    put_sequence(annotation,
                 DCM_GraphicObjectSequence,
                 {attributes({{DCM_GraphicType, type}, {DCM_GraphicData, data}})});
    return with_sequence(DCM_GraphicAnnotationSequence, {annotation});
}

Attributes only_of(Attributes item, const std::string& uid, const std::string& frames = "") {
    Attributes image = attributes({{DCM_ReferencedSOPInstanceUID, uid}});
    if (!frames.empty()) {
        put(image, DCM_ReferencedFrameNumber, frames);
    }
    put_sequence(item, DCM_ReferencedImageSequence, {image});
    return item;
}

struct Wrong {
    const char* says;
    Attributes more;
    const char* named;
};
std::ostream& operator<<(std::ostream& out, const Wrong& each) {
    return out << each.says;
}
const Wrong wrongs[] = {
    {"an oblique turn", attributes({{DCM_ImageRotation, "45"}}), "right angle"},
    {"a line of one point", graphic("POLYLINE", "1\\1"), "points"},
    {"half a point", graphic("POLYLINE", "1\\1\\2"), "points"},
    {"no numbers", graphic("POLYLINE", ""), "points"},
    {"an ellipse of three points", graphic("ELLIPSE", "1\\1\\2\\2\\3\\3"), "points"},
    {"an area of one corner",
     with_sequence(DCM_DisplayedAreaSelectionSequence,
                   {attributes({{DCM_DisplayedAreaTopLeftHandCorner, "1\\1"}})}),
     "corners"},
    {"text that is nowhere",
     with_sequence(DCM_GraphicAnnotationSequence, {[] {
                       Attributes annotation;
                       put_sequence(annotation,
                                    DCM_TextObjectSequence,
                                    {attributes({{DCM_UnformattedTextValue, "x"}})});
                       return annotation;
                   }()}),
     "nowhere"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(a_presentation_state)

BOOST_AUTO_TEST_CASE(says_which_images_it_is_of) {
    const auto images = images_of(state_of_image());
    BOOST_TEST_REQUIRE(images.size() == 1U);
    BOOST_CHECK((images[0] == StatedImage{"1.2.3.4", "1.2.3.4.5"}));
    const auto other = read_softcopy_state(state_of_image(), "1.2.3.4.6", 1);
    BOOST_CHECK((other.error().kind == FaultKind::malformed));
    BOOST_TEST(images_of({}).empty());
}

BOOST_AUTO_TEST_CASE(that_says_nothing_changes_nothing) {
    const auto state = read({});
    BOOST_TEST_REQUIRE(state.has_value());
    BOOST_TEST(!state->window.has_value());
    BOOST_TEST(!state->inverse);
    BOOST_TEST(state->turned == 0U);
    BOOST_TEST(!state->displayed_area.has_value());
    BOOST_TEST(state->graphics.empty());
}

BOOST_AUTO_TEST_CASE(says_how_greys_are_shown) {
    Attributes more = with_sequence(
        DCM_SoftcopyVOILUTSequence,
        {only_of(attributes({{DCM_WindowCenter, "1"}, {DCM_WindowWidth, "2"}}), "1.2.3.4.6"),
         only_of(
             attributes({{DCM_WindowCenter, "1"}, {DCM_WindowWidth, "2"}}), "1.2.3.4.5", "2\\3"),
         attributes({{DCM_WindowCenter, "40"},
                     {DCM_WindowWidth, "400"},
                     {DCM_VOILUTFunction, "SIGMOID"}})});
    put(more, DCM_PresentationLUTShape, "INVERSE");
    const auto first = read(more, 1), second = read(more, 2);
    BOOST_TEST_REQUIRE((first && second));
    BOOST_CHECK((first->window == Window{40, 400, true}));
    BOOST_CHECK((second->window == Window{1, 2, false}));
    BOOST_TEST(first->inverse);
}

BOOST_AUTO_TEST_CASE(turns_and_selects_an_area) {
    Attributes more =
        with_sequence(DCM_DisplayedAreaSelectionSequence,
                      {attributes({{DCM_DisplayedAreaTopLeftHandCorner, "40\\1"},
                                   {DCM_DisplayedAreaBottomRightHandCorner, "11\\20"}})});
    put(more, DCM_ImageRotation, "270");
    put(more, DCM_ImageHorizontalFlip, "Y");
    const auto state = read(more);
    BOOST_TEST_REQUIRE(state.has_value());
    BOOST_TEST(state->turned == 270U);
    BOOST_TEST(state->flipped);
    BOOST_CHECK((*state->displayed_area == std::pair{Point{10, 0}, Point{40, 20}}));
}

BOOST_AUTO_TEST_CASE(draws_layer_by_layer) {
    Attributes above = box_annotation();
    put(above, DCM_GraphicLayer, "ABOVE");
    Attributes more = with_sequence(DCM_GraphicAnnotationSequence, {above, box_annotation()});
    put_sequence(more,
                 DCM_GraphicLayerSequence,
                 {attributes({{DCM_GraphicLayer, "ABOVE"},
                              {DCM_GraphicLayerOrder, "2"},
                              {DCM_GraphicLayerRecommendedDisplayGrayscaleValue, "0"}}),
                  attributes({{DCM_GraphicLayer, "FINDINGS"},
                              {DCM_GraphicLayerOrder, "1"},
                              {DCM_GraphicLayerRecommendedDisplayGrayscaleValue, "65535"}})});
    const auto state = read(more);
    BOOST_TEST_REQUIRE(state.has_value());
    BOOST_TEST_REQUIRE(state->graphics.size() == 2U);
    BOOST_TEST(int{state->graphics[0].grey} == 255);
    BOOST_TEST(int{state->graphics[1].grey} == 0);
    BOOST_CHECK((state->graphics[0].points[2] == Point{30, 20}));
    BOOST_TEST(state->texts[0].text == "Mass");
    BOOST_CHECK((state->texts[0].opposite == Point{60, 50}));
}

BOOST_AUTO_TEST_CASE(draws_curves_as_lines) {
    const auto circle = read(graphic("CIRCLE", "10\\10\\13\\14"));
    BOOST_TEST_REQUIRE(circle.has_value());
    for (const Point& point : circle->graphics[0].points) {
        BOOST_TEST(std::hypot(point.x - 10, point.y - 10) == 5, boost::test_tools::tolerance(1e-9));
    }
    const auto curve = read(graphic("INTERPOLATED", "0\\0\\10\\0\\10\\10"));
    BOOST_TEST_REQUIRE(curve.has_value());
    BOOST_TEST(curve->graphics[0].points.size() > 3U);
    BOOST_CHECK((curve->graphics[0].points.front() == Point{0, 0}));
    BOOST_CHECK((curve->graphics[0].points.back() == Point{10, 10}));
}

BOOST_DATA_TEST_CASE(that_is_none_says_where, wrongs, each) {
    const auto state = read(each.more);
    BOOST_TEST_REQUIRE(!state.has_value());
    BOOST_TEST(state.error().doing.find(each.named) != std::string::npos, state.error().doing);
}

BOOST_AUTO_TEST_CASE(of_endless_graphics_is_not_drawn) {
    std::string many = "0\\0";
    for (int i = 0; i < 5'000; ++i) {
        many += "\\1\\1";
    }
    const auto curve = read(graphic("INTERPOLATED", many));
    BOOST_TEST_REQUIRE(!curve.has_value());
    BOOST_CHECK((curve.error().kind == FaultKind::unsupported));
}

BOOST_AUTO_TEST_SUITE_END()
