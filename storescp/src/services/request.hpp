#pragma once
/// One request while it is served, and how it ended. A service returns its final response; only the
/// dispatcher sends it, so that every request gets exactly one (PS3.7 §9.3).

#include "services/move_shares.hpp"
#include "services/sub_operation.hpp"
#include "storescp/association/association.hpp"
#include "storescp/association/requestor.hpp"
#include "storescp/association/settings.hpp"
#include "storescp/dimse/command_set.hpp"
#include "storescp/events.hpp"
#include "storescp/node.hpp"
#include "storescp/ports.hpp"
#include "storescp/status.hpp"

#include <boost/asio/thread_pool.hpp>

#include <functional>

namespace cxr::storescp {

using RequestAssociation =
    std::function<Awaitable<Result<std::unique_ptr<Association>>>(AssociationRequest)>;

class CommitmentDesk;

/// What the services of one association work with. `access` is what it was admitted by.
struct ServiceEnvironment {
    boost::asio::thread_pool& pool;
    Ports ports;
    EventSink& events;
    const NodeSettings& settings;
    std::shared_ptr<const AccessPolicy> access;
    RequestAssociation request_association;
    /// Null without a commitment port, and where what is owed is told by somebody else.
    std::shared_ptr<CommitmentDesk> commitment_desk = nullptr;
    /// Takes responses to reports of ours, which may come in the middle of a C-GET; null: none do.
    TakesMessage takes_response = nullptr;
    /// Of the node: moves to one destination share what it is configured for.
    std::shared_ptr<MoveShares> move_shares = std::make_shared<MoveShares>();
};

/// A request and its data set, which can be read once, in whole or in pieces.
class Request {
public:
    Request(Association& association, Message message)
        : association_(association),
          context_(association.agreement().accepted(message.presentation_context_id)),
          command_(std::move(message.command)),
          repeats_message_id_(message.duplicate_message_id),
          data_set_pending_(command_.has_data_set()) {}

    [[nodiscard]] Association& association() const { return association_; }
    [[nodiscard]] const AssociationPeers& peers() const { return association_.agreement().peers; }
    /// Null if the message came on a context that was not accepted.
    [[nodiscard]] const PresentationContext* context() const { return context_; }
    [[nodiscard]] const CommandSet& command() const { return command_; }
    /// It came while another with its Message ID was not answered yet.
    [[nodiscard]] bool repeats_message_id() const { return repeats_message_id_; }
    [[nodiscard]] std::uint16_t message_id() const { return command_.message_id.value_or(0); }

    /// C-CANCEL-RQ came.
    [[nodiscard]] bool is_cancelled() const { return association_.cancel_requested(message_id()); }
    /// Somebody still waits for what it asked for.
    [[nodiscard]] bool is_wanted() const { return !is_cancelled() && association_.is_open(); }

    // Whatever ends the association while it is read is peer_gone: nothing can be answered then.
    /// The next piece of the data set, empty at its end. Faults: peer_gone.
    [[nodiscard]] Awaitable<Result<std::vector<std::byte>>> read_fragment();
    /// All of it, decoded. A peer that sends more than bytes_max is aborted. Faults: malformed
    /// (none there, or undecodable), unsupported, peer_gone.
    [[nodiscard]] Awaitable<Result<dicom::Attributes>> read_identifier(
        std::size_t bytes_max, dicom::AttributesLimits limits = {});
    /// What read_identifier() read, if it is kept.
    void keep_identifier() { keeps_identifier_ = true; }
    [[nodiscard]] const std::vector<std::byte>& identifier() const { return identifier_; }
    /// What nobody read. Faults: peer_gone.
    [[nodiscard]] Awaitable<Result<void>> drain();
    [[nodiscard]] bool has_unread_data() const { return data_set_pending_; }
    /// Called on the association's strand when nothing of the data set is left to read.
    void when_data_is_read(std::function<void()> call) { when_data_is_read_ = std::move(call); }

    /// A response to it, with the fields that every response has.
    [[nodiscard]] CommandSet response(std::uint16_t status) const;
    /// Sends a pending response. Faults: peer_gone.
    [[nodiscard]] Awaitable<Result<void>> send(CommandSet response,
                                               std::vector<dicom::Segment> data_set) const;
    /// Several pending responses, gathered into as few writes as they fit. Faults: peer_gone.
    [[nodiscard]] Awaitable<Result<void>> send_all(std::vector<OutgoingMessage> responses) const;

private:
    void data_is_read();

    Association& association_;
    const PresentationContext* context_;
    CommandSet command_;
    bool repeats_message_id_;
    bool data_set_pending_;
    std::function<void()> when_data_is_read_;
    bool keeps_identifier_ = false;
    std::vector<std::byte> identifier_;
};

/// The final response of a request and what its event says.
struct Completion {
    CommandSet response;
    std::vector<dicom::Segment> data_set = {};
    std::string detail = {};
    std::uint64_t matches_or_completed = 0, failed = 0, warnings = 0;
    std::string why = {};
    std::string_view section = {};  ///< of the standard, for statuses other than success
    std::vector<AuditSubject> subjects = {};
    std::uint64_t object_bytes = 0;  ///< of data sets that were received or sent
};

/// The final response for a fault.
[[nodiscard]] Completion completion_of(const Request& request, const Fault& fault, Service service);
/// The same for a status that only a service knows, naming the offending element of the command.
[[nodiscard]] Completion refusal_of(const Request& request,
                                    std::uint16_t status,
                                    std::string why,
                                    std::optional<std::uint16_t> command_element = std::nullopt);

// The services. Faults: peer_gone, and nothing else.
[[nodiscard]] Awaitable<Result<Completion>> echo_scp(const ServiceEnvironment& environment,
                                                     Request& request);
[[nodiscard]] Awaitable<Result<Completion>> store_scp(const ServiceEnvironment& environment,
                                                      Request& request);
[[nodiscard]] Awaitable<Result<Completion>> find_scp(const ServiceEnvironment& environment,
                                                     Request& request);
[[nodiscard]] Awaitable<Result<Completion>> move_scp(const ServiceEnvironment& environment,
                                                     Request& request);
[[nodiscard]] Awaitable<Result<Completion>> get_scp(const ServiceEnvironment& environment,
                                                    Request& request);
[[nodiscard]] Awaitable<Result<Completion>> commitment_action_scp(
    const ServiceEnvironment& environment, Request& request);
[[nodiscard]] Awaitable<Result<Completion>> commitment_event_scp(
    const ServiceEnvironment& environment, Request& request);

}  // namespace cxr::storescp
