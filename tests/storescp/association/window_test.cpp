// Limits of an association that are negotiated or configured: the asynchronous operations window
// (PS3.7 D.3.3.3), maximum lengths (PS3.8 D.1), idle time, and the way out when the node stops.
#include "support/associations.hpp"
#include "support/peer_talk.hpp"
#include "support/raw_peer.hpp"
#include "support/running_listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

pdu::AssociateRQ request_with_window(std::uint16_t invoked) {
    pdu::AssociateRQ request = association_request();
    request.user.asynchronous_window = pdu::AsynchronousWindow{invoked, 1};
    return request;
}

Bytes echoes_at_once(std::uint16_t count) {
    Bytes all;
    for (std::uint16_t id = 1; id <= count; ++id) {
        all = std::move(all) + p_data(1, 3, encode_command_set(echo_request(id)));
    }
    return all;
}

NodeSettings performing(std::uint16_t operations, bool abort_beyond = true) {
    return with([&](NodeSettings& settings) {
        settings.limits.operations_performed_max = operations;
        settings.limits.abort_beyond_window = abort_beyond;
    });
}

/// Of a data PDU with a whole command in it.
std::uint16_t answered_id(const Bytes& pdu) {
    const auto command = decode_command_set(std::span(pdu).subspan(12));
    return command ? command->message_id_being_responded_to.value_or(0) : std::uint16_t{0};
}

boost::asio::awaitable<void> answer_later(Association& association, CommandSet response) {
    boost::asio::steady_timer working(association.executor(), 300ms);
    co_await working.async_wait(boost::asio::use_awaitable);
    const auto sent = co_await association.send_message(1, response);
    if (!sent) {  // told by how the association ends: assertions are not for several threads
        throw std::runtime_error(sent.error().doing);
    }
}

/// Answers one request while it already waits for the next one; ends when both have.
boost::asio::awaitable<void> answer_after_300_ms(Association& association) {
    using namespace boost::asio::experimental::awaitable_operators;
    const auto request = co_await association.receive_message();
    auto both = answer_later(association, response_to(request->command, status::success)) &&
                association.receive_message();
    const auto next = co_await std::move(both);
    if (next) {
        throw std::runtime_error("a second request came");
    }
}

