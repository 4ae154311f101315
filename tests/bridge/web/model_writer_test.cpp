// Which form data sets are told in (PS3.18 8.7.3.2), and how several of them stand in one body.
#include "web/model_writer.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr;
using namespace cxr::bridge::web;

namespace {

struct Choice {
    const char* says;
    const char* accept;
    const char* several;  ///< content type of several; of XML up to its boundary
    const char* single;
};
std::ostream& operator<<(std::ostream& out, const Choice& choice) {
    return out << choice.says;
}
const char* const parts = "multipart/related; type=\"application/dicom+xml\"; boundary=";
const char* const json = "application/dicom+json";
const Choice choices[] = {
    {"anything is JSON", "*/*", json, json},
    {"JSON by its other name", "application/json", "application/json", "application/json"},
    {"parts of XML", "multipart/related; type=\"application/dicom+xml\"", parts, parts},
    {"without quotation marks", "multipart/related;type=application/dicom+xml", parts, parts},
    {"parts of whatever there is", "multipart/related", parts, parts},
    {"several documents are no document", "application/dicom+xml", "", "application/dicom+xml"},
    {"what is wanted more",
     "application/dicom+json;q=0.5, multipart/related;type=\"application/dicom+xml\"",
     parts,
     parts},
    {"the first of two alike",
     "application/dicom+json, multipart/related;type=\"application/dicom+xml\"",
     json,
     json},
    {"parts of something else", "multipart/related; type=\"application/dicom\"", "", ""},
    {"something else first",
     "multipart/related; type=\"image/jpeg\", application/dicom+json;q=0.1",
     json,
     json},
    {"nothing of ours", "text/html", "", ""},
    {"not JSON by its usual name",
     "application/dicom+json;q=0, */*",
     "application/json",
     "application/json"},
    {"no JSON", "application/dicom+json;q=0, application/json;q=0, */*", parts, parts},
    {"no JSON and no parts",
     "*/*, multipart/related;q=0, application/dicom+json;q=0, application/json;q=0",
     "",
     "application/dicom+xml"},
    {"no parts of XML",
     "multipart/related;type=\"application/dicom+xml\";q=0, multipart/related, "
     "application/dicom+xml",
     "",
     "application/dicom+xml"},
};

std::string type_of(const char* accept, bool single) {
    const auto model = choose_model(parse_accept(accept), single);
    return model ? ModelWriter(*model).content_type() : std::string();
}

std::string written(const Model& model, std::size_t count) {
    ModelWriter writer(model);
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        dicom::Attributes attributes;
        dicom::put(attributes, DCM_PatientID, std::to_string(i));
        writer.append(text, attributes);
    }
    BOOST_TEST(writer.any() == (count > 0));
    writer.finish(text);
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_18_8_7_3_2_dicom_json_and_xml)

BOOST_DATA_TEST_CASE(the_wanted_one_is_chosen, choices, each) {
    const auto fits = [](const std::string& type, const std::string& expected) {
        return expected == parts ? type.starts_with(expected) : type == expected;
    };
    BOOST_TEST(fits(type_of(each.accept, false), each.several), type_of(each.accept, false));
    BOOST_TEST(fits(type_of(each.accept, true), each.single), type_of(each.accept, true));
}

BOOST_AUTO_TEST_CASE(json_is_one_array) {
    const Model model{.media_type = json};
    BOOST_TEST(written(model, 0) == "[]\n");
    BOOST_TEST(written(model, 2) ==
               "[\n{\"00100020\":{\"vr\":\"LO\",\"Value\":[\"0\"]}},\n"
               "{\"00100020\":{\"vr\":\"LO\",\"Value\":[\"1\"]}}]\n");
}

BOOST_AUTO_TEST_CASE(xml_is_a_part_each) {
    const std::string text =
        written({.xml = true, .multipart = true, .media_type = "application/dicom+xml"}, 2);
    const std::string boundary = text.substr(0, text.find('\r'));
    BOOST_TEST(boundary.starts_with("--cxrbridge-"));
    BOOST_TEST(
        text.find(boundary + "\r\nContent-Type: application/dicom+xml\r\nContent-Length: ") == 0U);
    BOOST_TEST(text.find("</NativeDicomModel>\n\r\n" + boundary + "\r\n") != std::string::npos);
    BOOST_TEST(text.ends_with("</NativeDicomModel>\n\r\n" + boundary + "--\r\n"));
    const std::string single = written({.xml = true, .media_type = "application/dicom+xml"}, 1);
    BOOST_TEST(single.starts_with("<?xml"));
    BOOST_TEST(single.ends_with("</NativeDicomModel>\n"));
}

BOOST_AUTO_TEST_SUITE_END()
