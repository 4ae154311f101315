#include "bridge/web/server.hpp"

#include "connection.hpp"
#include "storescp/association/signal.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <fmt/format.h>

#include <list>
#include <mutex>
#include <sys/socket.h>
#include <system_error>

namespace cxr::bridge::web {

namespace asio = boost::asio;
using asio::ip::tcp;
using storescp::use_result;

namespace {

/// How long to leave a failing accept alone: there is no handle or no memory.
constexpr std::chrono::milliseconds accept_pause{100};

tcp::acceptor acceptor_at(const asio::any_io_executor& executor, const ServerSettings& settings) {
    boost::system::error_code error;
    const auto check = [&](const char* doing) {
        if (error) {
            throw std::system_error(
                error, fmt::format("web: cannot {} {}:{}", doing, settings.listen, settings.port));
        }
    };
    const auto address = asio::ip::make_address(settings.listen, error);
    check("read the address");
    const tcp::endpoint endpoint(address, settings.port);
    tcp::acceptor acceptor(executor);
    acceptor.open(endpoint.protocol(), error);
    check("open a socket for");
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    check("reuse");
    acceptor.bind(endpoint, error);
    check("bind to");
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    check("listen on");
    return acceptor;
}

/// One more than there may be is told so, if it can be told without waiting.
void turn_away(tcp::socket& socket, bool tls) {
    if (!tls) {
        constexpr std::string_view busy =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n";
        static_cast<void>(
            ::send(socket.native_handle(), busy.data(), busy.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    }
    boost::system::error_code ignored;
    socket.close(ignored);
}

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(asio::io_context& io,
         asio::thread_pool& pool,
         ServerSettings settings,
         const Router& router,
         ExchangeSink& sink,
         Guard guard)
        : io_(io),
          settings_(std::move(settings)),
          guard_(std::move(guard)),
          shared_{
              .pool = pool, .settings = settings_, .router = router, .sink = sink, .guard = guard_},
          strand_(asio::make_strand(io)),
          acceptor_(acceptor_at(strand_, settings_)),
          again_(strand_),
          changed_(strand_),
          port_(acceptor_.local_endpoint().port()),
          tls_(settings_.tls) {}

    void start() {
        asio::co_spawn(
            strand_, accept(shared_from_this()), [self = shared_from_this()](const auto& thrown) {
                self->report(thrown, "accepting stopped");
            });
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] asio::strand<asio::io_context::executor_type> strand() const { return strand_; }

    [[nodiscard]] std::size_t connections() const {
        const std::lock_guard lock(mutex_);
        return connections_.size();
    }

    void replace_tls(std::shared_ptr<const storescp::TlsContext> tls) {
        const std::lock_guard lock(mutex_);
        tls_ = std::move(tls);
    }

    void abandon() {
        asio::post(strand_, [self = shared_from_this()] {
            self->close();
            self->each_connection([](Connection& connection) { connection.shut_down(); });
        });
    }

    Awaitable<void> stop([[maybe_unused]] std::shared_ptr<Impl> self,
                         std::chrono::milliseconds grace) {
        close();
        const auto grace_over = std::make_shared<bool>(false);
        asio::steady_timer grace_ends(strand_, grace);
        grace_ends.async_wait([self, grace_over](const boost::system::error_code&) {
            *grace_over = true;
            self->changed_.notify();
        });
        each_connection([](Connection& connection) { connection.wind_down(); });
        while (connections() > 0 && !*grace_over) {
            co_await changed_.wait();
        }
        each_connection([](Connection& connection) { connection.shut_down(); });
        while (connections() > 0) {
            co_await changed_.wait();
        }
    }

private:
    void close() {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        again_.cancel();
    }

    void report(const std::exception_ptr& thrown, std::string_view whom) {
        try {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        } catch (const std::exception& exception) {
            shared_.sink.trouble(whom, exception.what());
        }
    }

    Awaitable<void> accept([[maybe_unused]] std::shared_ptr<Impl> self) {
        while (acceptor_.is_open()) {
            auto [error, socket] =
                co_await acceptor_.async_accept(asio::make_strand(io_), use_result);
            if (!error) {
                welcome(std::move(socket));
            } else if (acceptor_.is_open() && error != asio::error::connection_aborted) {
                shared_.sink.trouble("accept", error.message());
                again_.expires_after(accept_pause);
                co_await again_.async_wait(use_result);
            }
        }
    }

    void welcome(tcp::socket socket) {
        const std::lock_guard lock(mutex_);
        if (connections_.size() >= settings_.connections_max && !make_room()) {
            turn_away(socket, tls_ != nullptr);
            return;
        }
        const auto executor = socket.get_executor();
        auto engine = tls_ ? std::make_unique<storescp::TlsEngine>(tls_) : nullptr;
        auto connection = std::make_shared<Connection>(
            storescp::Transport(std::move(socket), std::move(engine)), shared_);
        const auto place = connections_.insert(connections_.end(), connection);
        asio::co_spawn(
            executor,
            connection->serve(),
            [self = shared_from_this(), connection, place](const std::exception_ptr& thrown) {
                self->report(thrown, connection->peer());
                if (thrown) {
                    connection->shut_down();
                }
                self->leave(place);
            });
    }

    /// The idle connection that is here longest makes way. One that goes is not gone at once: the
    /// newcomer is one too many for a moment.
    bool make_room() {
        const auto idle = std::ranges::find_if(
            connections_, [](const auto& connection) { return connection->is_idle(); });
        if (idle == connections_.end() ||
            connections_.size() >= settings_.connections_max + settings_.connections_max / 8 + 1) {
            return false;
        }
        asio::post((*idle)->executor(), [connection = *idle] { connection->shut_down(); });
        return true;
    }

    using Connections = std::list<std::shared_ptr<Connection>>;

    void leave(Connections::iterator place) {
        {
            const std::lock_guard lock(mutex_);
            connections_.erase(place);
        }
        asio::post(strand_, [self = shared_from_this()] { self->changed_.notify(); });
    }

    template <typename Act>
    void each_connection(Act act) {
        const std::lock_guard lock(mutex_);
        for (const auto& connection : connections_) {
            asio::post(connection->executor(), [connection, act] { act(*connection); });
        }
    }

    // Constant after construction.
    asio::io_context& io_;
    const ServerSettings settings_;
    const Guard guard_;
    const Shared shared_;
    // Confined to the strand.
    asio::strand<asio::io_context::executor_type> strand_;
    tcp::acceptor acceptor_;
    asio::steady_timer again_;
    storescp::Signal changed_;
    const std::uint16_t port_;
    // Guarded by mutex_.
    mutable std::mutex mutex_;
    Connections connections_;  ///< in the order they came
    std::shared_ptr<const storescp::TlsContext> tls_;
};

Server::Server(asio::io_context& io,
               asio::thread_pool& pool,
               ServerSettings settings,
               const Router& router,
               ExchangeSink& sink,
               Guard guard)
    : impl_(std::make_shared<Impl>(io, pool, std::move(settings), router, sink, std::move(guard))) {
}

Server::~Server() {
    impl_->abandon();
}

void Server::start() {
    impl_->start();
}

std::uint16_t Server::port() const {
    return impl_->port();
}

std::size_t Server::connections() const {
    return impl_->connections();
}

void Server::replace_tls(std::shared_ptr<const storescp::TlsContext> tls) {
    impl_->replace_tls(std::move(tls));
}

Awaitable<void> Server::stop(std::chrono::milliseconds grace) {
    co_await asio::co_spawn(impl_->strand(), impl_->stop(impl_, grace), asio::use_awaitable);
}

}  // namespace cxr::bridge::web
