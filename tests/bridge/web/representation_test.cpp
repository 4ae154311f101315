// Which representation a client is given (PS3.18 8.7.3), conditionally and in ranges (RFC 9110).
#include "web/representation.hpp"

#include "bridge/web/conditional.hpp"
#include "web/content_coding.hpp"
#include "web/multipart.hpp"
#include "web/static_answer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr;
using namespace cxr::bridge::web;

namespace {

const std::string implicit = "1.2.840.10008.1.2", plain = "1.2.840.10008.1.2.1",
                  big = "1.2.840.10008.1.2.2", deflated = "1.2.840.10008.1.2.1.99",
                  jls = "1.2.840.10008.1.2.4.80", jpeg = "1.2.840.10008.1.2.4.70",
                  baseline = "1.2.840.10008.1.2.4.50", jp2 = "1.2.840.10008.1.2.4.90",
                  rle = "1.2.840.10008.1.2.5";
const std::vector<std::string> made{plain, implicit, deflated, rle, jpeg, jls};
const std::vector<std::string> kept_baseline{baseline, plain, implicit, jls};
const std::vector<std::string> kept_jp2{jp2};
const std::vector<std::string> kept_big{big, plain, jls};
const std::vector<std::string> none;

struct Case {
    const char* says;
    const char* accept;
    const std::vector<std::string>& available;
    std::string chosen;  ///< "part type syntax", "-" before a single one; empty: 406
};
std::ostream& operator<<(std::ostream& out, const Case& each) {
    return out << each.says;
}

std::string text_of(const std::optional<Representation>& chosen) {
    return chosen ? (chosen->multipart ? "" : "-") + chosen->media_type + ' ' +
                        chosen->transfer_syntax_uid
                  : std::string();
}

const std::string dicom = "application/dicom ", octets = "application/octet-stream ";
const Case objects[] = {
    {"anything", "*/*", made, dicom + plain},
    {"an object", "multipart/related; type=\"application/dicom\"", made, dicom + plain},
    {"as Orthanc asks", "multipart/related; type=application/dicom", made, dicom + plain},
    {"one by itself", "application/dicom", made, "-" + dicom + plain},
    {"another syntax",
     "application/dicom; transfer-syntax="
     "1.2.840.10008.1.2.5",
     made,
     "-" + dicom + rle},
    {"as it is kept",
     "multipart/related; type=\"application/dicom\"; transfer-syntax=*",
     kept_baseline,
     dicom + baseline},
    {"the usual one is made",
     "multipart/related; type=\"application/dicom\"",
     kept_baseline,
     dicom + plain},
    {"or not, where it cannot be",
     "multipart/related; type=\"application/dicom\"",
     kept_jp2,
     dicom + jp2},
    {"a syntax that there is not",
     "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.3",
     made,
     ""},
    {"the next best",
     "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.3, */*;q=0.1",
     made,
     dicom + plain},
    {"a picture is no object", "image/png", made, ""},
    {"no type is any", "multipart/related", made, dicom + plain},
    {"no multipart", "multipart/related;q=0, */*", made, "-" + dicom + plain},
    {"no objects in parts",
     "multipart/related; type=\"application/dicom\";q=0, */*",
     made,
     "-" + dicom + plain},
    {"nothing else excluded", "image/jpeg;q=0, */*", made, dicom + plain},
    {"neither", "multipart/*;q=0, application/dicom;q=0, */*", made, ""},
    {"not that syntax",
     "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2.1;q=0, "
     "application/dicom;q=0, */*",
     made,
     ""},
};
const Case frames[] = {
    {"as OHIF asks",
     "multipart/related; type=application/octet-stream; transfer-syntax=*",
     made,
     octets + plain},
    {"and of what is kept compressed",
     "multipart/related; type=\"application/octet-stream\"; transfer-syntax=\"*\"",
     kept_baseline,
     octets + baseline},
    {"nobody wants Big Endian",
     "multipart/related; type=application/octet-stream; transfer-syntax=*",
     kept_big,
     octets + plain},
    {"octets are usually plain",
     "multipart/related; type=\"application/octet-stream\"",
     kept_baseline,
     octets + plain},
    {"the syntax within the type",
     "multipart/related; type=\"application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.80\"",
     made,
     octets + jls},
    {"a compressed type has its usual syntax",
     "multipart/related; type=\"image/jpeg\"",
     made,
     "image/jpeg " + jpeg},
    {"or another that there is",
     "multipart/related; type=\"image/jpeg\"",
     kept_baseline,
     "image/jpeg " + baseline},
    {"or the one that is said",
     "multipart/related; type=\"image/jls\"; transfer-syntax=1.2.840.10008.1.2.4.80",
     made,
     "image/jls " + jls},
    {"a type that there is not", "multipart/related; type=\"image/jp2\"", made, ""},
    {"the next best",
     "multipart/related; type=\"image/jp2\", multipart/related; type=\"image/jls\"",
     made,
     "image/jls " + jls},
    {"deflated is never sent",
     "multipart/related; type=application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1.99",
     made,
     ""},
    {"a single frame", "application/octet-stream", made, "-" + octets + plain},
    {"no octets in parts",
     "multipart/related; type=\"application/octet-stream\";q=0, multipart/related",
     made,
     "image/jpeg " + jpeg},
    {"nor JPEG",
     "multipart/related; type=\"application/octet-stream\";q=0, multipart/related; "
     "type=\"image/jpeg\";q=0, multipart/related",
     made,
     "image/dicom-rle " + rle},
    {"no parts", "multipart/related;q=0, */*", made, "-" + octets + plain},
    {"not that syntax",
     "multipart/related; type=\"image/jpeg\"; transfer-syntax=1.2.840.10008.1.2.4.50;q=0, "
     "multipart/related; type=\"image/jpeg\"",
     kept_baseline,
     ""},
    {"none at all", "multipart/related; type=\"application/octet-stream\";q=0", made, ""},
};
const Case bulk_data[] = {
    {"anything", "*/*", made, "-" + octets + plain},
    {"in parts", "multipart/related", made, octets + plain},
    {"nothing by itself", "application/octet-stream;q=0, */*", made, octets + plain},
    {"neither", "application/*;q=0, multipart/*;q=0, */*", made, ""},
    {"of no transfer syntax", "*/*", none, "-" + octets},
    {"of none, in parts", "application/octet-stream;q=0, */*", none, octets},
};

Response octets_of(std::string text) {
    Response response;
    const std::size_t half = text.size() / 2;
    response.content = std::vector{segment_of(text.substr(0, half)), segment_of(text.substr(half))};
    return response;
}

Request asking(std::string name, std::string value) {
    Request request;
    request.method = "GET";
    request.headers = {{.name = std::move(name), .value = std::move(value)}};
    return request;
}

std::string text_in(const Response& response) {
    std::string text;
    if (const auto* segments = std::get_if<std::vector<cxr::dicom::Segment>>(&response.content)) {
        for (const auto& segment : *segments) {
            text.append(reinterpret_cast<const char*>(segment.bytes.data()), segment.bytes.size());
        }
    } else if (const auto* whole = std::get_if<std::string>(&response.content)) {
        text = *whole;
    }
    return text;
}

struct Range {
    const char* range;
    unsigned status;
    const char* content;
    const char* said;  ///< Content-Range
};
std::ostream& operator<<(std::ostream& out, const Range& each) {
    return out << each.range;
}
constexpr const char* beyond =
    "{\"title\": \"Range Not Satisfiable\", \"status\": 416, "
    "\"detail\": \"the content ends before the range begins\"}\n";
const Range ranges[] = {
    {"bytes=0-0", 206, "0", "bytes 0-0/10"},
    {"bytes=3-6", 206, "3456", "bytes 3-6/10"},
    {"bytes=7-", 206, "789", "bytes 7-9/10"},
    {"bytes=-3", 206, "789", "bytes 7-9/10"},
    {"bytes=-99", 206, "0123456789", "bytes 0-9/10"},
    {"bytes=8-99", 206, "89", "bytes 8-9/10"},
    {"bytes=8-18446744073709551615", 206, "89", "bytes 8-9/10"},
    {"bytes=10-", 416, beyond, "bytes */10"},
    {"bytes=-0", 416, beyond, "bytes */10"},
    {"bytes=5-3", 200, "0123456789", ""},
    {"bytes=0-1,3-4", 200, "0123456789", ""},
    {"lines=0-1", 200, "0123456789", ""},
    {"bytes=x-", 200, "0123456789", ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_18_8_7_3_representations)

BOOST_DATA_TEST_CASE(of_an_object, objects, each) {
    BOOST_TEST(text_of(choose_object_representation(
                   parse_accept(each.accept), each.available, true)) == each.chosen);
}

BOOST_DATA_TEST_CASE(of_a_frame, frames, each) {
    BOOST_TEST(text_of(choose_frame_representation(
                   parse_accept(each.accept), each.available, true)) == each.chosen);
}

BOOST_DATA_TEST_CASE(of_bulk_data, bulk_data, each) {
    BOOST_TEST(text_of(choose_bulk_representation(parse_accept(each.accept), each.available)) ==
               each.chosen);
}

BOOST_AUTO_TEST_CASE(of_several_take_multipart) {
    BOOST_TEST(text_of(choose_object_representation(
                   parse_accept("application/dicom"), made, false)) == "");
    BOOST_TEST(text_of(choose_frame_representation(
                   parse_accept("application/octet-stream"), made, false)) == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(multipart_related)

BOOST_AUTO_TEST_CASE(has_parts_that_are_not_copied) {
    MultipartWriter writer("application/dicom");
    std::vector<cxr::dicom::Segment> segments;
    const auto content = segment_of("abc");
    writer.append(segments, "application/dicom", "http://h/1", {content});
    writer.append(segments, "text/plain", {}, {segment_of("de"), segment_of("f")});
    writer.finish(segments);
    BOOST_CHECK(segments[1].bytes.data() == content.bytes.data());
    const std::string type = writer.content_type();
    const std::size_t quote = type.find("boundary=\"") + 10;
    const std::string boundary = type.substr(quote, type.size() - quote - 1);
    Response response;
    response.content = segments;
    BOOST_TEST(text_in(response) ==
               "--" + boundary +
                   "\r\nContent-Type: application/dicom\r\nContent-Length: 3\r\n"
                   "Content-Location: http://h/1\r\n\r\nabc\r\n--" +
                   boundary + "\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\ndef\r\n--" +
                   boundary + "--\r\n");
    BOOST_TEST(MultipartWriter("a/b").content_type() != MultipartWriter("a/b").content_type());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rfc_9110_conditional_and_range_requests)

BOOST_AUTO_TEST_CASE(a_tag_is_of_the_bytes_alone) {
    std::string text;
    for (int i = 0; i < 1'000; ++i) {
        text += static_cast<char>(i % 251);
    }
    const auto tag = entity_tag(std::vector{segment_of(text)});
    for (const std::size_t at : {1U, 31U, 32U, 33U, 500U, 999U}) {
        BOOST_TEST(entity_tag(std::vector{segment_of(text.substr(0, at)),
                                          segment_of(text.substr(at))}) == tag);
        std::string other = text;
        other[at] = static_cast<char>(other[at] ^ 1);
        BOOST_TEST(entity_tag(std::vector{segment_of(other)}) != tag);
    }
    BOOST_TEST(entity_tag(std::vector{segment_of(text + '\0')}) != tag);
    BOOST_TEST(entity_tag({}) != tag);
}

BOOST_AUTO_TEST_CASE(who_has_it_is_told_so) {
    Response first = octets_of("0123456789");
    answer_conditionally(Request{}, first);
    BOOST_TEST(first.status == 200U);
    const std::string tag = *find(first.headers, "etag");
    const std::string compressed = tag.substr(0, tag.size() - 1) + "-gzip\"";
    for (const std::string& known :
         {tag, "\"x\", " + tag, "W/" + tag, std::string("*"), compressed}) {
        Response again = octets_of("0123456789");
        answer_conditionally(asking("if-none-match", known), again);
        BOOST_TEST(again.status == 304U, known);
        // A cache renews what it has under that name (RFC 9111 4.3.4).
        BOOST_TEST(*find(again.headers, "etag") == (known == compressed ? compressed : tag));
        BOOST_CHECK(std::holds_alternative<std::monostate>(again.content));
    }
    for (const std::string& unknown :
         {std::string("\"x\""), tag.substr(0, tag.size() - 1) + "0\""}) {
        Response other = octets_of("0123456789");
        answer_conditionally(asking("if-none-match", unknown), other);
        BOOST_TEST(other.status == 200U, unknown);
    }
}

BOOST_AUTO_TEST_CASE(who_has_a_file_compressed_is_told_so) {
    const std::string script(5'000, 'x');
    Request request = asking("accept-encoding", "gzip");
    Response first = file_answer(request, "main.js", script, "\"a\"");
    compress(request, first);
    BOOST_TEST(*find(first.headers, "etag") == "\"a-gzip\"");
    request.headers.push_back({.name = "if-none-match", .value = "\"a-gzip\""});
    Response again = file_answer(request, "main.js", script, "\"a\"");
    compress(request, again);
    BOOST_TEST(again.status == 304U);
    BOOST_TEST(*find(again.headers, "etag") == "\"a-gzip\"");
    BOOST_TEST(*find(again.headers, "vary") == "Accept-Encoding");
    BOOST_TEST(file_answer(request, "main.js", script, "\"b\"").status == 200U);
}

BOOST_DATA_TEST_CASE(a_range_is_cut, ranges, each) {
    Response response = octets_of("0123456789");
    answer_range(asking("range", each.range), response);
    BOOST_TEST(response.status == each.status);
    BOOST_TEST(text_in(response) == each.content);
    const std::string* const said = find(response.headers, "content-range");
    BOOST_TEST((said == nullptr ? std::string() : *said) == each.said);
}

BOOST_AUTO_TEST_CASE(a_range_of_something_else_is_the_whole) {
    Response response = octets_of("0123456789");
    Request request = asking("range", "bytes=0-0");
    request.headers.push_back({.name = "if-range", .value = "\"another\""});
    answer_range(request, response);
    BOOST_TEST(response.status == 200U);
}

BOOST_AUTO_TEST_CASE(texts_are_compressed_for_who_takes_it) {
    const std::string text(5'000, 'x');
    Response json = json_response(text);
    json.set("ETag", "\"a\"");
    compress(asking("accept-encoding", "gzip"), json);
    BOOST_TEST(*find(json.headers, "content-encoding") == "gzip");
    BOOST_TEST(*find(json.headers, "etag") == "\"a-gzip\"");
    BOOST_TEST(std::get<std::string>(json.content).size() < 200U);
    BOOST_TEST(std::get<std::string>(json.content).starts_with("\x1f\x8b"));
    Response plain_one = json_response(text);
    compress(Request{}, plain_one);
    BOOST_TEST(std::get<std::string>(plain_one.content) == text);
    BOOST_TEST(*find(plain_one.headers, "vary") == "Accept-Encoding");
    Response picture = text_response(200, "image/jpeg", text);
    compress(asking("accept-encoding", "gzip"), picture);
    BOOST_CHECK(find(picture.headers, "content-encoding") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
