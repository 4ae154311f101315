// QIDO-RS parameters (PS3.18 8.3.4, 10.6.1) as a C-FIND identifier.
#include "web/search_request.hpp"

#include "dicom/core/keyword.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr;
using namespace cxr::bridge::web;
using dicom::QueryLevel;

namespace {

Request request_for(const std::string& target, Fields captures = {}) {
    Request request;
    request.target = *parse_target(target);
    request.captures = std::move(captures);
    return request;
}

Result<SearchRequest> search(const std::string& query,
                             QueryLevel level = QueryLevel::study,
                             Fields captures = {}) {
    return parse_search(request_for("/s?" + query, std::move(captures)), level, {});
}

/// "PatientID=123": the keys that restrict.
std::string restrictions_of(const SearchRequest& request) {
    std::string text;
    for (const dicom::QueryKey& key : request.identifier.keys) {
        std::string value = key.value;
        for (const dicom::Attribute& nested : key.sequence_keys) {
            value += std::string(dicom::keyword_of(nested.tag)) + ":" + nested.value;
        }
        if (!value.empty() || key.wants_empty) {
            text += text.empty() ? "" : "&";
            text += std::string(dicom::keyword_of(key.supported->tag)) + "=" + value +
                    (key.fuzzy ? "~" : "");
        }
    }
    return text;
}

bool returns(const SearchRequest& request, const DcmTagKey& tag) {
    for (const dicom::QueryKey& key : request.identifier.keys) {
        if (key.supported->tag == tag) {
            return true;
        }
    }
    return false;
}

struct Case {
    const char* says;
    const char* query;
    const char* restricts;
    const char* ignores = "";
};
std::ostream& operator<<(std::ostream& out, const Case& each) {
    return out << each.says;
}
const Case cases[] = {
    {"nothing", "", ""},
    {"a keyword", "PatientID=1", "PatientID=1"},
    {"a tag", "00100020=1", "PatientID=1"},
    {"wild cards", "PatientName=*D%3FE*", "PatientName=*D?E*"},
    {"a date range", "StudyDate=20160101-20171231", "StudyDate=20160101-20171231"},
    {"UIDs by comma", "StudyInstanceUID=1.2,1.3", "StudyInstanceUID=1.2\\1.3"},
    {"UIDs by backslash", "StudyInstanceUID=1.2%5C1.3", "StudyInstanceUID=1.2\\1.3"},
    {"modalities by encoded comma", "ModalitiesInStudy=DX%2CCR", "ModalitiesInStudy=DX\\CR"},
    {"a comma in a text is one", "StudyDescription=a,b", "StudyDescription=a,b"},
    {"an attribute in a sequence", "00081032.00080100=X", "ProcedureCodeSequence=CodeValue:X"},
    {"two of them",
     "ProcedureCodeSequence.CodeValue=X&ProcedureCodeSequence.CodingSchemeDesignator=Y",
     "ProcedureCodeSequence=CodeValue:XCodingSchemeDesignator:Y"},
    {"fuzzy names", "PatientName=DOE&fuzzymatching=true", "PatientName=DOE~"},
    {"not fuzzy", "PatientName=DOE&fuzzymatching=false", "PatientName=DOE"},
    {"what OHIF asks",
     "limit=101&offset=0&fuzzymatching=false&includefield=00081030%2C00080060",
     ""},
    {"no value is universal", "PatientID=", ""},
    {"an unknown parameter", "foo=bar", "", "foo"},
    {"an attribute that is not matched", "PatientWeight=70", "", "PatientWeight"},
    {"an attribute that is not known", "00091001=70", "", "00091001"},
    {"an attribute of a level below", "Modality=DX", "", "Modality"},
};

struct Mistake {
    const char* query;
    const char* named;
};
std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
    return out << mistake.query;
}
const Mistake mistakes[] = {
    {"limit=-1", "limit"},
    {"limit=ten", "limit"},
    {"offset=1.5", "offset"},
    {"fuzzymatching=maybe", "fuzzymatching"},
    {"StudyDate=yesterday", "StudyDate"},
    {"00080020=20261399", "00080020"},
    {"StudyInstanceUID=1.2*", "StudyInstanceUID"},
    {"StudyInstanceUID=abc", "StudyInstanceUID"},
    {"PatientID=1&00100020=2", "00100020"},
    {"ProcedureCodeSequence=X", "ProcedureCodeSequence"},
    {"ProcedureCodeSequence.CodeValue=1&00081032.00080100=2", "00081032.00080100"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_18_8_3_4_query_parameters)

BOOST_DATA_TEST_CASE(a_search_restricts, cases, each) {
    const auto request = search(each.query);
    BOOST_TEST_REQUIRE(request.has_value());
    BOOST_TEST(restrictions_of(*request) == each.restricts);
    std::string ignored;
    for (const std::string& name : request->ignored) {
        ignored += name;
    }
    BOOST_TEST(ignored == each.ignores);
}

BOOST_DATA_TEST_CASE(a_mistake_is_named, mistakes, each) {
    const auto request = search(each.query);
    BOOST_TEST_REQUIRE(!request.has_value());
    BOOST_CHECK(request.error().kind == FaultKind::malformed);
    BOOST_TEST(request.error().doing.starts_with(std::string(each.named) + ": "),
               request.error().doing);
}

BOOST_AUTO_TEST_CASE(the_resource_is_the_level_and_utf_8_the_character_set) {
    for (const char* const query :
         {"QueryRetrieveLevel=SERIES", "00080052=PATIENT", "SpecificCharacterSet=ISO_IR%20100"}) {
        const auto request = search(query);
        BOOST_TEST_REQUIRE(request.has_value(), query);
        BOOST_CHECK(request->identifier.level == QueryLevel::study);
        BOOST_TEST(request->ignored.size() == 1U);
        BOOST_TEST(returns(*request, DCM_PatientName));
    }
}

BOOST_AUTO_TEST_CASE(a_path_restricts_too) {
    const auto request =
        search("Modality=DX", QueryLevel::image, {{"study", "1.2"}, {"series", "1.3"}});
    BOOST_TEST_REQUIRE(request.has_value());
    BOOST_TEST(restrictions_of(*request) ==
               "Modality=DX&StudyInstanceUID=1.2&SeriesInstanceUID=1.3");
    for (const char* const none : {"1.*", "", "1.2,1.3"}) {
        BOOST_TEST(!search("", QueryLevel::series, {{"study", none}}).has_value(), none);
        BOOST_TEST(!search("", QueryLevel::image, {{"study", "1.2"}, {"series", none}}).has_value(),
                   none);
    }
}

BOOST_AUTO_TEST_CASE(limit_and_offset_are_numbers) {
    const auto request = search("limit=25&offset=100");
    BOOST_TEST(request->limit.value() == 25U);
    BOOST_TEST(request->offset == 100U);
    BOOST_TEST(!search("")->limit.has_value());
}

BOOST_AUTO_TEST_CASE(a_level_has_its_attributes_and_those_of_levels_that_are_not_fixed) {
    BOOST_TEST(returns(*search(""), DCM_PatientName));
    BOOST_TEST(!returns(*search(""), DCM_StudyDescription));
    const auto all_series = search("", QueryLevel::series);
    BOOST_TEST(returns(*all_series, DCM_PatientName));
    BOOST_TEST(returns(*all_series, DCM_Modality));
    const auto one_study = search("", QueryLevel::series, {{"study", "1.2"}});
    BOOST_TEST(!returns(*one_study, DCM_PatientName));
    BOOST_TEST(returns(*one_study, DCM_StudyInstanceUID));
}

BOOST_AUTO_TEST_CASE(further_attributes_are_asked_for) {
    BOOST_TEST(returns(*search("includefield=00081030%2C00080060"), DCM_StudyDescription));
    BOOST_TEST(returns(*search("includefield=StudyDescription&includefield=nonsense"),
                       DCM_StudyDescription));
    BOOST_TEST(returns(*search("includefield=all"), DCM_PatientComments));
    BOOST_TEST(!returns(*search("includefield=all"), DCM_Modality));
    BOOST_TEST(restrictions_of(*search("PatientID=1&includefield=PatientID")) == "PatientID=1");
}

BOOST_AUTO_TEST_CASE(keywords_and_tags_name_the_same) {
    BOOST_CHECK(dicom::tag_of("PatientID") == DCM_PatientID);
    BOOST_CHECK(dicom::tag_of("0020000d") == DCM_StudyInstanceUID);
    BOOST_CHECK(dicom::tag_of("OtherPatientIDs") == DcmTagKey(0x0010, 0x1000));
    BOOST_CHECK(!dicom::tag_of("patientid"));
    BOOST_CHECK(!dicom::tag_of("0020000"));
    BOOST_CHECK(!dicom::tag_of(""));
    BOOST_TEST(dicom::keyword_of(DCM_PatientID) == "PatientID");
}

BOOST_AUTO_TEST_SUITE_END()
