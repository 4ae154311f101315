// A storage SCP that answers 0000H and keeps nothing: the other end of a sender's measurement, as
// cheap as our upper layer can be. Prints its port.
//
//   bench.dimse_sink CALLED
#include "storescp/association/listener.hpp"
#include "storescp/services/acceptable_contexts.hpp"
#include "storescp/status.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

using namespace cxr::storescp;

namespace {

class NoEvents : public EventSink {
public:
    void on(const Event& /*event*/) override {}
};

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
        CommandSet response = response_to(message->command, status::success);
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
