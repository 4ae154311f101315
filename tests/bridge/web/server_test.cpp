// HTTP/1.1 over sockets (RFC 9112): keeping connections, limits, slow and hostile clients, the
// stop.
#include "bridge/web/live_pieces.hpp"
#include "bridge/web/problem.hpp"
#include "support/running_web.hpp"
#include "support/secure_node.hpp"
#include "support/tls_peer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace cxr;
using namespace cxr::bridge::web;
using namespace cxr::test;

namespace {

class Counting final : public Pieces {
public:
    explicit Counting(std::size_t fails_at) : fails_at_(fails_at) {}
    Result<std::vector<dicom::Segment>> next() override {
        if (++calls_ == fails_at_) {
            return Fault{.kind = FaultKind::not_found, .doing = "it broke"};
        }
        if (calls_ > 3) {
            return std::vector<dicom::Segment>{};
        }
        const std::vector<std::byte> three(3, static_cast<std::byte>('a' + calls_ - 1));
        return std::vector{dicom::Segment::of(three)};
    }

private:
    std::size_t fails_at_;
    std::size_t calls_ = 0;
};

/// Says where it ended.
class EndingPieces final : public Pieces {
public:
    EndingPieces(bool fails, std::promise<bool>& on_pool, boost::asio::thread_pool*& pool)
        : fails_(fails), on_pool_(on_pool), pool_(pool) {}
    ~EndingPieces() override { on_pool_.set_value(pool_->get_executor().running_in_this_thread()); }
    EndingPieces(const EndingPieces&) = delete;
    EndingPieces& operator=(const EndingPieces&) = delete;
    Result<std::vector<dicom::Segment>> next() override {
        if (fails_) {
            return Fault{.kind = FaultKind::not_found, .doing = "it broke"};
        }
        return std::vector<dicom::Segment>{};
    }

private:
    const bool fails_;
    std::promise<bool>& on_pool_;
    boost::asio::thread_pool*& pool_;
};

Router test_router() {
    Router router;
    router.add({"GET", "/hello", "", Answer([](const Request&) {
                    return text_response(200, "text/plain", "hello");
                })});
    router.add({"GET", "/echo/{word}", "", Answer([](const Request& request) {
                    return text_response(
                        200, "text/plain", request.capture("word") + " " + request.origin);
                })});
    router.add({"GET",
                "/negotiated",
                "",
                Answer([](const Request&) { return json_response("{}"); }),
                Role::reader,
                {"application/json", "text/html"}});
    router.add({"GET", "/throws", "", Answer([](const Request&) -> Response {
                    throw std::runtime_error("a bug");
                })});
    router.add({"GET", "/pieces/{fails}", "", Answer([](const Request& request) {
                    Response response;
                    response.content =
                        std::make_shared<Counting>(std::stoul(request.capture("fails")));
                    return response;
                })});
    router.add({"GET", "/big", "", Answer([](const Request&) {
                    Response response;
                    const auto segment =
                        dicom::Segment::of(std::vector<std::byte>(8 << 20, std::byte{'x'}));
                    response.content = std::vector<dicom::Segment>{segment, segment};
                    return response;
                })});
    router.add({"POST", "/length", "", Dialogue([](Request& request) -> Awaitable<Response> {
                    if (request.body == nullptr) {
                        co_return text_response(200, "text/plain", "none");
                    }
                    const auto text = co_await read_all(*request.body, 1'000);
                    co_return text ? text_response(200, "text/plain", std::to_string(text->size()))
                                   : problem_of(text.error());
                })});
    router.add({"POST", "/ignores", "", Dialogue([](Request&) -> Awaitable<Response> {
                    co_return text_response(200, "text/plain", "ignored");
                })});
    return router;
}

ServerSettings quick() {
    return {.head_time = std::chrono::milliseconds(300),
            .idle_time = std::chrono::milliseconds(400),
            .body_time = std::chrono::milliseconds(300),
            .body_bytes_per_second = 1'000'000,
            .write_time = std::chrono::milliseconds(500)};
}

std::string post(std::string_view target, std::string_view fields, std::string_view body) {
    std::string text = "POST ";
    text.append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(fields).append("\r\n");
    return text.append(body);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_connection)

BOOST_AUTO_TEST_CASE(serves_requests_one_after_the_other) {
    RunningWeb web(test_router());
    HttpPeer peer(web.port());
    const std::string first = peer.send(get("/hello")).answer();
    BOOST_TEST(status_in(first) == "200");
    BOOST_TEST(content_in(first) == "hello");
    BOOST_TEST(first.find("nosniff") != std::string::npos);
    BOOST_TEST(content_in(peer.send(get("/echo/a%20b")).answer()) == "a b http://test");
    peer.send(get("/hello") + get("/echo/2") + get("/nowhere"));  // pipelined
    BOOST_TEST(content_in(peer.answer()) == "hello");
    BOOST_TEST(content_in(peer.answer()) == "2 http://test");
    BOOST_TEST(status_in(peer.answer()) == "404");
    const auto told = web.exchanges.wait_for(5);
    BOOST_TEST(told.status == 404U);
    BOOST_TEST(told.pattern == "");
    BOOST_TEST(web.exchanges.wait_for(2).pattern == "/echo/{word}");
    BOOST_TEST(web.exchanges.wait_for(2).path == "/echo/a%20b");
}

BOOST_AUTO_TEST_CASE(tells_caches_what_an_answer_depends_on) {
    RunningWeb web(test_router());
    HttpPeer peer(web.port());
    const std::string chosen = peer.send(get("/negotiated")).answer();
    BOOST_TEST(chosen.find("\r\nVary: Accept-Encoding, Accept\r\n") != std::string::npos, chosen);
    const std::string always = peer.send(get("/hello")).answer();
    BOOST_TEST(always.find("\r\nVary: Accept-Encoding\r\n") != std::string::npos, always);
}

BOOST_AUTO_TEST_CASE(ends_when_the_client_says_so) {
    RunningWeb web(test_router());
    HttpPeer peer(web.port());
    const std::string all = peer.send(get("/hello", "Connection: close\r\n")).rest();
    BOOST_TEST(all.ends_with("hello"));
    BOOST_TEST(all.find("Connection: close") != std::string::npos);
    HttpPeer old(web.port());
    BOOST_TEST(old.send("GET /pieces/9 HTTP/1.0\r\n\r\n").rest().ends_with("\r\n\r\naaabbbccc"));
}

BOOST_AUTO_TEST_CASE(breaks_off_by_a_reset_where_its_end_would_look_like_the_answer_s) {
    RunningWeb web(test_router());
    HttpPeer whole(web.port()), broken(web.port()), framed(web.port());
    BOOST_TEST(!whole.send("GET /pieces/9 HTTP/1.0\r\n\r\n").is_reset());
    BOOST_TEST(broken.send("GET /pieces/2 HTTP/1.0\r\n\r\n").is_reset());
    BOOST_TEST(!framed.send(get("/pieces/2")).is_reset());
}

BOOST_AUTO_TEST_CASE(says_by_tls_that_it_ends) {
    ServerSettings settings;
    auto tls = settings_of(pki().node);
    tls.client_certificate = storescp::ClientCertificate::none;
    settings.tls = context_of(tls);
    RunningWeb web(test_router(), settings);
    TlsPeer peer(web.port(), nameless());
    const std::string request = get("/hello", "Connection: close\r\n");
    peer.send(std::as_bytes(std::span(request)));
    BOOST_TEST(peer.until_close_notify().ends_with("\r\n\r\nhello"));
}

struct Ending {
    const char* says;
    const char* request;
    bool fails;
};
std::ostream& operator<<(std::ostream& out, const Ending& each) {
    return out << each.says;
}
const Ending endings[] = {
    {"sent", "GET /ending HTTP/1.1\r\nHost: a\r\n\r\n", false},
    {"not asked for", "HEAD /ending HTTP/1.1\r\nHost: a\r\n\r\n", false},
    {"broken before the first one", "GET /ending HTTP/1.1\r\nHost: a\r\n\r\n", true},
};

BOOST_DATA_TEST_CASE(ends_what_may_block_on_the_pool, endings, each) {
    std::promise<bool> on_pool;
    boost::asio::thread_pool* pool = nullptr;
    Router router;
    router.add({"GET", "/ending", "", Answer([&](const Request&) {
                    Response response;
                    response.content = std::make_shared<EndingPieces>(each.fails, on_pool, pool);
                    return response;
                })});
    RunningWeb web(std::move(router));
    pool = &web.pool();
    HttpPeer peer(web.port());
    peer.send(each.request);
    auto ended = on_pool.get_future();
    BOOST_TEST_REQUIRE((ended.wait_for(patience) == std::future_status::ready));
    BOOST_TEST(ended.get());
}

BOOST_AUTO_TEST_CASE(answers_head_and_options_and_what_a_resource_has_not) {
    RunningWeb web(test_router());
    HttpPeer peer(web.port());
    peer.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + get("/hello"));
    const std::string head = peer.answer(true);
    BOOST_TEST(head.find("Content-Length: 5") != std::string::npos);
    BOOST_TEST(content_in(peer.answer()) == "hello");
    const std::string options = peer.send("OPTIONS /hello HTTP/1.1\r\nHost: a\r\n\r\n").answer();
    BOOST_TEST(status_in(options) == "204");
    BOOST_TEST(options.find("Allow: GET, HEAD, OPTIONS") != std::string::npos);
    const std::string wrong = peer.send("DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n").answer();
    BOOST_TEST(status_in(wrong) == "405");
    BOOST_TEST(status_in(peer.send(get("/%2e%2e/etc")).answer()) == "400");
    BOOST_TEST(status_in(peer.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").answer()) == "404");
    BOOST_TEST(status_in(peer.send("GET * HTTP/1.1\r\nHost: a\r\n\r\n").answer()) == "400");
    BOOST_TEST(status_in(peer.send(get("http://a/hello")).answer()) == "200");
    BOOST_TEST(status_in(peer.send("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n").answer()) == "404");
}

BOOST_AUTO_TEST_CASE(survives_what_a_resource_throws) {
    RunningWeb web(test_router());
    HttpPeer peer(web.port());
    const std::string answer = peer.send(get("/throws")).answer();
    BOOST_TEST(status_in(answer) == "500");
    BOOST_TEST(answer.find("a bug") == std::string::npos);
    BOOST_TEST(web.exchanges.wait_for().why == "a bug");
    BOOST_TEST(status_in(peer.send(get("/hello")).answer()) == "200");
}

BOOST_AUTO_TEST_CASE(streams_in_chunks_and_breaks_off_where_a_stream_breaks) {
    RunningWeb web(test_router());
    HttpPeer peer(web.port());
    BOOST_TEST(peer.send(get("/pieces/9", "Connection: close\r\n"))
                   .rest()
                   .ends_with("\r\n\r\n3\r\naaa\r\n3\r\nbbb\r\n3\r\nccc\r\n0\r\n\r\n"));
    HttpPeer early(web.port());
    BOOST_TEST(status_in(early.send(get("/pieces/1")).answer()) == "404");
    HttpPeer late(web.port());
    BOOST_TEST(late.send(get("/pieces/2")).rest().ends_with("3\r\naaa\r\n"));
    BOOST_TEST(web.exchanges.wait_for(3).why == "it broke");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_content)

BOOST_AUTO_TEST_CASE(is_read_by_length_and_in_chunks) {
    RunningWeb web(test_router());
    HttpPeer peer(web.port());
    BOOST_TEST(content_in(peer.send(post("/length", "", "")).answer()) == "none");
    BOOST_TEST(content_in(peer.send(post("/length", "Content-Length: 5\r\n", "hello")).answer()) ==
               "5");
    BOOST_TEST(content_in(peer.send(post("/length",
                                         "Transfer-Encoding: chunked\r\n",
                                         "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"))
                              .answer()) == "7");
    BOOST_TEST(web.exchanges.wait_for(3).received == 7U);
    peer.send(post("/length", "Content-Length: 2\r\nExpect: 100-continue\r\n", ""));
    BOOST_TEST(peer.answer(true).starts_with("HTTP/1.1 100 Continue\r\n"));
    BOOST_TEST(content_in(peer.send("ab").answer()) == "2");
}

BOOST_AUTO_TEST_CASE(that_nobody_reads_does_not_disturb_the_next_request) {
    RunningWeb web(test_router());
    HttpPeer peer(web.port());
    const std::string body(100'000, 'x');
    peer.send(post("/ignores", "Content-Length: 100000\r\n", body) + get("/hello"));
    BOOST_TEST(content_in(peer.answer()) == "ignored");
    BOOST_TEST(content_in(peer.answer()) == "hello");
    HttpPeer endless(web.port());
    endless.send(post("/ignores", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n"));
    BOOST_TEST(endless.answer().find("Connection: close") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(that_ends_too_early_is_answered_at_once) {
    ServerSettings settings;
    settings.body_time = std::chrono::hours(1);
    RunningWeb web(test_router(), settings);
    HttpPeer peer(web.port());
    peer.send(post("/length", "Content-Length: 10\r\n", "hello"));
    ::shutdown(peer.raw().handle(), SHUT_WR);
    BOOST_TEST(status_in(peer.answer()) == "408");
    BOOST_TEST(peer.rest().empty());
}

BOOST_AUTO_TEST_CASE(that_is_too_long_is_refused) {
    ServerSettings settings;
    settings.body_bytes_max = 5'000;
    RunningWeb web(test_router(), settings);
    HttpPeer announced(web.port());
    BOOST_TEST(
        status_in(announced.send(post("/length", "Content-Length: 2147483648\r\n", "")).answer()) ==
        "413");
    BOOST_TEST(announced.rest().empty());
    HttpPeer own_limit(web.port());
    BOOST_TEST(
        status_in(
            own_limit.send(post("/length", "Content-Length: 2000\r\n", std::string(2'000, 'x')))
                .answer()) == "413");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_slow_client)

BOOST_AUTO_TEST_CASE(that_never_completes_a_head_is_told_and_cut_off) {
    RunningWeb web(test_router(), quick());
    HttpPeer peer(web.port());
    peer.send("GET /hello HTTP/1.1\r\nHost: a\r\n");
    BOOST_TEST(status_in(peer.answer()) == "408");
    BOOST_TEST(peer.rest().empty());
}

BOOST_AUTO_TEST_CASE(that_says_nothing_is_closed) {
    RunningWeb web(test_router(), quick());
    HttpPeer silent(web.port());
    HttpPeer idle(web.port());
    idle.send(get("/hello")).answer();
    BOOST_TEST(silent.rest().empty());
    BOOST_TEST(idle.rest().empty());
}

BOOST_AUTO_TEST_CASE(that_sends_its_content_too_slowly_is_cut_off) {
    RunningWeb web(test_router(), quick());
    HttpPeer peer(web.port());
    peer.send(post("/length", "Content-Length: 500\r\n", "a few"));
    BOOST_TEST(status_in(peer.answer()) == "408");
    BOOST_TEST(peer.rest().empty());
}

BOOST_AUTO_TEST_CASE(that_reads_nothing_is_given_up) {
    RunningWeb web(test_router(), quick());
    HttpPeer peer(web.port());
    peer.send(get("/big"));
    const auto told = web.exchanges.wait_for();
    BOOST_TEST(told.why == "the client read too slowly");
}

BOOST_AUTO_TEST_CASE(that_reads_byte_by_byte_is_given_up_too) {
    ServerSettings settings = quick();
    settings.write_bytes_per_second = 1'000'000'000;
    RunningWeb web(test_router(), settings);
    HttpPeer peer(web.port());
    peer.send(get("/big"));
    // A byte a call is never faster than that, and never stalls for the write time.
    std::jthread reading([&peer](const std::stop_token& stop) {
        char byte = 0;
        while (!stop.stop_requested() && ::recv(peer.raw().handle(), &byte, 1, 0) > 0) {
        }
    });
    BOOST_TEST(web.exchanges.wait_for().why == "the client read too slowly");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// What a client of its own is answered; a closed connection counts as the 503 it may not have
/// seen.
std::string answer_to_another(RunningWeb& web) {
    try {
        HttpPeer another(web.port());
        another.send(get("/hello", "Connection: close\r\n"));
        return another.answer();
    } catch (const std::runtime_error&) {
        return "HTTP/1.1 503 \r\n\r\n";
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(many_clients)

BOOST_AUTO_TEST_CASE(have_as_many_connections_as_there_may_be) {
    ServerSettings settings;
    settings.connections_max = 2;
    RunningWeb web(test_router(), settings);
    HttpPeer first(web.port()), second(web.port());
    first.send("GET /hello HTT");
    second.send(post("/length", "Content-Length: 10\r\nExpect: 100-continue\r\n", ""));
    second.answer(true);  // served, and not idle
    // The first may not have been read yet: idle ones make way, so wait until it is not.
    std::string third;
    for (int i = 0; i < 100 && third.find(" 503 ") == std::string::npos; ++i) {
        third = answer_to_another(web);
    }
    BOOST_TEST(third.find(" 503 ") != std::string::npos);
    BOOST_TEST(content_in(second.send("0123456789").answer()) == "10");
}

BOOST_AUTO_TEST_CASE(an_idle_one_makes_way) {
    ServerSettings settings;
    settings.connections_max = 1;
    RunningWeb web(test_router(), settings);
    HttpPeer idle(web.port());
    idle.send(get("/hello")).answer();
    // Its answer may be here before the node waits for more: until then it is not idle, and a
    // newcomer is turned away.
    std::string answer;
    for (int i = 0; i < 1'000 && !answer.ends_with("hello"); ++i) {
        answer = answer_to_another(web);
    }
    BOOST_TEST(content_in(answer) == "hello");
    BOOST_TEST(idle.rest().empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_stop)

BOOST_AUTO_TEST_CASE(lets_a_request_finish_and_ends_idle_connections) {
    std::atomic<bool> entered{false}, may_leave{false};
    Router router;
    router.add({"GET", "/slow", "", Answer([&](const Request&) {
                    entered = true;
                    entered.notify_all();
                    may_leave.wait(false);
                    return text_response(200, "text/plain", "done");
                })});
    RunningWeb web(std::move(router));
    HttpPeer idle(web.port()), busy(web.port());
    busy.send(get("/slow"));
    entered.wait(false);
    std::thread stopping([&] { web.stop(std::chrono::seconds(20)); });
    BOOST_TEST(idle.rest().empty());
    may_leave = true;
    may_leave.notify_all();
    const std::string answer = busy.answer();
    BOOST_TEST(content_in(answer) == "done");
    BOOST_TEST(busy.rest().empty());
    stopping.join();
    BOOST_TEST(web.connections() == 0U);
    BOOST_CHECK_THROW(HttpPeer(web.port()), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
