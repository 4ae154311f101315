#pragma once
/// Who asks a node for storage commitment: over an association of its own, and listening for
/// reports that come over another one.

#include "storescp/services/commitment_scu.hpp"
#include "support/commitment_requests.hpp"
#include "support/running_listener.hpp"
#include "support/running_node.hpp"

#include <deque>

namespace cxr::test {

/// A listener that takes N-EVENT-REPORTs and answers as it is told.
class ReportListener {
public:
    struct Told {
        storescp::AssociationPeers peers;
        storescp::RoleSelection roles;
        storescp::CommandSet command;
        storescp::CommitmentReport report;
    };
    explicit ReportListener(bool grants_role = true)
        : listener_(called_as_it_likes(),
                    contexts(grants_role),
                    [this](storescp::Association& association) { return serve(association); }) {}

    /// Statuses of the next responses; 0000H when there is none. FFFFH: aborts instead.
    void answer(std::vector<std::uint16_t> statuses) {
        const std::lock_guard lock(mutex_);
        answers_.assign(statuses.begin(), statuses.end());
    }
    [[nodiscard]] storescp::Peer peer(const std::string& ae_title) const {
        storescp::Peer peer;
        peer.ae_title = ae_title;
        peer.host = "127.0.0.1";
        peer.port = listener_.port();
        return peer;
    }
    std::vector<Told> told() {
        const std::lock_guard lock(mutex_);
        return told_;
    }
    RecordedEvents& events() { return listener_.events(); }

private:
    static storescp::NodeSettings called_as_it_likes() {
        storescp::AccessPolicy policy;
        policy.check_called_ae_title = false;
        storescp::NodeSettings settings;
        settings.access = std::make_shared<const storescp::AccessPolicy>(std::move(policy));
        return settings;
    }
    static storescp::AcceptableContexts contexts(bool grants_role) {
        storescp::AcceptableContexts contexts;
        contexts.by_abstract_syntax[commitment_class] = {
            .transfer_syntaxes = {"1.2.840.10008.1.2.1", "1.2.840.10008.1.2"},
            .provider_role = grants_role};
        return contexts;
    }

    storescp::Awaitable<void> serve(storescp::Association& association) {
        for (;;) {
            auto message = co_await association.receive_message();
            if (!message) {
                co_return;
            }
            auto data_set = co_await storescp::receive_data_set(association, 16U << 20U);
            const auto* context =
                association.agreement().accepted(message->presentation_context_id);
            const std::uint16_t status = keep(association, *context, message->command, *data_set);
            if (status == 0xFFFF) {
                association.abort();
                co_return;
            }
            storescp::CommandSet response;
            response.affected_sop_class_uid = message->command.affected_sop_class_uid;
            response.command_field = std::uint16_t{0x8100};
            response.message_id_being_responded_to = message->command.message_id;
            response.status = status;
            static_cast<void>(co_await association.send_message(context->id, response));
        }
    }

    std::uint16_t keep(const storescp::Association& association,
                       const storescp::PresentationContext& context,
                       const storescp::CommandSet& command,
                       const std::vector<std::byte>& data_set) {
        const auto information =
            dicom::decode_attributes(data_set,
                                     *dicom::find_transfer_syntax(context.transfer_syntax),
                                     {.elements_max = 1'000'000});
        auto report = storescp::parse_event_information(information.value());
        const std::lock_guard lock(mutex_);
        told_.push_back({.peers = association.agreement().peers,
                         .roles = context.roles,
                         .command = command,
                         .report = std::get<storescp::CommitmentReport>(std::move(report))});
        if (answers_.empty()) {
            return 0x0000;
        }
        const std::uint16_t status = answers_.front();
        answers_.pop_front();
        return status;
    }

    std::mutex mutex_;
    std::deque<std::uint16_t> answers_;
    std::vector<Told> told_;
    RunningListener listener_;
};

/// What happened to one N-ACTION.
struct Asked {
    std::optional<storescp::Fault> fault;              ///< of the N-ACTION
    std::optional<storescp::CommitmentReport> report;  ///< over the same association
    std::optional<storescp::Fault> lost;               ///< while the report was waited for
};

inline storescp::AssociationRequest commitment_association(const RunningNode& node) {
    return node.request({storescp::commitment_context()});
}

/// Asks, and waits for the report on the same association for at most `patience`; zero: releases
/// at once, as Orthanc does.
inline storescp::Awaitable<Asked> ask(storescp::AssociationRequest association_request,
                                      storescp::CommitmentRequest request,
                                      std::chrono::milliseconds patience) {
    Asked asked;
    const std::string transaction_uid = request.transaction_uid;
    auto association = co_await storescp::request_association(std::move(association_request));
    if (!association) {
        asked.fault = association.error();
        co_return asked;
    }
    const auto requested =
        co_await storescp::request_commitment(**association, std::move(request), 1);
    if (!requested) {
        asked.fault = requested.error();
    } else if (patience.count() > 0) {
        auto report = co_await storescp::wait_for_report(**association, transaction_uid, patience);
        if (report) {
            asked.report = *std::move(report);
        } else {
            asked.lost = report.error();
        }
    }
    co_await (*association)->release();
    co_return asked;
}

}  // namespace cxr::test
