#include "bridge/web/web.hpp"

#include "access_log.hpp"
#include "web_settings.hpp"

#include <fmt/format.h>

#include <mutex>
#include <stdexcept>

namespace cxr::bridge::web {

Router make_router(const WebPorts& ports) {
    Router router;
    add_health_resources(router, ports);
    add_search_resources(router, ports);
    add_retrieve_resources(router, ports);
    add_metadata_resources(router, ports);
    add_pixel_resources(router, ports);
    add_rendered_resources(router, ports);
    add_uri_resource(router, ports);
    add_store_resources(router, ports);
    add_capabilities(router);
    add_viewer_resources(router, ports);
    if (ports.further) {
        ports.further(router);
    }
    return router;
}

namespace {

/// The access log, and whoever counts.
class CountedExchanges final : public ExchangeSink {
public:
    CountedExchanges(ExchangeSink& log, std::function<void(const Exchange&)> answered)
        : log_(log), answered_(std::move(answered)) {}

    void on(const Exchange& exchange) override {
        log_.on(exchange);
        if (answered_) {
            answered_(exchange);
        }
    }
    void trouble(std::string_view peer, std::string_view why) override { log_.trouble(peer, why); }

private:
    ExchangeSink& log_;
    const std::function<void(const Exchange&)> answered_;
};

}  // namespace

class Web::Impl {
public:
    Impl(boost::asio::io_context& io, boost::asio::thread_pool& pool, WebPorts ports, Log& log)
        : ports_(std::move(ports)),
          listen_(ports_.config.web.listen),
          tls_(value_or_throw(web_tls(ports_.config))),
          access_(std::make_shared<Access>(value_or_throw(access_rules(ports_.config)))),
          access_log_(log),
          exchanges_(access_log_, ports_.answered),
          router_(make_router(ports_)),
          server_(io,
                  pool,
                  server_settings(ports_.config, tls_),
                  router_,
                  exchanges_,
                  [this](Request& request, const Resource& resource) {
                      auto refused = access()->check(request, resource);
                      const bool unknown =
                          refused && (refused->status == 401 || refused->status == 403);
                      if (unknown && ports_.audit != nullptr &&
                          request.header("authorization") != nullptr) {
                          ports_.audit->refused(request);
                      }
                      return refused;
                  }) {}

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

    void replace_access(AccessRules rules) {
        auto renewed = std::make_shared<Access>(std::move(rules));
        const std::lock_guard lock(mutex_);
        access_ = std::move(renewed);
    }

private:
    template <typename T>
    static T value_or_throw(Result<T> result) {
        if (!result) {
            throw std::runtime_error(result.error().doing);
        }
        return std::move(result).value();
    }

    [[nodiscard]] std::shared_ptr<Access> access() {
        const std::lock_guard lock(mutex_);
        return access_;
    }

    const WebPorts ports_;
    const std::string listen_;
    const std::shared_ptr<const storescp::TlsContext> tls_;
    std::mutex mutex_;
    std::shared_ptr<Access> access_;  ///< guarded by mutex_
    AccessLog access_log_;
    CountedExchanges exchanges_;
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
    auto access = access_rules(config);
    if (!access) {
        return access.error();
    }
    impl_->replace_access(*std::move(access));
    if (*tls) {
        impl_->server().replace_tls(*std::move(tls));
    }
    return {};
}

Awaitable<void> Web::stop(std::chrono::milliseconds grace) {
    return impl_->server().stop(grace);
}

}  // namespace cxr::bridge::web
