// The report's four forms: each says every finding, and is well-formed.

#include "bridge/conform/report.hpp"

#include "support/folders.hpp"
#include "support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

using namespace cxr::bridge;
using namespace cxr::storescp::conformance;

namespace {

Finding finding(std::string_view id, Verdict verdict, std::string expected, std::string seen) {
    Finding one;
    one.what = find_case(id);
    one.verdict = verdict;
    one.expected = std::move(expected);
    one.seen = std::move(seen);
    one.took = std::chrono::milliseconds(1'500);
    return one;
}

ConformanceReport report() {
    ConformanceReport report;
    report.peer = "PACS@pacs:104";
    report.summary.implementation_version_name = "A<B>&C";
    report.summary.services = {"C-ECHO", "C-STORE"};
    report.findings = {finding("A1", Verdict::pass, "", "A-ASSOCIATE-AC"),
                       finding("A3", Verdict::fail, "A-ASSOCIATE-RJ 1/2/2", "A-ASSOCIATE-AC"),
                       finding("A5", Verdict::info, "", "A-ASSOCIATE-RJ 1/1/2"),
                       finding("V2", Verdict::skip, "", "says \"<no>\" & no more")};
    report.took = std::chrono::milliseconds(2'500);
    return report;
}

std::string written(ReportFormat format) {
    std::ostringstream out;
    write_report(out, report(), format);
    return std::move(out).str();
}

/// Runs a program over the report; its output.
std::string judged(ReportFormat format, const std::string& python) {
    const cxr::test::TemporaryFolder folder;
    const auto file = folder / "report";
    std::ofstream(file) << written(format);
    const auto done = cxr::test::run({"/usr/bin/python3", "-c", python, file.string()});
    BOOST_TEST(done.exit_code == 0, done.errors);
    return done.output;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conformance_report)

BOOST_AUTO_TEST_CASE(text_has_the_expectation_of_failures_and_totals_per_group) {
    const std::string text = written(ReportFormat::text);
    BOOST_TEST(text.find("A3   FAIL") != std::string::npos);
    BOOST_TEST(text.find("expected: A-ASSOCIATE-RJ 1/2/2") != std::string::npos);
    BOOST_TEST(text.find("skipped: says \"<no>\" & no more") != std::string::npos);
    BOOST_TEST(text.find("A Association                1     1     1     0\n") !=
               std::string::npos);
    BOOST_TEST(text.find("all                          1     1     1     1\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(junit_is_read_by_an_xml_parser) {
    const std::string seen = judged(
        ReportFormat::junit,
        "import sys, xml.etree.ElementTree as e; s = e.parse(sys.argv[1]).getroot()[0]; "
        "print(s.get('tests'), s.get('failures'), s.get('skipped'), len(s), s[0].get('time'), "
        "s.find('.//failure').get('message'), '|', s.find('.//skipped').get('message'))");
    BOOST_TEST(seen ==
               "4 1 1 4 1.500 PS3.8 9.3.4: expected A-ASSOCIATE-RJ 1/2/2, saw A-ASSOCIATE-AC | "
               "says \"<no>\" & no more\n");
}

BOOST_AUTO_TEST_CASE(json_is_read_by_a_json_parser) {
    const std::string seen =
        judged(ReportFormat::json,
               "import sys, json; r = json.load(open(sys.argv[1])); f = r['findings']; "
               "print(r['peer'], r['totals']['A']['FAIL'], len(f), f[1]['id'], f[1]['expected'], "
               "f[2]['requirement'], f[3]['seen'])");
    BOOST_TEST(seen == "PACS@pacs:104 1 4 A3 A-ASSOCIATE-RJ 1/2/2 P says \"<no>\" & no more\n");
}

BOOST_AUTO_TEST_CASE(html_has_a_row_for_each_finding_and_no_stranger_s_markup) {
    const std::string html = written(ReportFormat::html);
    for (const char* id : {"A1", "A3", "A5", "V2"}) {
        BOOST_TEST(html.find(std::string("<td id=\"") + id) != std::string::npos);
    }
    BOOST_TEST(html.find("A&lt;B&gt;&amp;C") != std::string::npos);
    BOOST_TEST(html.find("<no>") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
