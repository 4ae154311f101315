// Every conformance case stands in a test that bears its id: in the name
// of a suite or case, or at the beginning of a row that a data-driven case prints. Ids that cannot
// be tested here would be listed with the reason; there are none.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace fs = std::filesystem;

namespace {

/// Cases of a group are numbered from 1.
const std::map<char, int> group_sizes{
    {'A', 55}, {'V', 16}, {'S', 27}, {'F', 52}, {'R', 35}, {'K', 20}, {'X', 12}};

/// Id to why it is not testable here.
const std::map<std::string, std::string> not_testable_here{};

std::string source_of(const fs::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The ids that a name or a row's text begins with or, in names, contains as words.
std::set<std::string> ids_in(const std::string& source) {
    static const std::regex bearer(
        R"re(BOOST_(?:AUTO|DATA)_TEST_(?:CASE|SUITE)\(\s*(\w+)|"((?:[AVSFRKXavsfrkx]\d{1,2} )+))re");
    static const std::regex id(R"re((?:^|[_ ])([AVSFRKXavsfrkx]\d{1,2})(?=[_ ]|$))re");
    std::set<std::string> ids;
    for (std::sregex_iterator found(source.begin(), source.end(), bearer), end; found != end;
         ++found) {
        const std::string text = (*found)[1].matched ? (*found)[1].str() : (*found)[2].str();
        for (std::sregex_iterator one(text.begin(), text.end(), id); one != end; ++one) {
            std::string name = (*one)[1].str();
            name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
            ids.insert(name);
        }
    }
    return ids;
}

std::set<std::string> ids_of_all_tests() {
    std::set<std::string> ids;
    for (const auto& entry : fs::recursive_directory_iterator("tests")) {
        if (entry.path().extension() == ".cpp") {
            ids.merge(ids_in(source_of(entry.path())));
        }
    }
    return ids;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conformance_ids)

BOOST_AUTO_TEST_CASE(each_stands_in_a_test) {
    const std::set<std::string> tested = ids_of_all_tests();
    for (const auto& [group, size] : group_sizes) {
        for (int number = 1; number <= size; ++number) {
            const std::string id = group + std::to_string(number);
            BOOST_TEST((tested.contains(id) || not_testable_here.contains(id)),
                       id + " stands in no test");
            BOOST_TEST(!(tested.contains(id) && not_testable_here.contains(id)),
                       id + " is tested and said not to be testable");
        }
    }
}

BOOST_AUTO_TEST_CASE(they_are_read_from_names_and_rows_only) {
    const auto read = [](const std::string& source) { return ids_in(source); };
    using Ids = std::set<std::string>;
    BOOST_TEST((read("BOOST_AUTO_TEST_"
                     "CASE(f1_f2_each) {  // F3") == Ids{"F1", "F2"}));
    BOOST_TEST((read("BOOST_DATA_TEST_"
                     "CASE(\n    A41_A42_x, maxima)") == Ids{"A41", "A42"}));
    BOOST_TEST((read("{\"S5 "
                     "no UID\", 1}, {\"A16 "
                     "X8 both\"}") == Ids{"S5", "A16", "X8"}));
    BOOST_TEST(read("// R1 is said here; \"see R2\"; auto R3_x = 1;").empty());
}

BOOST_AUTO_TEST_SUITE_END()
