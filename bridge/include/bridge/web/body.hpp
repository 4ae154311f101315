#pragma once
/// The content of a request while it arrives. Read by the coroutine that handles the request, on
/// its connection's strand; what it leaves unread is dropped.

#include "bridge/web/request.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <span>

namespace cxr::bridge::web {

template <typename T>
using Awaitable = boost::asio::awaitable<T>;

class Body {
public:
    virtual ~Body() = default;
    /// What Content-Length says; nothing: it is chunked.
    [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;
    /// Some bytes, in order; 0: it is complete. The first call tells a client that waits for "100
    /// Continue". Faults: exhausted (longer than may be), malformed (chunks), peer_gone (closed, or
    /// slower than may be).
    [[nodiscard]] virtual Awaitable<Result<std::size_t>> read_some(std::span<std::byte> buffer) = 0;
};

/// The whole of it. Faults: exhausted (longer than bytes_max), and those of read_some().
[[nodiscard]] Awaitable<Result<std::string>> read_all(Body& body, std::size_t bytes_max);

}  // namespace cxr::bridge::web
