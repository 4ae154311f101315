// TLS under associations: X3 to X7, X9, X11 of the conformance cases (PS3.15 Annex B).

#include "storescp/association/tls_engine.hpp"
#include "support/process.hpp"
#include "support/raw_peer.hpp"
#include "support/secure_node.hpp"
#include "support/tls_peer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

/// The first bytes of a peer that speaks TLS: what a plain port sees.
Bytes client_hello() {
    TlsEngine engine(nameless(), "127.0.0.1");
    static_cast<void>(engine.handshake());
    return engine.take_output();
}

std::size_t open_handles() {
    const auto entries = std::filesystem::directory_iterator("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_15_b_secure_transport_connections)

BOOST_AUTO_TEST_CASE(X6_plain_and_tls_are_served_at_once) {
    SecureNode node;
    BOOST_TEST(outcome_of(request_to(node.tls_port(), context_of(pki().modality))) == "answered");
    BOOST_TEST(outcome_of(request_to(node.port(), nullptr)) == "answered");
    BOOST_TEST(node.events().wait_for<AssociationAccepted>(1).security ==
               "TLSv1.3 TLS_AES_256_GCM_SHA384");
    BOOST_TEST(node.events().wait_for<AssociationAccepted>(2).security == "");
}

BOOST_AUTO_TEST_CASE(X6_records_of_one_byte_do_not_break_the_parsing_of_PDUs) {
    SecureNode node;
    TlsPeer peer(node.tls_port(), context_of(pki().modality));
    for (const std::byte& each : pdu::encode(association_request())) {
        peer.send({&each, 1});
    }
    BOOST_TEST(std::to_integer<int>(peer.receive().at(0)) == 2);
    // Two messages in one record.
    const auto echo = [](std::uint16_t id) {
        return p_data(1, 3, encode_command_set(cxr::test::echo_request(id)));
    };
    peer.send(echo(1) + echo(2));
    BOOST_TEST(std::to_integer<int>(peer.receive().at(0)) == 4);
    BOOST_TEST(std::to_integer<int>(peer.receive().at(0)) == 4);
    peer.send(pdu::encode_release_rq());
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rp()));
}

struct Stranger {
    const char* says;
    Identity identity;
    const char* told;
};
std::ostream& operator<<(std::ostream& out, const Stranger& stranger) {
    return out << stranger.says;
}
const Stranger strangers[] = {
    {"no certificate", {}, "peer did not return a certificate"},
    {"an expired one", pki().expired, "certificate verify failed: certificate has expired"},
    {"of another authority",
     pki().forged,
     "certificate verify failed: unable to get local issuer certificate"},
};

BOOST_DATA_TEST_CASE(X4_a_client_without_a_good_certificate_is_refused_and_told,
                     strangers,
                     stranger) {
    SecureNode node;
    const std::string outcome =
        outcome_of(request_to(node.tls_port(), context_of(settings_of(stranger.identity))));
    BOOST_TEST(outcome != "answered");
    const auto failed = node.events().wait_for<HandshakeFailed>();
    BOOST_TEST(failed.why == std::string("TLS handshake: ") + stranger.told);
    BOOST_TEST(failed.address.starts_with("127.0.0.1:"));
    BOOST_TEST(node.events().count<AssociationAccepted>() == 0U);
    BOOST_TEST(outcome_of(request_to(node.tls_port(), context_of(pki().modality))) == "answered");
}

BOOST_AUTO_TEST_CASE(X4_a_client_may_have_to_be_one_of_our_peers) {
    TlsSettings settings = settings_of(pki().node);
    settings.client_names = {"10.1.2.3", "modality.test"};
    SecureNode node(settings);
    BOOST_TEST(outcome_of(request_to(node.tls_port(), context_of(pki().modality))) == "answered");
    BOOST_TEST(outcome_of(request_to(node.tls_port(), context_of(pki().elsewhere))) != "answered");
    BOOST_TEST(node.events().wait_for<HandshakeFailed>().why ==
               "TLS handshake: certificate verify failed: hostname mismatch");
}

