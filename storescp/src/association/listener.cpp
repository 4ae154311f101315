#include "storescp/association/listener.hpp"

#include "address_check.hpp"
#include "connection.hpp"
#include "registry.hpp"
#include "user_identity.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace cxr::storescp {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr Rejection local_limit_exceeded{2, 3, 2};
constexpr Rejection temporary_congestion{2, 3, 1};
constexpr Rejection calling_not_recognized{1, 1, 3};
/// Of a user identity that is not good enough (PS3.7 D.3.3.7: a permanent rejection by ACSE).
constexpr Rejection user_not_accepted{1, 2, 1};
/// How long to leave a failing accept alone: there is no handle or no memory.
constexpr std::chrono::milliseconds accept_pause{100};
/// How long a stopping node waits for the next request of an association.
constexpr std::chrono::milliseconds idle_when_stopping{2'000};

tcp::endpoint endpoint_of(asio::io_context& io, const ListenAddress& listen) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(listen.address, error);
    if (!error) {
        return {address, listen.port};
    }
    tcp::resolver resolver(io);
    const auto found = resolver.resolve(listen.address, "", error);
    if (error || found.empty()) {
        throw std::system_error(error, "listen address " + listen.address);
    }
    return {found.begin()->endpoint().address(), listen.port};
}

