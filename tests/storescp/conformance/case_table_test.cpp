// The table of cases: complete, in order, and honest about what shows each.

#include "storescp/conformance/case.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>
#include <sstream>

using namespace cxr::storescp::conformance;

namespace {

struct Group {
    char letter;
    unsigned cases;
};
std::ostream& operator<<(std::ostream& out, const Group& group) {
    return out << group.letter;
}
const Group groups[] = {
    {'A', 55}, {'V', 16}, {'S', 27}, {'F', 52}, {'R', 35}, {'K', 20}, {'X', 12}};

/// Tests as ctest names them: cxr_test(a/b_test …) is a.b_test.
std::set<std::string> tests() {
    std::ifstream list("tests/CMakeLists.txt");
    std::set<std::string> names;
    const std::string begin = "cxr_test(";
    for (std::string line; std::getline(list, line);) {
        if (line.starts_with(begin)) {
            std::string name = line.substr(begin.size(), line.find_first_of(" )") - begin.size());
            std::replace(name.begin(), name.end(), '/', '.');
            names.insert(name);
        }
    }
    return names;
}

/// "a, b"
std::vector<std::string> names_in(std::string_view note) {
    std::vector<std::string> names;
    std::istringstream text{std::string(note)};
    for (std::string name; text >> name;) {
        if (name.ends_with(',')) {
            name.pop_back();
        }
        names.push_back(name);
    }
    return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(case_table)

BOOST_DATA_TEST_CASE(each_case_stands_in_it_once_and_in_order, groups, group) {
    std::vector<std::string> expected, listed;
    for (unsigned number = 1; number <= group.cases; ++number) {
        expected.push_back(group.letter + std::to_string(number));
    }
    for (const Case& one : all_cases()) {
        if (one.group() == group.letter) {
            listed.emplace_back(one.id);
        }
    }
    BOOST_TEST(listed == expected, boost::test_tools::per_element());
}

/// Where the standard leaves a choice, or several right answers; all others are judged.
BOOST_AUTO_TEST_CASE(these_are_told_and_not_judged) {
    std::string policies;
    for (const Case& one : all_cases()) {
        if (one.requirement == Requirement::policy) {
            policies += (policies.empty() ? "" : " ") + std::string(one.id);
        }
    }
    BOOST_TEST(policies ==
               "A5 A11 A17 A24 A39 A40 A42 A43 A47 A52 A54 A55 V7 V10 V13 V15 S5 S10 S19 F13 F29 "
               "F34 F40 F42 F46 F51 R20 R21 R25 R32 R35 K14 K20 X5 X11");
}

BOOST_AUTO_TEST_CASE(each_case_says_what_is_expected_and_how_it_is_shown) {
    const std::set<std::string> known = tests();
    for (const Case& one : all_cases()) {
        BOOST_TEST_CONTEXT(one.id) {
            BOOST_TEST(!one.expectation.empty());
            BOOST_TEST(one.section.starts_with("PS3."));
            BOOST_TEST(!group_name(one.group()).empty());
            switch (one.how) {
                case How::played:
                case How::waits:
                case How::alone:
                    BOOST_TEST(one.is_playable());
                    break;
                case How::by_a_test:
                    for (const std::string& name : names_in(one.note)) {
                        BOOST_TEST(known.contains(name), name);
                    }
                    break;
                case How::not_here:
                    BOOST_TEST(!one.note.empty());
                    break;
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(patterns_name_cases) {
    const Case& a1 = *find_case("A1");
    const Case& a12 = *find_case("A12");
    BOOST_TEST(is_named_by(a1, "A1"));
    BOOST_TEST(is_named_by(a1, "a1"));
    BOOST_TEST(!is_named_by(a12, "A1"));
    BOOST_TEST(is_named_by(a12, "A1*"));
    BOOST_TEST(is_named_by(a12, "*"));
    BOOST_TEST(!is_named_by(a12, "V*"));
    BOOST_TEST(!is_named_by(a1, "A123*"));
    BOOST_TEST(!is_named_by(a1, ""));
    BOOST_TEST(find_case("A56") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
