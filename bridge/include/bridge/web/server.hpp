#pragma once
/// HTTP/1.1 (RFC 9112) over TCP or TLS: a strand and a coroutine a connection, resources from a
/// router, blocking work on the pool. Limits on all that a stranger controls.

#include "bridge/web/router.hpp"
#include "storescp/association/tls.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cxr::bridge::web {

struct ServerSettings {
    std::string listen = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free one
    std::size_t connections_max = 256;
    std::size_t request_line_bytes_max = 8'192;
    std::size_t head_bytes_max = 16'384;  ///< request line and header fields
    std::uint64_t body_bytes_max = 2ULL << 30;
    std::chrono::milliseconds head_time{10'000};   ///< for a whole head (and TLS handshake)
    std::chrono::milliseconds idle_time{60'000};   ///< between two requests
    std::chrono::milliseconds body_time{20'000};   ///< for a body, and the more the longer it is:
    std::uint64_t body_bytes_per_second = 16'384;  ///< one that is slower is cut off
    std::chrono::milliseconds write_time{30'000};  ///< without progress, and for a whole answer,
    std::uint64_t write_bytes_per_second = 4'096;  ///< to which each such second's bytes add one
    std::vector<std::string> allowed_origins{};    ///< "https://viewer.example.org", or "*"
    std::shared_ptr<const storescp::TlsContext> tls{};  ///< null: plain
};

/// One request and its answer, for the access log and counters.
struct Exchange {
    std::string_view peer, user;
    std::string_view method;
    std::string_view path;     ///< as sent, without the query, which may name patients
    std::string_view pattern;  ///< of the resource; empty: none matched
    unsigned status = 0;
    std::uint64_t received_bytes = 0, sent_bytes = 0;  ///< of contents
    std::chrono::microseconds took{0};
    std::string_view why;  ///< it was not answered whole; empty: it was
};

/// Called on connections' strands, several at a time: cheap and thread-safe.
class ExchangeSink {
public:
    virtual ~ExchangeSink() = default;
    virtual void on(const Exchange& exchange) = 0;
    /// No request came of it: accepting failed, or TLS could not be agreed on.
    virtual void trouble(std::string_view peer, std::string_view why) = 0;
};

class Server {
public:
    /// Looks at a request before its resource does, on a pool thread; an answer ends it there. May
    /// set user and role.
    using Guard = std::function<std::optional<Response>(Request&, const Resource&)>;

    /// Throws std::system_error when it cannot listen. Router, pool and sink outlive it.
    Server(boost::asio::io_context& io,
           boost::asio::thread_pool& pool,
           ServerSettings settings,
           const Router& router,
           ExchangeSink& sink,
           Guard guard = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void start();
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t connections() const;
    /// New connections begin with it.
    void replace_tls(std::shared_ptr<const storescp::TlsContext> tls);
    /// Requests that are being answered may finish within `grace`; idle connections end at once.
    [[nodiscard]] Awaitable<void> stop(std::chrono::milliseconds grace);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace cxr::bridge::web
