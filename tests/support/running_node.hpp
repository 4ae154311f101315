#pragma once
/// A node on a free port of this machine with ports in memory, and peers of our own for it.

#include "storescp/association/requestor.hpp"
#include "storescp/node.hpp"
#include "support/fake_commitment.hpp"
#include "support/fake_ports.hpp"
#include "support/process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <thread>

namespace cxr::test {

class RunningNode {
public:
    /// Objects, matches and faults are put into the ports before start().
    RunningNode() {
        settings.port = 0;
        access->ae_titles = {"NODE"};
    }
    ~RunningNode() {
        if (node_) {
            wait(node_->stop(std::chrono::milliseconds(0)));
        }
        work_.reset();
        pool.join();
        for (std::thread& thread : threads_) {
            thread.join();
        }
    }
    RunningNode(const RunningNode&) = delete;
    RunningNode& operator=(const RunningNode&) = delete;

    void start() {
        settings.access = access;
        node_ = std::make_unique<storescp::Node>(io, pool, settings, ports(), events);
        node_->start();
        for (int count = 0; count < 2; ++count) {
            threads_.emplace_back([this] { io.run(); });
        }
    }

    storescp::Ports ports() {
        return {.query = query,
                .retrieve = retrieve,
                .receive = receive,
                .commitment = &commitment,
                .commitment_results = &results,
                .delivery = delivery};
    }
    storescp::Node& node() { return *node_; }
    std::string port() const { return std::to_string(node_->port()); }

    /// Runs a coroutine on a strand of its own to its end.
    template <typename T>
    T wait(storescp::Awaitable<T> work) {
        auto done = boost::asio::co_spawn(
            boost::asio::make_strand(io), std::move(work), boost::asio::use_future);
        if (done.wait_for(std::chrono::seconds(60)) != std::future_status::ready) {
            throw std::runtime_error("the coroutine did not end");
        }
        return done.get();
    }

    /// A request to the node for these contexts, from "VIEWER".
    storescp::AssociationRequest request(std::vector<storescp::ProposedContext> contexts) const {
        return {.peers = {.calling = "VIEWER", .called = "NODE"},
                .host = "127.0.0.1",
                .port = node_->port(),
                .contexts = std::move(contexts),
                .roles = {},
                .extended_negotiation = {},
                .timeouts = {},
                .limits = {}};
    }

    FakeQuery query;
    FakeRetrieve retrieve;
    FakeReceive receive;
    FakeCommitment commitment;
    FakeCommitmentResults results;
    storescp::DeliveryPort* delivery = nullptr;
    KeptEvents<storescp::RequestFinished> events;
    storescp::NodeSettings settings;
    std::shared_ptr<storescp::AccessPolicy> access = std::make_shared<storescp::AccessPolicy>();
    boost::asio::thread_pool pool{2};
    boost::asio::io_context io;

private:
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ =
        boost::asio::make_work_guard(io);
    std::unique_ptr<storescp::Node> node_;
    std::vector<std::thread> threads_;
};

}  // namespace cxr::test
