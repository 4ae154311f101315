#pragma once
/// A listener on a free port of the loopback address with threads of its own, and what it told its
/// event sink.

#include "storescp/association/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace cxr::test {

class RecordedEvents final : public storescp::EventSink {
public:
    void on(const storescp::Event& event) override {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
        arrived_.notify_all();
    }
    /// The `nth` event of a kind, waiting for it.
    template <typename Kind>
    Kind wait_for(std::size_t nth = 1,
                  std::chrono::milliseconds within = std::chrono::seconds(30)) {
        std::unique_lock lock(mutex_);
        std::optional<Kind> found;
        const auto look = [&] {
            std::size_t seen = 0;
            for (const storescp::Event& event : events_) {
                if (const auto* kind = std::get_if<Kind>(&event); kind && ++seen == nth) {
                    found = *kind;
                }
            }
            return found.has_value();
        };
        if (!arrived_.wait_for(lock, within, look)) {
            throw std::runtime_error("the event did not happen in time");
        }
        return *found;
    }
    template <typename Kind>
    std::size_t count() const {
        const std::lock_guard lock(mutex_);
        std::size_t seen = 0;
        for (const storescp::Event& event : events_) {
            seen += std::holds_alternative<Kind>(event) ? 1 : 0;
        }
        return seen;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<storescp::Event> events_;
};

/// An io_context that runs until destroyed.
class RunningContext {
public:
    explicit RunningContext(std::size_t threads = 2) {
        for (std::size_t i = 0; i < threads; ++i) {
            threads_.emplace_back([this] { io_.run(); });
        }
    }
    ~RunningContext() { join(); }
    RunningContext(const RunningContext&) = delete;
    RunningContext& operator=(const RunningContext&) = delete;

    boost::asio::io_context& io() { return io_; }
    void join() {
        work_.reset();
        io_.stop();
        threads_.clear();
    }

private:
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        io_.get_executor()};
    std::vector<std::jthread> threads_;
};

class RunningListener {
public:
    RunningListener(storescp::NodeSettings settings,
                    storescp::AcceptableContexts acceptable,
                    storescp::AssociationHandler handler)
        : listener_(context_.io(),
                    on_free_port(std::move(settings)),
                    std::move(acceptable),
                    std::move(handler),
                    events_) {
        listener_.start();
    }
    ~RunningListener() { context_.join(); }

    [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
    storescp::Listener& listener() { return listener_; }
    RecordedEvents& events() { return events_; }
    boost::asio::io_context& io() { return context_.io(); }

    /// False: stop() has not completed in time.
    bool stops(std::chrono::milliseconds grace,
               std::chrono::milliseconds within = std::chrono::seconds(30)) {
        auto stopped =
            boost::asio::co_spawn(context_.io(), listener_.stop(grace), boost::asio::use_future);
        return stopped.wait_for(within) == std::future_status::ready;
    }

private:
    static storescp::NodeSettings on_free_port(storescp::NodeSettings settings) {
        settings.port = 0;
        return settings;
    }

    RecordedEvents events_;
    RunningContext context_;
    storescp::Listener listener_;
};

}  // namespace cxr::test
