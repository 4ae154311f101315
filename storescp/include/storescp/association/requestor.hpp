#pragma once
/// Asks another node for an association (PS3.8 §7.1, requestor side): sub-operations of C-MOVE,
/// send.

#include "storescp/association/association.hpp"
#include "storescp/association/settings.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxr::storescp {

/// Ends attempts to associate before their deadlines. It and its attempts: on one strand.
class Interruption {
public:
    /// A step of an attempt, while it lives: `end` makes it fail.
    class Step {
    public:
        Step(std::shared_ptr<Interruption> by, std::function<void()> end);
        ~Step();
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

    private:
        friend class Interruption;
        const std::shared_ptr<Interruption> by_;  ///< null: nothing ends it
        const std::function<void()> end_;
    };

    /// What is under way fails, and so does what begins later.
    void interrupt();
    [[nodiscard]] bool is_interrupted() const { return interrupted_; }

private:
    bool interrupted_ = false;
    std::vector<const Step*> steps_;
};

struct AssociationRequest {
    AssociationPeers peers;
    std::string host;
    std::uint16_t port;
    std::vector<ProposedContext> contexts;
    std::map<std::string, RoleSelection> roles;  ///< by SOP class, where not the default
    std::map<std::string, std::vector<std::uint8_t>> extended_negotiation;
    Timeouts timeouts;
    Limits limits;
    std::shared_ptr<const TlsContext> tls{};  ///< null: plain
    /// That the peer's certificate must be for; empty: `host`.
    std::string certificate_name{};
    /// Who we say we are (PS3.7 D.3.3.7): by name, or by name and passcode.
    std::optional<Credentials> credentials{};
    /// Requests of ours that may be unanswered at a time; more than 1 is negotiated (PS3.7
    /// D.3.3.3), and Agreement::operations_invoked_max says what was granted.
    std::uint16_t operations_invoked_max = 1;
    std::shared_ptr<Interruption> interruption{};  ///< null: only deadlines end the attempt
};

/// By TLS, as whom, and where to: what is known of a peer.
void address_to(AssociationRequest& request, const Peer& peer, const AccessPolicy& access);

/// Resolves, connects, agrees on TLS if asked to, negotiates. Faults: peer_gone (no connection, its
/// certificate is not good, closed, aborted or interrupted meanwhile), refused
/// (A-ASSOCIATE-RJ: `doing` tells result, source and reason in words).
[[nodiscard]] Awaitable<Result<std::unique_ptr<Association>>> request_association(
    AssociationRequest request);

}  // namespace cxr::storescp
