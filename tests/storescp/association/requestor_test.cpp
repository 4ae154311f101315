#include "storescp/association/requestor.hpp"

#include "dicom/core/implementation.hpp"
#include "support/associations.hpp"
#include "support/process.hpp"
#include "support/raw_peer.hpp"
#include "support/running_listener.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <future>

using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

AssociationRequest request_to(std::uint16_t port) {
    AssociationRequest request;
    request.peers = {.calling = "CXRBRIDGE", .called = "TESTER"};
    request.host = "127.0.0.1";
    request.port = port;
    request.contexts = {{1, verification, {implicit_little}}};
    return request;
}

pdu::AssociateAC acceptance() {
    pdu::AssociateAC answer;
    answer.user.pdu_bytes_max = 16'384;
    answer.contexts = {{1, ContextResult::acceptance, implicit_little}};
    return answer;
}

/// What a user of an association does with it, and how it went.
using Use = std::function<Awaitable<std::string>(Association&)>;

Awaitable<std::string> ask(AssociationRequest request, Use use) {
    auto association = co_await request_association(std::move(request));
    if (!association) {
        const char* kind = association.error().kind == FaultKind::refused ? "refused: " : "fault: ";
        co_return kind + association.error().doing;
    }
    std::string how = co_await use(**association);
    co_return how;
}

/// A requestor on a strand of its own.
class Requestor {
public:
    void begin(AssociationRequest request, Use use) {
        outcome_ = boost::asio::co_spawn(
            strand_, ask(std::move(request), std::move(use)), boost::asio::use_future);
    }
    void interrupt(const std::shared_ptr<Interruption>& interruption) {
        boost::asio::post(strand_, [interruption] { interruption->interrupt(); });
    }
    std::string outcome() {
        if (outcome_.wait_for(patience) != std::future_status::ready) {
            throw std::runtime_error("the requestor did not end in time");
        }
        return outcome_.get();
    }

private:
    RunningContext context_;
    boost::asio::strand<boost::asio::io_context::executor_type> strand_ =
        boost::asio::make_strand(context_.io());
    std::future<std::string> outcome_;
};

/// Its queue is full: who connects to it is neither welcome nor refused.
class FullAcceptor {
public:
    FullAcceptor() {
        BOOST_TEST_REQUIRE(::listen(acceptor_.handle(), 0) == 0);
        first_.connect_to(acceptor_.port());
    }
    [[nodiscard]] std::uint16_t port() const { return acceptor_.port(); }

private:
    RawAcceptor acceptor_;
    RawPeer first_ = RawPeer::unconnected();
};

Awaitable<std::string> echo_and_release(Association& association) {
    CommandSet request = echo_request(3);
    const auto sent = co_await association.send_message(1, request);
    if (!sent) {
        co_return sent.error().doing;
    }
    const auto response = co_await association.receive_message();
    if (!response) {
        co_return response.error().doing;
    }
    co_await association.release();
    co_return "answered";
}
Awaitable<std::string> nothing(Association&) {
    co_return "nothing done";
}
Awaitable<std::string> only_release(Association& association) {
    co_await association.release();
    co_return association.is_open() ? "still open" : "released";
}
Awaitable<std::string> only_receive(Association& association) {
    const auto message = co_await association.receive_message();
    co_return message ? "a message" : message.error().doing;
}

/// Plays the acceptor up to the established association.
RawPeer accept_association(RawAcceptor& acceptor, const pdu::AssociateAC& answer = acceptance()) {
    RawPeer peer = acceptor.accept();
    const Bytes request = peer.receive();
    BOOST_TEST_REQUIRE(std::to_integer<int>(request.at(0)) == 1);
    peer.send(pdu::encode(answer));
    return peer;
}

bool ends_with(const std::string& text, std::string_view end) {
    return text.ends_with(end);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_7_1_association_requestor)

BOOST_AUTO_TEST_CASE(A1_it_asks_echoes_and_releases_with_our_own_listener) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    Requestor requestor;
    AssociationRequest request = request_to(node.port());
    request.peers = {.calling = "TESTER", .called = "CXRBRIDGE"};
    request.host = "localhost";
    requestor.begin(request, echo_and_release);
    BOOST_TEST(requestor.outcome() == "answered");
    BOOST_TEST(node.events().wait_for<AssociationEnded>().how == "released");
}