/// A C-ECHO-RQ with a data set in one PDU of `bytes` bytes: longer than any command.
Bytes long_pdu(std::size_t bytes) {
    CommandSet command = echo_request(1);
    command.data_set_type = 1;
    const Bytes encoded = encode_command_set(command);
    const Bytes command_pdv = pdv(1, 3, encoded);
    return pdu_of(4, command_pdv + pdv(1, 2, Bytes(bytes - command_pdv.size() - 6)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_3_asynchronous_operations_window)

BOOST_AUTO_TEST_CASE(A50_more_requests_than_were_negotiated_are_an_abort) {
    RunningListener node(performing(2), acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port(), request_with_window(9));
    peer.send(echoes_at_once(3));
    // What was begun before the third was read may still be answered.
    Bytes pdu = peer.receive();
    while (!pdu.empty() && pdu.front() == std::byte{4}) {
        pdu = peer.receive();
    }
    BOOST_TEST(hex(pdu) == abort_bytes(2, 5));
    BOOST_TEST(node.events().wait_for<AssociationEnded>().how.find("2 outstanding operations") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(A50_as_many_as_were_negotiated_are_served) {
    RunningListener node(performing(3), acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port(), request_with_window(3));
    peer.send(echoes_at_once(3));
    for (std::uint16_t id = 1; id <= 3; ++id) {
        BOOST_TEST(answered_id(peer.receive()) == id);
    }
}

BOOST_AUTO_TEST_CASE(A50_they_are_served_in_order_where_that_is_switched_on) {
    RunningListener node(performing(1, false), acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port(), request_with_window(1));
    peer.send(echoes_at_once(5));
    for (std::uint16_t id = 1; id <= 5; ++id) {
        BOOST_TEST(answered_id(peer.receive()) == id);
    }
}

BOOST_AUTO_TEST_CASE(V13_a_peer_that_negotiated_no_window_is_served_in_order) {
    RunningListener node(performing(1), acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port());
    peer.send(echoes_at_once(5));
    for (std::uint16_t id = 1; id <= 5; ++id) {
        BOOST_TEST(answered_id(peer.receive()) == id);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_d_1_maximum_length)

BOOST_AUTO_TEST_CASE(A40_a_longer_pdu_is_an_abort_or_borne_and_remarked) {
    const auto answer = [](std::uint32_t lenient) {
        RunningListener node(with([&](NodeSettings& settings) {
                                 settings.limits.pdu_bytes_max = 4'096;
                                 settings.limits.lenient_pdu_bytes_max = lenient;
                             }),
                             acceptable_contexts(),
                             answer_everything);
        RawPeer peer = associated(node.port());
        peer.send(long_pdu(6'000));
        return peer.receive();
    };
    BOOST_TEST(hex(answer(0)) == abort_bytes(2, 6));
    BOOST_TEST(answered_id(answer(16'777'216)) == 1U);
}

BOOST_AUTO_TEST_CASE(A40_unlimited_is_told_and_meant) {
    RunningListener node(with([](NodeSettings& s) { s.limits.pdu_bytes_max = 0; }),
                         acceptable_contexts(),
                         answer_everything);
    RawPeer peer = associated(node.port());
    peer.send(long_pdu(1'000'000));
    BOOST_TEST(answered_id(peer.receive()) == 1U);
    peer.send(bytes({4, 0, 0xFF, 0xFF, 0xFF, 0xFF}));  // A39: not for ever
    BOOST_TEST(hex(peer.receive()) == abort_bytes(2, 6));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_7_3_idle_associations)

BOOST_AUTO_TEST_CASE(A55_a_peer_may_have_a_limit_of_its_own) {
    AccessPolicy access;
    Peer tester;
    tester.ae_title = "TESTER";
    tester.idle = 60ms;
    access.peers = {{"TESTER", tester}};
    NodeSettings settings;
    settings.access = std::make_shared<AccessPolicy>(access);
    RunningListener node(settings, acceptable_contexts(), answer_everything);
    pdu::AssociateRQ other = association_request();
    other.calling = pdu::title_field("OTHER");
    RawPeer patient = associated(node.port(), other);
    RawPeer peer = associated(node.port());
    BOOST_TEST(hex(peer.receive()) == abort_bytes(0, 0));
    BOOST_TEST(node.events().wait_for<AssociationEnded>().how == "idle for 0.06 s");
    BOOST_TEST(echoes(patient, 1));
}

BOOST_AUTO_TEST_CASE(A55_an_operation_that_runs_beside_the_receiver_is_not_idling) {
    NodeSettings settings = performing(2);
    settings.timeouts.idle = 60ms;
    RunningListener node(settings, acceptable_contexts(), answer_after_300_ms);
    RawPeer peer = associated(node.port(), request_with_window(2));
    peer.send(echoes_at_once(1));
    BOOST_TEST(answered_id(peer.receive()) == 1U);
    BOOST_TEST(hex(peer.receive()) == abort_bytes(0, 0));
    BOOST_TEST(node.events().wait_for<AssociationEnded>().how == "idle for 0.06 s");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_9_3_4_temporary_congestion)

BOOST_AUTO_TEST_CASE(A13_who_asks_a_node_that_is_stopping_is_told_to_come_again) {
    // RJ 2/3/1, while associations of before may still end in order.
    RunningListener node(NodeSettings{}, acceptable_contexts(), answer_everything);
    RawPeer connected_before = RawPeer::connect(node.port());
    RawPeer associated_before = associated(node.port());  // accepted in this order
    BOOST_TEST(echoes(associated_before, 1));
    auto stopped =
        boost::asio::co_spawn(node.io(), node.listener().stop(5s), boost::asio::use_future);
    while (true) {  // until it no longer listens
        try {
            RawPeer::connect(node.port());
        } catch (const std::runtime_error&) {
            break;
        }
    }
    connected_before.send(pdu::encode(association_request()));
    BOOST_TEST(hex(connected_before.receive()) == rejection_bytes({2, 3, 1}));
    BOOST_TEST(node.events().wait_for<AssociationRejected>().why == "the node is stopping");
    BOOST_TEST(echoes(associated_before, 2));
    associated_before.send(pdu::encode_release_rq());
    BOOST_TEST(hex(associated_before.receive()) == hex(pdu::encode_release_rp()));
    BOOST_TEST((stopped.wait_for(5s) == std::future_status::ready));
}

BOOST_AUTO_TEST_SUITE_END()
