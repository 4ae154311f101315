// A storage SCP that answers 0000H and keeps nothing: the other end of a sender's measurement, as
// cheap as our upper layer can be. Prints its port.
//
//   bench.dimse_sink CALLED
#include "storescp/association/listener.hpp"
#include "storescp/services/acceptable_contexts.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

using namespace cxr::storescp;

namespace {

class NoEvents : public EventSink {
public:
    void on(const Event& /*event*/) override {}
};

CommandSet success_for(const CommandSet& request) {
    CommandSet response;
    response.affected_sop_class_uid = request.affected_sop_class_uid;
    response.affected_sop_instance_uid = request.affected_sop_instance_uid;
    response.command_field =
        static_cast<std::uint16_t>(request.command_field.value_or(0) | 0x8000U);
    response.message_id_being_responded_to = request.message_id;
    response.status = std::uint16_t{0};
    return response;
}

/// Until the peer is gone.
Awaitable<void> answer(Association& association) {
    while (true) {
        const auto message = co_await association.receive_message();
        if (!message) {
            co_return;
        }
        if (message->command.has_data_set()) {
            const auto drained = co_await drain_data_set(association);
            if (!drained) {
                co_return;
            }
        }
        CommandSet response = success_for(message->command);
        const auto sent = co_await association.send_message(message->presentation_context_id,
                                                            std::move(response));
        if (!sent) {
            co_return;
        }
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        fmt::print(stderr, "bench.dimse_sink CALLED\n");
        return 2;
    }
    try {
        AccessPolicy access;
        access.ae_titles = {arguments[1]};
        NodeSettings settings;
        settings.port = 0;
        settings.access = std::make_shared<AccessPolicy>(std::move(access));
        boost::asio::io_context io(1);
        NoEvents events;
        Listener listener(io, std::move(settings), acceptable_contexts(false), answer, events);
        listener.start();
        fmt::print("port {}\n", listener.port());
        std::fflush(stdout);
        io.run();
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
