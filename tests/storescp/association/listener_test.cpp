#include "storescp/association/listener.hpp"

#include "support/associations.hpp"
#include "support/peer_talk.hpp"
#include "support/process.hpp"
#include "support/raw_peer.hpp"
#include "support/running_listener.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <sys/resource.h>

using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

NodeSettings with_artim(std::chrono::milliseconds artim) {
    return with([&](NodeSettings& settings) { settings.timeouts.artim = artim; });
}
std::string answer_to_request(std::uint16_t port,
                              const pdu::AssociateRQ& request = association_request()) {
    RawPeer peer = RawPeer::connect(port);
    peer.send(pdu::encode(request));
    return hex(peer.receive());
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
        const Bytes pdu = peer.receive();
        const auto response = decode_command_set(std::span(pdu).subspan(12));
        BOOST_TEST_REQUIRE(response.has_value());
        BOOST_TEST(response->status.value() == (i < 39 ? 0xFF00 : 0));
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

BOOST_AUTO_TEST_CASE(stop_does_not_wait_the_whole_grace_for_an_association_that_idles) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port());
    auto stopped =
        boost::asio::co_spawn(node.io(), node.listener().stop(60s), boost::asio::use_future);
    BOOST_TEST(hex(peer.receive()) == abort_bytes(0, 0));
    BOOST_TEST(node.events().wait_for<AssociationEnded>().how == "idle for 2 s");
    BOOST_TEST((stopped.wait_for(20s) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(stop_without_associations_is_immediate) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    BOOST_TEST(node.stops(60s));
}

BOOST_AUTO_TEST_SUITE_END()
