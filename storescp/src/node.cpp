#include "storescp/node.hpp"

#include "services/commitment_desk.hpp"
#include "services/dispatcher.hpp"
#include "storescp/association/listener.hpp"
#include "storescp/association/requestor.hpp"
#include "storescp/services/acceptable_contexts.hpp"

#include <mutex>

namespace cxr::storescp {

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
              events) {}

    [[nodiscard]] Listener& listener() { return listener_; }

    void start() {
        listener_.start();
        if (commitment_desk_) {
            commitment_desk_->start();
        }
    }

    Awaitable<void> stop(std::chrono::milliseconds grace) {
        if (commitment_desk_) {
            commitment_desk_->begin_stop();
        }
        co_await listener_.stop(grace);
        if (commitment_desk_) {
            co_await commitment_desk_->stop();
        }
    }

    void replace_access(std::shared_ptr<const AccessPolicy> access) {
        listener_.replace_access(access);
        if (commitment_desk_) {
            commitment_desk_->replace_access(access);
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
                                  .commitment_desk = commitment_desk_};
    }

    // Constant after construction.
    boost::asio::thread_pool& pool_;
    const NodeSettings settings_;
    Ports ports_;
    EventSink& events_;
    // Guarded by access_mutex_.
    std::mutex access_mutex_;
    std::shared_ptr<const AccessPolicy> access_;
    std::shared_ptr<CommitmentDesk> commitment_desk_;  ///< null without its port
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

void Node::replace_access(std::shared_ptr<const AccessPolicy> access) {
    impl_->replace_access(std::move(access));
}

Awaitable<void> Node::stop(std::chrono::milliseconds grace) {
    return impl_->stop(grace);
}

}  // namespace cxr::storescp
