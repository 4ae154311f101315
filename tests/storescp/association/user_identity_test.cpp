// User Identity Negotiation (PS3.7 D.3.3.7): X1 and X2 of the conformance cases.

#include "association/user_identity.hpp"

#include "storescp/association/requestor.hpp"
#include "support/peer_talk.hpp"
#include "support/process.hpp"
#include "support/running_listener.hpp"

#include <boost/asio/strand.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>

using namespace cxr::storescp;
using namespace cxr::test;

namespace {

std::vector<std::byte> field(std::string_view text) {
    const auto* const bytes = reinterpret_cast<const std::byte*>(text.data());
    return {bytes, bytes + text.size()};
}

AccessPolicy policy(UserIdentity user_identity) {
    AccessPolicy access;
    access.user_identity = user_identity;
    access.users["guest"] = {};
    access.users["alice"] = {.passcode = "wonderland"};
    // openssl passwd -6 -salt testsalt secret
    access.users["bob"] = {.passcode_hash =
                               "$6$testsalt$51yaaBMXXXt5vK522YOlIMZ267vqHtMIzc2klcsu3EEv/bkR"
                               "DU9g3UmkypXf.NvlpPpIPK1nX5zdbCeJBiQbB/"};
    return access;
}

struct Offer {
    const char* says;
    int type;  ///< 0: no identity
    std::string_view primary, secondary;
    bool good;
};
std::ostream& operator<<(std::ostream& out, const Offer& offer) {
    return out << offer.says;
}
const Offer offers[] = {
    {"a user without a passcode, by name", 1, "guest", "", true},
    {"a passcode in the configuration", 2, "alice", "wonderland", true},
    {"a passcode of which we know the hash", 2, "bob", "secret", true},
    {"a wrong passcode", 2, "alice", "wonderlanD", false},
    {"a longer one", 2, "alice", "wonderland!", false},
    {"an empty one", 2, "alice", "", false},
    {"a wrong one for a hash", 2, "bob", "Secret", false},
    {"one with a zero behind it", 2, "bob", std::string_view("secret\0x", 8), false},
    {"the hash itself", 2, "bob", "$6$testsalt$E8Bf1l0P1ZzArlB9dWoWFl", false},
    {"a passcode for a user who has none", 2, "guest", "x", false},
    {"the name alone of a user who has a passcode", 1, "alice", "", false},
    {"the name alone of a user whose hash we know", 1, "bob", "", false},
    {"an unknown user", 2, "mallory", "secret", false},
    {"an empty name", 1, "", "", false},
    {"a Kerberos ticket", 3, "alice", "", false},
    {"a SAML assertion", 4, "alice", "", false},
    {"a JSON Web Token", 5, "alice", "", false},
    {"a type that there is not", 9, "alice", "", false},
};

std::optional<pdu::UserIdentityItem> item_of(const Offer& offer, bool response = false) {
    return pdu::UserIdentityItem{.type = static_cast<std::uint8_t>(offer.type),
                                 .positive_response_requested = response,
                                 .primary = field(offer.primary),
                                 .secondary = field(offer.secondary)};
}

/// The node's answer to a request with this identity, decoded as far as it matters.
struct Answered {
    std::string rejection;  ///< as hex; empty: accepted
    std::optional<std::vector<std::byte>> response;
};
Answered answer_of(RunningListener& node, const std::optional<pdu::UserIdentityItem>& identity) {
    pdu::AssociateRQ request = association_request();
    request.user.identity = identity;
    RawPeer peer = RawPeer::connect(node.port());
    peer.send(pdu::encode(request));
    const Bytes answer = peer.receive();
    if (answer.at(0) != std::byte{2}) {
        return {.rejection = hex(answer), .response = {}};
    }
    const auto decoded = pdu::decode_associate_ac(std::span(answer).subspan(6));
    return {.rejection = {},
            .response = std::get<pdu::AssociateAC>(decoded).user.identity_response};
}

NodeSettings demanding(UserIdentity user_identity) {
    return with([&](NodeSettings& settings) {
        settings.access = std::make_shared<AccessPolicy>(policy(user_identity));
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_7_user_identity)

BOOST_DATA_TEST_CASE(X1_is_good_only_when_it_can_be_checked_and_is_right, offers, offer) {
    for (const UserIdentity asked : {UserIdentity::checked, UserIdentity::required}) {
        const auto why = refuse_identity(item_of(offer), policy(asked));
        BOOST_TEST(!why.has_value() == offer.good, why.value_or("not refused"));
        BOOST_TEST(why.value_or("").find("wonderland") == std::string::npos);
    }
    BOOST_TEST(!refuse_identity(item_of(offer), policy(UserIdentity::ignored)).has_value());
}

BOOST_AUTO_TEST_CASE(X1_none_is_refused_only_where_it_is_required) {
    BOOST_TEST(refuse_identity({}, policy(UserIdentity::required)).has_value());
    BOOST_TEST(!refuse_identity({}, policy(UserIdentity::checked)).has_value());
    BOOST_TEST(!refuse_identity({}, policy(UserIdentity::ignored)).has_value());
}

BOOST_AUTO_TEST_CASE(X1_a_wrong_or_absent_one_is_rejected_by_ACSE_and_told) {
    RunningListener node(
        demanding(UserIdentity::required), acceptable_contexts(), answer_everything);
    const std::string rejected = rejection_bytes({1, 2, 1});
    BOOST_TEST(answer_of(node, std::nullopt).rejection == rejected);
    BOOST_TEST(answer_of(node, item_of({"", 2, "al\x1bice", "x", false})).rejection == rejected);
    BOOST_TEST(answer_of(node, item_of({"", 3, "ticket", "", false})).rejection == rejected);
    BOOST_TEST(node.events().wait_for<UserRefused>(1).why == "a user identity is required");
    const auto unknown = node.events().wait_for<UserRefused>(2);
    BOOST_TEST(unknown.user == "al?ice");
    BOOST_TEST(unknown.peers.calling == "TESTER");
    BOOST_TEST(node.events().wait_for<UserRefused>(3).user == "");
    BOOST_TEST(node.events().wait_for<AssociationRejected>(3).why ==
               "user identities of type 3 cannot be checked here");
    for (const int type : {1, 4, 5}) {
        BOOST_TEST(answer_of(node, item_of({"", type, "alice", "", false}, true)).rejection ==
                   rejected);
    }
    BOOST_TEST(node.events().count<AssociationAccepted>() == 0U);
}

BOOST_AUTO_TEST_CASE(X2_a_positive_response_is_given_only_when_asked_for) {
    RunningListener node(
        demanding(UserIdentity::required), acceptable_contexts(), answer_everything);
    const Offer bob{"", 2, "bob", "secret", true};
    const Answered asked = answer_of(node, item_of(bob, true));
    BOOST_TEST_REQUIRE(asked.response.has_value());
    BOOST_TEST(asked.response->empty(), "types 1 and 2 have nothing to say");
    const Answered unasked = answer_of(node, item_of(bob, false));
    BOOST_TEST(unasked.rejection == "");
    BOOST_TEST(!unasked.response.has_value());
    BOOST_TEST(node.events().wait_for<AssociationAccepted>().user == "bob");
}

BOOST_AUTO_TEST_CASE(X2_nothing_is_confirmed_where_nobody_checks) {
    RunningListener node(
        demanding(UserIdentity::ignored), acceptable_contexts(), answer_everything);
    const Answered answered = answer_of(node, item_of({"", 2, "mallory", "x", false}, true));
    BOOST_TEST(answered.rejection == "");
    BOOST_TEST(!answered.response.has_value());
    BOOST_TEST(node.events().wait_for<AssociationAccepted>().user == "");
}

BOOST_AUTO_TEST_CASE(as_requestor_we_say_who_we_are) {
    RunningListener node(
        demanding(UserIdentity::required), acceptable_contexts(), answer_everything);
    const auto outcome_as = [&](std::optional<Credentials> credentials) {
        AssociationRequest request;
        request.peers = {.calling = "TESTER", .called = "CXRBRIDGE"};
        request.host = "127.0.0.1";
        request.port = node.port();
        request.contexts = {{1, verification, {implicit_little}}};
        request.credentials = std::move(credentials);
        const auto ask = [](AssociationRequest asked) -> Awaitable<bool> {
            const auto association = co_await request_association(std::move(asked));
            co_return association.has_value();
        };
        RunningContext context;
        return boost::asio::co_spawn(boost::asio::make_strand(context.io()),
                                     ask(std::move(request)),
                                     boost::asio::use_future)
            .get();
    };
    BOOST_TEST(outcome_as(Credentials{"bob", "secret"}));
    BOOST_TEST(outcome_as(Credentials{"guest", ""}));
    BOOST_TEST(!outcome_as(Credentials{"bob", "wrong"}));
    BOOST_TEST(!outcome_as(std::nullopt));
}

BOOST_AUTO_TEST_SUITE_END()
