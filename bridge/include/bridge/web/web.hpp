#pragma once
/// The web side of the node: its resources, put together, and the server that offers them. What a
/// further group of resources needs is one add_…_resources(router, ports) in web.cpp.

#include "bridge/web/server.hpp"
#include "bridge/web/web_audit.hpp"
#include "config/schema.hpp"
#include "storescp/events.hpp"
#include "storescp/ports.hpp"

#include <functional>
#include <memory>

namespace cxr::bridge {
class Log;
}

namespace cxr::bridge::web {

/// What resources are made of: the same as DIMSE has. All outlive the web side.
struct WebPorts {
    storescp::QueryPort& query;
    storescp::RetrievePort& retrieve;
    storescp::ReceivePort& receive;
    const config::Config& config;     ///< as at start
    dicom::QueryRules query_rules{};  ///< as C-FIND's
    /// Is the catalogue there? Blocking. Faults: storage.
    std::function<Result<void>()> check;
    boost::asio::thread_pool* pool = nullptr;  ///< of what is stored, which waits for the disk
    storescp::EventSink* events = nullptr;     ///< is told what was stored
    std::function<void(Router&)> further{};    ///< adds resources of others than these ports
    std::function<void(const Exchange&)> answered{};  ///< is told of each request; any thread
    WebAudit* audit = nullptr;                        ///< null: no trail
};

/// Faults: not_found, malformed (certificate, key).
[[nodiscard]] Result<std::shared_ptr<const storescp::TlsContext>> web_tls(
    const config::Config& config);
[[nodiscard]] ServerSettings server_settings(const config::Config& config,
                                             std::shared_ptr<const storescp::TlsContext> tls);
/// Every resource there is, in order; refers to `ports`.
[[nodiscard]] Router make_router(const WebPorts& ports);
/// /healthz: the process answers; /readyz: so does the catalogue.
void add_health_resources(Router& router, const WebPorts& ports);
/// QIDO-RS (PS3.18 §10.6).
void add_search_resources(Router& router, const WebPorts& ports);
/// WADO-RS (PS3.18 §10.4): objects, metadata, frames and bulk data, pictures.
void add_retrieve_resources(Router& router, const WebPorts& ports);
void add_metadata_resources(Router& router, const WebPorts& ports);
void add_pixel_resources(Router& router, const WebPorts& ports);
void add_rendered_resources(Router& router, const WebPorts& ports);
/// WADO-URI (PS3.18 §9).
void add_uri_resource(Router& router, const WebPorts& ports);
/// STOW-RS (PS3.18 §10.5).
void add_store_resources(Router& router, const WebPorts& ports);
/// A viewer's files, where the configuration names some. Throws std::runtime_error when they are
/// not there.
void add_viewer_resources(Router& router, const WebPorts& ports);
/// What DICOMweb can do, as far as `router` has it by now (PS3.18 §8.9).
void add_capabilities(Router& router);

class Web {
public:
    /// Throws std::runtime_error when it cannot listen, or a file that the
    /// configuration names cannot be read.
    Web(boost::asio::io_context& io, boost::asio::thread_pool& pool, WebPorts ports, Log& log);
    ~Web();
    void start();
    /// "http://127.0.0.1:8080/"
    [[nodiscard]] std::string url() const;
    /// Certificates, users and tokens anew. Faults: not_found, malformed; then nothing has changed.
    [[nodiscard]] Result<void> reload(const config::Config& config);
    [[nodiscard]] Awaitable<void> stop(std::chrono::milliseconds grace);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge::web
