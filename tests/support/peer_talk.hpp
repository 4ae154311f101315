#pragma once
/// What tests over sockets say and hear most.

#include "storescp/association/settings.hpp"
#include "storescp/dimse/command_set.hpp"
#include "support/associations.hpp"
#include "support/raw_peer.hpp"

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>

namespace cxr::test {

inline storescp::NodeSettings with(const std::function<void(storescp::NodeSettings&)>& change) {
    storescp::NodeSettings settings;
    change(settings);
    return settings;
}

inline std::string abort_bytes(unsigned source, unsigned reason) {
    return hex(storescp::pdu::encode(storescp::AbortReason{static_cast<std::uint8_t>(source),
                                                           static_cast<std::uint8_t>(reason)}));
}
inline std::string rejection_bytes(const storescp::Rejection& rejection) {
    return hex(storescp::pdu::encode(rejection));
}
/// What RawPeer::receive() gives, as hex, when the node has closed.
inline const std::string closed;

/// In a service, which runs on another thread than Boost.Test: a failure ends the association.
inline void must(const storescp::Result<void>& result) {
    if (!result) {
        throw std::runtime_error(result.error().doing);
    }
}

/// A peer whose association is accepted.
inline RawPeer associated(std::uint16_t port,
                          const storescp::pdu::AssociateRQ& request = association_request()) {
    RawPeer peer = RawPeer::connect(port);
    peer.send(storescp::pdu::encode(request));
    const Bytes answer = peer.receive();
    if (answer.empty() || answer.front() != std::byte{2}) {
        throw std::runtime_error("no A-ASSOCIATE-AC but " + hex(answer));
    }
    return peer;
}

inline bool echoes(RawPeer& peer, std::uint16_t message_id) {
    peer.send(p_data(1, 3, storescp::encode_command_set(echo_request(message_id))));
    const Bytes response = peer.receive();
    const auto command = storescp::decode_command_set(std::span(response).subspan(12));
    return command && command->message_id_being_responded_to == message_id && command->status == 0;
}

}  // namespace cxr::test
