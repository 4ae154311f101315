#include "dicom/core/json_reader.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr::dicom;

BOOST_AUTO_TEST_SUITE(rfc_8259)

BOOST_AUTO_TEST_CASE(values_come_with_their_lines) {
    const auto root = parse_json(
        "\xEF\xBB\xBF{\n \"a\": [1, -2.5e1,\n true, null],\n"
        " \"b\": \"\\u00e9\\uD83D\\uDE00\\n/\\/\" }\n",
        "x.json");
    BOOST_REQUIRE(root.has_value());
    const JsonValue::Array& list = *root->member("a")->array();
    BOOST_REQUIRE(list.size() == 4U);
    BOOST_TEST(*list[1].number() == -25.0);
    BOOST_TEST(list[1].line == 2U);
    BOOST_TEST(std::get<bool>(list[2].value));
    BOOST_TEST(list[2].line == 3U);
    BOOST_TEST(*root->member("b")->text() == "\xC3\xA9\xF0\x9F\x98\x80\n//");
    BOOST_TEST(root->member("c") == nullptr);
    BOOST_TEST(list[0].member("a") == nullptr);
}

struct Mistake {
    const char* text;
    const char* reason;
};
std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
    return out << mistake.text;
}

const Mistake mistakes[] = {
    {"", "x.json:1: not JSON: it ends where a value is due"},
    {"[1,\n2", "x.json:2: not JSON: ',' or ']' is due"},
    {"{\"a\" 1}", "':' is due"},
    {"{a: 1}", "the name of a member is due"},
    {"[1] 2", "behind the end"},
    {"nul", "a word that is none"},
    {"[nan]", "a word that is none"},
    {"[1e999]", "a number, text"},
    {"[+1]", "a number, text"},
    {"\"a", "without its closing quote"},
    {"\"\\x\"", "an escape that there is none of"},
    {"\"\\u12\"", "four hexadecimal digits"},
    {"\"\\uD83Dx\"", "half a surrogate pair"},
    {"\"\xFF\"", "not UTF-8"},
    {"\"\t\"", "control character"},
};

BOOST_DATA_TEST_CASE(a_mistake_is_told_with_its_line, mistakes, mistake) {
    const auto root = parse_json(mistake.text, "x.json");
    BOOST_REQUIRE(!root.has_value());
    BOOST_TEST(root.error().doing.find(mistake.reason) != std::string::npos, root.error().doing);
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
    BOOST_TEST(!parse_json(std::string(1'000'000, '['), "x.json").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
