// The DICOM JSON Model (PS3.18 Annex F).
#include "dicom/core/json_model.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr::dicom;

namespace {

struct Value {
    const char* says;
    VR vr;
    std::string value;
    const char* json;  ///< behind "vr"
};
std::ostream& operator<<(std::ostream& out, const Value& value) {
    return out << value.says;
}
const Value values[] = {
    {"no value, no member", VR::LO, "", ""},
    {"a text", VR::LO, "PA", R"(,"Value":["PA"])"},
    {"several", VR::CS, "DX\\SR", R"(,"Value":["DX","SR"])"},
    {"an empty one among them is null", VR::CS, "DX\\\\SR", R"(,"Value":["DX",null,"SR"])"},
    {"a long text may have backslashes", VR::LT, "a\\b", R"(,"Value":["a\\b"])"},
    {"quotes and line ends are escaped", VR::UT, "\"\r\n", R"(,"Value":["\"\u000D\u000A"])"},
    {"UTF-8 stays", VR::LO, "M\xc3\xbcller", ",\"Value\":[\"M\xc3\xbcller\"]"},
    {"a name has groups",
     VR::PN,
     "A^B=C=D",
     R"(,"Value":[{"Alphabetic":"A^B","Ideographic":"C","Phonetic":"D"}])"},
    {"or only the second", VR::PN, "=C", R"(,"Value":[{"Ideographic":"C"}])"},
    {"an integer", VR::US, "1024", R"(,"Value":[1024])"},
    {"a text that is an integer", VR::IS, "+007 ", R"(,"Value":[7])"},
    {"a decimal text", VR::DS, "0.143\\.5\\1.\\-1e3", R"(,"Value":[0.143,0.5,1,-1000])"},
    {"a text that is no number stays text", VR::DS, "1,5", R"(,"Value":["1,5"])"},
    {"the largest", VR::UV, "18446744073709551615", R"(,"Value":[18446744073709551615])"},
    {"no number is infinite", VR::FD, "inf", R"(,"Value":["inf"])"},
    {"a tag is text", VR::AT, "00080018", R"(,"Value":["00080018"])"},
    {"bytes", VR::OB, std::string("\0\xff", 2), R"(,"InlineBinary":"AP8=")"},
    {"three bytes", VR::UN, "abc", R"(,"InlineBinary":"YWJj")"},
    {"one byte", VR::OW, "a", R"(,"InlineBinary":"YQ==")"},
};

std::string json_of(const Attributes& attributes, const JsonModelOptions& options = {}) {
    std::string json;
    append_json(json, attributes, options);
    return json;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_18_f_2_dicom_json_model)

BOOST_DATA_TEST_CASE(a_value_is_written, values, each) {
    const Attribute attribute{.tag = {0x0009, 0x10AB}, .vr = each.vr, .value = each.value};
    const auto code = static_cast<std::uint16_t>(each.vr);
    const std::string vr{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    BOOST_TEST(json_of({attribute}) == R"({"000910AB":{"vr":")" + vr + "\"" + each.json + "}}");
}

BOOST_AUTO_TEST_CASE(sequences_are_objects_in_a_list) {
    const Attribute meaning{.tag = {0x0008, 0x0104}, .vr = VR::LO, .value = "Chest"};
    const Attributes attributes{{.tag = {0x0008, 0x0000}, .vr = VR::UL, .value = "12"},
                                {.tag = {0x0008, 0x1032}, .vr = VR::SQ, .items = {{meaning}, {}}},
                                {.tag = {0x0008, 0x1140}, .vr = VR::SQ}};
    BOOST_TEST(json_of(attributes) ==
               R"({"00081032":{"vr":"SQ","Value":[{"00080104":{"vr":"LO","Value":["Chest"]}},{}]},)"
               R"("00081140":{"vr":"SQ"}})");
    BOOST_TEST(json_of({}) == "{}");
}

BOOST_AUTO_TEST_CASE(bulk_data_are_named_where_they_can_be_had) {
    const Attributes attributes{{.tag = {0x0042, 0x0011}, .vr = VR::OB, .value = "abc"},
                                {.tag = {0x7FE0, 0x0010}, .vr = VR::OW, .value = "abc"}};
    const JsonModelOptions options{
        .bulk_data_uri = [](const Attribute& attribute) -> std::optional<std::string> {
            return attribute.tag.getGroup() == 0x7FE0 ? std::optional<std::string>("/x")
                                                      : std::nullopt;
        }};
    BOOST_TEST(json_of(attributes, options) == R"({"00420011":{"vr":"OB","InlineBinary":"YWJj"},)"
                                               R"("7FE00010":{"vr":"OW","BulkDataURI":"/x"}})");
}

BOOST_AUTO_TEST_SUITE_END()
