#include "dicom/key_objects/key_objects.hpp"
#include "dicom/presentation/presentation_state.hpp"
#include "dicom/report/records.hpp"
#include "dicom/report/report.hpp"
#include "support/dcmtk_ready.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <ostream>

using namespace cxr::dicom;

namespace {

using cxr::test::DcmtkReady;
BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

ImageRecord record_with_every_document() {
    ImageRecord record = cxr::test::invented_boxed_record();
    record.row.original_width = 2500;
    record.row.original_height = 2048;
    record.row.original_spacing_x_mm = record.row.original_spacing_y_mm = 0.168;
    auto reader = std::make_shared<AnnotationSource>();
    reader->name = "second";
    reader->observer.name = "Doe^Jane";
    record.sources = {{.source = std::move(reader),
                       .statements = {{.finding = Finding::mass,
                                       .label_as_written = "Mass",
                                       .x_y_width_height = std::array{1.5, 2.5, 30.0, 40.0}}}}};
    return record;
}

Result<EncodedObject> encoded(const ImageRecord& record,
                              DerivedKind kind,
                              const MappingOptions& options) {
    if (kind == DerivedKind::presentation_state) {
        return encode_presentation_state(record, explicit_vr_little_endian, options);
    }
    if (kind == DerivedKind::key_objects) {
        return encode_key_objects(record, explicit_vr_little_endian, options);
    }
    return encode_report(record, kind, explicit_vr_little_endian, options);
}

std::string bytes_of(const EncodedObject& object) {
    std::string bytes;
    for (const Segment& segment : object.segments) {
        bytes.append(reinterpret_cast<const char*>(segment.bytes.data()), segment.bytes.size());
    }
    return bytes;
}

constexpr std::array kinds{DerivedKind::label_report,
                           DerivedKind::box_report,
                           DerivedKind::presentation_state,
                           DerivedKind::key_objects,
                           DerivedKind::first_source_report};

/// Something that a table may say otherwise than before, of which every document speaks.
struct Change {
    const char* says;
    std::function<void(ImageRecord&)> apply;
};
std::ostream& operator<<(std::ostream& out, const Change& change) {
    return out << change.says;
}

const Change changes[] = {
    {"an older patient", [](ImageRecord& r) { r.row.age->value = 62; }},
    {"an age in months", [](ImageRecord& r) { r.row.age->unit = 'M'; }},
    {"an unknown age", [](ImageRecord& r) { r.row.age.reset(); }},
    {"the other sex", [](ImageRecord& r) { r.row.sex = Sex::male; }},
    {"the other view", [](ImageRecord& r) { r.row.view = ViewPosition::ap; }},
    {"another follow-up", [](ImageRecord& r) { r.row.follow_up = 4; }},
    {"another day of birth", [](ImageRecord& r) { r.dates.patient_birth_date = "19380218"; }},
    {"another day", [](ImageRecord& r) { r.dates.study_date = "19990902"; }},
    {"another time", [](ImageRecord& r) { r.dates.study_time = "124935"; }},
    {"the other release", [](ImageRecord& r) { r.release = Release::v1_2017; }},
    {"another split", [](ImageRecord& r) { r.split = "train_val"; }},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_5_9_one_uid_never_has_two_contents)

BOOST_DATA_TEST_CASE(what_changes_the_bytes_of_a_document_changes_its_uid, changes, change) {
    const ImageRecord before = record_with_every_document();
    ImageRecord now = before;
    change.apply(now);
    for (const DerivedKind kind : kinds) {
        const auto old_object = encoded(before, kind, {});
        const auto new_object = encoded(now, kind, {});
        BOOST_REQUIRE(old_object.has_value());
        BOOST_REQUIRE(new_object.has_value());
        BOOST_TEST((bytes_of(*old_object) != bytes_of(*new_object)));
        BOOST_TEST(old_object->sop_instance_uid != new_object->sop_instance_uid,
                   "kind " << static_cast<int>(kind));
    }
}

BOOST_AUTO_TEST_CASE(and_what_no_document_speaks_of_changes_neither) {
    MappingOptions no_trial;  // the split stands in the Clinical Trial Series module alone
    no_trial.clinical_trial = false;
    const ImageRecord before = record_with_every_document();
    ImageRecord now = before;
    now.split = "train_val";
    for (const DerivedKind kind : kinds) {
        const auto old_object = encoded(before, kind, no_trial);
        const auto new_object = encoded(now, kind, no_trial);
        BOOST_REQUIRE(old_object.has_value());
        BOOST_REQUIRE(new_object.has_value());
        BOOST_TEST((bytes_of(*old_object) == bytes_of(*new_object)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
