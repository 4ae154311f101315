#pragma once
/// Forward name resolution, by which a known peer's address is checked and a destination is found.
/// No reverse lookups anywhere: they cost seconds and prove nothing.

#include "storescp/association/association.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace cxr::storescp {

/// The endpoints of a host name or address. The wait ends in time even if the resolver hangs.
/// Faults: not_found.
[[nodiscard]] Awaitable<Result<std::vector<boost::asio::ip::tcp::endpoint>>> resolve(
    std::string host, std::uint16_t port, std::chrono::milliseconds within);

/// Is `address` one of the host's?
[[nodiscard]] Awaitable<bool> resolves_to(std::string host, std::string address);

}  // namespace cxr::storescp
