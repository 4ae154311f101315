#pragma once
/// Storage commitment as a user (PS3.4 J.3): asking a peer to commit to objects, and waiting for
/// its answer on the same association. An answer that comes over an association of the peer's goes
/// to the node's CommitmentResultPort.

#include "storescp/association/association.hpp"
#include "storescp/ports.hpp"

#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <optional>

namespace cxr::storescp {

/// The context to propose.
[[nodiscard]] ProposedContext commitment_context(std::uint8_t id = 1);

/// Sends the N-ACTION-RQ. Done: the peer took it on. Faults: refused (no accepted context; the
/// peer's status, in words), peer_gone.
[[nodiscard]] Awaitable<Result<void>> request_commitment(Association& association,
                                                         CommitmentRequest request,
                                                         std::uint16_t message_id);

/// Waits for the N-EVENT-REPORT of a transaction and answers it; reports of other transactions are
/// answered 0110H. Nothing: it did not come within `patience`, and the association is released.
/// Faults: peer_gone (the peer ended the association, or broke the protocol).
[[nodiscard]] Awaitable<Result<std::optional<CommitmentReport>>> wait_for_report(
    Association& association, std::string transaction_uid, std::chrono::milliseconds patience);

/// What a listener that only waits for reports accepts.
[[nodiscard]] AcceptableContexts report_contexts();
/// Serves an association that a provider opened: each N-EVENT-REPORT is concluded by `results` (on
/// the pool) and answered, 0110H when it is of a transaction unknown there. Returns when the
/// association ended.
[[nodiscard]] Awaitable<void> take_reports(Association& association,
                                           boost::asio::thread_pool& pool,
                                           CommitmentResultPort& results);

}  // namespace cxr::storescp
