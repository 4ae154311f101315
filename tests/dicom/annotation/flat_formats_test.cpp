#include "dicom/annotation/coco.hpp"
#include "dicom/annotation/csv.hpp"
#include "dicom/annotation/json.hpp"
#include "dicom/annotation/record_annotations.hpp"
#include "dicom/report/records.hpp"
#include "dicom/report/report.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace cxr::dicom;
using cxr::test::invented_boxed_record;
using cxr::test::invented_record;

namespace {

Annotation boxed(double x, double y, double width, double height) {
    Annotation annotation;
    annotation.image_index = "99990001_007.png";
    annotation.finding = Finding::infiltration;
    annotation.box.emplace();
    annotation.box->x = x;
    annotation.box->y = y;
    annotation.box->width = width;
    annotation.box->height = height;
    return annotation;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// Every value of a document, untruncated.
std::string printed(DcmDataset& document) {
    std::ostringstream text;
    document.print(text);
    return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(annotations_of_a_record)

BOOST_AUTO_TEST_CASE(name_the_reports_that_say_the_same) {
    const ImageRecord record = invented_boxed_record();
    const auto labels = label_annotations(record, {});
    BOOST_REQUIRE(labels.size() == 2U);
    BOOST_TEST(labels[0].label_as_written == "Infiltration");
    BOOST_TEST(labels[0].report.sop_instance_uid ==
               report_sop_instance_uid(record, DerivedKind::label_report, {}));
    BOOST_TEST(!labels[0].box.has_value());
    const auto boxes = box_annotations(record, {});
    BOOST_REQUIRE(boxes.size() == 3U);
    BOOST_TEST(boxes[0].report.sop_instance_uid ==
               report_sop_instance_uid(record, DerivedKind::box_report, {}));
    BOOST_TEST(boxes[2].box->width == 33.3);
    BOOST_TEST(boxes[2].tracking_identifier == "99990001_007.png/Infiltrate/2");
}

BOOST_AUTO_TEST_CASE(name_observers_and_tracking_as_the_reports_do) {
    const ImageRecord record = invented_boxed_record();
    for (const DerivedKind kind : {DerivedKind::label_report, DerivedKind::box_report}) {
        auto report = build_report(record, kind, {});
        BOOST_REQUIRE(report.has_value());
        const std::string text = printed(**report);
        const auto annotations = kind == DerivedKind::label_report ? label_annotations(record, {})
                                                                   : box_annotations(record, {});
        for (const Annotation& annotation : annotations) {
            BOOST_TEST(contains(text, '[' + annotation.observer.name + ']'));
            for (const std::string& said : {annotation.observer.organization,
                                            annotation.observer.manufacturer,
                                            annotation.observer.model_name,
                                            annotation.observer.software_version,
                                            annotation.observer.device_uid,
                                            annotation.tracking_identifier,
                                            annotation.tracking_uid,
                                            annotation.finding_code.value}) {
                BOOST_TEST(contains(text, said), said);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(keep_the_spelling_of_each_label) {
    ImageRecord record = invented_record("effusion|Pleural Thickening",
                                         {Finding::effusion, Finding::pleural_thickening});
    auto labels = label_annotations(record, {});
    BOOST_TEST(labels[1].label_as_written == "Pleural Thickening");
    record.row.finding_labels = "effusion|nonsense|Pleural Thickening";  // one was dropped
    labels = label_annotations(record, {});
    BOOST_TEST(labels[1].label_as_written == "Pleural_Thickening");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(digits_come_back_as_they_were_written) {
    Annotation annotation = boxed(225.084745762712, 1, 2, 3);
    annotation.label_as_written = "Infiltrate";
    annotation.box->digits_as_written = {"225.084745762712", "1.0", "2.50", "3e1"};
    BOOST_TEST(box_table_row(annotation) ==
               "99990001_007.png,Infiltrate,225.084745762712,1.0,2.50,3e1\n");
}

BOOST_AUTO_TEST_CASE(boxes_from_elsewhere_have_up_to_six_decimals_and_the_tables_spelling) {
    BOOST_TEST(box_table_row(boxed(225.0847457, 547, 86.5, 0.0000001)) ==
               "99990001_007.png,Infiltrate,225.084746,547,86.5,0\n");
    Annotation mass = boxed(-0.00000001, 0.1, 1000, 10);
    mass.finding = Finding::mass;
    BOOST_TEST(box_table_row(mass) == "99990001_007.png,Mass,0,0.1,1000,10\n");
}

BOOST_AUTO_TEST_CASE(labels_stand_in_one_cell_in_file_order) {
    const auto labels = label_annotations(invented_boxed_record(), {});
    BOOST_TEST(label_table_row(labels) == "99990001_007.png,Infiltration|Effusion\n");
}

BOOST_AUTO_TEST_CASE(a_cell_that_needs_quotes_has_them) {
    Annotation annotation = boxed(1, 2, 3, 4);
    annotation.label_as_written = "a \"b\", c";
    BOOST_TEST(box_table_row(annotation) == "99990001_007.png,\"a \"\"b\"\", c\",1,2,3,4\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(an_entry_is_one_line_with_null_for_what_is_not_said) {
    Annotation annotation = boxed(0.1, 2, 3, 4);
    annotation.label_as_written = "two\nlines \"quoted\"";
    annotation.certainty_percent = 87.5;
    BOOST_TEST(json_entry(annotation) ==
               "{\"image\": \"99990001_007.png\", \"label\": \"Infiltration\", "
               "\"label_as_written\": \"two\\u000alines \\\"quoted\\\"\", \"code\": null, "
               "\"bbox\": [0.1, 2, 3, 4], \"source_shape\": \"rectangle\", "
               "\"certainty_percent\": 87.5, \"tracking_identifier\": null, "
               "\"tracking_uid\": null, \"observer\": {\"type\": \"person\", \"name\": null, "
               "\"organization\": null}, \"report\": null}");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(coco)

BOOST_AUTO_TEST_CASE(images_are_those_with_boxes_and_ids_are_made_of_their_names) {
    std::vector<Annotation> annotations = box_annotations(invented_boxed_record(), {});
    Annotation unmapped = boxed(1, 2, 3, 4);
    unmapped.finding.reset();
    annotations.push_back(unmapped);
    annotations.push_back(label_annotations(invented_boxed_record(), {})[0]);
    const std::string document = coco_document(annotations);
    BOOST_TEST(contains(document, "\"file_name\": \"99990001_007.png\""));
    BOOST_TEST(contains(document, "\"id\": 99990001007"));
    BOOST_TEST(contains(document, "\"id\": 3,\n      \"image_id\""));
    BOOST_TEST(!contains(document, "\"id\": 4,\n      \"image_id\""));
    BOOST_TEST(contains(document, "\"category_id\": 4,"));  // Infiltration, in NIH order
    BOOST_TEST(contains(document, "\"name\": \"Hernia\""));
    BOOST_TEST(!contains(document, "No Finding"));
}

BOOST_AUTO_TEST_SUITE_END()
