#include "access_log.hpp"

namespace cxr::bridge::web {

void AccessLog::on(const Exchange& exchange) {
    const bool failed = exchange.status >= 500 || !exchange.why.empty();
    const LogField method{"method", exchange.method}, path{"path", exchange.path};
    const LogField status{"status", std::int64_t{exchange.status}};
    const LogField received{"received", static_cast<std::int64_t>(exchange.received_bytes)};
    const LogField sent{"sent", static_cast<std::int64_t>(exchange.sent_bytes)};
    const LogField took{"ms", static_cast<double>(exchange.took.count()) / 1000.0};
    const LogField peer{"peer", exchange.peer};
    if (failed) {
        log_.write(LogLevel::warning,
                   "http",
                   {peer,
                    {"user", exchange.user},
                    method,
                    path,
                    status,
                    received,
                    sent,
                    took,
                    {"why", exchange.why}});
    } else if (exchange.user.empty()) {
        log_.write(LogLevel::info, "http", {peer, method, path, status, received, sent, took});
    } else {
        log_.write(LogLevel::info,
                   "http",
                   {peer, {"user", exchange.user}, method, path, status, received, sent, took});
    }
}

void AccessLog::trouble(std::string_view peer, std::string_view why) {
    log_.write(LogLevel::warning, "http connection", {{"peer", peer}, {"why", why}});
}

}  // namespace cxr::bridge::web
