#pragma once
/// The byte stream under an association: TCP, or TLS on TCP. Whoever drives it sees one kind of
/// stream and takes one path. Confined to the socket's strand; one read, one write at a time.

#include "storescp/association/association.hpp"
#include "storescp/association/signal.hpp"
#include "storescp/association/tls_engine.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>

namespace cxr::storescp {

class Transport {
public:
    using Socket = boost::asio::ip::tcp::socket;
    /// As Asio gives them.
    using Transferred = std::tuple<boost::system::error_code, std::size_t>;

    /// @param tls null: plain TCP
    explicit Transport(Socket socket, std::unique_ptr<TlsEngine> tls = nullptr);

    [[nodiscard]] boost::asio::any_io_executor executor() { return socket_.get_executor(); }
    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    /// Null: plain TCP.
    [[nodiscard]] const TlsEngine* tls() const { return tls_.get(); }
    /// Something has arrived; of TLS only.
    [[nodiscard]] bool heard() const { return heard_; }
    /// Unset when the peer is gone already.
    [[nodiscard]] std::optional<boost::asio::ip::tcp::endpoint> peer() const;

    /// At once when plain. After a failure the alert is on its way; tls()->why() tells more.
    [[nodiscard]] Awaitable<boost::system::error_code> handshake();
    [[nodiscard]] Awaitable<Transferred> read_some(boost::asio::mutable_buffer buffer);
    /// Of all the pieces, gathered.
    [[nodiscard]] Awaitable<Transferred> write_some(
        std::span<const boost::asio::const_buffer> pieces);
    [[nodiscard]] Awaitable<boost::system::error_code> write_all(std::span<const std::byte> bytes);
    /// Says that no more will come (by TLS: close_notify, too) and drops what does until the peer
    /// closes, so that it reads our last words.
    [[nodiscard]] Awaitable<void> linger();
    /// Whoever waits for bytes is told operation_aborted; the stream stays open.
    void cancel();
    void close();
    /// Ends it so that the peer sees an error, not an end; what it has not read yet is lost.
    void reset();

private:
    Awaitable<Transferred> read_decrypted(boost::asio::mutable_buffer buffer);
    Awaitable<Transferred> write_encrypted(std::span<const boost::asio::const_buffer> pieces);
    Awaitable<boost::system::error_code> receive();
    Awaitable<boost::system::error_code> flush();
    void acknowledge_quickly();

    Socket socket_;
    std::unique_ptr<TlsEngine> tls_;
    bool heard_ = false;
    std::vector<std::byte> outgoing_;  ///< being written; ciphertext only
    bool flushing_ = false;
    Signal flushed_;
};

}  // namespace cxr::storescp
