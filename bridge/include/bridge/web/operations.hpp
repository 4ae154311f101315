#pragma once
/// What an operator looks at: /metrics, /api and the console at /, from the node's events and its
/// own books. One object for both: events come in, resources look at what they left.

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/delivery/queue.hpp"
#include "bridge/objects/object_source.hpp"
#include "bridge/web/server.hpp"
#include "config/schema.hpp"
#include "storescp/association/settings.hpp"
#include "storescp/events.hpp"

#include <memory>

namespace cxr::bridge::web {

/// Where the answers come from. All outlive the web side.
struct OperationsPorts {
    const Catalogue& catalogue;
    ObjectSource& objects;
    const DeliveryQueue& queue;
    const config::Config& config;          ///< as at start
    std::uint16_t port = 0, tls_port = 0;  ///< that the node listens on
};

class Operations final : public storescp::EventSink {
public:
    /// @param next is told every event, too
    explicit Operations(storescp::EventSink& next);
    ~Operations() override;

    void on(const storescp::Event& event) override;
    /// An HTTP request has been answered: it is counted by its resource.
    void answered(const Exchange& exchange);
    /// Who the peers are. Any thread.
    void replace_access(std::shared_ptr<const storescp::AccessPolicy> access);
    /// GET /metrics, /api/…, POST /api/peers/{aet}/echo. Lives as long as the router.
    void add_resources(Router& router, const OperationsPorts& ports);

private:
    class Impl;
    const std::unique_ptr<Impl> impl_;
};

/// GET / and /console/{file}: the page that uses them, as it was when the program was built.
void add_console_resources(Router& router);

}  // namespace cxr::bridge::web
