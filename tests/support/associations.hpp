#pragma once
/// A service that answers whatever it is asked.

#include "storescp/association/listener.hpp"
#include "storescp/status.hpp"
#include "support/association_requests.hpp"

namespace cxr::test {

inline storescp::CommandSet echo_request(std::uint16_t message_id) {
    storescp::CommandSet command;
    command.affected_sop_class_uid = verification;
    command.command_field = 0x0030;
    command.message_id = message_id;
    command.data_set_type = storescp::no_data_set;
    return command;
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
        storescp::CommandSet response =
            storescp::response_to(message->command, storescp::status::success);
        if (!co_await association.send_message(message->presentation_context_id, response)) {
            co_return;
        }
    }
}

}  // namespace cxr::test
