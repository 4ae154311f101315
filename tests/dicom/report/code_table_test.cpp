#include "dicom/report/code_table.hpp"

#include "support/files.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <set>

using namespace cxr::dicom;

namespace {

std::string built_in_text() {
    return cxr::test::read_file("dicom/data/codes.tsv");
}

std::string with(const std::string& what, const std::string& instead) {
    std::string text = built_in_text();
    const std::size_t at = text.find(what);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), instead);
}

/// Codes that public lists give for these findings and that are wrong or mean something else.
const std::set<std::string> wrong_codes{"95436003",
                                        "60567007",
                                        "129614006",
                                        "47693006",
                                        "78381009",
                                        "4468000",
                                        "427359005",
                                        "287272002",
                                        "51185008"};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_16_8_code_table)

BOOST_AUTO_TEST_CASE(the_file_beside_the_sources_is_the_table_that_is_built_in) {
    const auto table = CodeTable::parse(built_in_text(), "codes.tsv");
    BOOST_REQUIRE(table.has_value());
    for (std::size_t i = 0; i < finding_count; ++i) {
        const auto finding = static_cast<Finding>(i);
        BOOST_TEST_CONTEXT(label_of(finding)) {
            BOOST_TEST(((*table)[finding].finding == CodeTable::built_in()[finding].finding));
            BOOST_TEST(((*table)[finding].site == CodeTable::built_in()[finding].site));
        }
    }
}

BOOST_AUTO_TEST_CASE(every_label_has_a_code_of_its_own_with_a_source) {
    std::set<std::string> values;
    for (std::size_t i = 0; i < finding_count; ++i) {
        const FindingCodes& codes = CodeTable::built_in()[static_cast<Finding>(i)];
        BOOST_TEST(values.insert(codes.finding.value).second, codes.finding.value << " twice");
        BOOST_TEST(codes.finding.meaning.size() <= 64U);
        BOOST_TEST(!codes.source.empty());
        BOOST_TEST(codes.source.find("UNVERIFIED") == std::string::npos);
        BOOST_TEST(!wrong_codes.contains(codes.finding.value), codes.finding.value);
        BOOST_TEST((!codes.site || !wrong_codes.contains(codes.site->value)));
        BOOST_TEST(
            (codes.finding.scheme != "SCT" || has_verhoeff_check_digit(codes.finding.value)));
        BOOST_TEST((!codes.radlex || codes.radlex->meaning.size() <= 64U));
    }
}

BOOST_AUTO_TEST_CASE(no_finding_is_not_called_normal_and_has_no_site) {
    const FindingCodes& codes = CodeTable::built_in()[Finding::no_finding];
    BOOST_TEST(codes.finding.value == "NoFinding");
    BOOST_TEST(codes.finding.scheme == private_scheme);
    BOOST_TEST(!codes.site.has_value());
    BOOST_TEST(!codes.radlex.has_value());
}

BOOST_AUTO_TEST_CASE(every_finding_but_no_finding_implies_a_site) {
    for (std::size_t i = 0; i + 1 < finding_count; ++i) {
        BOOST_TEST(CodeTable::built_in()[static_cast<Finding>(i)].site.has_value());
    }
}

struct Mistake {
    const char* says;
    const char* what;
    const char* instead;
    const char* fault;
};
std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
    return out << mistake.says;
}

const Mistake mistakes[] = {
    {"a label of another collection", "\nHernia\t", "\nFracture\t", "unknown label 'Fracture'"},
    {"a label twice", "\nMass\t", "\nNodule\t", "a second row for 'Nodule'"},
    {"a label left out", "\nHernia\t", "\n#Hernia\t", "no row for 'Hernia'"},
    {"a mistyped SNOMED CT code", "95436008", "95436003", "check digit"},
    {"a mistyped site", "5798000", "5798001", "check digit"},
    {"a RadLex name for an identifier", "RID5350", "RIDpneumonia", "RadLex"},
    {"a retired scheme", "8186001\tSCT", "D3-0250\tSRT", "unknown coding scheme"},
    {"an empty meaning", "\tPulmonary edema\t", "\t\t", "without value or meaning"},
    {"a meaning that LO does not hold",
     "\tPulmonary edema\t",
     "\tPulmonary edema, that is, fluid in the lungs, as the miner found mentioned\t",
     "over 64"},
    {"a row without a source", "\tPS3.16 CID 3700\n", "\t\n", "without a source"},
    {"a source that is none", "\tPS3.16 CID 3700\n", "\tUNVERIFIED\n", "calls UNVERIFIED"},
    {"a RadLex code without a meaning", "\tpneumonia\t", "\t\t", "without value or meaning"},
    {"a row cut short", "\tPS3.16 CID 3700\n", "\n", "9 columns"},
};

BOOST_DATA_TEST_CASE(a_table_with_a_mistake_is_refused, mistakes, mistake) {
    const auto table = CodeTable::parse(with(mistake.what, mistake.instead), "site.tsv");
    BOOST_REQUIRE(!table.has_value());
    BOOST_TEST((table.error().kind == FaultKind::malformed));
    BOOST_TEST(table.error().doing.find(mistake.fault) != std::string::npos, table.error().doing);
    BOOST_TEST(table.error().doing.starts_with("site.tsv:"));
}

BOOST_AUTO_TEST_CASE(all_mistakes_are_told_at_once_with_their_lines) {
    std::string text = with("95436008", "95436003");
    text.replace(text.find("RID5350"), 7, "RID-535");
    const auto table = CodeTable::parse(text, "site.tsv");
    BOOST_REQUIRE(!table.has_value());
    BOOST_TEST(table.error().doing ==
               "site.tsv:11: 'Pneumonia' has a RadLex identifier that is not RID and digits\n"
               "site.tsv:13: 'Consolidation' has a wrong SNOMED CT check digit");
}

BOOST_AUTO_TEST_CASE(lines_may_end_in_carriage_returns) {
    std::string text;
    for (const char c : built_in_text()) {
        text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    }
    const auto table = CodeTable::parse(text, "site.tsv");
    BOOST_REQUIRE(table.has_value());
    BOOST_TEST((*table)[Finding::edema].source == "PS3.16 CID 3700");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(snomed_ct_check_digit)

const char* const right[] = {"46621007", "8186001", "39607008", "399208008", "816094009"};
BOOST_DATA_TEST_CASE(holds_for_published_identifiers, right, digits) {
    BOOST_TEST(has_verhoeff_check_digit(digits));
}

const char* const wrong[] = {"46621008", "46612007", "46261007", "", "4662100x", "-46621007"};
BOOST_DATA_TEST_CASE(fails_for_slips_of_the_pen, wrong, digits) {
    BOOST_TEST(!has_verhoeff_check_digit(digits));
}

BOOST_AUTO_TEST_SUITE_END()
