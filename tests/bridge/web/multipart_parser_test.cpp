// RFC 2046 §5.1 and RFC 2387: bodies of several parts, however their bytes arrive.
#include "web/multipart_parser.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

using namespace cxr::bridge::web;
using cxr::dicom::FaultKind;

namespace {

/// What a body was, in one line a part: "content-type|bytes"; and how it ended.
struct Taken {
    std::vector<std::string> parts;
    std::string ending;
    friend bool operator==(const Taken&, const Taken&) = default;
};
std::ostream& operator<<(std::ostream& out, const Taken& taken) {
    for (const std::string& part : taken.parts) {
        out << '[' << part << ']';
    }
    return out << ' ' << taken.ending;
}

struct Visitor {
    Taken& taken;
    bool& goes_on;
    void operator()(const NeedsMore& /*event*/) const { goes_on = false; }
    void operator()(const BodyEnd& /*event*/) const { goes_on = false; }
    void operator()(const PartBegin& event) const {
        taken.parts.push_back(std::string(event.header.value_of("content-type")) + "|");
    }
    void operator()(const PartBytes& event) const {
        taken.parts.back().append(reinterpret_cast<const char*>(event.bytes.data()),
                                  event.bytes.size());
    }
    void operator()(const PartEnd& /*event*/) const { taken.parts.back() += "|"; }
};

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

/// Fed in pieces of `piece` bytes.
Taken take(std::string_view body,
           std::size_t piece,
           std::string_view boundary = "b",
           MultipartLimits limits = {}) {
    Taken taken;
    MultipartParser parser(boundary, limits);
    while (!body.empty()) {
        const std::size_t count = std::min(piece, body.size());
        parser.feed(bytes_of(body.substr(0, count)));
        body.remove_prefix(count);
        for (bool goes_on = true; goes_on;) {
            const auto event = parser.next();
            if (!event) {
                taken.ending = event.error().doing;
                return taken;
            }
            std::visit(Visitor{taken, goes_on}, *event);
        }
    }
    const auto finished = parser.finish();
    taken.ending = finished ? "whole" : finished.error().doing;
    return taken;
}

struct Body {
    const char* says;
    std::string body;
    Taken expected;
};
std::ostream& operator<<(std::ostream& out, const Body& body) {
    return out << body.says;
}

const std::string cut = "the body ends before its closing boundary";

const std::vector<Body> bodies = {
    {"one part", "--b\r\nContent-Type: a/b\r\n\r\nxyz\r\n--b--\r\n", {{"a/b|xyz|"}, "whole"}},
    {"the closing boundary without a line end, as OHIF sends it",
     "--b\r\nContent-Type: a/b\r\n\r\nxyz\r\n--b--",
     {{"a/b|xyz|"}, "whole"}},
    {"a line end before the first boundary, as OHIF sends it",
     "\r\n--b\r\nContent-Type: a/b\r\n\r\nxyz\r\n--b--",
     {{"a/b|xyz|"}, "whole"}},
    {"two parts",
     "--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b\r\nContent-Type: c/d\r\n\r\ny\r\n--b--",
     {{"a/b|x|", "c/d|y|"}, "whole"}},
    {"preamble and epilogue are dropped",
     "for people\r\nonly --b\r\n--b\r\n\r\nx\r\n--b--\r\nmore\r\n--b\r\n\r\ny",
     {{"|x|"}, "whole"}},
    {"blanks behind the boundary", "--b \t \r\n\r\nx\r\n--b--", {{"|x|"}, "whole"}},
    {"no header", "--b\r\n\r\nx\r\n--b--", {{"|x|"}, "whole"}},
    {"no bytes", "--b\r\nContent-Type: a/b\r\n\r\n\r\n--b--", {{"a/b||"}, "whole"}},
    {"no bytes, and the blank line's end is the boundary's",
     "--b\r\nContent-Type: a/b\r\n\r\n--b--",
     {{"a/b||"}, "whole"}},
    {"neither header nor bytes", "--b\r\n\r\n--b--", {{"||"}, "whole"}},
    {"bytes that begin and end with line ends",
     "--b\r\n\r\n\r\n\r\nx\r\n\r\n\r\n--b--",
     {{"|\r\n\r\nx\r\n\r\n|"}, "whole"}},
    {"what only looks like a boundary is bytes",
     "--b\r\n\r\nx\r\n--bc\r\n--B\r\n-b\r\n--\r\n\r--b\r\r\n--b-x\r\n--b--",
     {{"|x\r\n--bc\r\n--B\r\n-b\r\n--\r\n\r--b\r\r\n--b-x|"}, "whole"}},
    {"a boundary that no line begins with is bytes",
     "--b\r\n\r\nx--b--\r\n--b--",
     {{"|x--b--|"}, "whole"}},
    {"bare line feeds end no line", "--b\r\n\r\nx\n--b--\n\r\n--b--", {{"|x\n--b--\n|"}, "whole"}},
    {"folded fields are joined, names know no case",
     "--b\r\nX: 1\r\nCONTENT-type:  a/b;\r\n\t c=d \r\n\r\nx\r\n--b--",
     {{"a/b; c=d|x|"}, "whole"}},
    {"zero bytes are bytes",
     std::string("--b\r\n\r\n\0\r\0\n\r\n--b--", 18),
     {{std::string("|\0\r\0\n|", 6)}, "whole"}},
    {"no parts at all", "--b--", {{}, "whole"}},
    {"nothing", "", {{}, cut}},
    {"no boundary", "xyz", {{}, cut}},
    {"cut in a boundary", "--b\r\n\r\nx\r\n--b", {{"|x"}, cut}},
    {"cut in a header", "--b\r\nContent-Ty", {{}, cut}},
    {"cut in the bytes", "--b\r\n\r\nx", {{"|x"}, cut}},
    {"cut before the closing boundary", "--b\r\n\r\nx\r\n--b\r\n", {{"|x|"}, cut}},
    {"a field without a colon",
     "--b\r\nnone\r\n\r\nx",
     {{}, "a part's header has a line that is no field"}},
    {"a field without a name",
     "--b\r\n: x\r\n\r\nx",
     {{}, "a part's header has a line that is no field"}},
    {"a name with a blank",
     "--b\r\na b: x\r\n\r\nx",
     {{}, "a part's header has a line that is no field"}},
    {"a first line that is folded",
     "--b\r\n x: y\r\n\r\nx",
     {{}, "a part's header has a line that is no field"}},
    {"a control character",
     "--b\r\nX: a\x1b"
     "b\r\n\r\nx",
     {{}, "a part's header has a control character"}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rfc_2046_5_1_a_body_of_several_parts)

BOOST_DATA_TEST_CASE(is_the_same_however_its_bytes_arrive, bodies, body) {
    for (std::size_t piece = 1; piece <= body.body.size() + 1; ++piece) {
        BOOST_TEST(take(body.body, piece) == body.expected, "in pieces of " << piece);
    }
}

BOOST_DATA_TEST_CASE(is_the_same_cut_in_two_anywhere, bodies, body) {
    for (std::size_t at = 0; at <= body.body.size(); ++at) {
        Taken taken;
        MultipartParser parser("b");
        bool faulty = false;
        for (const std::string_view piece :
             {std::string_view(body.body).substr(0, at), std::string_view(body.body).substr(at)}) {
            parser.feed(bytes_of(piece));
            for (bool goes_on = !faulty; goes_on;) {
                const auto event = parser.next();
                if (!event) {
                    taken.ending = event.error().doing;
                    faulty = true;
                    break;
                }
                std::visit(Visitor{taken, goes_on}, *event);
            }
        }
        if (!faulty) {
            const auto finished = parser.finish();
            taken.ending = finished ? "whole" : finished.error().doing;
        }
        BOOST_TEST(taken == body.expected, "cut at " << at);
    }
}

BOOST_AUTO_TEST_CASE(may_have_a_boundary_that_begins_another_and_repeats_itself) {
    const std::string body = "--a--a\r\n\r\n\r\n--a-\r\n--a--\r\n--a--aa\r\n--a--a--";
    for (std::size_t piece = 1; piece <= body.size(); ++piece) {
        const Taken taken = take(body, piece, "a--a");
        BOOST_TEST(taken == (Taken{{"|\r\n--a-\r\n--a--\r\n--a--aa|"}, "whole"}), piece);
    }
}

BOOST_AUTO_TEST_CASE(hands_on_bytes_before_the_part_is_over) {
    MultipartParser parser("b");
    parser.feed(bytes_of("--b\r\n\r\n0123456789"));
    BOOST_TEST(std::holds_alternative<PartBegin>(*parser.next()));
    const auto event = parser.next();
    BOOST_REQUIRE(std::holds_alternative<PartBytes>(*event));
    BOOST_TEST(std::get<PartBytes>(*event).bytes.size() == 10U);
    BOOST_TEST(std::holds_alternative<NeedsMore>(*parser.next()));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(robustness_23_limits)

BOOST_AUTO_TEST_CASE(of_a_header_that_never_ends) {
    const std::string field = "X: 0123456789\r\n";
    std::string body = "--b\r\n";
    for (int i = 0; i < 20; ++i) {
        body += field;
    }
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, body.size()}) {
        BOOST_TEST(take(body, piece, "b", {.header_bytes_max = 200}).ending ==
                   "a part's header has more than 200 bytes");
    }
}

BOOST_AUTO_TEST_CASE(of_a_preamble_that_never_ends) {
    const std::string body(300, 'x');
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, body.size()}) {
        BOOST_TEST(take(body, piece, "b", {.header_bytes_max = 200}).ending ==
                   "the boundary does not begin any part");
    }
}

