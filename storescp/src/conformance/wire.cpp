#include "conformance/wire.hpp"

#include "storescp/upper_layer/pdu.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>

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

bool Wire::send(std::span<const std::byte> bytes, milliseconds within) {
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

Arrival Wire::receive(milliseconds within) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    std::array<std::byte, 65'536> buffer;
    while (!has_whole_pdu()) {
        const auto left =
            std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
        const bool absurd =
            received_.size() >= pdu::header_bytes && announced_length(received_) > pdu_bytes_max;
        if (closed_ || absurd || !socket_->is_open()) {
            return Closed{};
        }
        if (left.count() <= 0) {
            return Nothing{received_.size()};
        }
        socket_->async_read_some(asio::buffer(buffer), [&](error_code ec, std::size_t count) {
            received_.insert(
                received_.end(), buffer.begin(), buffer.begin() + std::ptrdiff_t(count));
            closed_ = ec && ec != asio::error::operation_aborted;
        });
        run(left);
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
