#include "dicom/query/identifier_cases.hpp"

using namespace cxr::dicom;
using namespace cxr::test;

BOOST_AUTO_TEST_SUITE(ps3_4_c_4_2_retrieve_identifiers)

// clang-format off
const Case retrieve_cases[] = {
    {"R16 no level", study_root, nullptr, {{DCM_StudyInstanceUID, "1.2"}}, DCM_QueryRetrieveLevel,
     refused, refused, refused},
    {"R16 a level of another model", study_root, "PATIENT", {{DCM_PatientID, "1"}},
     DCM_QueryRetrieveLevel, refused, refused, refused},
    {"R16 the unique key is missing", study_root, "STUDY", {}, DCM_StudyInstanceUID, refused,
     refused, refused},
    {"R17 the unique key is empty", study_root, "STUDY", {{DCM_StudyInstanceUID, ""}},
     DCM_StudyInstanceUID, refused, refused, refused},
    {"R17 a list of empty keys", study_root, "STUDY", {{DCM_StudyInstanceUID, "\\\\"}},
     DCM_StudyInstanceUID, refused, refused, refused},
    {"R17 a star", study_root, "STUDY", {{DCM_StudyInstanceUID, "*"}}, DCM_StudyInstanceUID,
     refused, refused, refused},
    {"R17 a wild card", study_root, "STUDY", {{DCM_StudyInstanceUID, "1.2.?"}},
     DCM_StudyInstanceUID, refused, refused, refused},
    {"R17 a path", study_root, "STUDY", {{DCM_StudyInstanceUID, "../1.2"}}, DCM_StudyInstanceUID,
     refused, refused, refused},
    {"R17 one patient", patient_root, "PATIENT", {{DCM_PatientID, "1"}}, {}, answered, answered,
     answered},
    {"R17 two patients", patient_root, "PATIENT", {{DCM_PatientID, "1\\2"}}, DCM_PatientID,
     refused, refused, refused},
    {"R17 patients by wild card", patient_root, "PATIENT", {{DCM_PatientID, "1*"}}, DCM_PatientID,
     refused, refused, refused},
    {"R17 no patient", patient_root, "PATIENT", {}, DCM_PatientID, refused, refused, refused},
    {"R17 a list of studies", study_root, "STUDY", {{DCM_StudyInstanceUID, "1.2\\1.3"}}, {},
     answered, answered, answered},
    {"R18 another key", study_root, "STUDY", {{DCM_StudyInstanceUID, "1.2"}, {DCM_AccessionNumber,
     "A"}}, DCM_AccessionNumber, refused, answered, answered},
    {"R18 a unique key below the level", study_root, "STUDY", {{DCM_StudyInstanceUID, "1.2"},
     {DCM_SeriesInstanceUID, "1.3"}}, DCM_SeriesInstanceUID, refused, answered, answered},
    {"R18 the patient in Study Root", study_root, "STUDY", {{DCM_PatientID, "1"},
     {DCM_StudyInstanceUID, "1.2"}}, DCM_PatientID, refused, answered, answered},
    {"R19 an image without its parents", study_root, "IMAGE", {{DCM_SOPInstanceUID, "1.4"}},
     DCM_StudyInstanceUID, refused, answered, answered},
    {"R19 a study without its patient", patient_root, "STUDY", {{DCM_StudyInstanceUID, "1.2"}},
     DCM_PatientID, refused, answered, answered},
    {"R19 images of two studies", study_root, "IMAGE", {{DCM_StudyInstanceUID, "1.2\\1.3"},
     {DCM_SeriesInstanceUID, "1.5"}, {DCM_SOPInstanceUID, "1.4"}}, DCM_StudyInstanceUID, refused,
     answered, answered},
    {"images of one series", study_root, "IMAGE", {{DCM_StudyInstanceUID, "1.2"},
     {DCM_SeriesInstanceUID, "1.3"}, {DCM_SOPInstanceUID, "1.4\\1.5"}}, {}, answered, answered,
     answered},
};
// clang-format on
BOOST_DATA_TEST_CASE(is_read_as_the_rules_say, retrieve_cases, c) {
    check_case(c, parse_retrieve_identifier);
}

BOOST_AUTO_TEST_CASE(R21_a_uid_given_twice_counts_once) {
    const auto retrieve = parse_retrieve_identifier(
        identifier_of("STUDY", {{DCM_StudyInstanceUID, "1.3\\1.2\\\\1.3"}}), study_root, strict);
    BOOST_TEST_REQUIRE(retrieve.has_value());
    BOOST_TEST(retrieve->study_instance_uids == (std::vector<std::string>{"1.3", "1.2"}),
               boost::test_tools::per_element());
    BOOST_TEST(!retrieve->patient_id.has_value());
    BOOST_TEST(retrieve->series_instance_uids.empty());
}

BOOST_AUTO_TEST_CASE(what_is_below_the_level_does_not_restrict) {  // R18
    const auto retrieve = parse_retrieve_identifier(
        identifier_of(
            "STUDY",
            {{DCM_PatientID, "7"}, {DCM_StudyInstanceUID, "1.2"}, {DCM_SOPInstanceUID, "1.4"}}),
        study_root,
        lenient);
    BOOST_TEST_REQUIRE(retrieve.has_value());
    BOOST_TEST(retrieve->sop_instance_uids.empty());
    BOOST_TEST(retrieve->patient_id.value() == "7");
}

BOOST_AUTO_TEST_SUITE_END()
