#pragma once
/// One connection, TCP or TLS on TCP, seen from a dialogue: send bytes, wait for one PDU, a close
/// or nothing. Blocking, with a deadline for every wait; one thread at a time.

#include "storescp/association/tls_engine.hpp"

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

/// TLS was not agreed on.
struct HandshakeRefused {
    std::string why;
};

class Wire {
public:
    /// Throws boost::system::system_error when nobody accepts in time.
    Wire(const std::string& host, std::uint16_t port, milliseconds within);
    /// Takes over an accepted connection.
    Wire(boost::asio::ip::tcp protocol, boost::asio::ip::tcp::socket::native_handle_type handle);
    Wire(Wire&&) = default;
    Wire& operator=(Wire&&) = default;

    /// As whom we connected to. Throws HandshakeRefused. @param name that its certificate is for
    void secure(std::shared_ptr<const TlsContext> context,
                const std::string& name,
                milliseconds within);
    /// As whom they connected to, if they begin with TLS. Throws HandshakeRefused.
    void secure_if_asked(std::shared_ptr<const TlsContext> context, milliseconds within);

    /// False when the peer does not take them: what it did instead is heard by receive(). By TLS,
    /// what is sent at once goes into as few records as hold it.
    bool send(std::span<const std::byte> bytes, milliseconds within = milliseconds(10'000));
    [[nodiscard]] Arrival receive(milliseconds within);
    /// What comes next, whether or not it is a PDU. Empty: the end, or nothing in time.
    [[nodiscard]] Bytes receive_some(milliseconds within);
    void close();
    [[nodiscard]] bool is_open() const { return io_ && socket_->is_open(); }
    /// The peer closed it.
    [[nodiscard]] bool has_ended() const { return closed_; }
    /// "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty: plain.
    [[nodiscard]] std::string security() const { return tls_ ? tls_->cipher() : std::string(); }
    /// Of an end that TLS told of: the alert. Empty: it told nothing.
    [[nodiscard]] std::string alert() const { return tls_ ? tls_->why() : std::string(); }

private:
    void run(milliseconds within);
    void finish_handshake(milliseconds within);
    bool write(std::span<const std::byte> bytes, milliseconds within);
    /// Of what arrived, the plain bytes; by TLS that may be none yet.
    void take(std::span<const std::byte> arrived);
    [[nodiscard]] bool has_whole_pdu() const;

    // Behind pointers, so that a connection can be moved.
    std::unique_ptr<boost::asio::io_context> io_ = std::make_unique<boost::asio::io_context>();
    std::unique_ptr<boost::asio::ip::tcp::socket> socket_ =
        std::make_unique<boost::asio::ip::tcp::socket>(*io_);
    std::unique_ptr<TlsEngine> tls_;  ///< null: plain
    Bytes received_;
    bool closed_ = false;
};

}  // namespace cxr::storescp::conformance
