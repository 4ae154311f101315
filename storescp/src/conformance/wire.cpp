#include "conformance/wire.hpp"

#include "storescp/upper_layer/pdu.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>

namespace cxr::storescp::conformance {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// A peer that announces more than this is not waited for.
constexpr std::size_t pdu_bytes_max = std::size_t{64} << 20U;

std::size_t announced_length(std::span<const std::byte> header) {
    std::size_t length = 0;
    for (const std::byte byte : header.subspan(2, 4)) {
        length = length << 8U | std::to_integer<std::size_t>(byte);
    }
    return length;
}

class Deadline {
public:
    explicit Deadline(milliseconds within) : end_(std::chrono::steady_clock::now() + within) {}
    /// Not below 0.
    [[nodiscard]] milliseconds left() const {
        const auto left =
            std::chrono::duration_cast<milliseconds>(end_ - std::chrono::steady_clock::now());
        return std::max(left, milliseconds(0));
    }

private:
    std::chrono::steady_clock::time_point end_;
};

}  // namespace

Wire::Wire(const std::string& host, std::uint16_t port, milliseconds within) {
    asio::ip::tcp::resolver resolver(*io_);
    const auto endpoints = resolver.resolve(host, std::to_string(port));
    error_code outcome = asio::error::timed_out;
    asio::async_connect(
        *socket_, endpoints, [&](error_code ec, const asio::ip::tcp::endpoint&) { outcome = ec; });
    run(within);
    if (outcome == asio::error::operation_aborted) {
        outcome = asio::error::timed_out;
    }
    if (outcome) {
        throw boost::system::system_error(outcome);
    }
    socket_->set_option(asio::ip::tcp::no_delay(true));
}

Wire::Wire(asio::ip::tcp protocol, asio::ip::tcp::socket::native_handle_type handle) {
    socket_->assign(protocol, handle);
    socket_->set_option(asio::ip::tcp::no_delay(true));
}

void Wire::run(milliseconds within) {
    io_->restart();
    io_->run_for(within);
    if (!io_->stopped()) {
        error_code ignored;
        socket_->cancel(ignored);
        io_->run();
    }
}

void Wire::secure(std::shared_ptr<const TlsContext> context,
                  const std::string& name,
                  milliseconds within) {
    tls_ = std::make_unique<TlsEngine>(std::move(context), name);
    finish_handshake(within);
}

void Wire::secure_if_asked(std::shared_ptr<const TlsContext> context, milliseconds within) {
    constexpr std::byte handshake_record{0x16};
    const Bytes first = receive_some(within);
    if (first.empty() || first.front() != handshake_record) {
        take(first);
        return;
    }
    tls_ = std::make_unique<TlsEngine>(std::move(context));
    tls_->receive(first);
    finish_handshake(within);
}

void Wire::finish_handshake(milliseconds within) {
    const Deadline deadline(within);
    for (;;) {
        const auto progress = tls_->handshake();
        write(tls_->take_output(), deadline.left());
        if (progress == TlsEngine::Progress::done) {
            break;
        }
        if (progress == TlsEngine::Progress::failed) {
            throw HandshakeRefused{tls_->why()};
        }
        const Bytes arrived = receive_some(deadline.left());
        if (arrived.empty()) {
            throw HandshakeRefused{closed_ ? "connection closed in the TLS handshake"
                                           : "no TLS handshake in time"};
        }
        tls_->receive(arrived);
    }
    take({});  // what came right behind it
}

bool Wire::send(std::span<const std::byte> bytes, milliseconds within) {
    if (!tls_) {
        return write(bytes, within);
    }
    const asio::const_buffer piece(bytes.data(), bytes.size());
    const bool encrypted = tls_->write({&piece, 1}, bytes.size()) == bytes.size();
    return write(tls_->take_output(), within) && encrypted;
}

bool Wire::write(std::span<const std::byte> bytes, milliseconds within) {
    if (!socket_->is_open()) {
        return false;
    }
    bool sent = false;
    asio::async_write(*socket_,
                      asio::buffer(bytes.data(), bytes.size()),
                      [&](error_code ec, std::size_t) { sent = !ec; });
    run(within);
    return sent;
}

bool Wire::has_whole_pdu() const {
    return received_.size() >= pdu::header_bytes &&
           received_.size() - pdu::header_bytes >= announced_length(received_);
}

void Wire::take(std::span<const std::byte> arrived) {
    if (!tls_) {
        received_.insert(received_.end(), arrived.begin(), arrived.end());
        return;
    }
    tls_->receive(arrived);
    std::array<std::byte, 16'384> plain;
    for (;;) {
        const auto read = tls_->read(plain);
        received_.insert(
            received_.end(), plain.begin(), plain.begin() + std::ptrdiff_t(read.count));
        if (read.progress != TlsEngine::Progress::done) {
            closed_ = closed_ || read.progress != TlsEngine::Progress::needs_bytes;
            break;
        }
    }
    if (tls_->has_output()) {
        write(tls_->take_output(), milliseconds(1'000));  // what reading called for, as a new key
    }
}

Bytes Wire::receive_some(milliseconds within) {
    Bytes arrived(65'536);
    std::size_t count = 0;
    if (!closed_ && socket_->is_open() && within.count() > 0) {
        socket_->async_read_some(asio::buffer(arrived), [&](error_code ec, std::size_t read) {
            count = read;
            closed_ = ec && ec != asio::error::operation_aborted;
        });
        run(within);
    }
    arrived.resize(count);
    return arrived;
}

Arrival Wire::receive(milliseconds within) {
    const Deadline deadline(within);
    while (!has_whole_pdu()) {
        const bool absurd =
            received_.size() >= pdu::header_bytes && announced_length(received_) > pdu_bytes_max;
        if (closed_ || absurd || !socket_->is_open()) {
            return Closed{};
        }
        if (deadline.left().count() <= 0) {
            return Nothing{received_.size()};
        }
        take(receive_some(deadline.left()));
    }
    const std::size_t length = announced_length(received_);
    const auto begin = received_.begin() + pdu::header_bytes;
    RawPdu pdu{.type = std::to_integer<std::uint8_t>(received_[0]),
               .body = Bytes(begin, begin + std::ptrdiff_t(length))};
    received_.erase(received_.begin(), begin + std::ptrdiff_t(length));
    return pdu;
}

void Wire::close() {
    error_code ignored;
    socket_->close(ignored);
}

}  // namespace cxr::storescp::conformance
