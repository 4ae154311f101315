// Bilinear stretching of a frame, in integers.
#include "image/resampling.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>

using namespace cxr::dicom;

namespace {

Frame frame_of(std::uint32_t rows, std::uint32_t columns, std::vector<int> greys) {
    Frame frame{.rows = rows, .columns = columns, .pixels = {}, .notes = {"kept"}};
    for (const int grey : greys) {
        frame.pixels.push_back(static_cast<std::byte>(grey));
    }
    if (greys.size() % 2 != 0) {
        frame.pixels.push_back(std::byte{0});
    }
    return frame;
}

std::vector<int> greys_of(const Frame& frame) {
    std::vector<int> greys;
    for (std::size_t i = 0; i < std::size_t{frame.rows} * frame.columns; ++i) {
        greys.push_back(std::to_integer<int>(frame.pixels[i]));
    }
    return greys;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_frame_is_stretched)

BOOST_AUTO_TEST_CASE(between_the_middles_of_its_pixels) {
    const Frame wide = resampled(frame_of(1, 2, {0, 200}), {.x = 2, .y = 1});
    BOOST_TEST(wide.rows == 1U);
    BOOST_TEST(greys_of(wide) == (std::vector<int>{0, 50, 150, 200}),
               boost::test_tools::per_element());
    const Frame high = resampled(frame_of(2, 1, {0, 200}), {.x = 1, .y = 2});
    BOOST_TEST(high.columns == 1U);
    BOOST_TEST(greys_of(high) == (std::vector<int>{0, 50, 150, 200}),
               boost::test_tools::per_element());
    BOOST_TEST(high.notes == wide.notes, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(to_as_many_pixels_as_hold_all_of_it) {
    const Frame stretched = resampled(frame_of(1, 3, {10, 20, 30}), {.x = 1.1, .y = 1});
    BOOST_TEST(stretched.columns == 4U);
    BOOST_TEST(greys_of(stretched) == (std::vector<int>{10, 19, 28, 30}),
               boost::test_tools::per_element());
    BOOST_TEST(stretched.pixels.size() == 4U);
    BOOST_TEST(resampled(frame_of(1, 2, {1, 2}), {.x = 1.5, .y = 1}).pixels.size() == 4U);
}

BOOST_AUTO_TEST_CASE(and_keeps_its_extremes_and_its_grey) {
    const Frame white = resampled(frame_of(2, 2, {255, 255, 255, 255}), {.x = 1, .y = 1.7});
    BOOST_TEST(greys_of(white) == std::vector<int>(8, 255), boost::test_tools::per_element());
    std::vector<int> ramp(256);
    std::iota(ramp.begin(), ramp.end(), 0);
    const Frame same = resampled(frame_of(16, 16, ramp), {.x = 1, .y = 1});
    BOOST_TEST(greys_of(same) == ramp, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
