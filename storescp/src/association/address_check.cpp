#include "address_check.hpp"

#include "storescp/association/signal.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace cxr::storescp {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds check_within{2'000};

/// Outlives the wait: getaddrinfo() cannot be interrupted, only left alone.
struct Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), timer(executor) {}

    tcp::resolver resolver;
    asio::steady_timer timer;
    bool done = false;
    boost::system::error_code error = asio::error::timed_out;
    std::vector<tcp::endpoint> endpoints;
};

}  // namespace

Awaitable<Result<std::vector<tcp::endpoint>>> resolve(std::string host,
                                                      std::uint16_t port,
                                                      std::chrono::milliseconds within) {
    boost::system::error_code not_literal;
    const auto address = asio::ip::make_address(host, not_literal);
    if (!not_literal) {
        std::vector<tcp::endpoint> literal{tcp::endpoint(address, port)};
        co_return literal;
    }
    const auto executor = co_await asio::this_coro::executor;
    const auto lookup = std::make_shared<Lookup>(executor);
    lookup->timer.expires_after(within);
    lookup->resolver.async_resolve(
        host,
        std::to_string(port),
        [lookup](const boost::system::error_code& error, const tcp::resolver::results_type& found) {
            lookup->done = true;
            lookup->error = error;
            for (const auto& entry : found) {
                lookup->endpoints.push_back(entry.endpoint());
            }
            lookup->timer.cancel();
        });
    co_await lookup->timer.async_wait(use_result);
    lookup->resolver.cancel();
    if (lookup->error || lookup->endpoints.empty()) {
        co_return Fault{.kind = FaultKind::not_found,
                        .doing = "look up " + host + ": " + lookup->error.message()};
    }
    co_return std::move(lookup->endpoints);
}

Awaitable<bool> resolves_to(std::string host, std::string address) {
    const auto endpoints = co_await resolve(host, 0, check_within);
    if (!endpoints) {
        co_return false;
    }
    co_return std::ranges::any_of(*endpoints, [&](const tcp::endpoint& endpoint) {
        return endpoint.address().to_string() == address;
    });
}

}  // namespace cxr::storescp
