// What clients accept (RFC 9110 12.5.1, PS3.18 8.7), which resource they mean, and what other
// origins may do.
#include "bridge/web/cors.hpp"
#include "bridge/web/media_type.hpp"
#include "bridge/web/problem.hpp"
#include "bridge/web/router.hpp"
#include "web/response_head.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr::bridge::web;

namespace {

const std::string_view offers[] = {"application/dicom+json", "application/json", "text/html"};

struct Choice {
    const char* says;
    const char* accept;
    const char* chosen;
};
std::ostream& operator<<(std::ostream& out, const Choice& choice) {
    return out << choice.says;
}
const Choice choices[] = {
    {"exactly ours", "application/json", "application/json"},
    {"anything is our best", "*/*", "application/dicom+json"},
    {"a type is our best of it", "text/*", "text/html"},
    {"q decides", "application/json;q=0.5, text/html;q=0.9", "text/html"},
    {"else the order", "text/html, application/json", "text/html"},
    {"capitals do not count", "Application/JSON", "application/json"},
    {"q=0 is none", "application/json;q=0", ""},
    {"nothing of ours", "image/png", ""},
    {"a wider range gives not what is excluded",
     "application/dicom+json;q=0, */*",
     "application/json"},
    {"whatever the order", "*/*, application/dicom+json;q=0", "application/json"},
    {"a whole type is excluded", "application/*;q=0, */*;q=0.1", "text/html"},
    {"but what is named", "application/*;q=0, application/json", "application/json"},
    {"all is excluded but what is named", "*/*;q=0, text/html;q=0.1", "text/html"},
    {"all is excluded", "*/*;q=0", ""},
    {"nothing is left", "application/*, application/dicom+json;q=0, application/json;q=0.000", ""},
    {"the more exact range says how much", "*/*, application/*;q=0.5", "text/html"},
    {"what cannot be read is left out", "nonsense, application/json", "application/json"},
    {"a comma in quotes separates nothing", "x/y; a=\"b,c\", text/html", "text/html"},
};

Resource resource(std::string method, std::string pattern) {
    return {.method = std::move(method),
            .pattern = std::move(pattern),
            .says = "",
            .handler = Answer([](const Request&) { return Response{}; })};
}

Request from(std::string origin) {
    Request request;
    request.origin = "http://127.0.0.1:8080";
    if (!origin.empty()) {
        request.headers.push_back({.name = "origin", .value = std::move(origin)});
    }
    return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(what_is_accepted)

BOOST_DATA_TEST_CASE(the_wanted_offer_is_chosen, choices, each) {
    BOOST_TEST(choose(parse_accept(each.accept), offers) == each.chosen);
}

BOOST_AUTO_TEST_CASE(viewers_leave_out_quotation_marks) {
    for (const char* const text :
         {"multipart/related; type=application/octet-stream; transfer-syntax=*",
          "multipart/related;type=\"application/octet-stream\" ; transfer-syntax=\"*\";q=0.5"}) {
        const auto accepted = parse_accept(text);
        BOOST_TEST_REQUIRE(accepted.size() == 1U);
        BOOST_TEST(accepted[0].is("multipart/related"));
        BOOST_TEST(accepted[0].parameter("type") == "application/octet-stream");
        BOOST_TEST(accepted[0].parameter("Transfer-Syntax") == "*");
        BOOST_TEST(accepted[0].parameter("q") == "");
    }
}

BOOST_AUTO_TEST_CASE(the_query_wins_over_the_field) {
    Request request;
    request.headers = {{"accept", "multipart/related; type=\"application/octet-stream\""}};
    request.target.query = {{"accept", "image/jpeg"}};
    BOOST_TEST(accepted(request).front().is("image/jpeg"));
    request.target.query.clear();
    BOOST_TEST(accepted(request).front().is("multipart/related"));
    request.headers.clear();
    BOOST_TEST(accepted(request).front().takes("image/png"));
}

BOOST_AUTO_TEST_CASE(codings) {
    BOOST_TEST(takes_coding("gzip, deflate, br", "gzip"));
    BOOST_TEST(takes_coding("*", "gzip"));
    BOOST_TEST(!takes_coding("gzip;q=0, *", "gzip"));
    BOOST_TEST(!takes_coding("", "gzip"));
    BOOST_TEST(!takes_coding("br", "gzip"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(resources)

BOOST_AUTO_TEST_CASE(are_found_by_method_and_path) {
    Router router;
    router.add(resource("GET", "/"));
    router.add(resource("GET", "/viewer/{path*}"));
    router.add(resource("GET", "/studies/{study}"));
    router.add(resource("POST", "/studies/{study}"));
    router.add(resource("GET", "/studies/all"));
    const auto at = [&](const char* method, const char* path) {
        return router.find(method, parse_target(path)->path);
    };
    BOOST_TEST(at("GET", "/").resource->pattern == "/");
    BOOST_TEST(at("HEAD", "/studies/1.2").resource->pattern == "/studies/{study}");
    BOOST_CHECK((at("GET", "/studies/1.2").captures == Fields{{"study", "1.2"}}));
    BOOST_TEST(at("GET", "/studies/all").resource->pattern == "/studies/all");
    BOOST_CHECK((at("GET", "/viewer/a/b.js").captures == Fields{{"path", "a/b.js"}}));
    BOOST_CHECK(at("GET", "/viewer").resource == nullptr);
    BOOST_CHECK(at("DELETE", "/studies/1").resource == nullptr);
    BOOST_CHECK(at("GET", "/studies/1/2").resource == nullptr);
    const auto methods = router.methods(parse_target("/studies/1")->path);
    BOOST_TEST(methods == (std::vector<std::string>{"GET", "HEAD", "OPTIONS", "POST"}),
               boost::test_tools::per_element());
    BOOST_TEST(router.methods(parse_target("/nowhere")->path).empty());
    BOOST_CHECK_THROW(router.add(resource("GET", "/")), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(other_origins)

BOOST_AUTO_TEST_CASE(get_nothing_unless_they_are_listed) {
    const std::vector<std::string> listed{"https://viewer.example.org"};
    Response to_ours;
    allow_origin(from("http://127.0.0.1:8080"), {}, to_ours);
    BOOST_TEST(to_ours.headers.empty());
    BOOST_TEST(origin_is_allowed(from(""), {}));
    BOOST_TEST(origin_is_allowed(from("http://127.0.0.1:8080"), {}));
    BOOST_TEST(!origin_is_allowed(from("https://viewer.example.org"), {}));
    BOOST_TEST(origin_is_allowed(from("https://viewer.example.org"), listed));
    BOOST_TEST(!origin_is_allowed(from("null"), listed));

    Response to_listed, to_other, to_any;
    allow_origin(from("https://viewer.example.org"), listed, to_listed);
    BOOST_TEST(*find(to_listed.headers, "access-control-allow-origin") ==
               "https://viewer.example.org");
    BOOST_TEST(*find(to_listed.headers, "vary") == "Origin");
    allow_origin(from("https://evil.example.org"), listed, to_other);
    BOOST_CHECK(find(to_other.headers, "access-control-allow-origin") == nullptr);
    const std::vector<std::string> any{"*"};
    allow_origin(from("https://evil.example.org"), any, to_any);
    BOOST_TEST(*find(to_any.headers, "access-control-allow-origin") == "*");
    BOOST_CHECK(find(to_any.headers, "access-control-allow-credentials") == nullptr);
}

BOOST_AUTO_TEST_CASE(ask_before_they_send_fields_of_their_own) {
    Request request = from("https://viewer.example.org");
    request.headers.push_back({"access-control-request-method", "GET"});
    request.headers.push_back({"access-control-request-headers", "accept"});
    const std::vector<std::string> listed{"https://viewer.example.org"}, methods{"GET", "HEAD"};
    const Response allowed = options_response(request, listed, methods);
    BOOST_TEST(allowed.status == 204U);
    BOOST_TEST(*find(allowed.headers, "access-control-allow-headers") == "accept");
    BOOST_TEST(*find(allowed.headers, "access-control-allow-methods") == "GET, HEAD");
    const Response refused = options_response(request, {}, methods);
    BOOST_CHECK(find(refused.headers, "access-control-allow-methods") == nullptr);
    BOOST_TEST(*find(refused.headers, "allow") == "GET, HEAD");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(answers)

BOOST_AUTO_TEST_CASE(of_faults_tell_what_a_stranger_may_know) {
    const Response bad = problem_of({.kind = FaultKind::malformed, .doing = "no \"date\""});
    BOOST_TEST(bad.status == 400U);
    BOOST_TEST(*find(bad.headers, "content-type") == "application/problem+json");
    BOOST_TEST(std::get<std::string>(bad.content).find(R"("detail": "no \"date\"")") !=
               std::string::npos);
    const Response ours = problem_of({.kind = FaultKind::storage, .doing = "/secret/path"});
    BOOST_TEST(ours.status == 500U);
    BOOST_TEST(std::get<std::string>(ours.content).find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(have_one_head) {
    Response response = text_response(200, "text/plain", "x");
    response.set("X-Said", "a\r\nSet-Cookie: b");
    response.set("Cache-Control", "max-age=60");
    const std::string head =
        response_head(response, {.framing = Framing::length, .length = 1, .keep_alive = false});
    BOOST_TEST(head.starts_with("HTTP/1.1 200 OK\r\nDate: "));
    BOOST_TEST(head.find("\r\nSet-Cookie") == std::string::npos);
    BOOST_TEST(head.find("no-store") == std::string::npos);
    BOOST_TEST(head.find("\r\nContent-Length: 1\r\n") != std::string::npos);
    BOOST_TEST(head.find("default-src 'none'") != std::string::npos);
    BOOST_TEST(head.ends_with("Connection: close\r\n\r\n"));
    BOOST_TEST(http_date(std::chrono::system_clock::time_point(std::chrono::seconds(784111777))) ==
               "Sun, 06 Nov 1994 08:49:37 GMT");
}

BOOST_AUTO_TEST_SUITE_END()
