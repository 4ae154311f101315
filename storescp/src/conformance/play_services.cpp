// DIMSE services from the user's side, as dialogues need them.

#include "conformance/play.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "storescp/status.hpp"

#include <fmt/format.h>

namespace cxr::storescp::conformance {

namespace {

bool is_pending(const Seen& seen) {
    return seen.message && (seen.status() & 0xFF00U) == status::pending;
}

Result<Attributes> decoded(const Probe& probe, const Message& message) {
    const auto* const known = dicom::find_transfer_syntax(probe.transfer_syntax(message.context));
    return dicom::decode_attributes(message.data_set,
                                    known == nullptr ? dicom::implicit_vr_little_endian : *known);
}

std::vector<std::string> values(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = text.find('\\');
        parts.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return parts;
}

}  // namespace

Seen Play::echo(Probe& probe, std::uint16_t message_id) {
    probe.send(probe.context(sop::verification),
               request_of(CommandField::c_echo_rq, sop::verification, message_id));
    return probe.receive();
}

void Play::expect_alive(Probe& probe) {
    expect("C-ECHO-RSP 0000", echo(probe, 77));
}

void Play::expect_alive() {
    const std::string before = last_seen();
    Probe probe = open({sop::verification});
    expect_alive(probe);
    saw(before);
}

Answers Play::find(std::string_view sop_class, const Attributes& identifier) {
    Probe probe = open({sop_class});
    return find(probe, sop_class, identifier);
}

Answers Play::find(Probe& probe, std::string_view sop_class, const Attributes& identifier) {
    const std::uint8_t context = probe.context(sop_class);
    probe.send(context,
               request_of(CommandField::c_find_rq, sop_class),
               encoded(identifier, probe.transfer_syntax(context)));
    return collect_answers(probe, context);
}

Answers Play::collect_answers(Probe& probe, std::uint8_t context) {
    Answers answers;
    for (;;) {
        Seen next = probe.receive();
        if (!is_pending(next)) {
            answers.outcome = std::move(next);
            break;
        }
        expect(next.message->context == context,
               fmt::format("responses on presentation context {}", context),
               fmt::format("{} on context {}", next.text, next.message->context));
        auto match = decoded(probe, *next.message);
        expect(match.has_value() && next.message->command.has_data_set(),
               "a pending response with an Identifier",
               match ? next.text + " without" : next.text + ": " + match.error().doing);
        answers.matches.push_back(*std::move(match));
        answers.pending.push_back(std::move(next));
    }
    if (const std::size_t count = answers.matches.size(); count != 0) {
        answers.outcome.text =
            fmt::format("{} match{}, {}", count, count == 1 ? "" : "es", answers.outcome.text);
    }
    return answers;
}

void Retrieval::end(const Probe& probe, Seen final_response) {
    outcome = std::move(final_response);
    if (outcome.message && outcome.message->command.has_data_set()) {
        if (auto read = decoded(probe, *outcome.message)) {
            final_data_set = *std::move(read);
            failed_list = values(dicom::value_of(final_data_set, DCM_FailedSOPInstanceUIDList));
        }
    }
}

Seen Play::store(Probe& probe, const Attributes& object) {
    const std::string_view sop_class = dicom::value_of(object, DCM_SOPClassUID);
    const std::uint8_t context = probe.context(sop_class);
    CommandSet command = request_of(CommandField::c_store_rq, sop_class);
    command.affected_sop_instance_uid = dicom::value_of(object, DCM_SOPInstanceUID);
    probe.send(context, command, encoded(object, probe.transfer_syntax(context)));
    return probe.receive();
}

Retrieval Play::get(Probe& probe,
                    std::string_view sop_class,
                    const Attributes& identifier,
                    const StoreAnswer& answer) {
    const std::uint8_t context = probe.context(sop_class);
    probe.send(context,
               request_of(CommandField::c_get_rq, sop_class),
               encoded(identifier, probe.transfer_syntax(context)));
    Retrieval retrieval;
    for (;;) {
        Seen next = probe.receive();
        if (is_pending(next)) {
            retrieval.pending.push_back(std::move(next));
            continue;
        }
        if (!next.message || !next.message->command.is(CommandField::c_store_rq)) {
            retrieval.end(probe, std::move(next));
            return retrieval;
        }
        const CommandSet& store = next.message->command;
        Received received{.command = store,
                          .transfer_syntax = probe.transfer_syntax(next.message->context),
                          .data_set = std::move(next.message->data_set)};
        CommandSet response;
        response.affected_sop_class_uid = store.affected_sop_class_uid;
        response.affected_sop_instance_uid = store.affected_sop_instance_uid;
        response.command_field = static_cast<std::uint16_t>(CommandField::c_store_rsp);
        response.message_id_being_responded_to = store.message_id;
        response.data_set_type = no_data_set;
        response.status = answer(received, retrieval.received.size());
        probe.send(next.message->context, response);
        retrieval.received.push_back(std::move(received));
    }
}

}  // namespace cxr::storescp::conformance
