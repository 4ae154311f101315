#include "storescp/association/listener.hpp"

#include "support/associations.hpp"
#include "support/process.hpp"
#include "support/raw_peer.hpp"
#include "support/running_listener.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <ostream>
#include <stdexcept>
#include <sys/resource.h>

using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

NodeSettings with(const std::function<void(NodeSettings&)>& change) {
    NodeSettings settings;
    change(settings);
    return settings;
}
NodeSettings with_artim(std::chrono::milliseconds artim) {
    return with([&](NodeSettings& settings) { settings.timeouts.artim = artim; });
}

std::string abort_bytes(unsigned source, unsigned reason) {
    return hex(pdu::encode(
        AbortReason{static_cast<std::uint8_t>(source), static_cast<std::uint8_t>(reason)}));
}
std::string rejection_bytes(const Rejection& rejection) {
    return hex(pdu::encode(rejection));
}
/// In a service, which runs on another thread than Boost.Test: a failure ends the association.
void must(const Result<void>& result) {
    if (!result) {
        throw std::runtime_error(result.error().doing);
    }
}
const std::string closed;  // what receive() gives when the node has closed

RawPeer associated(std::uint16_t port, const pdu::AssociateRQ& request = association_request()) {
    RawPeer peer = RawPeer::connect(port);
    peer.send(pdu::encode(request));
    BOOST_TEST_REQUIRE(std::to_integer<int>(peer.receive().at(0)) == 2, "A-ASSOCIATE-AC");
    return peer;
}
std::string answer_to_request(std::uint16_t port,
                              const pdu::AssociateRQ& request = association_request()) {
    RawPeer peer = RawPeer::connect(port);
    peer.send(pdu::encode(request));
    return hex(peer.receive());
}
bool echoes(RawPeer& peer, std::uint16_t message_id) {
    peer.send(p_data(1, 3, encode_command_set(echo_request(message_id))));
    const Bytes response = peer.receive();
    const auto command = decode_command_set(std::span(response).subspan(12));
    return command && command->message_id_being_responded_to == message_id && command->status == 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_7_association_life)

BOOST_AUTO_TEST_CASE(A1_A30_verification_is_accepted_answered_and_released) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port());
    BOOST_TEST(echoes(peer, 7));
    BOOST_TEST(echoes(peer, 65'535));
    peer.send(pdu::encode_release_rq());
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rp()));
    peer.close();
    const auto ended = node.events().wait_for<AssociationEnded>();
    BOOST_TEST(ended.orderly);
    BOOST_TEST(ended.how == "released");
    const auto accepted = node.events().wait_for<AssociationAccepted>();
    BOOST_TEST(accepted.association == ended.association);
    BOOST_TEST(accepted.peers.calling == "TESTER");
    BOOST_TEST(accepted.address.starts_with("127.0.0.1:"));
}

BOOST_AUTO_TEST_CASE(A30_after_the_release_response_ours_closes_by_artim) {
    RunningListener node(with_artim(80ms), acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port());
    peer.send(pdu::encode_release_rq());
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rp()));
    BOOST_TEST(hex(peer.receive()) == closed);
}

BOOST_AUTO_TEST_CASE(a_stock_echoscu_is_answered) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    const auto echoscu = run(
        {"echoscu", "-aec", "CXRBRIDGE", "-pts", "3", "127.0.0.1", std::to_string(node.port())});
    BOOST_TEST(echoscu.exit_code == 0, echoscu.errors);
    BOOST_TEST(node.events().wait_for<AssociationEnded>().how == "released");
}

BOOST_AUTO_TEST_CASE(A6_a_rejection_is_sent_told_and_lingers_only_until_artim) {
    RunningListener node(with_artim(80ms), acceptable_contexts(), answer_everything);
    pdu::AssociateRQ request = association_request();
    request.called = pdu::title_field("SOMEBODY\n");
    RawPeer peer = RawPeer::connect(node.port());
    peer.send(pdu::encode(request));
    BOOST_TEST(hex(peer.receive()) == rejection_bytes({1, 1, 7}));
    const auto rejected = node.events().wait_for<AssociationRejected>();
    BOOST_TEST((rejected.rejection == Rejection{1, 1, 7}));
    BOOST_TEST(rejected.why == "called AE title 'SOMEBODY\\x0a' is not ours");
    BOOST_TEST(node.listener().associations() == 0U);
    BOOST_TEST(hex(peer.receive()) == closed);
}

BOOST_AUTO_TEST_CASE(A37_a_new_request_after_a_rejection_is_aborted_other_data_ignored) {
    RunningListener node(with_artim(10s), acceptable_contexts(), answer_everything);
    pdu::AssociateRQ request = association_request();
    request.called = pdu::title_field("SOMEBODY");
    RawPeer peer = RawPeer::connect(node.port());
    peer.send(pdu::encode(request));
    static_cast<void>(peer.receive());
    peer.send(p_data(1, 3, bytes({1, 2})));
    peer.send(pdu::encode(request));
    BOOST_TEST(hex(peer.receive()) == abort_bytes(2, 2));
}

