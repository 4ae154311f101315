#pragma once
/// The DICOM node: a listener, its services and the ports behind them. What bridge/ composes.

#include "storescp/association/association.hpp"
#include "storescp/association/settings.hpp"
#include "storescp/events.hpp"
#include "storescp/ports.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>

namespace cxr::storescp {

struct Ports {
    QueryPort& query;
    RetrievePort& retrieve;
    ReceivePort& receive;
    CommitmentPort* commitment = nullptr;                ///< null: storage is not committed to
    CommitmentResultPort* commitment_results = nullptr;  ///< null: nothing was asked of others
    DeliveryPort* delivery = nullptr;                    ///< null: nothing is sent of itself
    /// Runs the calls of `receive`, which wait for the disk, so many at a time; null: the node's.
    boost::asio::thread_pool* receive_pool = nullptr;
};

class Node {
public:
    /// Throws std::system_error when it cannot listen. `pool` runs the ports' blocking calls.
    Node(boost::asio::io_context& io,
         boost::asio::thread_pool& pool,
         NodeSettings settings,
         Ports ports,
         EventSink& events);
    ~Node();

    void start();
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::uint16_t tls_port() const;  ///< 0: there is no TLS listener
    [[nodiscard]] std::size_t associations() const;
    /// There may be new objects to deliver. Any thread.
    void deliver();
    void replace_access(std::shared_ptr<const AccessPolicy> access);
    [[nodiscard]] Awaitable<void> stop(std::chrono::milliseconds grace);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::storescp
