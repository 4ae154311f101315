// Peers that owe something which does not come, and leave or stay: the association ends all the
// same (PS3.8 Sta8, PS3.7 9.1.3).
#include "storescp/association/negotiation.hpp"
#include "support/association_requests.hpp"
#include "support/peer_talk.hpp"
#include "support/running_node.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

const std::string study_root_get = "1.2.840.10008.5.1.4.1.2.2.3";
const std::string study_root_move = "1.2.840.10008.5.1.4.1.2.2.2";

test::RawPeer associated_with(const test::RunningNode& node) {
    pdu::AssociateRQ request =
        test::association_request({{1, study_root_get, {test::implicit_little}},
                                   {3, test::secondary_capture, {test::implicit_little}},
                                   {5, test::study_root_find, {test::implicit_little}},
                                   {7, study_root_move, {test::implicit_little}}});
    request.called = pdu::title_field("NODE");
    request.user.roles.push_back(
        {.sop_class_uid = test::secondary_capture, .roles = {.scu = true, .scp = true}});
    return test::associated(static_cast<std::uint16_t>(std::stoi(node.port())), request);
}

CommandSet request_of(std::uint16_t command_field, const std::string& sop_class_uid) {
    CommandSet command;
    command.affected_sop_class_uid = sop_class_uid;
    command.command_field = command_field;
    command.message_id = 1;
    command.data_set_type = 1;
    if (command_field == 0x0001) {
        command.affected_sop_instance_uid = "1.2.3";
    }
    return command;
}

/// Reads on until the node has sent something else than data; hex, empty: it closed.
std::string after_data(test::RawPeer& peer) {
    while (true) {
        const test::Bytes pdu = peer.receive();
        if (pdu.empty() || pdu.front() != std::byte{4}) {
            return test::hex(pdu);
        }
    }
}

struct Half {
    const char* says;
    std::uint8_t context;
    CommandSet command;
};
std::ostream& operator<<(std::ostream& out, const Half& half) {
    return out << half.says;
}
const Half halves[] = {
    {"a C-STORE-RQ", 3, request_of(0x0001, test::secondary_capture)},
    {"a C-FIND-RQ", 5, request_of(0x0020, test::study_root_find)},
    {"a refused request", 5, request_of(0x0020, test::secondary_capture)},
};

void ask_for_a_study(test::RawPeer& peer, std::uint8_t context, const CommandSet& command) {
    dicom::Attributes identifier;
    put(identifier, DcmTagKey(0x0008, 0x0052), "STUDY");
    put(identifier, DcmTagKey(0x0020, 0x000D), "1.2.3");
    const test::Bytes data_set =
        dicom::encode_attributes(identifier, dicom::implicit_vr_little_endian);
    peer.send(test::p_data(context, 3, encode_command_set(command)) +
              test::p_data(context, 2, data_set));
}

/// Asks for one object by C-GET and waits until it is being sent.
test::RawPeer getting(test::RunningNode& node) {
    test::RawPeer peer = associated_with(node);
    ask_for_a_study(peer, 1, request_of(0x0010, study_root_get));
    const test::Bytes stored = peer.receive();
    BOOST_TEST_REQUIRE((!stored.empty() && stored.front() == std::byte{4}));
    return peer;
}

struct GetBench {
    GetBench() {
        node.retrieve.kept = {{.sop_class_uid = test::secondary_capture,
                               .sop_instance_uid = "1.2.3.4.0",
                               .transfer_syntax_uid = test::explicit_little}};
    }
    test::RunningNode node;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(peers_that_owe_something)

BOOST_DATA_TEST_CASE(A47_a_release_in_the_middle_of_a_message_is_aborted, halves, half) {
    for (const std::uint16_t operations : {std::uint16_t{1}, std::uint16_t{4}}) {
        test::RunningNode node;
        node.settings.limits.operations_performed_max = operations;
        node.start();
        test::RawPeer peer = associated_with(node);
        peer.send(test::p_data(half.context, 3, encode_command_set(half.command)) +
                  pdu::encode_release_rq());
        BOOST_TEST(after_data(peer) == test::abort_bytes(0, 0));
        const RequestFinished finished = node.events.wait_for(1).at(0);
        BOOST_TEST(!finished.is_answered);
        BOOST_TEST(finished.why == "the peer asked for release");
    }
}

BOOST_AUTO_TEST_CASE(R28_a_requester_that_never_answers_a_store_is_aborted) {
    GetBench bench;
    bench.node.settings.timeouts.dimse = 300ms;
    bench.node.start();
    test::RawPeer peer = getting(bench.node);
    BOOST_TEST(after_data(peer) == test::abort_bytes(0, 0));
}

BOOST_AUTO_TEST_CASE(R24_a_destination_that_does_not_answer_delays_no_stop) {
    test::RawAcceptor destination;
    GetBench bench;
    bench.node.settings.timeouts.artim = 60s;
    bench.node.settings.pending_every = 1h;
    bench.node.access->peers["DEST"] = {.ae_title = "DEST",
                                        .host = "127.0.0.1",
                                        .port = destination.port(),
                                        .preferred_transfer_syntaxes = {}};
    bench.node.start();
    test::RawPeer peer = associated_with(bench.node);
    CommandSet move = request_of(0x0021, study_root_move);
    move.move_destination = "DEST";
    ask_for_a_study(peer, 7, move);
    test::RawPeer silent = destination.accept();
    BOOST_TEST(!silent.receive().empty());
    auto stopped = boost::asio::co_spawn(
        bench.node.io, bench.node.node().stop(100ms), boost::asio::use_future);
    BOOST_TEST((stopped.wait_for(20s) == std::future_status::ready));
    BOOST_TEST(test::hex(silent.receive()) == test::abort_bytes(0, 0));
}

BOOST_AUTO_TEST_CASE(R25_a_requester_that_asks_for_release_and_owes_an_answer_is_aborted) {
    GetBench bench;
    bench.node.start();
    test::RawPeer peer = getting(bench.node);
    peer.send(pdu::encode_release_rq());
    BOOST_TEST(after_data(peer) == test::abort_bytes(0, 0));
}

BOOST_AUTO_TEST_SUITE_END()