BOOST_AUTO_TEST_CASE(A31_responses_still_due_are_sent_before_the_release_response) {
    const auto forty_responses = [](Association& association) -> Awaitable<void> {
        const auto message = co_await association.receive_message();
        for (unsigned i = 0; message && i < 40; ++i) {
            const std::uint16_t status = i < 39 ? 0xFF00 : 0;
            CommandSet response = response_to(message->command, status);
            must(co_await association.send_message(1, response));
        }
        static_cast<void>(co_await association.receive_message());
    };
    RunningListener node({}, acceptable_contexts(), forty_responses);
    RawPeer peer = associated(node.port());
    peer.send(p_data(1, 3, encode_command_set(echo_request(1))) + pdu::encode_release_rq());
    for (unsigned i = 0; i < 40; ++i) {
        BOOST_TEST(std::to_integer<int>(peer.receive().at(0)) == 4);
    }
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rp()));
}

BOOST_AUTO_TEST_CASE(A32_a_release_collision_is_resolved_on_the_acceptors_side) {
    const auto releases = [](Association& association) -> Awaitable<void> {
        co_await association.release();
    };
    RunningListener node({}, acceptable_contexts(), releases);
    RawPeer peer = associated(node.port());
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rq()));
    peer.send(pdu::encode_release_rq());
    BOOST_TEST(peer.silent(20ms), "Sta10 awaits the requestor's response");
    peer.send(pdu::encode_release_rp());
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rp()));
    BOOST_TEST(node.events().wait_for<AssociationEnded>().orderly);
}

BOOST_AUTO_TEST_CASE(A33_an_abort_ends_the_service_and_nothing_is_sent) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port());
    peer.send(pdu::encode(abort_by_user));
    BOOST_TEST(hex(peer.receive()) == closed);
    const auto ended = node.events().wait_for<AssociationEnded>();
    BOOST_TEST(ended.how == "the peer aborted by the service user (0/0)");
    BOOST_TEST(!ended.orderly);
}

BOOST_AUTO_TEST_CASE(A34_a_close_without_release_ends_the_service) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    associated(node.port()).close();
    const auto ended = node.events().wait_for<AssociationEnded>();
    BOOST_TEST(ended.how == "the connection was closed by the peer");
    BOOST_TEST(!ended.orderly);
}

BOOST_AUTO_TEST_CASE(a_service_that_throws_is_an_abort_and_a_told_reason) {
    const auto throws = [](Association&) -> Awaitable<void> {
        throw std::runtime_error("out of cheese");
        co_return;
    };
    RunningListener node({}, acceptable_contexts(), throws);
    RawPeer peer = associated(node.port());
    BOOST_TEST(hex(peer.receive()) == abort_bytes(0, 0));
    BOOST_TEST(node.events().wait_for<AssociationEnded>().how ==
               "the service failed: out of cheese");
    RawPeer another = associated(node.port());
    BOOST_TEST(hex(another.receive()) == abort_bytes(0, 0));
}

BOOST_AUTO_TEST_CASE(a_service_that_leaves_an_open_association_aborts_it) {
    const auto leaves = [](Association&) -> Awaitable<void> { co_return; };
    RunningListener node({}, acceptable_contexts(), leaves);
    RawPeer peer = associated(node.port());
    BOOST_TEST(hex(peer.receive()) == abort_bytes(0, 0));
}

BOOST_AUTO_TEST_SUITE_END()

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

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(A12_too_many_associations_are_rejected_transiently_until_one_ends) {
    for (const bool per_address : {false, true}) {
        RunningListener node(with([&](NodeSettings& s) {
                                 (per_address ? s.limits.associations_per_address_max
                                              : s.limits.associations_max) = 2;
                             }),
                             acceptable_contexts(),
                             answer_everything);
        RawPeer first = associated(node.port());
        RawPeer second = associated(node.port());
        BOOST_TEST(node.listener().associations() == 2U);
        BOOST_TEST(answer_to_request(node.port()) == rejection_bytes({2, 3, 2}));
        BOOST_TEST(echoes(second, 1));
        first.send(pdu::encode_release_rq());
        static_cast<void>(first.receive());
        // `first` keeps its socket open: only an association counts, not a connection.
        static_cast<void>(node.events().wait_for<AssociationEnded>());
        RawPeer third = associated(node.port());
        BOOST_TEST(echoes(third, 1));
    }
}

BOOST_AUTO_TEST_CASE(X11_connections_that_say_nothing_do_not_keep_a_newcomer_out) {
    RunningListener node(with([](NodeSettings& s) { s.limits.associations_max = 4; }),
                         acceptable_contexts(),
                         answer_everything);
    std::vector<RawPeer> silent;
    for (unsigned i = 0; i < 80; ++i) {
        silent.push_back(RawPeer::connect(node.port()));
    }
    RawPeer peer = associated(node.port());
    BOOST_TEST(echoes(peer, 1));
    BOOST_TEST(hex(silent.front().receive()) == closed, "the oldest had to go");
}

