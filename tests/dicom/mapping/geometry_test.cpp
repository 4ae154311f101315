// Square pixels at the radiograph's proportions (PS3.3 C.7.6.3.1.7, 10.7.1.3).
#include "dicom/mapping/geometry.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr::dicom;

namespace {

ImageRecord record_of(std::uint32_t width, std::uint32_t height, double x_mm, double y_mm) {
    ImageRecord record;
    record.row.image_index = "00000001_000.png";
    record.row.original_width = width;
    record.row.original_height = height;
    record.row.original_spacing_x_mm = x_mm;
    record.row.original_spacing_y_mm = y_mm;
    return record;
}

struct Stretching {
    const char* says;
    std::uint32_t width, height;
    double x_mm, y_mm;
    PixelScale scale;
    ImageSize size;
};
std::ostream& operator<<(std::ostream& out, const Stretching& each) {
    return out << each.says;
}
const Stretching stretchings[] = {
    {"a wide one gets columns", 3056, 2544, 0.139, 0.139, {3056.0 / 2544, 1}, {1024, 1231}},
    {"a high one gets rows", 2048, 2500, 0.168, 0.168, {1, 1.220703125}, {1250, 1024}},
    {"a square one stays", 2021, 2021, 0.1943, 0.1943, {1, 1}, {1024, 1024}},
    {"unequal spacing counts", 2000, 2000, 0.2, 0.3, {1, 1.5}, {1536, 1024}},
    {"without a spacing the size alone counts", 2048, 2500, 0, 0, {1, 1.220703125}, {1250, 1024}},
    {"an impossible spacing is none", 2048, 2500, 14, 14, {1, 1.220703125}, {1250, 1024}},
    {"an unknown size stays", 0, 0, 0.168, 0.168, {1, 1}, {1024, 1024}},
    {"an impossible size stays", 100, 2500, 0.168, 0.168, {1, 1}, {1024, 1024}},
    {"what no radiograph is stays", 300, 8000, 0.168, 0.168, {1, 1}, {1024, 1024}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_3_c_7_6_3_1_7_square_pixels)

BOOST_DATA_TEST_CASE(are_had_by_stretching_one_side, stretchings, each) {
    const ImageRecord record = record_of(each.width, each.height, each.x_mm, each.y_mm);
    const PixelScale scale = pixel_scale(record.row, published_size, Geometry::resampled);
    BOOST_TEST(scale.x == each.scale.x, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(scale.y == each.scale.y, boost::test_tools::tolerance(1e-12));
    BOOST_CHECK(scaled_size(published_size, scale) == each.size);
    BOOST_CHECK(pixel_scale(record.row, published_size, Geometry::stored) == PixelScale{});
}

BOOST_AUTO_TEST_CASE(of_a_smaller_copy_have_the_same_proportions) {
    const ImageRecord record = record_of(2048, 2500, 0.168, 0.168);
    const ImageSize small{.rows = 512, .columns = 256};
    const PixelScale scale = pixel_scale(record.row, small, Geometry::resampled);
    BOOST_TEST(scale.x == 2 / 1.220703125, boost::test_tools::tolerance(1e-12));
    BOOST_CHECK((scaled_size(small, scale) == ImageSize{.rows = 512, .columns = 420}));
}

BOOST_AUTO_TEST_CASE(take_the_boxes_along_and_give_them_back) {
    ImageRecord record = record_of(2048, 2500, 0.168, 0.168);
    BoundingBox box;
    box.image_index = record.row.image_index;
    box.x = 100.25;
    box.y = 512;
    box.width = 30;
    box.height = 40;
    record.boxes = {box};
    BOOST_CHECK(boxes_of_object(record, Geometry::stored) == record.boxes);
    const BoundingBox moved = boxes_of_object(record, Geometry::resampled).at(0);
    BOOST_TEST(moved.x == 100.25);
    BOOST_TEST(moved.width == 30.0);
    BOOST_TEST(moved.y == 625.0);
    BOOST_TEST(moved.height == 48.828125);

    Annotation read, whole, foreign;
    read.image_index = record.row.image_index;
    read.box = AnnotationBox{.x = moved.x,
                             .y = moved.y,
                             .width = moved.width,
                             .height = moved.height,
                             .digits_as_written = {}};
    whole.image_index = record.row.image_index;
    foreign = read;
    foreign.image_index = "00000002_000.png";
    std::vector<Annotation> annotations{read, whole, foreign};
    MappingOptions options;
    StoredRegions(std::span(&record, 1), options).restore(annotations);
    BOOST_TEST(annotations[0].box->y == 625.0);
    options.geometry = Geometry::resampled;
    StoredRegions(std::span(&record, 1), options).restore(annotations);
    BOOST_TEST(annotations[0].box->y == 512.0);
    BOOST_TEST(annotations[0].box->height == 40.0);
    BOOST_TEST(annotations[2].box->y == 625.0);
}

BOOST_AUTO_TEST_SUITE_END()