BOOST_AUTO_TEST_CASE(A48_its_request_says_who_it_is_and_what_it_bears) {
    RawAcceptor acceptor;
    Requestor requestor;
    AssociationRequest request = request_to(acceptor.port());
    request.roles[secondary_capture] = {.scu = false, .scp = true};
    request.extended_negotiation[study_root_find] = {1};
    requestor.begin(request, nothing);
    RawPeer peer = acceptor.accept();
    const Bytes sent = peer.receive();
    const auto decoded = pdu::decode_associate_rq(std::span(sent).subspan(6));
    const auto& rq = std::get<pdu::AssociateRQ>(decoded);
    BOOST_TEST(pdu::title_of(rq.called) == "TESTER");
    BOOST_TEST(pdu::title_of(rq.calling) == "CXRBRIDGE");
    BOOST_TEST((rq.contexts == request.contexts));
    BOOST_TEST(rq.user.implementation_class_uid == cxr::dicom::implementation_class_uid);
    BOOST_TEST(*rq.user.pdu_bytes_max == 131'072U);
    BOOST_TEST(!rq.user.asynchronous_window.has_value());
    BOOST_TEST((rq.user.roles.at(0).roles == RoleSelection{false, true}));
    BOOST_TEST(rq.user.extended.at(0).sop_class_uid == study_root_find);
    BOOST_TEST(rq.remarks.empty());
    peer.send(pdu::encode(acceptance()));
    BOOST_TEST(requestor.outcome() == "nothing done");
}

BOOST_AUTO_TEST_CASE(a_dropped_association_is_aborted) {
    RawAcceptor acceptor;
    Requestor requestor;
    requestor.begin(request_to(acceptor.port()), nothing);
    RawPeer peer = accept_association(acceptor);
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode(abort_by_user)));
    BOOST_TEST(hex(peer.receive()).empty());
}

BOOST_AUTO_TEST_CASE(a_rejection_is_a_refusal_in_words) {
    RawAcceptor acceptor;
    Requestor requestor;
    requestor.begin(request_to(acceptor.port()), nothing);
    RawPeer peer = acceptor.accept();
    static_cast<void>(peer.receive());
    peer.send(pdu::encode(Rejection{1, 1, 7}));
    const std::string outcome = requestor.outcome();
    BOOST_TEST(outcome.starts_with("refused: TESTER at 127.0.0.1:"), outcome);
    BOOST_TEST(ends_with(outcome, "called AE title not recognized (1/1/7)"), outcome);
    BOOST_TEST(hex(peer.receive()).empty(), "AE-4 closes");
}

BOOST_AUTO_TEST_CASE(what_a_peer_does_instead_of_answering_is_a_fault) {
    struct Instead {
        Bytes sent;
        const char* outcome;
        const char* answered;
    };
    const std::vector<Instead> cases{
        {pdu::encode(AbortReason{2, 1}),
         "the peer aborted by the service provider: unrecognized PDU (2/1)",
         ""},
        {pdu::encode_release_rp(), "unexpected A-RELEASE-RP PDU", "07 00 00 00 00 04 00 00 02 02 "},
        {bytes({0x16, 3, 1, 0, 0, 0, 0}),
         "unrecognized PDU type 16H",
         "07 00 00 00 00 04 00 00 02 01 "},
    };
    for (const Instead& instead : cases) {
        RawAcceptor acceptor;
        Requestor requestor;
        requestor.begin(request_to(acceptor.port()), nothing);
        RawPeer peer = acceptor.accept();
        static_cast<void>(peer.receive());
        peer.send(instead.sent);
        const std::string outcome = requestor.outcome();
        BOOST_TEST(ends_with(outcome, instead.outcome), outcome);
        BOOST_TEST(hex(peer.receive()) == instead.answered);
    }
}

BOOST_AUTO_TEST_CASE(a_maximum_length_without_room_for_data_is_aborted) {
    RawAcceptor acceptor;
    Requestor requestor;
    requestor.begin(request_to(acceptor.port()), echo_and_release);
    pdu::AssociateAC answer = acceptance();
    answer.user.pdu_bytes_max = 5;
    RawPeer peer = accept_association(acceptor, answer);
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode(AbortReason{2, 6})));
    BOOST_TEST(ends_with(requestor.outcome(), "maximum length 5 leaves no room for data"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_answer_is_given_up) {
    RawAcceptor acceptor;
    Requestor requestor;
    AssociationRequest request = request_to(acceptor.port());
    request.timeouts.artim = 60ms;
    requestor.begin(request, nothing);
    RawPeer peer = acceptor.accept();
    static_cast<void>(peer.receive());
    BOOST_TEST(ends_with(requestor.outcome(), "no answer within 0.06 s"));
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode(abort_by_user)));
}

