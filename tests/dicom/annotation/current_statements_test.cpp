#include "dicom/annotation/current_statements.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr::dicom;

namespace {

/// One statement: of which document, which box, and which document that one replaces.
struct Told {
    const char* document;
    const char* date;
    const char* number;
    const char* tracking_uid;
    const char* replaces;
    bool holds;
};
struct Case {
    const char* says;
    std::vector<Told> told;
};
std::ostream& operator<<(std::ostream& out, const Case& one) {
    return out << one.says;
}

const Case cases[] = {
    {"nothing replaces anything",
     {{"2.25.1", "20170101", "1", "", "", true}, {"2.25.2", "20170101", "1", "", "", true}}},
    {"a replaced document says nothing any more",
     {{"2.25.1", "20170101", "1", "", "", false},
      {"2.25.1", "20170101", "1", "2.25.7", "", false},
      {"2.25.2", "20170101", "1", "", "2.25.1", true}}},
    {"nor when it comes after the one that replaces it",
     {{"2.25.2", "20170101", "1", "", "2.25.1", true}, {"2.25.1", "20170101", "1", "", "", false}}},
    {"an empty predecessor is nobody's",
     {{"", "20170101", "1", "", "", true}, {"2.25.2", "20170101", "1", "", "", true}}},
    {"of one tracking UID the newest date counts",
     {{"2.25.1", "20170102", "1", "2.25.7", "", true},
      {"2.25.2", "20170101", "2", "2.25.7", "", false}}},
    {"of one date the greater number, which is no text",
     {{"2.25.1", "20170101", "9", "2.25.7", "", false},
      {"2.25.2", "20170101", "10", "2.25.7", "", true}}},
    {"statements of one document with one tracking UID all count",
     {{"2.25.1", "20170101", "1", "2.25.7", "", true},
      {"2.25.1", "20170101", "1", "2.25.7", "", true}}},
    {"a replaced document is nobody's newest",
     {{"2.25.1", "20170101", "1", "2.25.7", "", true},
      {"2.25.2", "20170102", "1", "2.25.7", "", false},
      {"2.25.3", "20170103", "1", "", "2.25.2", true}}},
};

Annotation annotation_of(const Told& told) {
    Annotation annotation;
    annotation.tracking_uid = told.tracking_uid;
    annotation.report.sop_instance_uid = told.document;
    annotation.report.content_date = told.date;
    annotation.report.instance_number = told.number;
    return annotation;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(documents_that_replace_one_another)

BOOST_DATA_TEST_CASE(leave_what_holds, cases, one) {
    CurrentStatements statements;
    std::vector<Annotation> annotations;
    std::vector<std::string> replaced;
    std::vector<bool> expected;
    std::size_t holding = 0;
    for (const Told& told : one.told) {
        annotations.push_back(annotation_of(told));
        statements.add(annotations.back().report, told.tracking_uid);
        statements.replace(told.replaces);
        replaced.emplace_back(told.replaces);
        expected.push_back(told.holds);
        holding += told.holds ? 1 : 0;
    }
    const std::vector<bool> holds = statements.holding();
    BOOST_TEST(holds == expected, boost::test_tools::per_element());
    BOOST_TEST(current_annotations(std::move(annotations), replaced).size() == holding);
}

BOOST_AUTO_TEST_SUITE_END()
