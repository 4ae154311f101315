#include "dicom/core/uid.hpp"
#include "dicom/mapping/image_record.hpp"
#include "dicom/report/report.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <unordered_set>

using namespace cxr::dicom;

namespace {

ImageRecord record(std::string image_index = "00000013_022.png") {
    ImageRecord made;
    made.row.image_index = std::move(image_index);
    made.row.follow_up = 25;
    made.row.age = Age{.value = 60, .unit = 'Y'};
    made.row.sex = Sex::male;
    made.row.view = ViewPosition::pa;
    made.row.finding_labels = "Effusion";
    made.row.findings = {Finding::effusion};
    made.dates = {
        .patient_birth_date = "19430717", .study_date = "19990901", .study_time = "124934"};
    return made;
}

struct Profile {
    const char* says;
    MappingOptions options;
    const char* profile;
};
std::ostream& operator<<(std::ostream& out, const Profile& profile) {
    return out << profile.says;
}

MappingOptions with(void (*change)(MappingOptions&)) {
    MappingOptions options;
    change(options);
    return options;
}

const Profile profiles[] = {
    {"the default has no name", {}, ""},
    {"spacing", with([](MappingOptions& o) { o.spacing = Spacing::pixel; }), "spacing=pixel;"},
    {"no spacing", with([](MappingOptions& o) { o.spacing = Spacing::none; }), "spacing=none;"},
    {"geometry",
     with([](MappingOptions& o) { o.geometry = Geometry::resampled; }),
     "geometry=resampled;"},
    {"dates", with([](MappingOptions& o) { o.dates = Dates::none; }), "dates=none;"},
    {"modality",
     with([](MappingOptions& o) { o.modality = ModalityChoice::automatic; }),
     "modality=auto;"},
    {"everything, sorted",
     with([](MappingOptions& o) {
         o = {.spacing = Spacing::none,
              .dates = Dates::none,
              .names = Names::human,
              .modality = ModalityChoice::cr,
              .iod = IodProfile::strict,
              .clinical_trial = false,
              .labels_in_image_comments = true,
              .reports = {}};
     }),
     "clinical_trial=off;dates=none;image_comments=labels;iod=strict;modality=cr;names=human;"
     "spacing=none;"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_5_b_2_content_profiles)

BOOST_DATA_TEST_CASE(is_named_by_what_differs, profiles, profile) {
    BOOST_TEST(profile.options.profile() == profile.profile);
}

BOOST_DATA_TEST_CASE(has_uids_of_its_own, profiles, profile) {
    const bool is_default = profile.options.profile().empty();
    for (const DerivedKind kind : {DerivedKind::image, DerivedKind::label_report}) {
        const bool same = instance_entity(record(), kind, profile.options).sop_instance_uid ==
                          instance_entity(record(), kind, {}).sop_instance_uid;
        BOOST_TEST(same == is_default);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_3_7_the_four_levels)

BOOST_AUTO_TEST_CASE(a_patient_is_named_by_the_image_s_first_eight_digits) {
    const PatientEntity patient = patient_entity(record(), {});
    BOOST_TEST(patient.patient_id == "00000013");
    BOOST_TEST(patient.issuer_of_patient_id == "NIHCXR14");
    BOOST_TEST(patient.patient_name == "NIHCXR14^00000013");
    BOOST_TEST(patient.patient_birth_date == "19430717");
    BOOST_TEST(patient.patient_sex == "M");
}

BOOST_AUTO_TEST_CASE(an_unknown_sex_is_empty) {
    ImageRecord unknown = record();
    unknown.row.sex = Sex::unknown;
    BOOST_TEST(patient_entity(unknown, {}).patient_sex == "");
}

BOOST_AUTO_TEST_CASE(a_human_name_is_frozen_by_patient_and_marked_by_a_caret) {
    MappingOptions options;
    options.names = Names::human;
    const std::string name = patient_entity(record(), options).patient_name;
    BOOST_TEST(name == patient_entity(record("00000013_000.png"), options).patient_name);
    BOOST_TEST(name == "Bolton^Frank");
}

BOOST_AUTO_TEST_CASE(an_image_is_a_study_of_its_own) {
    const StudyEntity study = study_entity(record(), {});
    BOOST_TEST(study.study_instance_uid == "2.25.200828254276389858576755597699639003116");
    BOOST_TEST(study.study_date == "19990901");
    BOOST_TEST(study.study_time == "124934");
    BOOST_TEST(study.accession_number == "CXR00000013_022");
    BOOST_TEST(study.study_id == "25");
    BOOST_TEST(study.study_description == "XR CHEST PA");
    BOOST_TEST(study.patient_age == "060Y");
    BOOST_TEST(study.procedure_code.value == "399208008");
}

struct AgeCase {
    Age age;
    const char* as;
};
std::ostream& operator<<(std::ostream& out, const AgeCase& c) {
    return out << c.as;
}
const AgeCase ages[] = {{{0, 'Y'}, "000Y"},
                        {{95, 'Y'}, "095Y"},
                        {{13, 'M'}, "013M"},
                        {{1, 'D'}, "001D"},
                        {{120, 'Y'}, "120Y"}};

BOOST_DATA_TEST_CASE(an_age_has_four_characters, ages, c) {
    ImageRecord aged = record();
    aged.row.age = c.age;
    BOOST_TEST(study_entity(aged, {}).patient_age == c.as);
}

BOOST_AUTO_TEST_CASE(an_unknown_age_or_view_is_left_out) {
    ImageRecord bare = record();
    bare.row.age.reset();
    bare.row.view = ViewPosition::unknown;
    BOOST_TEST(study_entity(bare, {}).patient_age == "");
    BOOST_TEST(study_entity(bare, {}).study_description == "XR CHEST");
    BOOST_TEST(series_entity(bare, DerivedKind::image, {}).series_description == "CHEST");
}

BOOST_AUTO_TEST_CASE(an_image_is_series_one) {
    const SeriesEntity series = series_entity(record(), DerivedKind::image, {});
    BOOST_TEST(series.series_instance_uid == "2.25.52266409163721519453936390256092575061");
    BOOST_TEST(series.series_number == "1");
    BOOST_TEST(series.modality == "DX");
    BOOST_TEST(series.series_description == "CHEST PA");
    BOOST_TEST(series.protocol_name == "CHEST PA");
    BOOST_TEST(series.body_part_examined == "CHEST");
    BOOST_TEST(series.manufacturer == "");
    BOOST_TEST(series.laterality == "");
    const InstanceEntity instance = instance_entity(record(), DerivedKind::image, {});
    BOOST_TEST(instance.sop_instance_uid == "2.25.4912640154344545838478789779770993976");
    BOOST_TEST(instance.sop_class_uid == "1.2.840.10008.5.1.4.1.1.7");
    BOOST_TEST(instance.instance_number == "1");
    BOOST_TEST(instance.content_date == "19990901");
}

BOOST_AUTO_TEST_CASE(reports_are_series_of_the_same_study) {
    const SeriesEntity labels = series_entity(record(), DerivedKind::label_report, {});
    BOOST_TEST(labels.series_instance_uid == UIDSource().derive("series|labels|00000013_022.png"));
    BOOST_TEST(labels.series_number == "701");
    BOOST_TEST(labels.modality == "SR");
    BOOST_TEST(labels.series_description == "ChestX-ray14 labels");
    const SeriesEntity boxes = series_entity(record(), DerivedKind::box_report, {});
    BOOST_TEST(boxes.series_instance_uid == UIDSource().derive("series|boxes|00000013_022.png"));
    BOOST_TEST(boxes.series_number == "702");
    BOOST_TEST(boxes.series_description == "ChestX-ray14 boxes");
    const InstanceEntity report = instance_entity(record(), DerivedKind::label_report, {});
    BOOST_TEST(report.sop_class_uid == "1.2.840.10008.5.1.4.1.1.88.34");
    BOOST_TEST(report.sop_instance_uid ==
               report_sop_instance_uid(record(), DerivedKind::label_report, {}));
    BOOST_TEST(report.completion_flag == "COMPLETE");
}

BOOST_AUTO_TEST_CASE(a_report_without_study_date_has_the_data_set_s) {
    ImageRecord undated = record();
    undated.dates = {};
    BOOST_TEST(instance_entity(undated, DerivedKind::label_report, {}).content_date == "20170101");
    BOOST_TEST(instance_entity(undated, DerivedKind::image, {}).content_date == "");
}

struct Pitch {
    double mm;
    const char* modality;
};
std::ostream& operator<<(std::ostream& out, const Pitch& pitch) {
    return out << pitch.mm << " mm";
}
const Pitch pitches[] = {{0.168, "CR"},
                         {0.171, "CR"},
                         {0.115, "CR"},
                         {0.16799999999999998, "CR"},
                         {0.143, "DX"},
                         {0.139, "DX"},
                         {0.1943, "DX"}};

BOOST_DATA_TEST_CASE(a_storage_phosphor_pitch_means_computed_radiography, pitches, pitch) {
    ImageRecord pitched = record();
    pitched.row.original_spacing_x_mm = pitch.mm;
    MappingOptions options;
    options.modality = ModalityChoice::automatic;
    BOOST_TEST(series_entity(pitched, DerivedKind::image, options).modality == pitch.modality);
}

BOOST_AUTO_TEST_CASE(every_published_image_has_distinct_uids_and_values_within_their_vr) {
    const auto folder = cxr::test::real_data_set();
    if (!folder) {
        return;
    }
    const auto entries = parse_data_entries(
        cxr::test::read_file(*folder / "Data_Entry_2017_v2020.csv"), "Data_Entry_2017_v2020.csv");
    BOOST_REQUIRE(entries.has_value());
    DatedRows dated = assign_dates(entries->rows, Dates::synthetic);
    std::unordered_set<std::string> uids;
    std::size_t too_long = 0;
    std::size_t characters = 0;
    std::chrono::steady_clock::duration deriving{};
    ImageRecord image;
    for (std::size_t i = 0; i < entries->rows.size(); ++i) {
        image.row = entries->rows[i];
        image.dates = dated.dates[i];
        const auto begin = std::chrono::steady_clock::now();
        const PatientEntity patient = patient_entity(image, {});
        const StudyEntity study = study_entity(image, {});
        const SeriesEntity series = series_entity(image, DerivedKind::image, {});
        const InstanceEntity instance = instance_entity(image, DerivedKind::image, {});
        const SeriesEntity report_series = series_entity(image, DerivedKind::label_report, {});
        const InstanceEntity report = instance_entity(image, DerivedKind::label_report, {});
        deriving += std::chrono::steady_clock::now() - begin;
        for (const std::string& uid : {study.study_instance_uid,
                                       series.series_instance_uid,
                                       instance.sop_instance_uid,
                                       report_series.series_instance_uid,
                                       report.sop_instance_uid}) {
            too_long += !is_valid_uid(uid) || uid.size() > 44;
            uids.insert(uid);
        }
        too_long += study.accession_number.size() > 16 || study.study_id.size() > 16 ||
                    study.patient_age.size() != 4 || patient.patient_name.size() > 64 ||
                    study.study_description.size() > 64;
        characters += report.sop_class_uid.size();
    }
    BOOST_TEST_MESSAGE("six entities of " << entries->rows.size() << " images in "
                                          << std::chrono::duration<double>(deriving).count()
                                          << " s");
    BOOST_TEST(uids.size() == 5U * 112'120U);
    BOOST_TEST(too_long == 0U);
    BOOST_TEST(characters > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
