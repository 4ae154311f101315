// F50: ten thousand answers to a peer of 4 KiB PDUs (PS3.8 9.3.5) that reads slowly or not at all.
#include "support/association_requests.hpp"
#include "support/peer_talk.hpp"
#include "support/running_node.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t match_count = 10'000;
const DcmTagKey query_retrieve_level(0x0008, 0x0052);
const DcmTagKey study_instance_uid(0x0020, 0x000D);
const DcmTagKey study_description(0x0008, 0x1030);

/// About 6 KB each, 60 MB together: more than sockets hold.
std::vector<dicom::Attributes> long_matches() {
    std::vector<dicom::Attributes> all(match_count);
    for (std::size_t index = 0; index < match_count; ++index) {
        put(all[index], query_retrieve_level, "STUDY");
        put(all[index], study_description, std::string(6'000, 'x'));
        put(all[index], study_instance_uid, "1.2." + std::to_string(index));
    }
    return all;
}

test::Bytes query() {
    dicom::Attributes identifier;
    put(identifier, query_retrieve_level, "STUDY");
    put(identifier, study_instance_uid, "");
    CommandSet command;
    command.affected_sop_class_uid = test::study_root_find;
    command.command_field = 0x0020;
    command.message_id = 1;
    command.data_set_type = 1;
    const test::Bytes data = dicom::encode_attributes(identifier, dicom::implicit_vr_little_endian);
    return test::p_data(1, 3, encode_command_set(command)) + test::p_data(1, 2, data);
}

test::RawPeer asking(const test::RunningNode& node) {
    test::RawPeer peer = test::RawPeer::unconnected();
    const int bytes = 8'192;
    ::setsockopt(peer.handle(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    peer.connect_to(static_cast<std::uint16_t>(std::stoi(node.port())));
    pdu::AssociateRQ request =
        test::association_request({{1, test::study_root_find, {test::implicit_little}}});
    request.called = pdu::title_field("NODE");
    request.user.pdu_bytes_max = 4'096;
    peer.send(pdu::encode(request));
    const test::Bytes answer = peer.receive();
    BOOST_TEST_REQUIRE((!answer.empty() && answer.front() == std::byte{2}));
    peer.send(query());
    return peer;
}

/// Until the node has given up, at most ten seconds.
bool has_finished(test::RunningNode& node) {
    for (int round = 0; round < 1'000; ++round) {
        {
            const std::lock_guard lock(node.events.mutex);
            if (!node.events.kept.empty()) {
                return true;
            }
        }
        const auto pause = []() -> Awaitable<bool> {
            boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 10ms);
            co_await timer.async_wait(boost::asio::use_awaitable);
            co_return true;
        };
        node.wait(pause());
    }
    return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(F50_ten_thousand_pending_responses)

BOOST_AUTO_TEST_CASE(wait_in_the_catalogue_for_a_peer_that_does_not_read) {
    test::RunningNode node;
    node.query.matches = long_matches();
    node.settings.timeouts.stalled_write = 300ms;
    node.start();
    const test::RawPeer peer = asking(node);
    BOOST_TEST_REQUIRE(has_finished(node));
    // What was taken from the catalogue is on the way or in one batch: never all of it.
    BOOST_TEST(node.query.given < match_count / 2);
}

BOOST_AUTO_TEST_CASE(arrive_whole_and_in_order_in_pdus_of_the_peers_length) {
    test::RunningNode node;
    node.query.matches = long_matches();
    node.start();
    test::RawPeer peer = asking(node);
    std::size_t next = 0, longest = 0;
    test::Bytes command_bytes, data;
    for (bool pending = true; pending;) {
        const test::Bytes pdu = peer.receive();
        BOOST_TEST_REQUIRE((!pdu.empty() && pdu.front() == std::byte{4}));
        longest = std::max(longest, pdu.size() - 6);
        const auto control = std::to_integer<unsigned>(pdu[11]);
        test::Bytes& part = (control & 1U) != 0 ? command_bytes : data;
        part.insert(part.end(), pdu.begin() + 12, pdu.end());
        if (control == 3) {
            const auto command = decode_command_set(command_bytes);
            BOOST_TEST_REQUIRE(command.has_value());
            command_bytes.clear();
            pending = command->has_data_set();
            if (!pending) {
                BOOST_TEST(command->status.value() == 0x0000);
            }
        } else if (control == 2) {
            const auto match = dicom::decode_attributes(data, dicom::implicit_vr_little_endian);
            BOOST_TEST_REQUIRE(match.has_value());
            BOOST_REQUIRE_EQUAL(value_of(*match, study_instance_uid),
                                "1.2." + std::to_string(next++));
            data.clear();
        }
    }
    BOOST_TEST(next == match_count);
    BOOST_TEST(longest <= 4'096U);
}

BOOST_AUTO_TEST_SUITE_END()
