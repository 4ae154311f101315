#pragma once
/// The parts of one C-STORE as a user that C-MOVE, C-GET and store() put together: which context an
/// object goes over, loading it in that context's transfer syntax, sending it and its answer.

#include "storescp/association/association.hpp"
#include "storescp/ports.hpp"
#include "storescp/services/store_scu.hpp"

#include <functional>
#include <optional>
#include <span>

namespace cxr::storescp {

/// Who we are on the association that objects are sent over: C-GET sends as its acceptor, and needs
/// the SCP role of the requestor for that (PS3.7 D.3.3.4).
enum class OurSide : std::uint8_t { requestor, acceptor };

struct Route {
    std::uint8_t presentation_context_id;
    std::string transfer_syntax_uid;
};

/// @param loadable the syntaxes that the object can be had in, the kept one first.
/// A preferred one if accepted, else the kept one, else the first context that suits.
[[nodiscard]] std::optional<Route> route_for(const Agreement& agreement,
                                             OurSide side,
                                             std::string_view sop_class_uid,
                                             std::span<const std::string> loadable,
                                             std::span<const std::string> preferred);

struct LoadedObject {
    Route route;
    dicom::EncodedObject object;
};

/// Blocking. Faults: refused (no context), those of RetrievePort::load().
[[nodiscard]] Result<LoadedObject> load_for(const Agreement& agreement,
                                            OurSide side,
                                            RetrievePort& port,
                                            const InstanceReference& instance,
                                            std::span<const std::string> preferred);

struct StoreInvocation {
    std::uint16_t message_id;
    std::uint16_t priority;
    std::optional<MoveOriginator> originator;
};

/// Is a message meant for somebody else, who has it now? Its data set is dropped.
using TakesMessage = std::function<bool(const CommandSet&)>;

/// Sends the object; its response is still due. Faults: peer_gone.
[[nodiscard]] Awaitable<Result<void>> send_store_request(Association& association,
                                                         LoadedObject loaded,
                                                         StoreInvocation invocation);

/// Of a C-STORE-RSP that has a status.
[[nodiscard]] StoreResponse store_response_of(const CommandSet& response);

/// Sends the object and waits for its response. Anything else that the peer sends instead breaks
/// the protocol and aborts the association, but what `takes` says that it has taken. Faults:
/// peer_gone.
[[nodiscard]] Awaitable<Result<StoreResponse>> send_object(Association& association,
                                                           LoadedObject loaded,
                                                           StoreInvocation invocation,
                                                           TakesMessage takes = nullptr);

/// The response to one of the requests of ours that are due, its data set (there should be none)
/// dropped. Aborts the association when the peer sends anything else that `takes` does not take.
/// `message_ids` outlive the call. Faults: peer_gone.
[[nodiscard]] Awaitable<Result<CommandSet>> receive_response(
    Association& association,
    CommandField expected,
    std::span<const std::uint16_t> message_ids,
    TakesMessage takes = nullptr);
[[nodiscard]] Awaitable<Result<CommandSet>> receive_response(Association& association,
                                                             CommandField expected,
                                                             std::uint16_t message_id);

/// Objects that go over one association, and the contexts that they need.
struct Batch {
    std::vector<ProposedContext> contexts;  ///< at most 128
    std::vector<InstanceReference> instances;
};

/// Blocking. As many batches as the limit of 128 contexts demands, usually one; the instances of a
/// SOP class stay together.
[[nodiscard]] std::vector<Batch> plan_batches(std::span<const InstanceReference> instances,
                                              RetrievePort& port,
                                              std::span<const std::string> preferred);

}  // namespace cxr::storescp
