#pragma once
/// "Something changed": what coroutines of one strand wait for each other with. A waiter looks
/// again at what it waits for; nothing is lost between looking and waiting, since both happen on
/// the strand without a pause.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace cxr::storescp {

inline constexpr auto use_result = boost::asio::as_tuple(boost::asio::use_awaitable);

class Signal {
public:
    explicit Signal(const boost::asio::any_io_executor& executor)
        : timer_(executor, boost::asio::steady_timer::time_point::max()) {}

    boost::asio::awaitable<void> wait() { co_await timer_.async_wait(use_result); }
    void notify() { timer_.cancel(); }

private:
    boost::asio::steady_timer timer_;
};

}  // namespace cxr::storescp