BOOST_AUTO_TEST_CASE(of_parts) {
    std::string body = "--b\r\n";
    for (int i = 0; i < 3; ++i) {
        body += "\r\nx\r\n--b\r\n";
    }
    const Taken taken = take(body, body.size(), "b", {.parts_max = 3});
    BOOST_TEST(taken == (Taken{{"|x|", "|x|", "|x"}, "more than 3 parts"}));
}

BOOST_AUTO_TEST_CASE(a_fault_is_of_its_kind) {
    MultipartParser parser("b", {.parts_max = 0});
    parser.feed(bytes_of("--b\r\n\r\n"));
    const auto event = parser.next();
    BOOST_REQUIRE(!event);
    BOOST_TEST((event.error().kind == FaultKind::exhausted));
}

struct Boundary {
    std::string text;
    bool valid;
};
std::ostream& operator<<(std::ostream& out, const Boundary& boundary) {
    return out << '"' << boundary.text << '"';
}
const Boundary boundaries[] = {{"b", true},
                               {"gc0pJq0M:08jU534c0p", true},
                               {"a b", true},
                               {std::string(70, 'x'), true},
                               {std::string(71, 'x'), false},
                               {"", false},
                               {"a ", false},
                               {"a\r\nb", false},
                               {"a\"b", false},
                               {"\xC3\xA9", false}};

BOOST_DATA_TEST_CASE(rfc_2046_5_1_1_of_boundaries, boundaries, boundary) {
    BOOST_TEST(is_boundary(boundary.text) == boundary.valid);
}

BOOST_AUTO_TEST_SUITE_END()
