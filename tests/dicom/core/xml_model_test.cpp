// The Native DICOM Model (PS3.19 A.1).
#include "dicom/core/xml_model.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr::dicom;

namespace {

struct Value {
    const char* says;
    VR vr;
    std::string value;
    const char* xml;  ///< in the element
};
std::ostream& operator<<(std::ostream& out, const Value& value) {
    return out << value.says;
}
const Value values[] = {
    {"a text", VR::LO, "PA", R"(<Value number="1">PA</Value>)"},
    {"several are numbered",
     VR::CS,
     "DX\\SR",
     R"(<Value number="1">DX</Value><Value number="2">SR</Value>)"},
    {"an empty one among them keeps its number",
     VR::CS,
     "DX\\\\SR",
     R"(<Value number="1">DX</Value><Value number="2"></Value><Value number="3">SR</Value>)"},
    {"a long text may have backslashes", VR::LT, "a\\b", R"(<Value number="1">a\b</Value>)"},
    {"marks are written as references",
     VR::UT,
     "<a href=\"x\">&</a>",
     R"(<Value number="1">&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;</Value>)"},
    {"line ends come through a parser",
     VR::UT,
     "a\r\n\tb",
     "<Value number=\"1\">a&#13;\n\tb</Value>"},
    {"what XML cannot hold is told as such",
     VR::UT,
     std::string("a\0\x0c\x1b", 4) + "\xEF\xBF\xBE",
     "<Value number=\"1\">a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD</Value>"},
    {"UTF-8 stays", VR::LO, "M\xc3\xbcller", "<Value number=\"1\">M\xc3\xbcller</Value>"},
    {"a name has groups and components",
     VR::PN,
     "A^B^^Dr=C=D^E",
     "<PersonName number=\"1\"><Alphabetic><FamilyName>A</FamilyName><GivenName>B</GivenName>"
     "<NamePrefix>Dr</NamePrefix></Alphabetic><Ideographic><FamilyName>C</FamilyName>"
     "</Ideographic><Phonetic><FamilyName>D</FamilyName><GivenName>E</GivenName></Phonetic>"
     "</PersonName>"},
    {"or only the second",
     VR::PN,
     "=C",
     "<PersonName number=\"1\"><Ideographic><FamilyName>C</FamilyName></Ideographic></PersonName>"},
    {"carets too many lose nothing",
     VR::PN,
     "A^B^C^D^E^F",
     "<PersonName number=\"1\"><Alphabetic><FamilyName>A</FamilyName><GivenName>B</GivenName>"
     "<MiddleName>C</MiddleName><NamePrefix>D</NamePrefix><NameSuffix>E^F</NameSuffix>"
     "</Alphabetic></PersonName>"},
    {"a number stays as it was written", VR::DS, "+007.50", R"(<Value number="1">+007.50</Value>)"},
    {"a tag is eight digits", VR::AT, "00080018", R"(<Value number="1">00080018</Value>)"},
    {"bytes", VR::OB, std::string("\0\xff", 2), "<InlineBinary>AP8=</InlineBinary>"},
};

/// The attributes alone, without the document around them.
std::string xml_of(const Attributes& attributes, const JsonModelOptions& options = {}) {
    std::string xml;
    append_xml(xml, attributes, options);
    const std::string_view begin =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NativeDicomModel "
        "xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\" xml:space=\"preserve\">\n";
    const std::string_view end = "</NativeDicomModel>\n";
    BOOST_TEST_REQUIRE(xml.starts_with(begin));
    BOOST_TEST_REQUIRE(xml.ends_with(end));
    return xml.substr(begin.size(), xml.size() - begin.size() - end.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_19_a_1_native_dicom_model)

BOOST_DATA_TEST_CASE(a_value_is_written, values, each) {
    const auto code = static_cast<std::uint16_t>(each.vr);
    const std::string vr{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    const Attribute attribute{.tag = {0x0009, 0x10AB}, .vr = each.vr, .value = each.value};
    BOOST_TEST(xml_of({attribute}) == "<DicomAttribute tag=\"000910AB\" vr=\"" + vr + "\">" +
                                          each.xml + "</DicomAttribute>\n");
}

BOOST_AUTO_TEST_CASE(no_value_is_an_empty_element) {
    const Attributes attributes{{.tag = {0x0008, 0x0000}, .vr = VR::UL, .value = "12"},
                                {.tag = {0x0008, 0x0050}, .vr = VR::SH},
                                {.tag = {0x0008, 0x1140}, .vr = VR::SQ}};
    BOOST_TEST(
        xml_of(attributes) ==
        "<DicomAttribute tag=\"00080050\" vr=\"SH\" keyword=\"AccessionNumber\"/>\n"
        "<DicomAttribute tag=\"00081140\" vr=\"SQ\" keyword=\"ReferencedImageSequence\"/>\n");
}

BOOST_AUTO_TEST_CASE(sequences_have_numbered_items) {
    const Attribute meaning{.tag = {0x0008, 0x0104}, .vr = VR::LO, .value = "Chest"};
    const Attributes attributes{{.tag = {0x0008, 0x1032}, .vr = VR::SQ, .items = {{meaning}, {}}}};
    BOOST_TEST(xml_of(attributes) ==
               "<DicomAttribute tag=\"00081032\" vr=\"SQ\" keyword=\"ProcedureCodeSequence\">\n"
               "<Item number=\"1\">\n<DicomAttribute tag=\"00080104\" vr=\"LO\" "
               "keyword=\"CodeMeaning\"><Value number=\"1\">Chest</Value></DicomAttribute>\n"
               "</Item>\n<Item number=\"2\">\n</Item></DicomAttribute>\n");
}

// PS3.19 table A.1.5-2: the number without its block, which any other data set may reserve anew.
BOOST_AUTO_TEST_CASE(private_elements_name_their_creator) {
    const Attributes attributes{{.tag = {0x0009, 0x0010}, .vr = VR::LO, .value = "A & B"},
                                {.tag = {0x0009, 0x10AB}, .vr = VR::SH, .value = "x"},
                                {.tag = {0x0009, 0x11AB}, .vr = VR::SH, .value = "y"}};
    BOOST_TEST(xml_of(attributes) ==
               "<DicomAttribute tag=\"00090010\" vr=\"LO\"><Value number=\"1\">A &amp; B</Value>"
               "</DicomAttribute>\n"
               "<DicomAttribute tag=\"000900AB\" vr=\"SH\" privateCreator=\"A &amp; B\">"
               "<Value number=\"1\">x</Value></DicomAttribute>\n"
               "<DicomAttribute tag=\"000911AB\" vr=\"SH\"><Value number=\"1\">y</Value>"
               "</DicomAttribute>\n");
}

BOOST_AUTO_TEST_CASE(bulk_data_are_named_where_they_can_be_had) {
    const JsonModelOptions options{
        .bulk_data_uri = [](const Attribute&) { return std::optional<std::string>("/x?a&b"); }};
    BOOST_TEST(xml_of({{.tag = {0x7FE0, 0x0010}, .vr = VR::OW, .value = "abc"}}, options) ==
               "<DicomAttribute tag=\"7FE00010\" vr=\"OW\" keyword=\"PixelData\">"
               "<BulkData uri=\"/x?a&amp;b\"/></DicomAttribute>\n");
}

BOOST_AUTO_TEST_SUITE_END()
