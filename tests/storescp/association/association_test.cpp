#include "storescp/association/association.hpp"

#include "support/associations.hpp"
#include "support/peer_talk.hpp"
#include "support/raw_peer.hpp"
#include "support/running_listener.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <ostream>

using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

NodeSettings with_artim(std::chrono::milliseconds artim) {
    return with([&](NodeSettings& settings) { settings.timeouts.artim = artim; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_9_1_5_deadlines)

BOOST_AUTO_TEST_CASE(A35_a_silent_connection_is_closed_by_artim_without_a_word) {
    RunningListener node(with_artim(60ms), acceptable_contexts(), answer_everything);
    RawPeer peer = RawPeer::connect(node.port());
    BOOST_TEST(hex(peer.receive()) == closed);
    BOOST_TEST(node.events().wait_for<ListenerTrouble>().why.find("(ARTIM)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(A36_bytes_that_trickle_in_do_not_restart_artim) {
    RunningListener node(with_artim(100ms), acceptable_contexts(), answer_everything);
    RawPeer peer = RawPeer::connect(node.port());
    const Bytes request = pdu::encode(association_request());
    const auto begun = std::chrono::steady_clock::now();
    std::size_t sent = 0;
    while (sent < request.size() && peer.silent(10ms)) {
        peer.send(std::span(request).subspan(sent++, 1));
    }
    BOOST_TEST(sent < request.size());
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 2s));
    BOOST_TEST(node.events().count<AssociationAccepted>() == 0U);
}

BOOST_AUTO_TEST_CASE(A55_an_idle_association_is_aborted) {
    RunningListener node(with([](NodeSettings& s) { s.timeouts.idle = 60ms; }),
                         acceptable_contexts(),
                         answer_everything);
    RawPeer peer = associated(node.port());
    BOOST_TEST(echoes(peer, 1));
    BOOST_TEST(hex(peer.receive()) == abort_bytes(0, 0));
    BOOST_TEST(node.events().wait_for<AssociationEnded>().how == "idle for 0.06 s");
}

BOOST_AUTO_TEST_CASE(V8_a_message_that_stops_coming_in_is_aborted) {
    const NodeSettings settings = with([](NodeSettings& s) { s.timeouts.dimse = 60ms; });
    CommandSet command = echo_request(1);
    command.data_set_type = 1;
    const Bytes command_bytes = encode_command_set(command);
    const std::vector<Bytes> beginnings{
        p_data(1, 3, command_bytes),                                // no data set
        p_data(1, 3, command_bytes) + p_data(1, 0, bytes({1, 2})),  // half of one
        p_data(1, 1, std::span(command_bytes).first(20)),           // half a command
    };
    for (const Bytes& beginning : beginnings) {
        RunningListener node(settings, acceptable_contexts(), answer_everything);
        RawPeer peer = associated(node.port());
        peer.send(beginning);
        BOOST_TEST(hex(peer.receive()) == abort_bytes(0, 0));
        BOOST_TEST(node.events().wait_for<AssociationEnded>().how ==
                   "a message stopped coming in for 0.06 s");
    }
}

BOOST_AUTO_TEST_CASE(a_message_that_trickles_in_is_aborted_too) {
    RunningListener node(with([](NodeSettings& s) { s.timeouts.dimse = 100ms; }),
                         acceptable_contexts(),
                         answer_everything);
    RawPeer peer = associated(node.port());
    CommandSet command = echo_request(1);
    command.data_set_type = 1;
    peer.send(p_data(1, 3, encode_command_set(command)));
    unsigned sent = 0;
    while (sent < 1'000 && peer.silent(10ms)) {
        peer.send(p_data(1, 0, bytes({1, 2})));
        ++sent;
    }
    BOOST_TEST(sent < 500U);
    BOOST_TEST(hex(peer.receive()) == abort_bytes(0, 0));
}

BOOST_AUTO_TEST_CASE(a_peer_that_takes_no_bytes_is_given_up) {
    const auto sends_for_ever = [](Association& association) -> Awaitable<void> {
        const std::vector<cxr::dicom::Segment> data{cxr::dicom::Segment::of(Bytes(4'000'000))};
        while (true) {
            CommandSet command = echo_request(1);
            const auto sent = co_await association.send_message(1, command, data);
            if (!sent) {
                co_return;
            }
        }
    };
    RunningListener node(with([](NodeSettings& s) { s.timeouts.stalled_write = 100ms; }),
                         acceptable_contexts(),
                         sends_for_ever);
    RawPeer peer = associated(node.port());
    BOOST_TEST(node.events().wait_for<AssociationEnded>().how ==
               "the peer took no bytes for 0.1 s");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_annex_e_message_order)

namespace {

struct Broken {
    const char* says;
    Bytes sent;
    unsigned reason;
};
std::ostream& operator<<(std::ostream& out, const Broken& broken) {
    return out << broken.says;
}

Bytes with_data_to_follow() {
    CommandSet command = echo_request(1);
    command.data_set_type = 1;
    return encode_command_set(command);
}

const Broken broken_orders[] = {
    {"A47 data without a command", p_data(1, 2, bytes({1, 2})), 5},
    {"A47 data before the command's last fragment",
     p_data(1, 1, bytes({1, 2})) + p_data(1, 2, bytes({1, 2})),
     5},
    {"A47 a command before the data set ended",
     p_data(1, 3, with_data_to_follow()) + p_data(1, 3, encode_command_set(echo_request(2))),
     5},
    {"V9 data that the command does not announce",
     p_data(1, 3, encode_command_set(echo_request(1))) + p_data(1, 2, bytes({1, 2})),
     5},
    {"another context before the message ended",
     p_data(1, 1, bytes({1, 2})) + p_data(3, 3, bytes({1, 2})),
     5},
    {"a command set that is none", p_data(1, 3, Bytes(50, std::byte{0xEE})), 6},
    {"a command set of more than 64 KiB",
     p_data(1, 1, Bytes(40'000)) + p_data(1, 1, Bytes(40'000)),
     6},
    {"A45 a context that was not accepted", p_data(5, 3, bytes({1, 2})), 6},
    {"A27 an unknown PDU", bytes({0x99, 0, 0, 0, 0, 0}), 1},
    {"A39 a PDU of FFFFFFFFH bytes", bytes({4, 0, 0xFF, 0xFF, 0xFF, 0xFF}), 6},
};

}  // namespace

BOOST_DATA_TEST_CASE(what_breaks_the_order_is_aborted, broken_orders, broken) {
    RunningListener node({}, acceptable_contexts(), [](Association& association) {
        return answer_everything(association);
    });
    RawPeer peer = associated(node.port(),
                              association_request({{1, verification, {implicit_little}},
                                                   {3, verification, {explicit_little}}}));
    peer.send(broken.sent);
    Bytes last = peer.receive();
    while (!last.empty() && last[0] == std::byte{4}) {
        last = peer.receive();  // a response to what was in order
    }
    BOOST_TEST(hex(last) == abort_bytes(2, broken.reason));
    BOOST_TEST(!node.events().wait_for<AssociationEnded>().orderly);
}

BOOST_AUTO_TEST_CASE(A44_a_message_in_fragments_of_two_bytes_is_answered) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port());
    const Bytes command = encode_command_set(echo_request(9));
    for (std::size_t at = 0; at < command.size(); at += 2) {
        const bool last = at + 2 == command.size();
        peer.send(p_data(1, last ? 3 : 1, std::span(command).subspan(at, 2)));
    }
    const Bytes response = peer.receive();
    BOOST_TEST(
        *decode_command_set(std::span(response).subspan(12))->message_id_being_responded_to == 9);
}

