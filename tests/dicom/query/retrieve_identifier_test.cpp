#include "dicom/query/identifier_cases.hpp"
#include "dicom/query/retrieve_keys.hpp"

#include <algorithm>

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
    {"R18 patients by wild card in Study Root", study_root, "STUDY", {{DCM_PatientID, "1*"},
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

BOOST_AUTO_TEST_CASE(R18_other_keys_do_not_restrict_and_are_told) {
    const Attributes identifier = identifier_of("STUDY",
                                                {{DCM_AccessionNumber, "A"},
                                                 {DCM_PatientID, "7"},
                                                 {DCM_StudyInstanceUID, "1.2"},
                                                 {DCM_SOPInstanceUID, "1.4"}});
    for (const QueryRules* rules : {&relational, &lenient}) {
        const auto retrieve = parse_retrieve_identifier(identifier, study_root, *rules);
        BOOST_TEST_REQUIRE(retrieve.has_value());
        BOOST_TEST(retrieve->study_instance_uids == std::vector<std::string>{"1.2"},
                   boost::test_tools::per_element());
        BOOST_TEST(retrieve->sop_instance_uids.empty());
        BOOST_TEST(!retrieve->patient_id.has_value());
        const std::vector<DcmTagKey> expected{
            DCM_AccessionNumber, DCM_SOPInstanceUID, DCM_PatientID};
        const auto ignored = ignored_retrieve_keys(identifier, study_root, QueryLevel::study);
        BOOST_TEST(ignored.size() == expected.size());
        for (const DcmTagKey& tag : expected) {
            BOOST_TEST(std::ranges::count(ignored, tag) == 1, tag.toString());
        }
    }
    const auto patient = parse_retrieve_identifier(identifier, patient_root, lenient);
    BOOST_TEST_REQUIRE(patient.has_value());
    BOOST_TEST(patient->patient_id.value() == "7");  // a unique key of this model
    BOOST_TEST(ignored_retrieve_keys(identifier, patient_root, QueryLevel::study).size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
