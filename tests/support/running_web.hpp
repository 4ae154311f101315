#pragma once
/// A web server on a free port with threads of its own, and a client that sends any bytes.

#include "bridge/web/server.hpp"
#include "support/raw_peer.hpp"
#include "support/running_listener.hpp"

#include <boost/asio/thread_pool.hpp>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::test {

class RecordedExchanges final : public bridge::web::ExchangeSink {
public:
    struct Told {
        std::string method, path, pattern, user;
        unsigned status;
        std::uint64_t received, sent;
        std::string why;
    };
    void on(const bridge::web::Exchange& exchange) override {
        const std::lock_guard lock(mutex_);
        told_.push_back({std::string(exchange.method),
                         std::string(exchange.path),
                         std::string(exchange.pattern),
                         std::string(exchange.user),
                         exchange.status,
                         exchange.received_bytes,
                         exchange.sent_bytes,
                         std::string(exchange.why)});
        arrived_.notify_all();
    }
    void trouble(std::string_view /*peer*/, std::string_view why) override {
        const std::lock_guard lock(mutex_);
        troubles_.emplace_back(why);
        arrived_.notify_all();
    }
    /// The `nth` one, waiting for it.
    Told wait_for(std::size_t nth = 1) {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait_for(lock, patience, [&] { return told_.size() >= nth; })) {
            throw std::runtime_error("the exchange did not happen in time");
        }
        return told_[nth - 1];
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<Told> told_;
    std::vector<std::string> troubles_;
};

class RunningWeb {
public:
    explicit RunningWeb(bridge::web::Router router,
                        bridge::web::ServerSettings settings = {},
                        bridge::web::Server::Guard guard = {})
        : router_(std::move(router)),
          pool_(2),
          server_(context_.io(), pool_, std::move(settings), router_, exchanges, std::move(guard)) {
        server_.start();
    }
    ~RunningWeb() {
        stop(std::chrono::milliseconds(0));
        context_.join();
        pool_.join();
    }
    void stop(std::chrono::milliseconds grace) {
        boost::asio::co_spawn(context_.io(), server_.stop(grace), boost::asio::use_future).get();
    }
    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    [[nodiscard]] boost::asio::thread_pool& pool() { return pool_; }
    [[nodiscard]] std::size_t connections() const { return server_.connections(); }

    RecordedExchanges exchanges;

private:
    const bridge::web::Router router_;
    boost::asio::thread_pool pool_;
    RunningContext context_;
    bridge::web::Server server_;
};

/// One connection.
class HttpPeer {
public:
    explicit HttpPeer(std::uint16_t port) : peer_(RawPeer::connect(port)) {}

    HttpPeer& send(std::string_view text) {
        peer_.send(std::as_bytes(std::span(text)));
        return *this;
    }
    /// A whole answer, of a known length or none; its head alone for `head_only`.
    std::string answer(bool head_only = false) {
        std::size_t end = std::string::npos;
        while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
            more();
        }
        std::size_t size = end + 4;
        const std::size_t length = received_.find("Content-Length: ");
        if (!head_only && length < end) {
            size += std::stoul(received_.substr(length + 16));
        }
        while (received_.size() < size) {
            more();
        }
        std::string whole = received_.substr(0, size);
        received_.erase(0, size);
        return whole;
    }
    /// Everything until the server closes.
    std::string rest() {
        while (read()) {
        }
        return std::exchange(received_, {});
    }
    /// Reads as rest(). Does it end by an error?
    bool is_reset() {
        std::array<char, 4'096> bytes{};
        ssize_t got = 1;
        while (got > 0) {
            pollfd wait{.fd = peer_.handle(), .events = POLLIN, .revents = 0};
            if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) {
                throw std::runtime_error("the server sent nothing in time");
            }
            got = ::recv(peer_.handle(), bytes.data(), bytes.size(), 0);
        }
        return got < 0 && errno == ECONNRESET;
    }
    [[nodiscard]] RawPeer& raw() { return peer_; }

private:
    void more() {
        if (!read()) {
            throw std::runtime_error("the server closed after: " + received_);
        }
    }
    bool read() {
        const Bytes some = peer_.receive_some(patience);
        received_.append(reinterpret_cast<const char*>(some.data()), some.size());
        return !some.empty();
    }

    RawPeer peer_;
    std::string received_;
};

inline std::string get(std::string_view target, std::string_view fields = {}) {
    std::string text = "GET ";
    text.append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(fields).append("\r\n");
    return text;
}

/// "200"
inline std::string status_in(const std::string& answer) {
    return answer.substr(9, 3);
}
inline std::string content_in(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

}  // namespace cxr::test
