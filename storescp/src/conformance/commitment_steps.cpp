#include "conformance/commitment_steps.hpp"

#include "dicom/core/transfer_syntax.hpp"
#include "storescp/status.hpp"

#include <fmt/format.h>

namespace cxr::storescp::conformance {

namespace {

Attributes reference_item(const Reference& reference) {
    return keys("",
                {{DCM_ReferencedSOPClassUID, reference.sop_class_uid},
                 {DCM_ReferencedSOPInstanceUID, reference.sop_instance_uid}});
}

Attributes action_information(const CommitmentRequest& request) {
    Attributes information;
    if (!request.without_transaction) {
        put(information, DCM_TransactionUID, request.transaction_uid);
    }
    if (!request.without_references) {
        std::vector<Attributes> items;
        for (const Reference& reference : request.references) {
            items.push_back(reference_item(reference));
        }
        put_sequence(information, DCM_ReferencedSOPSequence, std::move(items));
    }
    return information;
}

Reference reference_of(const Attributes& item) {
    return {.sop_class_uid = std::string(value_of(item, DCM_ReferencedSOPClassUID)),
            .sop_instance_uid = std::string(value_of(item, DCM_ReferencedSOPInstanceUID))};
}

CommitmentEvent read_event(Play& play, const Message& message, std::string_view transfer_syntax) {
    const auto* const known = dicom::find_transfer_syntax(transfer_syntax);
    const auto report = dicom::decode_attributes(
        message.data_set, known == nullptr ? dicom::implicit_vr_little_endian : *known);
    play.expect(report.has_value(),
                "an N-EVENT-REPORT that can be read",
                report ? "" : report.error().doing);
    CommitmentEvent event;
    event.type = message.command.event_type_id.value_or(0);
    event.transaction_uid = value_of(*report, DCM_TransactionUID);
    event.retrieve_ae_title_above = find(*report, DCM_RetrieveAETitle) != nullptr;
    if (const auto* committed = find(*report, DCM_ReferencedSOPSequence)) {
        for (const Attributes& item : committed->items) {
            event.committed.push_back(reference_of(item));
            event.retrieve_ae_title_in_items |= find(item, DCM_RetrieveAETitle) != nullptr;
        }
    }
    if (const auto* failed = find(*report, DCM_FailedSOPSequence)) {
        for (const Attributes& item : failed->items) {
            const std::string reason(value_of(item, DCM_FailureReason));
            event.failed.push_back({.reference = reference_of(item),
                                    .reason = fmt::format("{:04X}", std::atoi(reason.c_str()))});
        }
    }
    return event;
}

}  // namespace

std::string in_words(const CommitmentEvent& event) {
    std::string reasons;
    for (std::size_t i = 0; i < event.failed.size() && i < 3; ++i) {
        reasons += (reasons.empty() ? "" : ", ") + event.failed[i].reason;
    }
    return fmt::format("event type {}, {} committed, {} failed{}",
                       event.type,
                       event.committed.size(),
                       event.failed.size(),
                       reasons.empty() ? "" : " (" + reasons + ")");
}

std::vector<Reference> held_references(const Play& play) {
    static_cast<void>(play.held());
    std::vector<Reference> references;
    for (const HeldInstance& one : play.known().instances) {
        references.push_back(
            {.sop_class_uid = one.sop_class_uid, .sop_instance_uid = one.sop_instance_uid});
    }
    return references;
}

CommitmentDialogue::CommitmentDialogue(Play& play)
    : play_(play),
      provider_(play.offers(sop::storage_commitment) && play.settings().move_destination
                    ? std::make_unique<OwnProvider>(play.settings(), ProviderScript{})
                    : nullptr),
      probe_(play.open({sop::storage_commitment})) {}

Seen CommitmentDialogue::request(const CommitmentRequest& request) {
    CommandSet command;
    command.requested_sop_class_uid = request.sop_class_uid;
    command.command_field = static_cast<std::uint16_t>(CommandField::n_action_rq);
    command.message_id = 1;
    command.data_set_type = 1;
    command.requested_sop_instance_uid = request.sop_instance_uid;
    command.action_type_id = request.action_type_id;
    probe_.send(1, command, encoded(action_information(request), syntax::implicit_little));
    return probe_.receive();
}

CommitmentEvent CommitmentDialogue::await_event() {
    const Seen next = probe_.receive();
    if (next.message && next.message->command.is(CommandField::n_event_report_rq)) {
        const CommandSet& event = next.message->command;
        CommandSet response;
        response.affected_sop_class_uid = event.affected_sop_class_uid;
        response.affected_sop_instance_uid = event.affected_sop_instance_uid;
        response.command_field = static_cast<std::uint16_t>(CommandField::n_event_report_rsp);
        response.message_id_being_responded_to = event.message_id;
        response.event_type_id = event.event_type_id;
        response.data_set_type = no_data_set;
        response.status = status::success;
        probe_.send(next.message->context, response);
        return read_event(play_, *next.message, syntax::implicit_little);
    }
    if (!provider_) {
        throw NotPlayable{
            "no event on the same association; needs --move-destination AE:PORT, "
            "known to the peer, for a new one"};
    }
    const auto event = provider_->await_event(play_.settings().wait_at_most);
    play_.expect(
        event.has_value(), "N-EVENT-REPORT-RQ", "neither on this association nor on a new one");
    CommitmentEvent read = read_event(play_, event->message, event->transfer_syntax);
    read.on_a_new_association = true;
    return read;
}

std::vector<Visit> CommitmentDialogue::finish() {
    return provider_ ? provider_->finish(play_.settings().answer_within) : std::vector<Visit>();
}

}  // namespace cxr::storescp::conformance