BOOST_AUTO_TEST_CASE(X9_a_calling_title_may_be_held_to_its_certificate) {
    SecureNode node;
    auto access = std::make_shared<AccessPolicy>();
    access->tls = context_of(pki().node);
    access->peers["TESTER"] =
        Peer{.ae_title = "TESTER", .host = "h", .preferred_transfer_syntaxes = {}};
    access->peers["TESTER"].certificate_name = "modality.test";
    node.listener().replace_access(access);
    BOOST_TEST(outcome_of(request_to(node.tls_port(), context_of(pki().modality))) == "answered");
    const std::string refused = "(1/1/3)";
    for (const auto& [port, tls] : {std::pair{node.tls_port(), context_of(pki().elsewhere)},
                                    std::pair{node.port(), std::shared_ptr<const TlsContext>()}}) {
        const std::string outcome = outcome_of(request_to(port, tls));
        BOOST_TEST(outcome.ends_with(refused), outcome);
    }
    BOOST_TEST(node.events().wait_for<AssociationRejected>().why ==
               "shows no certificate for modality.test");
}

BOOST_AUTO_TEST_CASE(a_client_certificate_may_be_optional_or_unasked) {
    TlsSettings settings = settings_of(pki().node);
    settings.client_certificate = ClientCertificate::optional;
    SecureNode optional(settings);
    BOOST_TEST(outcome_of(request_to(optional.tls_port(), nameless())) == "answered");
    BOOST_TEST(outcome_of(request_to(optional.tls_port(), context_of(pki().forged))) != "answered");
    settings.client_certificate = ClientCertificate::none;
    SecureNode none(settings);
    BOOST_TEST(outcome_of(request_to(none.tls_port(), context_of(pki().forged))) == "answered");
}

BOOST_AUTO_TEST_CASE(X4_as_requestor_we_check_the_certificate_and_its_name) {
    const auto ours = context_of(pki().modality);
    const auto outcome_at = [&](const Identity& acceptor, const std::string& name) {
        SecureNode node(settings_of(acceptor));
        AssociationRequest request = request_to(node.tls_port(), ours);
        request.certificate_name = name;
        return outcome_of(request);
    };
    BOOST_TEST(outcome_at(pki().node, "") == "answered");
    BOOST_TEST(outcome_at(pki().node, "localhost") == "answered");
    BOOST_TEST(outcome_at(pki().node, "other.test").ends_with("hostname mismatch"));
    BOOST_TEST(outcome_at(pki().elsewhere, "").ends_with("IP address mismatch"));
    BOOST_TEST(outcome_at(pki().elsewhere, "else.test") == "answered");
    BOOST_TEST(outcome_at(pki().expired, "").ends_with("certificate has expired"));
    BOOST_TEST(outcome_at(pki().forged, "").ends_with("unable to get local issuer certificate"));
    SecureNode node;
    BOOST_TEST(outcome_of(request_to(node.port(), ours)) != "answered", "a plain port");
}

BOOST_AUTO_TEST_CASE(X5_plain_DICOM_on_the_TLS_port_is_closed_and_told) {
    SecureNode node(settings_of(pki().node), 400ms);
    RawPeer peer = RawPeer::connect(node.tls_port());
    const auto begun = std::chrono::steady_clock::now();
    peer.send(pdu::encode(association_request()));
    const auto failed = node.events().wait_for<HandshakeFailed>();
    BOOST_TEST(failed.why == "TLS handshake: wrong version number");
    BOOST_TEST(hex(peer.receive()) == closed);
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 2s));
}

BOOST_AUTO_TEST_CASE(X5_as_requestor_we_leave_a_peer_that_speaks_no_TLS_at_once) {
    RawAcceptor acceptor;
    RunningContext context;
    auto outcome =
        boost::asio::co_spawn(boost::asio::make_strand(context.io()),
                              echo_once(request_to(acceptor.port(), context_of(pki().modality))),
                              boost::asio::use_future);
    RawPeer peer = acceptor.accept();
    const std::size_t handles = open_handles();
    peer.send(pdu::encode(AbortReason{0, 0}));
    const std::string told = outcome.get();
    BOOST_TEST(told.find("TLS handshake: wrong version number") != std::string::npos, told);
    BOOST_TEST(open_handles() == handles - 1, "our end is closed, theirs is not");
}

