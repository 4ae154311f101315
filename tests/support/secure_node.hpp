#pragma once
/// A node that listens by TLS, certificates for it and its peers, and a requestor that echoes once.

#include "storescp/association/requestor.hpp"
#include "support/associations.hpp"
#include "support/peer_talk.hpp"
#include "support/running_listener.hpp"
#include "support/test_pki.hpp"

#include <boost/asio/strand.hpp>

#include <future>

namespace cxr::test {

/// Made once: the key of an authority costs as much as ten of these tests.
struct Pki {
    Authority ours{"Hospital CA"};
    Authority other{"Another CA"};
    Identity node = ours.issue({.name = "node", .alternatives = {"DNS:localhost", "IP:127.0.0.1"}});
    Identity modality = ours.issue({.name = "modality", .alternatives = {"DNS:modality.test"}});
    Identity expired = ours.issue({.name = "old",
                                   .alternatives = {"DNS:modality.test", "IP:127.0.0.1"},
                                   .ends = std::chrono::hours(-1)});
    Identity forged =
        other.issue({.name = "forged", .alternatives = {"DNS:modality.test", "IP:127.0.0.1"}});
    Identity elsewhere = ours.issue({.name = "elsewhere", .alternatives = {"DNS:else.test"}});
};
inline const Pki& pki() {
    static const Pki made;
    return made;
}

inline storescp::TlsSettings settings_of(const Identity& identity) {
    return {.certificate = {"certificate.pem", identity.certificate},
            .key = {"key.pem", identity.key},
            .key_passphrase = {},
            .authorities = {"ca.pem", pki().ours.certificate()},
            .client_names = {}};
}
inline std::shared_ptr<const storescp::TlsContext> context_of(
    const storescp::TlsSettings& settings) {
    auto made = storescp::TlsContext::make(settings);
    if (!made) {
        throw std::runtime_error(made.error().doing);
    }
    return *made;
}
inline std::shared_ptr<const storescp::TlsContext> context_of(const Identity& identity) {
    return context_of(settings_of(identity));
}
/// Trusts the hospital's authority and shows nothing.
inline std::shared_ptr<const storescp::TlsContext> nameless() {
    return context_of(settings_of(Identity{}));
}

inline storescp::NodeSettings node_settings(
    std::shared_ptr<const storescp::TlsContext> tls,
    std::chrono::milliseconds artim = std::chrono::seconds(10)) {
    return with([&](storescp::NodeSettings& settings) {
        settings.tls_listen.emplace();
        settings.timeouts.artim = artim;
        auto access = std::make_shared<storescp::AccessPolicy>();
        access->tls = std::move(tls);
        settings.access = access;
    });
}

/// A node that listens by TLS, and plainly beside it.
class SecureNode : public RunningListener {
public:
    explicit SecureNode(const storescp::TlsSettings& settings = settings_of(pki().node),
                        std::chrono::milliseconds artim = std::chrono::seconds(10))
        : RunningListener(node_settings(context_of(settings), artim),
                          acceptable_contexts(),
                          answer_everything) {}
    std::uint16_t tls_port() { return listener().tls_port(); }
};

inline storescp::AssociationRequest request_to(std::uint16_t port,
                                               std::shared_ptr<const storescp::TlsContext> tls) {
    storescp::AssociationRequest request;
    request.peers = {.calling = "TESTER", .called = "CXRBRIDGE"};
    request.host = "127.0.0.1";
    request.port = port;
    request.contexts = {{1, verification, {implicit_little}}};
    request.tls = std::move(tls);
    return request;
}

inline storescp::Awaitable<std::string> echo_once(storescp::AssociationRequest request) {
    auto association = co_await storescp::request_association(std::move(request));
    if (!association) {
        co_return association.error().doing;
    }
    const storescp::CommandSet command = echo_request(3);
    const auto sent = co_await (*association)->send_message(1, command);
    const auto response = co_await (*association)->receive_message();
    if (!sent || !response) {
        co_return !sent ? sent.error().doing : response.error().doing;
    }
    co_await (*association)->release();
    co_return "answered";
}

inline std::string outcome_of(storescp::AssociationRequest request) {
    RunningContext context;
    auto outcome = boost::asio::co_spawn(boost::asio::make_strand(context.io()),
                                         echo_once(std::move(request)),
                                         boost::asio::use_future);
    if (outcome.wait_for(patience) != std::future_status::ready) {
        throw std::runtime_error("the requestor did not end in time");
    }
    return outcome.get();
}

}  // namespace cxr::test