BOOST_AUTO_TEST_CASE(a_peer_that_was_given_up_is_not_waited_for) {
    // It need not close: a node that stops would wait for ARTIM once more.
    RawAcceptor acceptor;
    AssociationRequest request = request_to(acceptor.port());
    request.timeouts.artim = 3s;
    Requestor requestor;
    requestor.begin(request, nothing);
    RawPeer peer = acceptor.accept();
    static_cast<void>(peer.receive());
    BOOST_TEST(ends_with(requestor.outcome(), "no answer within 3 s"));
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode(abort_by_user)));
    const auto aborted = std::chrono::steady_clock::now();
    BOOST_TEST(peer.receive().empty());
    BOOST_TEST((std::chrono::steady_clock::now() - aborted < 2500ms));
}

BOOST_AUTO_TEST_CASE(an_attempt_that_is_interrupted_waits_for_no_connection) {
    const FullAcceptor acceptor;
    AssociationRequest request = request_to(acceptor.port());
    request.interruption = std::make_shared<Interruption>();
    request.timeouts.connect = 60s;
    Requestor requestor;
    requestor.begin(request, nothing);
    requestor.interrupt(request.interruption);
    BOOST_TEST(ends_with(requestor.outcome(), ": given up"));
    requestor.begin(request, nothing);
    BOOST_TEST(ends_with(requestor.outcome(), ": given up"), "the next one neither");
}

BOOST_AUTO_TEST_CASE(an_attempt_that_is_interrupted_waits_for_no_answer) {
    RawAcceptor acceptor;
    AssociationRequest request = request_to(acceptor.port());
    request.interruption = std::make_shared<Interruption>();
    request.timeouts.artim = 60s;
    Requestor requestor;
    requestor.begin(request, nothing);
    RawPeer peer = acceptor.accept();
    static_cast<void>(peer.receive());
    requestor.interrupt(request.interruption);
    BOOST_TEST(ends_with(requestor.outcome(), ": given up"));
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode(abort_by_user)));
}

BOOST_AUTO_TEST_CASE(no_connection_is_a_fault_that_names_the_destination) {
    Requestor requestor;
    const std::uint16_t nobody = free_port();
    requestor.begin(request_to(nobody), nothing);
    BOOST_TEST(requestor.outcome() ==
               "fault: TESTER at 127.0.0.1:" + std::to_string(nobody) + ": Connection refused");
    AssociationRequest request = request_to(nobody);
    request.host = "no-such-host.invalid";
    requestor.begin(request, nothing);
    BOOST_TEST(requestor.outcome().find("look up no-such-host.invalid") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_response_that_does_not_come_is_aborted) {
    RawAcceptor acceptor;
    Requestor requestor;
    AssociationRequest request = request_to(acceptor.port());
    request.timeouts.dimse = 60ms;
    requestor.begin(request, echo_and_release);
    RawPeer peer = accept_association(acceptor);
    static_cast<void>(peer.receive());
    BOOST_TEST(requestor.outcome() == "no response for 0.06 s");
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode(abort_by_user)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_7_2_release)

BOOST_AUTO_TEST_CASE(A32_a_release_collision_is_resolved_on_the_requestors_side) {
    RawAcceptor acceptor;
    Requestor requestor;
    requestor.begin(request_to(acceptor.port()), only_release);
    RawPeer peer = accept_association(acceptor);
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rq()));
    peer.send(pdu::encode_release_rq());
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rp()));
    peer.send(pdu::encode_release_rp());
    BOOST_TEST(requestor.outcome() == "released");
    BOOST_TEST(hex(peer.receive()).empty());
}

BOOST_AUTO_TEST_CASE(a_release_that_is_not_answered_ends_by_deadline) {
    RawAcceptor acceptor;
    Requestor requestor;
    AssociationRequest request = request_to(acceptor.port());
    request.timeouts.artim = 100ms;
    requestor.begin(request, only_release);
    RawPeer peer = accept_association(acceptor);
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rq()));
    BOOST_TEST(requestor.outcome() == "released");
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode(abort_by_user)));
}

BOOST_AUTO_TEST_CASE(an_acceptor_may_release_too) {
    RawAcceptor acceptor;
    Requestor requestor;
    requestor.begin(request_to(acceptor.port()), only_receive);
    RawPeer peer = accept_association(acceptor);
    peer.send(pdu::encode_release_rq());
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rp()));
    BOOST_TEST(requestor.outcome() == "released");
}

BOOST_AUTO_TEST_CASE(A34_a_close_is_told) {
    RawAcceptor acceptor;
    Requestor requestor;
    requestor.begin(request_to(acceptor.port()), only_receive);
    accept_association(acceptor).close();
    BOOST_TEST(requestor.outcome() == "the connection was closed by the peer");
}

BOOST_AUTO_TEST_SUITE_END()
