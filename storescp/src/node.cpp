#include "storescp/node.hpp"

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
          listener_(
              io,
              settings_,
              acceptable_contexts(),
              [this](Association& association) {
                  return serve_association(association, environment());
              },
              events) {}

    [[nodiscard]] Listener& listener() { return listener_; }

    void replace_access(std::shared_ptr<const AccessPolicy> access) {
        listener_.replace_access(access);
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
                                  .request_association = request_association};
    }

    // Constant after construction.
    boost::asio::thread_pool& pool_;
    const NodeSettings settings_;
    Ports ports_;
    EventSink& events_;
    // Guarded by access_mutex_.
    std::mutex access_mutex_;
    std::shared_ptr<const AccessPolicy> access_;
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
    impl_->listener().start();
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
    return impl_->listener().stop(grace);
}

}  // namespace cxr::storescp
