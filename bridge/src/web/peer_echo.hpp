#pragma once
/// "Does it answer?": a C-ECHO of ours to a configured peer.

#include "bridge/web/body.hpp"
#include "storescp/association/settings.hpp"
#include "web/api_json.hpp"

#include <memory>
#include <string>

namespace cxr::bridge::web {

/// How we ask.
struct EchoSettings {
    std::string own_ae_title;
    storescp::Timeouts timeouts{};
    storescp::Limits limits{};
};

/// Opens an association for it. What goes wrong is told in `why`. All outlive the call.
[[nodiscard]] Awaitable<PeerEcho> echo_peer(
    const std::shared_ptr<const storescp::AccessPolicy>& access,
    const storescp::Peer& peer,
    const EchoSettings& settings);

}  // namespace cxr::bridge::web
