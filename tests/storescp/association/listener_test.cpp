#include "storescp/association/listener.hpp"

#include "support/associations.hpp"
#include "support/process.hpp"
#include "support/raw_peer.hpp"
#include "support/running_listener.hpp"

#include <boost/test/unit_test.hpp>

using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

RawPeer associated(std::uint16_t port, const pdu::AssociateRQ& request = association_request()) {
    RawPeer peer = RawPeer::connect(port);
    peer.send(pdu::encode(request));
    BOOST_TEST_REQUIRE(std::to_integer<int>(peer.receive().at(0)) == 2, "A-ASSOCIATE-AC");
    return peer;
}

Bytes release_rp() {
    return pdu::encode_release_rp();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_9_2_established_association)

BOOST_AUTO_TEST_CASE(A1_A30_verification_is_accepted_answered_and_released) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    RawPeer peer = associated(node.port());
    peer.send(p_data(1, 3, encode_command_set(echo_request(7))));
    const Bytes response = peer.receive();
    BOOST_TEST_REQUIRE(response.size() > 12U);
    const auto command = decode_command_set(std::span(response).subspan(12));
    BOOST_TEST_REQUIRE(command.has_value());
    BOOST_TEST(*command->message_id_being_responded_to == 7);
    peer.send(pdu::encode_release_rq());
    BOOST_TEST(hex(peer.receive()) == hex(release_rp()));
    peer.close();
    const auto ended = node.events().wait_for<AssociationEnded>();
    BOOST_TEST(ended.orderly);
    BOOST_TEST(ended.how == "released");
}

BOOST_AUTO_TEST_CASE(a_stock_echoscu_is_answered) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    const auto echoscu = run({"echoscu",
                              "-aec",
                              "CXRBRIDGE",
                              "--repeat",
                              "3",
                              "127.0.0.1",
                              std::to_string(node.port())});
    BOOST_TEST(echoscu.exit_code == 0, echoscu.errors);
    BOOST_TEST(node.events().wait_for<AssociationEnded>().how == "released");
}

BOOST_AUTO_TEST_SUITE_END()
