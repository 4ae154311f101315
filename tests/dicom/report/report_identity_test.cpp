#include "dicom/core/uid.hpp"
#include "dicom/report/records.hpp"
#include "dicom/report/report.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <ostream>

using namespace cxr::dicom;
using cxr::test::invented_boxed_record;

BOOST_AUTO_TEST_SUITE(ps3_5_9_report_sop_instance_uids)

BOOST_AUTO_TEST_CASE(stay_what_they_were_in_the_first_release) {
    // A change here renames every report in every archive that has one. When it is wanted, the
    // template version changes with it.
    const ImageRecord record = invented_boxed_record();
    BOOST_TEST(report_sop_instance_uid(record, DerivedKind::label_report, {}) ==
               "2.25.148329154514656572022403281824072311132");
    BOOST_TEST(report_sop_instance_uid(record, DerivedKind::box_report, {}) ==
               "2.25.164001495123072326868672351945898807796");
}

struct Change {
    const char* says;
    std::function<void(ImageRecord&, MappingOptions&)> apply;
    bool renames_labels;
    bool renames_boxes;
};
std::ostream& operator<<(std::ostream& out, const Change& change) {
    return out << change.says;
}

const Change changes[] = {
    {"another order of labels",
     [](ImageRecord& r, MappingOptions&) {
         r.row.finding_labels = "Effusion|Infiltration";
         std::swap(r.row.findings[0], r.row.findings[1]);
     },
     true,
     false},
    {"one label less",
     [](ImageRecord& r, MappingOptions&) {
         r.row.finding_labels = "Infiltration";
         r.row.findings.pop_back();
     },
     true,
     false},
    {"the other release of the table",
     [](ImageRecord& r, MappingOptions&) { r.release = Release::v1_2017; },
     true,
     true},
    {"a box moved in the 15th digit",
     [](ImageRecord& r, MappingOptions&) { r.boxes[0].x = 100.123456789013; },
     false,
     true},
    {"another order of boxes",
     [](ImageRecord& r, MappingOptions&) { std::swap(r.boxes[0], r.boxes[1]); },
     false,
     true},
    {"the label's other spelling",
     [](ImageRecord& r, MappingOptions&) { r.boxes[0].label_as_written = "Infiltration"; },
     false,
     true},
    {"another view",
     [](ImageRecord& r, MappingOptions&) { r.row.view = ViewPosition::ap; },
     true,
     true},
    {"another profile", [](ImageRecord&, MappingOptions& o) { o.dates = Dates::none; }, true, true},
    {"another image",
     [](ImageRecord& r, MappingOptions&) { r.row.image_index = "99990001_008.png"; },
     true,
     true},
    {"another digit that a double cannot tell from the first",
     [](ImageRecord& r, MappingOptions&) { r.boxes[0].digits_as_written[0] = "100.1234567890120"; },
     false,
     false},
};

BOOST_DATA_TEST_CASE(change_when_the_content_changes, changes, change) {
    ImageRecord record = invented_boxed_record();
    MappingOptions options;
    change.apply(record, options);
    const auto renamed = [&](DerivedKind kind) {
        return report_sop_instance_uid(record, kind, options) !=
               report_sop_instance_uid(invented_boxed_record(), kind, {});
    };
    BOOST_TEST(renamed(DerivedKind::label_report) == change.renames_labels);
    BOOST_TEST(renamed(DerivedKind::box_report) == change.renames_boxes);
}

BOOST_AUTO_TEST_CASE(are_valid_and_differ_between_the_two_documents) {
    const ImageRecord record = invented_boxed_record();
    const std::string labels = report_sop_instance_uid(record, DerivedKind::label_report, {});
    const std::string boxes = report_sop_instance_uid(record, DerivedKind::box_report, {});
    BOOST_TEST(is_valid_uid(labels));
    BOOST_TEST(is_valid_uid(boxes));
    BOOST_TEST(labels != boxes);
}

BOOST_AUTO_TEST_CASE(are_what_the_catalogue_announces) {
    const ImageRecord record = invented_boxed_record();
    for (const DerivedKind kind : {DerivedKind::label_report, DerivedKind::box_report}) {
        BOOST_TEST(instance_entity(record, kind, {}).sop_instance_uid ==
                   report_sop_instance_uid(record, kind, {}));
    }
}

BOOST_AUTO_TEST_SUITE_END()