/// A bound and listening one; throws std::system_error.
tcp::acceptor acceptor_at(asio::io_context& io,
                          const asio::any_io_executor& executor,
                          const ListenAddress& listen) {
    const tcp::endpoint endpoint = endpoint_of(io, listen);
    boost::system::error_code error;
    const auto check = [&](const char* doing) {
        if (error) {
            throw std::system_error(
                error, fmt::format("cannot {} {}:{}", doing, listen.address, listen.port));
        }
    };
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
          changed_(strand_),
          access_(settings_.access) {
        open({.address = settings_.listen_address, .port = settings_.port}, false);
        if (settings_.tls_listen) {
            open(*settings_.tls_listen, true);
        }
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
        for (Door& door : doors_) {
            asio::co_spawn(strand_,
                           accept(shared_from_this(), door),
                           [self = shared_from_this()](const auto& thrown) {
                               self->report(thrown, "accepting stopped");
                           });
        }
    }

    void close() {
        for (Door& door : doors_) {
            boost::system::error_code ignored;
            door.acceptor.close(ignored);
            door.again.cancel();
        }
    }

    /// Ends everything without waiting.
    void abandon() {
        asio::post(strand_, [self = shared_from_this()] {
            self->close();
            self->shut_down(self->registry_->connections());
        });
    }

    Awaitable<void> stop(std::shared_ptr<Impl> self, std::chrono::milliseconds grace) {
        stopping_ = true;  // who is connected and asks now is told to come again (A13)
        close();
        // Shared with the timer's handler, which may run after this frame is gone.
        const auto grace_over = std::make_shared<bool>(false);
        asio::steady_timer grace_ends(strand_, grace);
        grace_ends.async_wait([self, grace_over](const boost::system::error_code&) {
            *grace_over = true;
            self->changed_.notify();
        });
        for (const auto& connection : registry_->associations()) {
            asio::post(connection->executor(),
                       [connection] { connection->wind_down(idle_when_stopping); });
        }
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

    [[nodiscard]] std::uint16_t port() const { return doors_.front().port; }
    [[nodiscard]] std::uint16_t tls_port() const {
        return doors_.size() > 1 ? doors_.back().port : std::uint16_t{0};
    }
    [[nodiscard]] asio::strand<asio::io_context::executor_type> strand() const { return strand_; }
    [[nodiscard]] const Registry& registry() const { return *registry_; }

private:
    /// A port where we accept.
    struct Door {
        tcp::acceptor acceptor;
        asio::steady_timer again;
        bool tls;
        std::uint16_t port;
    };

    void open(const ListenAddress& listen, bool tls) {
        tcp::acceptor acceptor = acceptor_at(io_, strand_, listen);
        const std::uint16_t port = acceptor.local_endpoint().port();
        doors_.push_back({std::move(acceptor), asio::steady_timer(strand_), tls, port});
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

    Awaitable<void> accept([[maybe_unused]] std::shared_ptr<Impl> self, Door& door) {
        while (door.acceptor.is_open()) {
            auto [error, socket] =
                co_await door.acceptor.async_accept(asio::make_strand(io_), use_result);
            if (!error) {
                welcome(std::move(socket), door.tls);
            } else if (door.acceptor.is_open() && error != asio::error::connection_aborted) {
                events_.on(ListenerTrouble{"accept: " + error.message()});
                shut_down(registry_->oldest_unassociated(1));
                door.again.expires_after(accept_pause);
                co_await door.again.async_wait(use_result);
            }
        }
    }

    void welcome(tcp::socket socket, bool tls) {
        const auto executor = socket.get_executor();
        auto engine = tls ? std::make_unique<TlsEngine>(access()->tls) : nullptr;
        const auto connection = std::make_shared<Connection>(
            Transport(std::move(socket), std::move(engine)), settings_.timeouts, settings_.limits);
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
            if (ending && ending->insecure) {
                events_.on(HandshakeFailed{connection->peer_address(), ending->how});
            } else if (ending && !ending->orderly) {
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
        const std::string address = connection.peer_address();
        const auto policy = access();
        auto outcome = negotiate(request,
                                 acceptable_,
                                 *policy,
                                 settings_.limits.pdu_bytes_max,
                                 settings_.limits.operations_performed_max);
        if (auto* acceptance = std::get_if<Acceptance>(&outcome)) {
            auto refusal = co_await refuse(connection, request, acceptance->agreement, policy);
            if (stopping_ && !refusal) {  // also when it began to while that was looked up
                refusal = Refusal{temporary_congestion, "the node is stopping"};
            }
            auto place = refusal ? nullptr : registry_->admit(connection.number());
            if (place) {
                const Peer* peer = find_peer(*policy, acceptance->agreement.peers.calling);
                if (peer != nullptr && peer->idle) {
                    connection.set_idle_limit(*peer->idle);
                }
                const bool named = policy->user_identity != UserIdentity::ignored;
                if (named && request.user.identity &&
                    request.user.identity->positive_response_requested) {
                    // D.3.3.7.2: empty for the types that can be right here.
                    acceptance->answer.user.identity_response.emplace();
                }
                events_.on(AssociationNegotiated{address, request, outcome});
                welcome(connection,
                        std::move(*acceptance),
                        named ? user_named(request.user.identity) : std::string());
                co_return place;
            }
            outcome = refusal
                          ? *std::move(refusal)
                          : Refusal{local_limit_exceeded, "as many associations as there may be"};
        }
        const auto& refusal = std::get<Refusal>(outcome);
        events_.on(AssociationNegotiated{address, request, outcome});
        connection.reject(refusal.rejection);
        registry_->rejected(connection.number());
        events_.on(AssociationRejected{.address = address,
                                       .peers = {.calling = pdu::title_of(request.calling),
                                                 .called = pdu::title_of(request.called)},
                                       .rejection = refusal.rejection,
                                       .why = refusal.why,
                                       .section = refusal.section});
        co_return nullptr;
    }

    /// What negotiate() cannot see: where the peer calls from, its certificate, its user.
    Awaitable<std::optional<Refusal>> refuse(const Connection& connection,
                                             const pdu::AssociateRQ& request,
                                             const Agreement& agreement,
                                             std::shared_ptr<const AccessPolicy> policy) {
        if (const Peer* peer = find_peer(*policy, agreement.peers.calling)) {
            const bool elsewhere =
                peer->check_address && !co_await resolves_to(peer->host, connection.address());
            if (elsewhere) {
                co_return Refusal{
                    calling_not_recognized,
                    fmt::format("calls from {}, not from {}", connection.address(), peer->host)};
            }
            const TlsEngine* const tls = connection.tls();
            if (!peer->certificate_name.empty() &&
                (tls == nullptr || !tls->peer_is(peer->certificate_name))) {
                co_return Refusal{
                    calling_not_recognized,
                    fmt::format("shows no certificate for {}", peer->certificate_name)};
            }
        }
        const auto wrong = co_await identity_checks_.refuse(request.user.identity, policy);
        if (wrong) {
            events_.on(UserRefused{.address = connection.peer_address(),
                                   .peers = agreement.peers,
                                   .user = user_named(request.user.identity),
                                   .why = *wrong});
            co_return Refusal{user_not_accepted, *wrong, "PS3.7 D.3.3.7"};
        }
        co_return std::nullopt;
    }

    void welcome(Connection& connection, Acceptance acceptance, std::string user) {
        const auto& contexts = acceptance.agreement.contexts;
        const auto accepted =
            std::ranges::count(contexts, ContextResult::acceptance, &PresentationContext::result);
        events_.on(AssociationAccepted{
            .association = connection.number(),
            .peers = acceptance.agreement.peers,
            .address = connection.peer_address(),
            .contexts_accepted = static_cast<std::size_t>(accepted),
            .contexts_proposed = contexts.size(),
            .security = connection.tls() == nullptr ? std::string() : connection.tls()->cipher(),
            .user = std::move(user)});
        for (const std::string& remark : acceptance.agreement.remarks) {
            events_.on(PeerRemarked{.association = connection.number(),
                                    .peers = acceptance.agreement.peers,
                                    .what = remark});
        }
        connection.accept(std::move(acceptance));
    }

    // Constant after construction.
    asio::io_context& io_;
    const NodeSettings settings_;
    const AcceptableContexts acceptable_;
    const AssociationHandler handler_;
    EventSink& events_;
    std::shared_ptr<Registry> registry_;
    IdentityChecks identity_checks_;
    std::atomic<bool> stopping_{false};

    // Confined to the strand.
    asio::strand<asio::io_context::executor_type> strand_;
    std::vector<Door> doors_;  ///< the plain one first
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

std::uint16_t Listener::tls_port() const {
    return impl_->tls_port();
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
