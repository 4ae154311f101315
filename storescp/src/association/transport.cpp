#include "storescp/association/transport.hpp"

#include <boost/asio/write.hpp>

#include <array>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace cxr::storescp {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Plain bytes that are encrypted for one write.
constexpr std::size_t write_bytes_max = 65'536;
constexpr std::size_t receive_bytes_max = 65'536;

error_code tls_failed() {
    return boost::system::errc::make_error_code(boost::system::errc::protocol_error);
}

/// Where a thread reads ciphertext to, on its way into an engine: connections that wait for bytes
/// hold no buffer for them.
std::span<std::byte> scratch() {
    thread_local std::array<std::byte, receive_bytes_max> bytes;
    return bytes;
}

}  // namespace

Transport::Transport(Socket socket, std::unique_ptr<TlsEngine> tls)
    : socket_(std::move(socket)), tls_(std::move(tls)), flushed_(socket_.get_executor()) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (tls_) {
        socket_.non_blocking(true, ignored);
    }
}

std::optional<asio::ip::tcp::endpoint> Transport::peer() const {
    error_code error;
    const auto endpoint = socket_.remote_endpoint(error);
    return error ? std::nullopt : std::optional(endpoint);
}

/// Linux forgets this option: without it each of a stock DCMTK peer's split PDUs waits 40 ms for a
/// delayed acknowledgement.
void Transport::acknowledge_quickly() {
    const int on = 1;
    ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

Awaitable<error_code> Transport::handshake() {
    if (!tls_) {
        co_return error_code{};
    }
    while (true) {
        const TlsEngine::Progress progress = tls_->handshake();
        error_code error = co_await flush();
        if (progress == TlsEngine::Progress::done) {
            co_return error;
        }
        if (progress != TlsEngine::Progress::needs_bytes) {
            co_return tls_failed();
        }
        if (!error) {
            error = co_await receive();
        }
        if (error) {
            co_return error;
        }
    }
}

Awaitable<Transport::Transferred> Transport::read_some(asio::mutable_buffer buffer) {
    acknowledge_quickly();
    return tls_ ? read_decrypted(buffer) : socket_.async_read_some(buffer, use_result);
}

Awaitable<Transport::Transferred> Transport::write_some(
    std::span<const asio::const_buffer> pieces) {
    return tls_ ? write_encrypted(pieces) : socket_.async_write_some(pieces, use_result);
}

Awaitable<error_code> Transport::write_all(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const asio::const_buffer piece(bytes.data(), bytes.size());
        const std::span<const asio::const_buffer> pieces(&piece, 1);
        const auto [error, count] = co_await write_some(pieces);
        if (error) {
            co_return error;
        }
        bytes = bytes.subspan(count);
    }
    co_return error_code{};
}

/// More ciphertext for the engine.
Awaitable<error_code> Transport::receive() {
    while (true) {
        const auto [not_readable] = co_await socket_.async_wait(Socket::wait_read, use_result);
        if (not_readable) {
            co_return not_readable;
        }
        error_code error;
        const auto bytes = scratch();
        const std::size_t count =
            socket_.read_some(asio::buffer(bytes.data(), bytes.size()), error);
        if (!error) {
            heard_ = true;
            tls_->receive(bytes.first(count));
            co_return error;
        }
        if (error != asio::error::would_block) {
            co_return error;
        }
    }
}

Awaitable<Transport::Transferred> Transport::read_decrypted(asio::mutable_buffer buffer) {
    while (true) {
        const TlsEngine::Read read =
            tls_->read({static_cast<std::byte*>(buffer.data()), buffer.size()});
        // Reading may have made answers: to a key update of TLS 1.3, or an alert.
        error_code error = co_await flush();
        switch (read.progress) {
            case TlsEngine::Progress::done:
                co_return Transferred{error_code{}, read.count};
            case TlsEngine::Progress::closed:
                co_return Transferred{asio::error::eof, 0};
            case TlsEngine::Progress::failed:
                co_return Transferred{tls_failed(), 0};
            case TlsEngine::Progress::needs_bytes:
                break;
        }
        if (!error) {
            error = co_await receive();
        }
        if (error) {
            co_return Transferred{error, 0};
        }
    }
}

Awaitable<Transport::Transferred> Transport::write_encrypted(
    std::span<const asio::const_buffer> pieces) {
    const std::size_t taken = tls_->write(pieces, write_bytes_max);
    const error_code error = co_await flush();
    co_return Transferred{taken == 0 ? tls_failed() : error, error ? 0 : taken};
}

Awaitable<error_code> Transport::flush() {
    while (flushing_) {
        co_await flushed_.wait();
    }
    if (!tls_->has_output()) {
        co_return error_code{};
    }
    flushing_ = true;
    outgoing_ = tls_->take_output();
    const auto [error, count] =
        co_await asio::async_write(socket_, asio::buffer(outgoing_), use_result);
    outgoing_ = {};
    flushing_ = false;
    flushed_.notify();
    co_return error;
}

Awaitable<void> Transport::linger() {
    error_code error;
    if (tls_) {
        tls_->close();
        error = co_await flush();
    }
    if (!error) {
        socket_.shutdown(Socket::shutdown_send, error);
    }
    while (!error) {
        const auto [not_readable] = co_await socket_.async_wait(Socket::wait_read, use_result);
        error = not_readable;
        if (!error) {
            const auto bytes = scratch();
            socket_.read_some(asio::buffer(bytes.data(), bytes.size()), error);
            if (error == asio::error::would_block) {
                error = {};
            }
        }
    }
}

void Transport::cancel() {
    error_code ignored;
    socket_.cancel(ignored);
}

void Transport::reset() {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

void Transport::close() {
    if (tls_ && !flushing_) {
        tls_->close();
        const std::vector<std::byte> goodbye = tls_->take_output();
        // If there is no room for it, the peer is not listening any more.
        static_cast<void>(::send(
            socket_.native_handle(), goodbye.data(), goodbye.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    }
    error_code ignored;
    socket_.shutdown(Socket::shutdown_both, ignored);
    socket_.close(ignored);
}

}  // namespace cxr::storescp
