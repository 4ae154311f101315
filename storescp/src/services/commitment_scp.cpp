// Storage Commitment Push Model (PS3.4 Annex J): the N-ACTION of a requester, and the
// N-EVENT-REPORT of a provider that we asked. The reports that we owe are commitment_desk's.

#include "services/commitment_desk.hpp"
#include "services/commitment_information.hpp"
#include "services/request.hpp"
#include "storescp/on_pool.hpp"

namespace cxr::storescp {

namespace {

/// A reference is an item and two elements.
dicom::AttributesLimits limits_of(const CommitmentSettings& settings) {
    return {.elements_max = 4 * settings.references_max + 1'000};
}

std::string detail_of(const std::string& transaction_uid) {
    return transaction_uid.empty() ? "" : "transaction " + transaction_uid;
}

Completion refusal_of(const Request& request, RefusedInformation refused) {
    Completion completion = refusal_of(request, refused.status, std::move(refused.why));
    completion.detail = detail_of(refused.transaction_uid);
    return completion;
}

/// What both N-services of this class ask of a command (PS3.7 §10.1.1, §10.1.4).
std::optional<Completion> refuse_command(const Request& request,
                                         const std::optional<std::string>& sop_instance_uid,
                                         std::uint16_t element) {
    if (!sop_instance_uid) {
        return refusal_of(
            request, status::mistyped_argument, "the SOP Instance UID is missing", element);
    }
    if (*sop_instance_uid != storage_commitment_sop_instance_uid) {
        return refusal_of(request,
                          status::no_such_object_instance,
                          "not the SOP instance of storage commitment",
                          element);
    }
    return std::nullopt;
}

/// A refused request's transaction UID cannot be used again (PS3.4 J.3.2).
Awaitable<void> spoil(const ServiceEnvironment& environment,
                      const Request& request,
                      std::string transaction_uid) {
    if (transaction_uid.empty()) {
        co_return;
    }
    auto write = [&port = *environment.ports.commitment,
                  uid = std::move(transaction_uid),
                  requester = request.peers().calling] { return port.spoil(uid, requester); };
    // Unwritten, the UID could be used again: the requester was refused all the same.
    static_cast<void>(co_await on_pool(environment.pool, std::move(write)));
}

}  // namespace

Awaitable<Result<Completion>> commitment_action_scp(const ServiceEnvironment& environment,
                                                    Request& request) {
    const CommandSet& command = request.command();
    if (environment.ports.commitment == nullptr) {
        co_return refusal_of(
            request, status::unrecognised_operation, "storage commitment is not provided");
    }
    if (auto refusal = refuse_command(request, command.requested_sop_instance_uid, 0x1001)) {
        co_return *std::move(refusal);
    }
    if (!command.action_type_id) {
        co_return refusal_of(
            request, status::mistyped_argument, "Action Type ID is missing", 0x1008);
    }
    const CommitmentSettings& settings = environment.settings.commitment;
    const auto information =
        co_await request.read_identifier(settings.action_bytes_max, limits_of(settings));
    if (!information) {
        if (information.error().kind == FaultKind::peer_gone) {
            co_return information.error();
        }
        co_return completion_of(request, information.error(), Service::commitment);
    }
    auto parsed = parse_action_information(*information, settings.references_max);
    if (command.action_type_id != request_storage_commitment) {
        RefusedInformation refused{.status = status::no_such_action,
                                   .why = "not an action of storage commitment"};
        if (const auto* asked = std::get_if<CommitmentRequest>(&parsed)) {
            refused.transaction_uid = asked->transaction_uid;
        }
        parsed = std::move(refused);
    }
    if (auto* refused = std::get_if<RefusedInformation>(&parsed)) {
        co_await spoil(environment, request, refused->transaction_uid);
        co_return refusal_of(request, std::move(*refused));
    }
    const auto asked =
        std::make_shared<const CommitmentRequest>(std::get<CommitmentRequest>(std::move(parsed)));
    auto accept = [asked, &port = *environment.ports.commitment, peers = request.peers()] {
        return port.accept(*asked, peers.calling, peers.called);
    };
    const auto id = co_await on_pool(environment.pool, std::move(accept));
    if (!id) {
        Completion completion = completion_of(request, id.error(), Service::commitment);
        completion.detail = detail_of(asked->transaction_uid);
        co_return completion;
    }
    if (environment.commitment_desk) {
        environment.commitment_desk->accepted(*id, request.association().number());
    }
    Completion completion{.response = request.response(status::success)};
    completion.detail = detail_of(asked->transaction_uid);
    completion.matches_or_completed = asked->references.size();
    co_return completion;
}

Awaitable<Result<Completion>> commitment_event_scp(const ServiceEnvironment& environment,
                                                   Request& request) {
    const CommandSet& command = request.command();
    if (environment.ports.commitment_results == nullptr) {
        co_return refusal_of(
            request, status::unrecognised_operation, "storage commitment is not used");
    }
    if (auto refusal = refuse_command(request, command.affected_sop_instance_uid, 0x1000)) {
        co_return *std::move(refusal);
    }
    if (command.event_type_id != storage_commitment_successful &&
        command.event_type_id != storage_commitment_with_failures) {
        co_return refusal_of(
            request,
            command.event_type_id ? status::no_such_event_type : status::mistyped_argument,
            "not an event of storage commitment",
            0x1002);
    }
    const CommitmentSettings& settings = environment.settings.commitment;
    const auto information =
        co_await request.read_identifier(settings.action_bytes_max, limits_of(settings));
    if (!information) {
        if (information.error().kind == FaultKind::peer_gone) {
            co_return information.error();
        }
        co_return completion_of(request, information.error(), Service::commitment);
    }
    auto parsed = parse_event_information(*information);
    if (auto* refused = std::get_if<RefusedInformation>(&parsed)) {
        co_return refusal_of(request, std::move(*refused));
    }
    const auto report =
        std::make_shared<const CommitmentReport>(std::get<CommitmentReport>(std::move(parsed)));
    auto conclude = [report,
                     &port = *environment.ports.commitment_results,
                     provider = request.peers().calling] {
        return port.conclude(*report, provider);
    };
    const auto known = co_await on_pool(environment.pool, std::move(conclude));
    Completion completion{.response = request.response(status::success)};
    if (!known) {
        completion = completion_of(request, known.error(), Service::commitment);
    } else if (!*known) {
        completion.why = "not a transaction that we asked this AE title for";
        if (settings.refuse_unknown_transactions) {
            completion = refusal_of(request, status::processing_failure, completion.why);
        }
    }
    completion.detail = detail_of(report->transaction_uid);
    completion.matches_or_completed = report->committed.size();
    completion.failed = report->failed.size();
    co_return completion;
}

}  // namespace cxr::storescp
