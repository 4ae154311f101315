#include "storescp/node.hpp"

#include "services/commitment_desk.hpp"
#include "services/courier.hpp"
#include "services/dispatcher.hpp"
#include "storescp/association/listener.hpp"
#include "storescp/association/requestor.hpp"
#include "storescp/services/acceptable_contexts.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <sys/resource.h>
#include <unistd.h>

namespace cxr::storescp {

namespace {

/// What is sent by itself has time: its one thread runs when the others leave it some.
void yield_to_requests(boost::asio::thread_pool& pool) {
    boost::asio::post(pool, [] {
        constexpr int nicer = 10;
        // Without the right to it, it is as fast as the others.
        static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nicer));
    });
}

}  // namespace

class Node::Impl {
public:
    Impl(boost::asio::io_context& io,
         boost::asio::thread_pool& pool,
         NodeSettings settings,
         Ports ports,
         EventSink& events)
        : pool_(pool),
          settings_(std::move(settings)),
          ports_(ports),
          events_(events),
          access_(settings_.access),
          commitment_desk_(ports.commitment == nullptr
                               ? nullptr
                               : std::make_shared<CommitmentDesk>(io,
                                                                  pool,
                                                                  *ports.commitment,
                                                                  settings_,
                                                                  events,
                                                                  storescp::request_association)),
          listener_(
              io,
              settings_,
              acceptable_contexts(ports.commitment != nullptr ||
                                  ports.commitment_results != nullptr),
              [this](Association& association) {
                  return serve_association(association, environment());
              },
              events) {
        if (ports.delivery == nullptr) {
            return;
        }
        if (!settings_.deliveries.empty()) {
            yield_to_requests(delivery_pool_.emplace(1));
        }
        for (const DeliveryDestination& destination : settings_.deliveries) {
            couriers_.push_back(std::make_shared<Courier>(
                io,
                Courier::Environment{.pool = *delivery_pool_,
                                     .port = *ports.delivery,
                                     .objects = ports.retrieve,
                                     .commitment_results = ports.commitment_results,
                                     .settings = settings_,
                                     .events = events,
                                     .request_association = storescp::request_association},
                destination));
        }
    }

    [[nodiscard]] Listener& listener() { return listener_; }

    void start() {
        listener_.start();
        if (commitment_desk_) {
            commitment_desk_->start();
        }
        for (const auto& courier : couriers_) {
            courier->start();
        }
    }

    void deliver() {
        for (const auto& courier : couriers_) {
            courier->wake();
        }
    }

    Awaitable<void> stop(std::chrono::milliseconds grace) {
        if (commitment_desk_) {
            commitment_desk_->begin_stop();
        }
        for (const auto& courier : couriers_) {
            courier->begin_stop();
        }
        const auto deadline = std::chrono::steady_clock::now() + grace;
        co_await listener_.stop(grace);
        for (const auto& courier : couriers_) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            co_await courier->stop(std::max(left, std::chrono::milliseconds(0)));
        }
        if (commitment_desk_) {
            co_await commitment_desk_->stop();
        }
    }

    void replace_access(std::shared_ptr<const AccessPolicy> access) {
        listener_.replace_access(access);
        if (commitment_desk_) {
            commitment_desk_->replace_access(access);
        }
        for (const auto& courier : couriers_) {
            courier->replace_access(access);
        }
        const std::lock_guard lock(access_mutex_);
        access_ = std::move(access);
    }

private:
    [[nodiscard]] ServiceEnvironment environment() {
        const std::lock_guard lock(access_mutex_);
        return ServiceEnvironment{.pool = pool_,
                                  .ports = ports_,
                                  .events = events_,
                                  .settings = settings_,
                                  .access = access_,
                                  .request_association = request_association,
                                  .commitment_desk = commitment_desk_,
                                  .move_shares = move_shares_};
    }

    // Constant after construction.
    boost::asio::thread_pool& pool_;
    const NodeSettings settings_;
    Ports ports_;
    EventSink& events_;
    const std::shared_ptr<MoveShares> move_shares_ = std::make_shared<MoveShares>();
    // Guarded by access_mutex_.
    std::mutex access_mutex_;
    std::shared_ptr<const AccessPolicy> access_;
    std::shared_ptr<CommitmentDesk> commitment_desk_;  ///< null without its port
    std::vector<std::shared_ptr<Courier>> couriers_;   ///< one for each destination
    /// Of the couriers; ends before them: loads that nobody waits for any more look at them.
    std::optional<boost::asio::thread_pool> delivery_pool_;
    // Last: its handlers use all of the above.
    Listener listener_;
};

Node::Node(boost::asio::io_context& io,
           boost::asio::thread_pool& pool,
           NodeSettings settings,
           Ports ports,
           EventSink& events)
    : impl_(std::make_unique<Impl>(io, pool, std::move(settings), ports, events)) {}

Node::~Node() = default;

void Node::start() {
    impl_->start();
}

std::uint16_t Node::port() const {
    return impl_->listener().port();
}

std::uint16_t Node::tls_port() const {
    return impl_->listener().tls_port();
}

std::size_t Node::associations() const {
    return impl_->listener().associations();
}

void Node::deliver() {
    impl_->deliver();
}

void Node::replace_access(std::shared_ptr<const AccessPolicy> access) {
    impl_->replace_access(std::move(access));
}

Awaitable<void> Node::stop(std::chrono::milliseconds grace) {
    return impl_->stop(grace);
}

}  // namespace cxr::storescp
