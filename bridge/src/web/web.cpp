#include "bridge/web/web.hpp"

#include "access_log.hpp"
#include "bridge/daemon/credentials.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace cxr::bridge::web {

Result<std::shared_ptr<const storescp::TlsContext>> web_tls(const config::Config& config) {
    if (!config.web.enabled || !config.web.tls) {
        return std::shared_ptr<const storescp::TlsContext>();
    }
    auto settings = tls_settings(config);
    if (!settings) {
        return settings.error();
    }
    // Browsers have no certificate, and peers' names are those of AE titles.
    settings->client_names.clear();
    settings->client_certificate = config.web.client_certificate
                                       ? storescp::ClientCertificate::required
                                       : storescp::ClientCertificate::none;
    return storescp::TlsContext::make(*settings);
}

ServerSettings server_settings(const config::Config& config,
                               std::shared_ptr<const storescp::TlsContext> tls) {
    const config::WebSection& web = config.web;
    return {.listen = web.listen,
            .port = web.port,
            .connections_max = web.max_connections,
            .request_line_bytes_max = web.max_request_line,
            .head_bytes_max = web.max_header,
            .body_bytes_max = web.max_body,
            .head_time = web.header_timeout,
            .idle_time = web.idle_timeout,
            .body_time = web.body_timeout,
            .body_bytes_per_second = web.min_body_rate,
            .write_time = web.write_timeout,
            .allowed_origins = web.allowed_origins,
            .tls = std::move(tls)};
}

Router make_router(const WebPorts& ports) {
    Router router;
    add_health_resources(router, ports);
    return router;
}

class Web::Impl {
public:
    Impl(boost::asio::io_context& io, boost::asio::thread_pool& pool, WebPorts ports, Log& log)
        : ports_(std::move(ports)),
          listen_(ports_.config.web.listen),
          tls_(certificates(ports_.config)),
          access_log_(log),
          router_(make_router(ports_)),
          server_(io, pool, server_settings(ports_.config, tls_), router_, access_log_) {}

    Server& server() { return server_; }
    [[nodiscard]] std::string url() const {
        const bool bracketed = listen_.find(':') != std::string::npos;
        return fmt::format("{}://{}{}{}:{}/",
                           tls_ ? "https" : "http",
                           bracketed ? "[" : "",
                           listen_,
                           bracketed ? "]" : "",
                           server_.port());
    }

private:
    static std::shared_ptr<const storescp::TlsContext> certificates(const config::Config& config) {
        auto tls = web_tls(config);
        if (!tls) {
            throw std::runtime_error(tls.error().doing);
        }
        return *std::move(tls);
    }

    const WebPorts ports_;
    const std::string listen_;
    const std::shared_ptr<const storescp::TlsContext> tls_;
    AccessLog access_log_;
    const Router router_;
    Server server_;
};

Web::Web(boost::asio::io_context& io, boost::asio::thread_pool& pool, WebPorts ports, Log& log)
    : impl_(std::make_unique<Impl>(io, pool, std::move(ports), log)) {}
Web::~Web() = default;

void Web::start() {
    impl_->server().start();
}

std::string Web::url() const {
    return impl_->url();
}

Result<void> Web::reload(const config::Config& config) {
    auto tls = web_tls(config);
    if (!tls) {
        return tls.error();
    }
    if (*tls) {
        impl_->server().replace_tls(*std::move(tls));
    }
    return {};
}

Awaitable<void> Web::stop(std::chrono::milliseconds grace) {
    return impl_->server().stop(grace);
}

}  // namespace cxr::bridge::web
