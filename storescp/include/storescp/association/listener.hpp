#pragma once
/// Accepts connections, plain ones and, on a second port, by TLS; negotiates, and hands each
/// association to a handler coroutine of its own strand. Keeps the associations it started: stop()
/// ends them within a bound.

#include "storescp/association/association.hpp"
#include "storescp/association/settings.hpp"
#include "storescp/events.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>

namespace cxr::storescp {

/// Serves one association until it ends.
using AssociationHandler = std::function<Awaitable<void>(Association&)>;

class Listener {
public:
    /// Binds at once; throws std::system_error with address and reason when it cannot.
    Listener(boost::asio::io_context& io,
             NodeSettings settings,
             AcceptableContexts acceptable,
             AssociationHandler handler,
             EventSink& events);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    void start();
    [[nodiscard]] std::uint16_t port() const;
    /// 0: there is no TLS listener.
    [[nodiscard]] std::uint16_t tls_port() const;
    [[nodiscard]] std::size_t associations() const;
    /// New associations follow it; living ones keep what they were admitted by.
    void replace_access(std::shared_ptr<const AccessPolicy> access);
    /// Stops accepting, lets associations finish until the grace ends, then aborts them; those that
    /// ask for nothing are aborted after two seconds. Completes when none is left.
    [[nodiscard]] Awaitable<void> stop(std::chrono::milliseconds grace);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace cxr::storescp
