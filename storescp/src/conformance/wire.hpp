#pragma once
/// One TCP connection, seen from a dialogue: send bytes, wait for one PDU, a close or nothing.
/// Blocking, with a deadline for every wait; one thread at a time.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace cxr::storescp::conformance {

using Bytes = std::vector<std::byte>;
using std::chrono::milliseconds;

struct RawPdu {
    std::uint8_t type;
    Bytes body;  ///< what follows the six header bytes
};
struct Closed {};
/// Nothing whole came in time; `bytes_begun` of a PDU did.
struct Nothing {
    std::size_t bytes_begun;
};
using Arrival = std::variant<RawPdu, Closed, Nothing>;

class Wire {
public:
    /// Throws std::system_error when nobody accepts in time.
    Wire(const std::string& host, std::uint16_t port, milliseconds within);
    /// Takes over an accepted connection.
    Wire(boost::asio::ip::tcp protocol, boost::asio::ip::tcp::socket::native_handle_type handle);
    Wire(Wire&&) = default;
    Wire& operator=(Wire&&) = default;

    /// False when the peer does not take them: what it did instead is heard by receive().
    bool send(std::span<const std::byte> bytes, milliseconds within = milliseconds(10'000));
    [[nodiscard]] Arrival receive(milliseconds within);
    void close();
    [[nodiscard]] bool is_open() const { return io_ && socket_->is_open(); }

private:
    void run(milliseconds within);
    [[nodiscard]] bool has_whole_pdu() const;

    // Behind pointers, so that a connection can be moved.
    std::unique_ptr<boost::asio::io_context> io_ = std::make_unique<boost::asio::io_context>();
    std::unique_ptr<boost::asio::ip::tcp::socket> socket_ =
        std::make_unique<boost::asio::ip::tcp::socket>(*io_);
    Bytes received_;
    bool closed_ = false;
};

}  // namespace cxr::storescp::conformance
