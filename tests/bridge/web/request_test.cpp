// Requests as they come from strangers (RFC 9112): targets, and heads and contents out of bytes.
#include "bridge/web/request.hpp"

#include "web/request_reader.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>

using namespace cxr::bridge::web;

namespace {

struct Path {
    const char* says;
    const char* target;
    std::vector<std::string> path;  ///< of one that is refused: none
    bool allowed = true;
};
std::ostream& operator<<(std::ostream& out, const Path& path) {
    return out << path.says;
}

const Path paths[] = {
    {"the root has no segments", "/", {}},
    {"segments are split and then decoded", "/a%20b/c", {"a b", "c"}},
    {"a last slash does not count", "/studies/", {"studies"}},
    {"an empty segment stays", "/a//b", {"a", "", "b"}},
    {"a fragment is no part of it", "/a#b", {"a"}},
    {"UTF-8 stays", "/%C3%A4", {"\xc3\xa4"}},
    {"an encoded slash is none", "/a%2fb", {}, false},
    {"an encoded backslash", "/a%5cb", {}, false},
    {"dots", "/../etc/passwd", {}, false},
    {"encoded dots", "/%2e%2E/etc", {}, false},
    {"a single dot", "/a/./b", {}, false},
    {"dots in a longer segment are text", "/a..b", {"a..b"}},
    {"NUL", "/a%00", {}, false},
    {"a line end", "/a%0d%0ab", {}, false},
    {"an overlong slash", "/%c0%af", {}, false},
    {"an overlong dot", "/%c0%ae%c0%ae/", {}, false},
    {"a surrogate", "/%ed%a0%80", {}, false},
    {"above the last code point", "/%f4%90%80%80", {}, false},
    {"a cut character", "/%e2%82", {}, false},
    {"half a percent sign", "/a%4", {}, false},
    {"no percent sign", "/a%zz", {}, false},
    {"a relative one", "studies", {}, false},
    {"nothing", "", {}, false},
};

/// Feeds `text` in pieces of `step` bytes until a head is complete, refused, or there is no more.
RequestReader::Progress feed(RequestReader& reader, std::string_view text, std::size_t step) {
    auto progress = reader.read_head();
    while (progress == RequestReader::Progress::needs_bytes && !text.empty()) {
        const auto space = reader.space();
        const std::size_t count = std::min({space.size(), step, text.size()});
        std::memcpy(space.data(), text.data(), count);
        reader.received(count);
        text.remove_prefix(count);
        progress = reader.read_head();
    }
    return progress;
}

/// All of the content, as far as it is there; "!400" when it is refused.
std::string body_of(RequestReader& reader) {
    std::string text;
    std::byte buffer[7];
    while (true) {
        std::size_t count = 0;
        const auto progress = reader.read_body(buffer, count);
        if (progress == RequestReader::Progress::failed) {
            return text + "!" + std::to_string(reader.refused().status);
        }
        if (progress == RequestReader::Progress::needs_bytes || count == 0) {
            return text + (reader.body_is_complete() ? "" : "...");
        }
        text.append(reinterpret_cast<const char*>(buffer), count);
    }
}

RequestReader small_reader() {
    return {128, 512, 1'000};
}

struct Head {
    const char* says;
    std::string text;
    unsigned refused;  ///< 0: taken
};
std::ostream& operator<<(std::ostream& out, const Head& head) {
    return out << head.says;
}

const Head heads[] = {
    {"a plain one", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"blank lines before it", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"no Host is needed in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 0},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"HTTP/3", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
    {"no HTTP at all", "\x16\x03\x01\x02\x01\x01hello, this is TLS\r\n\r\n", 400},
    {"a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
    {"a control character in a field", "GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", 400},
    {"two lengths",
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
     400},
    {"a length and chunks",
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
     400},
    {"chunks and a length",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
     400},
    {"a transfer coding after chunks",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
     501},
    {"a transfer coding before chunks",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
     501},
    {"the transfer coding in capitals",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n",
     0},
    {"a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
    {"a length of two gibibytes",
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2147483648\r\n\r\n",
     413},
    {"a long request line", "GET /" + std::string(200, 'a'), 414},
    {"long fields", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(600, 'a'), 431},
    {"many fields",
     "GET / HTTP/1.1\r\nHost: a\r\n" +
         [] {
             std::string fields;
             for (int i = 0; i < 100; ++i) {
                 fields += "a: b\r\n";
             }
             return fields;
         }() +
         "\r\n",
     431},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(targets)

BOOST_DATA_TEST_CASE(a_path_is, paths, each) {
    const auto target = parse_target(each.target);
    BOOST_TEST_REQUIRE(target.has_value() == each.allowed);
    if (target) {
        BOOST_TEST(target->path == each.path, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_query_is_decoded_before_anything_is_made_of_it) {
    const auto target =
        parse_target("/s?includefield=00081030%2C00080060&a+b=c%2Bd&empty=&none&&x=1=2");
    BOOST_TEST_REQUIRE(target.has_value());
    const Fields expected{{"includefield", "00081030,00080060"},
                          {"a b", "c+d"},
                          {"empty", ""},
                          {"none", ""},
                          {"x", "1=2"}};
    BOOST_CHECK(target->query == expected);
    BOOST_TEST(target->raw_path == "/s");
    BOOST_TEST(!parse_target("/s?a=%").has_value());
    BOOST_TEST(!parse_target("/s?a=%ff").has_value());
}

BOOST_AUTO_TEST_CASE(fields_of_one_name_are_one_list) {
    const Fields fields{{"accept", "a/b"}, {"host", "h"}, {"accept", "c/d"}};
    BOOST_TEST(joined(fields, "Accept") == "a/b, c/d");
    BOOST_TEST(*find(fields, "ACCEPT") == "a/b");
    BOOST_CHECK(find(fields, "accep") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rfc_9112_heads)

BOOST_DATA_TEST_CASE(a_head_is_taken_or_refused, heads, each) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{10'000}}) {
        RequestReader reader = small_reader();
        const auto progress = feed(reader, each.text, step);
        BOOST_CHECK(progress == (each.refused == 0 ? RequestReader::Progress::done
                                                   : RequestReader::Progress::failed));
        if (progress == RequestReader::Progress::failed) {
            BOOST_TEST(reader.refused().status == each.refused);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_target_with_a_host_in_it_is_that_host_s) {
    struct Case {
        std::string target, host, path;
    };
    const Case cases[] = {{"http://pacs:80/a?b=c", "pacs:80", "/a?b=c"},
                          {"HTTPS://[::1]", "[::1]", "/"},
                          {"http://pacs?b", "pacs", "/?b"},
                          {"/a://b", "other", "/a://b"},
                          {"ftp://pacs/a", "other", "ftp://pacs/a"}};
    for (const Case& each : cases) {
        RequestReader reader = small_reader();
        const auto progress =
            feed(reader, "GET " + each.target + " HTTP/1.1\r\nHost: other\r\n\r\n", 100);
        BOOST_REQUIRE(progress == RequestReader::Progress::done);
        BOOST_TEST(reader.head().target == each.path);
        BOOST_TEST(joined(reader.head().fields, "host") == each.host, each.target);
    }
}

BOOST_AUTO_TEST_CASE(fields_are_named_in_lower_case) {
    RequestReader reader = small_reader();
    feed(reader, "GET /a?b HTTP/1.1\r\nHoSt: a\r\nExpect: 100-Continue\r\nX-Y:  z \r\n\r\n", 3);
    BOOST_TEST(reader.head().target == "/a?b");
    BOOST_TEST(*find(reader.head().fields, "x-y") == "z");
    BOOST_TEST(reader.head().fields.front().name == "host");
    BOOST_TEST(reader.head().expects_continue);
    BOOST_TEST(reader.head().keep_alive);
    BOOST_TEST(!reader.head().has_body);
}

BOOST_AUTO_TEST_CASE(http_1_0_expects_nothing_before_the_answer) {
    RequestReader reader = small_reader();
    feed(reader, "POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", 100);
    BOOST_TEST(!reader.head().expects_continue);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rfc_9112_contents)

BOOST_AUTO_TEST_CASE(requests_follow_each_other) {
    RequestReader reader = small_reader();
    const std::string text =
        "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world"
        "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;name=value\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n"
        "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const char* const target : {"/1", "/2", "/3"}) {
        const auto progress =
            feed(reader, target == std::string("/1") ? std::string_view(text) : "", 10'000);
        BOOST_CHECK(progress == RequestReader::Progress::done);
        BOOST_TEST(reader.head().target == target);
        BOOST_TEST(body_of(reader) == (target == std::string("/3") ? "" : "hello world"));
    }
    BOOST_TEST(!reader.has_bytes());
}

BOOST_AUTO_TEST_CASE(a_content_may_be_longer_than_the_buffer) {
    RequestReader reader = small_reader();
    feed(reader, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", 10'000);
    std::string body;
    for (int i = 0; i < 10; ++i) {
        const auto space = reader.space();
        BOOST_TEST_REQUIRE(space.size() >= 100U);
        std::memset(space.data(), 'x', 100);
        reader.received(100);
        body += body_of(reader);
    }
    BOOST_TEST(std::ranges::count(body, 'x') == 1000);
    BOOST_TEST(reader.body_is_complete());
}

BOOST_AUTO_TEST_CASE(chunks_beyond_the_limit_and_what_are_none_are_refused) {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    RequestReader long_one = small_reader();
    feed(long_one, head + "7d0\r\n" + std::string(2'000, 'x'), 100'000);
    BOOST_TEST(body_of(long_one).ends_with("!413"));
    RequestReader wrong = small_reader();
    feed(wrong, head + "xyz\r\n", 100'000);
    BOOST_TEST(body_of(wrong) == "!400");
}

BOOST_AUTO_TEST_CASE(an_endless_chunk_line_ends) {
    RequestReader reader = small_reader();
    feed(reader, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;", 10'000);
    std::string said;
    for (int i = 0; i < 1'000 && !said.ends_with("!400"); ++i) {
        const auto space = reader.space();
        BOOST_TEST_REQUIRE(!space.empty());
        std::memset(space.data(), 'x', space.size());
        reader.received(space.size());
        said = body_of(reader);
    }
    BOOST_TEST(said == "!400");
}

BOOST_AUTO_TEST_SUITE_END()
