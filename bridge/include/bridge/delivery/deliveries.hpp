#pragma once
/// The daemon's deliveries: queue and routes, and what is enqueued in the background at the start
/// and with each received object. The node does the sending (storescp::DeliveryPort).

#include "bridge/daemon/log.hpp"
#include "bridge/delivery/queue.hpp"
#include "bridge/delivery/routes.hpp"

#include <functional>
#include <thread>

namespace cxr::bridge {

class Deliveries {
public:
    /// Opens the queue and reads split lists: throws std::runtime_error when that cannot work.
    /// Catalogue, ledger and log outlive it.
    Deliveries(const config::Config& config,
               Catalogue& catalogue,
               CommitmentLedger& ledger,
               Log& log);
    ~Deliveries();
    Deliveries(const Deliveries&) = delete;
    Deliveries& operator=(const Deliveries&) = delete;

    [[nodiscard]] DeliveryQueue& queue() { return *queue_; }
    /// Enqueues what the catalogue offers on a thread of its own; `deliver` is called from any
    /// thread whenever there is something new, until stop().
    void start(std::function<void()> deliver);
    void stop();

private:
    void take_received(const ReceivedObject& object);
    void enqueue_what_is_offered(const std::stop_token& stop);
    void forget_what_is_gone(const std::stop_token& stop);

    // Constant after start().
    Catalogue& catalogue_;
    Log& log_;
    std::unique_ptr<DeliveryQueue> queue_;
    std::vector<Route> routes_;
    const std::chrono::hours kept_for_;
    std::function<void()> deliver_;
    std::jthread enqueuing_;
};

}  // namespace cxr::bridge
