#pragma once
/// Association requests as a peer would send them, and a service that answers whatever it is asked.

#include "storescp/association/listener.hpp"
#include "storescp/upper_layer/pdu.hpp"
#include "support/raw_peer.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cxr::test {

inline const std::string verification = "1.2.840.10008.1.1";
inline const std::string secondary_capture = "1.2.840.10008.5.1.4.1.1.7";
inline const std::string study_root_find = "1.2.840.10008.5.1.4.1.2.2.1";
inline const std::string implicit_little = "1.2.840.10008.1.2";
inline const std::string explicit_little = "1.2.840.10008.1.2.1";
inline const std::string jpeg_ls = "1.2.840.10008.1.2.4.80";

inline storescp::AcceptableContexts acceptable_contexts() {
    storescp::AcceptableContexts contexts;
    contexts.by_abstract_syntax[verification] = {
        .transfer_syntaxes = {implicit_little, explicit_little}};
    contexts.by_abstract_syntax[secondary_capture] = {
        .transfer_syntaxes = {explicit_little, implicit_little, jpeg_ls},
        .storage = true,
        .extended_negotiation_supported = {2, 0, 0, 0, 2}};
    contexts.by_abstract_syntax[study_root_find] = {
        .transfer_syntaxes = {explicit_little, implicit_little},
        .extended_negotiation_supported = {1, 1, 0},
        .needs = storescp::Permission::query};
    return contexts;
}

/// Calls TESTER, to CXRBRIDGE, with these contexts.
inline storescp::pdu::AssociateRQ association_request(
    std::vector<storescp::ProposedContext> contexts = {{1, verification, {implicit_little}}}) {
    storescp::pdu::AssociateRQ request;
    request.calling = storescp::pdu::title_field("TESTER");
    request.called = storescp::pdu::title_field("CXRBRIDGE");
    request.contexts = std::move(contexts);
    request.user.pdu_bytes_max = 16'384;
    request.user.implementation_class_uid = "1.2.3.4";
    request.user.implementation_version_name = "TESTER";
    return request;
}

inline storescp::CommandSet echo_request(std::uint16_t message_id) {
    storescp::CommandSet command;
    command.affected_sop_class_uid = verification;
    command.command_field = 0x0030;
    command.message_id = message_id;
    command.data_set_type = storescp::no_data_set;
    return command;
}

inline storescp::CommandSet response_to(const storescp::CommandSet& request,
                                        std::uint16_t status = 0) {
    storescp::CommandSet response;
    response.affected_sop_class_uid = request.affected_sop_class_uid;
    response.command_field =
        static_cast<std::uint16_t>(request.command_field.value_or(0) | 0x8000U);
    response.message_id_being_responded_to = request.message_id;
    response.status = status;
    return response;
}

/// Answers every request with success until the association ends.
inline storescp::Awaitable<void> answer_everything(storescp::Association& association) {
    while (true) {
        const auto message = co_await association.receive_message();
        if (!message) {
            co_return;
        }
        if (message->command.has_data_set() && !co_await storescp::drain_data_set(association)) {
            co_return;
        }
        storescp::CommandSet response = response_to(message->command);
        if (!co_await association.send_message(message->presentation_context_id, response)) {
            co_return;
        }
    }
}

}  // namespace cxr::test
