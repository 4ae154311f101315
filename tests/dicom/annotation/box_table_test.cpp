#include "dicom/annotation/box_table.hpp"

#include "dicom/report/records.hpp"

#include <boost/test/unit_test.hpp>

using namespace cxr::dicom;
using cxr::test::invented_boxed_record;

namespace {

Annotation annotation_of(const BoundingBox& box) {
    Annotation annotation;
    annotation.image_index = box.image_index;
    annotation.finding = box.finding;
    annotation.label_as_written = box.label_as_written;
    AnnotationBox drawn;
    drawn.x = static_cast<float>(box.x);
    drawn.y = box.y;
    drawn.width = box.width;
    drawn.height = box.height;
    annotation.box = drawn;
    annotation.report.sop_instance_uid = "2.25.1";
    annotation.report.content_date = "20170101";
    return annotation;
}

std::vector<BoundingBox> table() {
    std::vector<BoundingBox> boxes = invented_boxed_record().boxes;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        boxes[i].digits_as_written = {"x" + std::to_string(i), "y", "w", "h"};
    }
    return boxes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(back_into_the_table)

BOOST_AUTO_TEST_CASE(unmoved_boxes_get_their_rows_digits_and_order) {
    const auto rows = table();
    const std::vector<Annotation> ordered = boxes_in_table_order(
        {annotation_of(rows[2]), annotation_of(rows[1]), annotation_of(rows[0])}, rows);
    BOOST_REQUIRE(ordered.size() == 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        BOOST_TEST(ordered[i].box->digits_as_written[0] == "x" + std::to_string(i));
    }
}

BOOST_AUTO_TEST_CASE(a_moved_box_keeps_its_place_and_a_new_one_comes_last) {
    const auto rows = table();
    Annotation moved = annotation_of(rows[0]);
    moved.box->x += 10;
    Annotation elsewhere = annotation_of(rows[0]);
    elsewhere.box->x = 900;
    const std::vector<Annotation> ordered =
        boxes_in_table_order({elsewhere, annotation_of(rows[1]), moved}, rows);
    BOOST_REQUIRE(ordered.size() == 3U);
    BOOST_TEST(ordered[0].box->x == moved.box->x);
    BOOST_TEST(ordered[0].box->digits_as_written[0] == "");
    BOOST_TEST(ordered[1].box->digits_as_written[0] == "x1");
    BOOST_TEST(ordered[2].box->x == 900);
}

BOOST_AUTO_TEST_CASE(of_two_states_of_one_box_the_newer_one_counts) {
    const auto rows = table();
    Annotation newer = annotation_of(rows[0]);
    newer.box->x += 10;
    newer.report.sop_instance_uid = "2.25.2";
    newer.report.content_date = "20261123";
    for (const auto& both :
         {std::vector{newer, annotation_of(rows[0])}, std::vector{annotation_of(rows[0]), newer}}) {
        const std::vector<Annotation> ordered = boxes_in_table_order(both, rows);
        BOOST_REQUIRE(ordered.size() == 1U);
        BOOST_TEST(ordered[0].box->x == newer.box->x);
    }
}

BOOST_AUTO_TEST_SUITE_END()