BOOST_AUTO_TEST_CASE(X5_a_TLS_hello_on_the_plain_port_is_aborted_and_closed) {
    SecureNode node(settings_of(pki().node), 400ms);
    RawPeer peer = RawPeer::connect(node.port());
    peer.send(client_hello());
    BOOST_TEST(hex(peer.receive()) == abort_bytes(0, 0));
    BOOST_TEST(hex(peer.receive()) == closed);
    BOOST_TEST(!node.events().wait_for<ListenerTrouble>().why.empty());
}

BOOST_AUTO_TEST_CASE(X5_the_handshake_counts_into_ARTIM_and_leaves_nothing_behind) {
    SecureNode node(settings_of(pki().node), 300ms);
    BOOST_TEST(outcome_of(request_to(node.tls_port(), context_of(pki().modality))) == "answered");
    const std::size_t handles = open_handles();
    const Bytes hello = client_hello();
    for (const std::size_t bytes_sent : {std::size_t{0}, std::size_t{3}, hello.size()}) {
        RawPeer peer = RawPeer::connect(node.tls_port());
        peer.send(std::span(hello).first(bytes_sent));
        const auto begun = std::chrono::steady_clock::now();
        Bytes heard(16'384);
        while (::recv(peer.handle(), heard.data(), heard.size(), 0) > 0) {
        }
        const auto took = std::chrono::steady_clock::now() - begun;
        BOOST_TEST((took > 200ms && took < 2s), "closed by ARTIM after " << bytes_sent << " bytes");
    }
    for (std::size_t nth = 1; nth <= 3; ++nth) {
        BOOST_TEST(node.events().wait_for<HandshakeFailed>(nth).why.find("within 0.3 s (ARTIM)") !=
                   std::string::npos);
    }
    BOOST_TEST(node.stops(0ms));
    BOOST_TEST(open_handles() < handles, "the acceptors are closed, no connection is left");
}

BOOST_AUTO_TEST_CASE(X5_ARTIM_is_not_restarted_by_the_end_of_the_handshake) {
    SecureNode node(settings_of(pki().node), 400ms);
    TlsPeer peer(node.tls_port(), context_of(pki().modality));
    const auto begun = std::chrono::steady_clock::now();
    peer.send(bytes({1, 0, 0}));
    BOOST_TEST(peer.receive().empty());
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 2s));
}

BOOST_AUTO_TEST_CASE(X7_a_replaced_certificate_holds_for_new_connections_and_ends_none) {
    SecureNode node;
    TlsPeer living(node.tls_port(), context_of(pki().modality));
    living.send(pdu::encode(association_request()));
    BOOST_TEST(std::to_integer<int>(living.receive().at(0)) == 2);
    auto access = std::make_shared<AccessPolicy>();
    access->tls =
        context_of(pki().ours.issue({.name = "renewed", .alternatives = {"DNS:renewed.test"}}));
    node.listener().replace_access(access);

    AssociationRequest request = request_to(node.tls_port(), context_of(pki().modality));
    BOOST_TEST(outcome_of(request) != "answered", "the old name is gone");
    request.certificate_name = "renewed.test";
    BOOST_TEST(outcome_of(request) == "answered");
    living.send(p_data(1, 3, encode_command_set(cxr::test::echo_request(9))));
    BOOST_TEST(std::to_integer<int>(living.receive().at(0)) == 4);
    static_cast<void>(node.events().wait_for<AssociationEnded>());
}

BOOST_AUTO_TEST_CASE(X11_half_open_handshakes_do_not_keep_a_newcomer_out) {
    SecureNode node;
    const Bytes hello = client_hello();
    std::vector<RawPeer> half_open;
    for (unsigned i = 0; i < 300; ++i) {
        half_open.push_back(RawPeer::connect(node.tls_port()));
        static_cast<void>(half_open.back().send_some(std::span(hello).first(i % hello.size())));
    }
    const auto begun = std::chrono::steady_clock::now();
    BOOST_TEST(outcome_of(request_to(node.tls_port(), context_of(pki().modality))) == "answered");
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 1s));
}

BOOST_AUTO_TEST_SUITE_END()
