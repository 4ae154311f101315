#pragma once
/// One log line a request: who, what, status, bytes, milliseconds; never the query.

#include "bridge/daemon/log.hpp"
#include "bridge/web/server.hpp"

namespace cxr::bridge::web {

class AccessLog final : public ExchangeSink {
public:
    explicit AccessLog(Log& log) : log_(log) {}
    void on(const Exchange& exchange) override;
    void trouble(std::string_view peer, std::string_view why) override;

private:
    Log& log_;
};

}  // namespace cxr::bridge::web
