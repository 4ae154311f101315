#pragma once
/// Asks a peer to commit to objects that it has been sent (PS3.4 Annex J) and waits for its report,
/// wherever it comes: on the association of the request, on a port of our own, or at a running
/// `serve` of the same state folder. What does not come in time stays in the ledger, pending.

#include "bridge/commitment/ledger.hpp"
#include "config/schema.hpp"
#include "storescp/association/settings.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxr::bridge {

struct AskingSettings {
    storescp::Peer peer;
    std::shared_ptr<const storescp::AccessPolicy> access;  ///< what TLS is done with
    std::string calling_ae_title = "CXRBRIDGE";
    storescp::Timeouts timeouts = {};
    /// Where the peer finds `calling_ae_title`. Taken by somebody else: that is a running `serve`.
    std::string listen_address = "127.0.0.1";
    std::uint16_t listen_port = 11112;
    /// Where it finds us by TLS, and with which certificate; unset: nowhere. Taken by somebody
    /// else: as above.
    std::optional<storescp::ListenAddress> tls_listen = {};
    std::shared_ptr<const storescp::TlsContext> listen_tls = {};
    std::chrono::seconds wait{60};
};

struct CommitmentAnswer {
    std::string transaction_uid;
    std::optional<storescp::CommitmentReport> report;  ///< none: it did not come in time
    bool listened = true;                              ///< false: the port was taken
};

/// One transaction; blocks until its report is there or the wait is over. Faults: refused (the peer
/// does not take it on: with its status), peer_gone (not reached), storage (the ledger).
[[nodiscard]] Result<CommitmentAnswer> ask_for_commitment(
    CommitmentLedger& ledger,
    std::vector<storescp::SOPReference> references,
    const AskingSettings& settings);

}  // namespace cxr::bridge