BOOST_AUTO_TEST_CASE(two_hundred_idle_associations_delay_nobody) {
    RunningListener node(with([](NodeSettings& s) { s.limits.associations_per_address_max = 256; }),
                         acceptable_contexts(),
                         answer_everything);
    std::vector<RawPeer> idle;
    for (unsigned i = 0; i < 200; ++i) {
        idle.push_back(associated(node.port()));
    }
    const auto begun = std::chrono::steady_clock::now();
    RawPeer peer = associated(node.port());
    BOOST_TEST(echoes(peer, 1));
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 1s));
    BOOST_TEST(echoes(idle.front(), 2));
}

BOOST_AUTO_TEST_CASE(without_file_handles_accepting_pauses_is_told_and_goes_on) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    RawPeer peer = RawPeer::unconnected();
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit none_left = before;
    none_left.rlim_cur = static_cast<rlim_t>(peer.handle()) + 1;
    setrlimit(RLIMIT_NOFILE, &none_left);
    peer.connect_to(node.port());
    const auto trouble = node.events().wait_for<ListenerTrouble>();
    setrlimit(RLIMIT_NOFILE, &before);
    BOOST_TEST(trouble.why.starts_with("accept: "), trouble.why);
    peer.send(pdu::encode(association_request()));
    BOOST_TEST(std::to_integer<int>(peer.receive().at(0)) == 2);
}

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
        CommandSet response = response_to(message->command);
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

BOOST_AUTO_TEST_SUITE(access_policy)

BOOST_AUTO_TEST_CASE(A7_a_replaced_policy_holds_for_new_associations_only) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    RawPeer living = associated(node.port());
    auto stricter = std::make_shared<AccessPolicy>();
    stricter->access = Access::known;
    node.listener().replace_access(stricter);
    BOOST_TEST(answer_to_request(node.port()) == rejection_bytes({1, 1, 3}));
    BOOST_TEST(echoes(living, 1));
}

BOOST_AUTO_TEST_CASE(X9_a_known_peer_may_be_held_to_its_address) {
    for (const auto& [host, answer] : {std::pair{"127.0.0.2", 3},
                                       std::pair{"127.0.0.1", 2},
                                       std::pair{"localhost", 2},
                                       std::pair{"no-such-host.invalid", 3}}) {
        auto access = std::make_shared<AccessPolicy>();
        Peer tester;
        tester.ae_title = "TESTER";
        tester.host = host;
        tester.check_address = true;
        access->peers["TESTER"] = tester;
        RunningListener node(with([&](NodeSettings& s) { s.access = access; }),
                             acceptable_contexts(),
                             answer_everything);
        RawPeer peer = RawPeer::connect(node.port());
        peer.send(pdu::encode(association_request()));
        const Bytes answered = peer.receive();
        BOOST_TEST(std::to_integer<int>(answered.at(0)) == answer, host);
        if (answer == 3) {
            BOOST_TEST(hex(answered) == rejection_bytes({1, 1, 3}));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(start_and_stop)

BOOST_AUTO_TEST_CASE(a_port_in_use_is_told_with_its_address) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    const NodeSettings same = with([&](NodeSettings& s) { s.port = node.port(); });
    try {
        Listener second(node.io(), same, acceptable_contexts(), answer_everything, node.events());
        BOOST_FAIL("two listeners on one port");
    } catch (const std::system_error& error) {
        BOOST_TEST((error.code() == std::errc::address_in_use));
        BOOST_TEST(std::string(error.what()).find("127.0.0.1:") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(stop_aborts_what_is_left_when_the_grace_ends) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port());
    RawPeer silent = RawPeer::connect(node.port());
    BOOST_TEST(node.stops(50ms));
    BOOST_TEST(hex(peer.receive()) == abort_bytes(0, 0));
    BOOST_TEST(hex(silent.receive()) == closed);
    BOOST_TEST(node.listener().associations() == 0U);
    BOOST_TEST(!node.events().wait_for<AssociationEnded>().orderly);
    BOOST_CHECK_THROW(static_cast<void>(RawPeer::connect(node.port())), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(stop_lets_an_association_finish_within_the_grace) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port());
    auto stopped =
        boost::asio::co_spawn(node.io(), node.listener().stop(60s), boost::asio::use_future);
    BOOST_TEST(echoes(peer, 1));
    peer.send(pdu::encode_release_rq());
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rp()));
    BOOST_TEST((stopped.wait_for(5s) == std::future_status::ready));
    BOOST_TEST(node.events().wait_for<AssociationEnded>().orderly);
}

BOOST_AUTO_TEST_CASE(stop_without_associations_is_immediate) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    BOOST_TEST(node.stops(60s));
}

BOOST_AUTO_TEST_SUITE_END()
