#pragma once
/// Blocking work of a coroutine, done on the worker pool. Whoever owns pool and io_context joins
/// the pool first: work that runs there may look at the coroutine that waits for it.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace cxr::storescp {

/// Runs `work` on the pool; the coroutine goes on with its value, or exception, on its own
/// executor. Give the lambda a name first: GCC 12 destroys a closure that is a temporary of a
/// co_await expression twice.
template <typename Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> on_pool(boost::asio::thread_pool& pool,
                                                            Work work) {
    struct Job {
        explicit Job(Work to_do) : work(std::move(to_do)) {}
        Work work;
        std::optional<std::invoke_result_t<Work&>> outcome;
    };
    const auto job = std::make_shared<Job>(std::move(work));
    auto run = [job]() -> boost::asio::awaitable<void> {
        job->outcome.emplace(job->work());
        co_return;
    };
    co_await boost::asio::co_spawn(pool.get_executor(), std::move(run), boost::asio::use_awaitable);
    co_return std::move(*job->outcome);
}

/// An owner whose last reference, wherever it goes, has the object destroyed on the pool: ending a
/// database cursor or removing a temporary file blocks too.
template <typename T>
std::shared_ptr<T> destroyed_on_pool(boost::asio::thread_pool& pool, std::unique_ptr<T> object) {
    return std::shared_ptr<T>(object.release(), [&pool](T* doomed) {
        boost::asio::post(pool, [owner = std::unique_ptr<T>(doomed)] {});
    });
}

}  // namespace cxr::storescp
