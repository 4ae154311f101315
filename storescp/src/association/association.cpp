#include "storescp/association/association.hpp"

#include <utility>

namespace cxr::storescp {

Awaitable<Result<void>> Association::send_messages(std::uint8_t presentation_context_id,
                                                   std::vector<OutgoingMessage> messages) {
    for (OutgoingMessage& message : messages) {
        auto sent = co_await send_message(
            presentation_context_id, std::move(message.command), message.data_set);
        if (!sent) {
            co_return sent;
        }
    }
    co_return Result<void>{};
}

}  // namespace cxr::storescp
