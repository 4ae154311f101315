#include "web/peer_echo.hpp"

#include "storescp/association/requestor.hpp"
#include "storescp/services/echo_scu.hpp"

namespace cxr::bridge::web {

Awaitable<PeerEcho> echo_peer(const std::shared_ptr<const storescp::AccessPolicy>& access,
                              const storescp::Peer& peer,
                              const EchoSettings& settings) {
    const auto begun = std::chrono::steady_clock::now();
    storescp::AssociationRequest request{
        .peers = {.calling = settings.own_ae_title, .called = peer.ae_title},
        .host = {},
        .port = 0,
        .contexts = {storescp::verification_context()},
        .roles = {},
        .extended_negotiation = {},
        .timeouts = settings.timeouts,
        .limits = settings.limits};
    storescp::address_to(request, peer, *access);
    PeerEcho outcome;
    auto association = co_await storescp::request_association(std::move(request));
    if (!association) {
        outcome.why = association.error().doing;
        co_return outcome;
    }
    const auto status = co_await storescp::echo(**association);
    outcome.took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begun);
    if (!status) {
        outcome.why = status.error().doing;
        co_return outcome;
    }
    outcome.answered = true;
    outcome.status = *status;
    co_await (*association)->release();
    co_return outcome;
}

}  // namespace cxr::bridge::web
