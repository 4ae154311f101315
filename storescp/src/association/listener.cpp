#include "storescp/association/listener.hpp"

#include "address_check.hpp"
#include "connection.hpp"
#include "registry.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <system_error>
#include <utility>

namespace cxr::storescp {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr Rejection local_limit_exceeded{2, 3, 2};
constexpr Rejection calling_not_recognized{1, 1, 3};
/// How long to leave a failing accept alone: there is no handle or no memory.
constexpr std::chrono::milliseconds accept_pause{100};

tcp::endpoint endpoint_of(asio::io_context& io, const NodeSettings& settings) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(settings.listen_address, error);
    if (!error) {
        return {address, settings.port};
    }
    tcp::resolver resolver(io);
    const auto found = resolver.resolve(settings.listen_address, "", error);
    if (error || found.empty()) {
        throw std::system_error(error, "listen address " + settings.listen_address);
    }
    return {found.begin()->endpoint().address(), settings.port};
}

}  // namespace

class Listener::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(asio::io_context& io,
         NodeSettings settings,
         AcceptableContexts acceptable,
         AssociationHandler handler,
         EventSink& events)
        : io_(io),
          settings_(std::move(settings)),
          acceptable_(std::move(acceptable)),
          handler_(std::move(handler)),
          events_(events),
          strand_(asio::make_strand(io)),
          acceptor_(strand_),
          changed_(strand_),
          access_(settings_.access) {
        bind(endpoint_of(io, settings_));
    }

    /// What needs shared_from_this().
    void prepare() {
        registry_ = std::make_shared<Registry>(
            Registry::Settings{settings_.limits.associations_max,
                               settings_.limits.associations_per_address_max},
            [weak = weak_from_this(), strand = strand_] {
                asio::post(strand, [weak] {
                    if (const auto self = weak.lock()) {
                        self->changed_.notify();
                    }
                });
            });
    }

    void start() {
        asio::co_spawn(
            strand_, accept(shared_from_this()), [self = shared_from_this()](const auto& thrown) {
                self->report(thrown, "accepting stopped");
            });
    }

    void close() {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        accept_again_.cancel();
    }

    /// Ends everything without waiting.
    void abandon() {
        asio::post(strand_, [self = shared_from_this()] {
            self->close();
            self->shut_down(self->registry_->connections());
        });
    }

    Awaitable<void> stop(std::shared_ptr<Impl> self, std::chrono::milliseconds grace) {
        close();
        // Nobody loses anything by these: they have not asked for an association, or it is over.
        shut_down(registry_->oldest_unassociated(registry_->connections_count()));
        // Shared with the timer's handler, which may run after this frame is gone.
        const auto grace_over = std::make_shared<bool>(false);
        asio::steady_timer grace_ends(strand_, grace);
        grace_ends.async_wait([self, grace_over](const boost::system::error_code&) {
            *grace_over = true;
            self->changed_.notify();
        });
        while (registry_->associations_count() > 0 && !*grace_over) {
            co_await changed_.wait();
        }
        shut_down(registry_->connections());
        while (registry_->connections_count() > 0) {
            co_await changed_.wait();
        }
    }

    void replace_access(std::shared_ptr<const AccessPolicy> access) {
        const std::lock_guard lock(access_mutex_);
        access_ = std::move(access);
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] asio::strand<asio::io_context::executor_type> strand() const { return strand_; }
    [[nodiscard]] const Registry& registry() const { return *registry_; }

