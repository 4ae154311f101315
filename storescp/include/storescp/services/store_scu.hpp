#pragma once
/// C-STORE as a user (PS3.7 §9.1.1, PS3.4 Annex B): sub-operations of C-MOVE, `send`, `export
/// --to`.

#include "storescp/association/association.hpp"
#include "storescp/association/requestor.hpp"
#include "storescp/ports.hpp"

#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::storescp {

/// Contexts for exactly the objects to be sent: per SOP class one context for each way it is kept,
/// and one for the little endian syntaxes it can be turned into; `preferred` first. Blocking.
/// At most 128: what finds no place there is refused by store() (C-MOVE takes several associations
/// instead).
[[nodiscard]] std::vector<ProposedContext> contexts_for(
    std::span<const InstanceReference> instances,
    RetrievePort& port,
    std::span<const std::string> preferred = {});

/// PS3.7 §9.1.1.1: who asked for this sub-operation.
struct MoveOriginator {
    std::string ae_title;
    std::uint16_t message_id;
};

struct StoreResponse {
    std::uint16_t status;
    std::string error_comment;
};

/// Loads the object (on the pool), in a syntax that the association agreed on (a preferred one,
/// else as it is kept, else as the contexts are ordered), sends it, waits for the response.
/// `instance` and `preferred` outlive the call. Faults: refused (no context for it), those of
/// RetrievePort::load(), peer_gone.
[[nodiscard]] Awaitable<Result<StoreResponse>> store(
    Association& association,
    boost::asio::thread_pool& pool,
    RetrievePort& port,
    const InstanceReference& instance,
    std::uint16_t message_id,
    std::uint16_t priority,
    std::optional<MoveOriginator> originator = std::nullopt,
    std::span<const std::string> preferred = {});

/// The same for several objects, one after the other over one association, with the next ones
/// loading while one is on the wire. `instances` and `preferred` outlive it; confined to the
/// association's strand.
class StoreSequence {
public:
    StoreSequence(Association& association,
                  boost::asio::thread_pool& pool,
                  RetrievePort& port,
                  std::span<const InstanceReference> instances,
                  std::span<const std::string> preferred = {});
    ~StoreSequence();
    StoreSequence(const StoreSequence&) = delete;
    StoreSequence& operator=(const StoreSequence&) = delete;

    /// To be called once for each instance, in order. Faults: as store().
    [[nodiscard]] Awaitable<Result<StoreResponse>> store_next(std::uint16_t message_id,
                                                              std::uint16_t priority);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// PS3.4 B.2.3: 0000H, Bxxx, anything else.
enum class StoreVerdict : std::uint8_t { success, warning, failure };
[[nodiscard]] StoreVerdict verdict_of(std::uint16_t c_store_status);
/// May the same object be taken later? After A7xxH (out of resources), a peer that was lost, a disk
/// or database of ours that failed; not after any other failure.
[[nodiscard]] bool may_pass(const Result<StoreResponse>& response);

}  // namespace cxr::storescp
