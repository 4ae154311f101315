#pragma once
/// Accepts connections, negotiates, and hands each association to a handler coroutine of its own
/// strand. Keeps the associations it started: stop() ends them within a bound.

#include "storescp/association/association.hpp"
#include "storescp/association/settings.hpp"
#include "storescp/events.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>

namespace cxr::storescp {

/// What we would accept: by abstract syntax, its transfer syntaxes (in our order of preference),
/// and how extended negotiation is answered. A pure table given by services.
struct AcceptableContexts {
    struct Entry {
        std::vector<std::string> transfer_syntaxes;
        bool storage = false;  ///< requestor may ask for the SCP role (C-GET)
        std::vector<std::uint8_t>
            extended_negotiation_supported;  ///< byte-wise AND with the offer; empty: not answered
    };
    std::map<std::string, Entry, std::less<>> by_abstract_syntax;
};

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
    [[nodiscard]] std::size_t associations() const;
    /// New associations follow it; living ones keep what they were admitted by.
    void replace_access(std::shared_ptr<const AccessPolicy> access);
    /// Stops accepting, lets associations finish until the grace ends, then aborts them. Completes
    /// when none is left.
    [[nodiscard]] Awaitable<void> stop(std::chrono::milliseconds grace);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace cxr::storescp