private:
    void bind(const tcp::endpoint& endpoint) {
        boost::system::error_code error;
        const auto check = [&](const char* doing) {
            if (error) {
                throw std::system_error(
                    error,
                    fmt::format(
                        "cannot {} {}:{}", doing, settings_.listen_address, settings_.port));
            }
        };
        acceptor_.open(endpoint.protocol(), error);
        check("open a socket for");
        acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        check("reuse");
        acceptor_.bind(endpoint, error);
        check("bind to");
        acceptor_.listen(asio::socket_base::max_listen_connections, error);
        check("listen on");
        port_ = acceptor_.local_endpoint().port();
    }

    [[nodiscard]] std::shared_ptr<const AccessPolicy> access() const {
        const std::lock_guard lock(access_mutex_);
        return access_;
    }

    void report(const std::exception_ptr& thrown, const std::string& doing) {
        try {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        } catch (const std::exception& exception) {
            events_.on(ListenerTrouble{fmt::format("{}: {}", doing, exception.what())});
        }
    }

    Awaitable<void> accept([[maybe_unused]] std::shared_ptr<Impl> self) {
        while (acceptor_.is_open()) {
            auto [error, socket] =
                co_await acceptor_.async_accept(asio::make_strand(io_), use_result);
            if (!error) {
                welcome(std::move(socket));
            } else if (acceptor_.is_open() && error != asio::error::connection_aborted) {
                events_.on(ListenerTrouble{"accept: " + error.message()});
                shut_down(registry_->oldest_unassociated(1));
                accept_again_.expires_after(accept_pause);
                co_await accept_again_.async_wait(use_result);
            }
        }
    }

    void welcome(tcp::socket socket) {
        const auto executor = socket.get_executor();
        const auto connection =
            std::make_shared<Connection>(std::move(socket), settings_.timeouts, settings_.limits);
        registry_->enter(connection);
        asio::co_spawn(executor,
                       serve(shared_from_this(), connection),
                       [self = shared_from_this(), connection](const std::exception_ptr& thrown) {
                           self->report(thrown, connection->peer_address());
                           if (thrown) {
                               connection->drop("an internal error");
                           }
                       });
        shut_down(registry_->surplus());
    }

    static void shut_down(const std::vector<std::shared_ptr<Connection>>& connections) {
        for (const auto& connection : connections) {
            asio::post(connection->executor(),
                       [connection] { connection->shut_down("the node ended it"); });
        }
    }

    Awaitable<void> serve([[maybe_unused]] std::shared_ptr<Impl> self,
                          std::shared_ptr<Connection> connection) {
        connection->start_accepting();
        const std::optional<pdu::AssociateRQ> request = co_await connection->receive_request();
        if (!request) {
            const auto& ending = connection->ending();
            if (ending && !ending->orderly) {
                events_.on(ListenerTrouble{
                    fmt::format("{}: {}", connection->peer_address(), ending->how)});
            }
            co_return;
        }
        auto place = co_await associate(*connection, *request);
        if (!place) {
            co_return;
        }
        std::string trouble = "the service ended without a release";
        try {
            co_await handler_(*connection);
        } catch (const std::exception& exception) {
            trouble = std::string("the service failed: ") + exception.what();
        } catch (...) {
            trouble = "the service failed";
        }
        connection->conclude(trouble);
        place.reset();
        events_.on(AssociationEnded{.association = connection->number(),
                                    .how = connection->ending()->how,
                                    .orderly = connection->ending()->orderly});
    }

    /// Answers the request. The place among the counted associations, or null when rejected.
    Awaitable<std::shared_ptr<void>> associate(Connection& connection,
                                               const pdu::AssociateRQ& request) {
        const auto policy = access();
        auto outcome = negotiate(request, acceptable_, *policy, settings_.limits.pdu_bytes_max);
        if (auto* acceptance = std::get_if<Acceptance>(&outcome)) {
            const Peer* peer = find_peer(*policy, acceptance->agreement.peers.calling);
            const bool elsewhere = peer != nullptr && peer->check_address &&
                                   !co_await resolves_to(peer->host, connection.address());
            auto place = elsewhere ? nullptr : registry_->admit(connection.number());
            if (place) {
                welcome(connection, std::move(*acceptance));
                co_return place;
            }
            outcome =
                elsewhere
                    ? Refusal{calling_not_recognized,
                              fmt::format(
                                  "calls from {}, not from {}", connection.address(), peer->host)}
                    : Refusal{local_limit_exceeded, "as many associations as there may be"};
        }
        const auto& refusal = std::get<Refusal>(outcome);
        connection.reject(refusal.rejection);
        events_.on(AssociationRejected{.address = connection.peer_address(),
                                       .peers = {.calling = pdu::title_of(request.calling),
                                                 .called = pdu::title_of(request.called)},
                                       .rejection = refusal.rejection,
                                       .why = refusal.why});
        co_return nullptr;
    }

    void welcome(Connection& connection, Acceptance acceptance) {
        const auto& contexts = acceptance.agreement.contexts;
        const auto accepted =
            std::ranges::count(contexts, ContextResult::acceptance, &PresentationContext::result);
        events_.on(AssociationAccepted{.association = connection.number(),
                                       .peers = acceptance.agreement.peers,
                                       .address = connection.peer_address(),
                                       .contexts_accepted = static_cast<std::size_t>(accepted),
                                       .contexts_proposed = contexts.size()});
        connection.accept(std::move(acceptance));
    }

    // Constant after construction.
    asio::io_context& io_;
    const NodeSettings settings_;
    const AcceptableContexts acceptable_;
    const AssociationHandler handler_;
    EventSink& events_;
    std::shared_ptr<Registry> registry_;
    std::uint16_t port_ = 0;

    // Confined to the strand.
    asio::strand<asio::io_context::executor_type> strand_;
    tcp::acceptor acceptor_;
    asio::steady_timer accept_again_{strand_};
    Signal changed_;

    mutable std::mutex access_mutex_;
    std::shared_ptr<const AccessPolicy> access_;  ///< guarded by access_mutex_
};

Listener::Listener(asio::io_context& io,
                   NodeSettings settings,
                   AcceptableContexts acceptable,
                   AssociationHandler handler,
                   EventSink& events)
    : impl_(std::make_shared<Impl>(
          io, std::move(settings), std::move(acceptable), std::move(handler), events)) {
    impl_->prepare();
}

Listener::~Listener() {
    impl_->abandon();
}

void Listener::start() {
    impl_->start();
}

std::uint16_t Listener::port() const {
    return impl_->port();
}

std::size_t Listener::associations() const {
    return impl_->registry().associations_count();
}

void Listener::replace_access(std::shared_ptr<const AccessPolicy> access) {
    impl_->replace_access(std::move(access));
}

Awaitable<void> Listener::stop(std::chrono::milliseconds grace) {
    // On the listener's own strand, and the caller is back on its own afterwards.
    co_await asio::co_spawn(impl_->strand(), impl_->stop(impl_, grace), asio::use_awaitable);
}

}  // namespace cxr::storescp