BOOST_AUTO_TEST_CASE(A41_A42_data_is_cut_to_the_peers_maximum_length) {
    for (const std::uint32_t bytes_max : {7U, 8U, 1'000U, 0U}) {
        const auto sends = [](Association& association) -> Awaitable<void> {
            std::vector<cxr::dicom::Segment> data;
            for (unsigned i = 0; i < 20; ++i) {
                data.push_back(cxr::dicom::Segment::of(Bytes(100, static_cast<std::byte>(i))));
            }
            CommandSet command = echo_request(1);
            must(co_await association.send_message(1, command, data));
            co_await association.release();
        };
        RunningListener node({}, acceptable_contexts(), sends);
        pdu::AssociateRQ request = association_request();
        request.user.pdu_bytes_max = bytes_max;
        RawPeer peer = associated(node.port(), request);
        Bytes data;
        for (Bytes pdu = peer.receive(); pdu.at(0) == std::byte{4}; pdu = peer.receive()) {
            BOOST_TEST((bytes_max == 0 || pdu.size() - 6 <= bytes_max));
            if ((pdu[11] & std::byte{1}) == std::byte{0}) {
                data = std::move(data) + std::span(pdu).subspan(12);
            }
        }
        BOOST_TEST_REQUIRE(data.size() == 2'000U);
        BOOST_TEST(std::to_integer<int>(data.back()) == 19);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_7_9_3_2_3_c_cancel)

namespace {

Bytes cancel(std::uint16_t message_id) {
    CommandSet command;
    command.command_field = 0x0FFF;
    command.message_id_being_responded_to = message_id;
    command.data_set_type = no_data_set;
    return p_data(1, 3, encode_command_set(command));
}

/// Pending responses until cancelled, then 0xFE00; a second request is answered at once, with
/// 0x0001 when it seems cancelled before it began.
Awaitable<void> until_cancelled(Association& association) {
    const auto first = co_await association.receive_message();
    if (!first) {
        co_return;
    }
    const std::uint16_t id = *first->command.message_id;
    while (!association.cancel_requested(id)) {
        CommandSet pending = response_to(first->command, 0xFF00);
        if (!co_await association.send_message(1, pending)) {
            co_return;
        }
    }
    CommandSet last = response_to(first->command, 0xFE00);
    must(co_await association.send_message(1, last));
    const auto second = co_await association.receive_message();
    if (second) {
        const bool stale = association.cancel_requested(*second->command.message_id);
        CommandSet response = response_to(second->command, stale ? 1 : 0);
        must(co_await association.send_message(1, response));
    }
}

std::uint16_t status_in(const Bytes& response) {
    return decode_command_set(std::span(response).subspan(12))->status.value_or(0xABCD);
}

}  // namespace

BOOST_AUTO_TEST_CASE(F44_a_cancel_is_noticed_while_responses_are_sent_and_others_ignored) {
    RunningListener node({}, acceptable_contexts(), until_cancelled);
    RawPeer peer = associated(node.port());
    peer.send(cancel(5));  // V14: for a request that was not sent yet
    peer.send(p_data(1, 3, encode_command_set(echo_request(5))));
    BOOST_TEST(status_in(peer.receive()) == 0xFF00);
    peer.send(cancel(6));  // V14: unknown
    BOOST_TEST(status_in(peer.receive()) == 0xFF00);
    peer.send(cancel(5));
    std::uint16_t status = 0xFF00;
    while (status == 0xFF00) {
        status = status_in(peer.receive());
    }
    BOOST_TEST(status == 0xFE00);
    peer.send(cancel(5));  // V14: finished
    peer.send(p_data(1, 3, encode_command_set(echo_request(5))));
    BOOST_TEST(status_in(peer.receive()) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(back_pressure)

/// Robustness 6: what nobody fetches stays with the peer.
BOOST_AUTO_TEST_CASE(a_slow_service_holds_the_peer_back_and_loses_nothing) {
    constexpr std::size_t fragment_bytes = 16'000;
    std::atomic<bool> go{false};
    std::atomic<std::size_t> received{0};
    const auto waits = [&](Association& association) -> Awaitable<void> {
        const auto message = co_await association.receive_message();
        boost::asio::steady_timer look(co_await boost::asio::this_coro::executor);
        while (!go) {
            look.expires_after(5ms);
            co_await look.async_wait(boost::asio::use_awaitable);
        }
        while (true) {
            const auto fragment = co_await association.receive_data_fragment();
            if (!fragment || fragment->empty()) {
                break;
            }
            received += fragment->size();
        }
        CommandSet response = response_to(message->command, status::success);
        must(co_await association.send_message(1, response));
        co_await association.release();
    };
    RunningListener node({}, acceptable_contexts(), waits);
    RawPeer peer = associated(node.port());
    CommandSet command = echo_request(1);
    command.data_set_type = 1;
    peer.send(p_data(1, 3, encode_command_set(command)));
    // The kernel takes some megabytes; then sending would block, which is the point.
    const Bytes pdu = p_data(1, 0, Bytes(fragment_bytes));
    std::size_t sent = 0;
    std::size_t pending = 0;
    while (peer.writable(200ms) && sent < 4'000) {
        pending =
            peer.send_some(std::span(pdu).subspan(pdu.size() - (pending ? pending : pdu.size())));
        sent += pending == 0 ? 1 : 0;
    }
    BOOST_TEST(sent < 4'000U);
    BOOST_TEST(received == 0U);
    go = true;
    peer.send(std::span(pdu).subspan(pdu.size() - pending));
    sent += pending != 0 ? 1 : 0;
    peer.send(p_data(1, 2, {}));
    BOOST_TEST(std::to_integer<int>(peer.receive().at(0)) == 4);
    BOOST_TEST(received == sent * fragment_bytes);
}

BOOST_AUTO_TEST_SUITE_END()
