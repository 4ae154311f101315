#pragma once
/// Loads the next few objects on the pool while the current one is being sent. Bounded: at most
/// `ahead` objects are loading or waiting, so that each of several retrievals has its turn on the
/// pool. Confined to one strand; what it leaves unfinished is skipped on the pool.

#include "services/sub_operation.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <deque>
#include <functional>

namespace cxr::storescp {

class LookAhead {
public:
    static constexpr std::size_t depth = 4;
    /// Blocking, called on the pool, several at a time.
    using Load = std::function<Result<LoadedObject>(const InstanceReference&)>;

    /// `instances` outlive it.
    LookAhead(boost::asio::any_io_executor executor,
              boost::asio::thread_pool& pool,
              Load load,
              std::span<const InstanceReference> instances,
              std::size_t ahead = depth);
    ~LookAhead();
    LookAhead(const LookAhead&) = delete;
    LookAhead& operator=(const LookAhead&) = delete;

    /// True when the next object, or why there is none, is at hand; false after `patience`. Not to
    /// be called by several at a time.
    [[nodiscard]] Awaitable<bool> wait(std::chrono::milliseconds patience);
    /// The next one, in order. To be called once for each instance; a call takes its object at
    /// once, so several may wait for theirs.
    [[nodiscard]] Awaitable<Result<LoadedObject>> next();

private:
    struct Slot;
    void fill();
    static Awaitable<bool> wait_for(std::shared_ptr<Slot> slot, std::chrono::milliseconds patience);

    boost::asio::any_io_executor executor_;
    boost::asio::thread_pool& pool_;
    std::shared_ptr<const Load> load_;
    std::span<const InstanceReference> waiting_;
    const std::size_t ahead_;
    std::deque<std::shared_ptr<Slot>> slots_;
};

}  // namespace cxr::storescp
