#pragma once
/// A peer that sends any bytes and reads PDUs one by one, on a plain blocking socket: what a node
/// does is judged by its bytes. Every wait has a deadline; a missed one throws.

#include "storescp/upper_layer/pdu.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <iomanip>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <ostream>
#include <poll.h>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cxr::test {

using Bytes = std::vector<std::byte>;
inline constexpr std::chrono::milliseconds patience{5'000};

inline Bytes bytes(std::initializer_list<unsigned> values) {
    Bytes result;
    for (const unsigned value : values) {
        result.push_back(static_cast<std::byte>(value));
    }
    return result;
}
inline Bytes operator+(Bytes left, std::span<const std::byte> right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}
inline std::string hex(std::span<const std::byte> data) {
    std::ostringstream out;
    for (const std::byte b : data) {
        out << std::hex << std::setw(2) << std::setfill('0') << std::to_integer<int>(b) << ' ';
    }
    return std::move(out).str();
}
inline Bytes pdu_of(unsigned type, std::span<const std::byte> body) {
    const auto length = static_cast<unsigned>(body.size());
    return bytes({type, 0, length >> 24, length >> 16 & 0xFF, length >> 8 & 0xFF, length & 0xFF}) +
           body;
}
/// One presentation data value; `control`: 1 command, 2 last.
inline Bytes pdv(unsigned context, unsigned control, std::span<const std::byte> content) {
    const auto length = static_cast<unsigned>(content.size() + 2);
    return bytes({length >> 24,
                  length >> 16 & 0xFF,
                  length >> 8 & 0xFF,
                  length & 0xFF,
                  context,
                  control}) +
           content;
}
inline Bytes p_data(unsigned context, unsigned control, std::span<const std::byte> content) {
    return pdu_of(4, pdv(context, control, content));
}

class RawPeer {
public:
    static RawPeer connect(std::uint16_t port) {
        RawPeer peer = unconnected();
        peer.connect_to(port);
        return peer;
    }
    static RawPeer unconnected() {
        return RawPeer(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    }
    void connect_to(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            throw std::runtime_error("no connection");
        }
        const int on = 1;
        ::setsockopt(handle_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    explicit RawPeer(int handle) : handle_(handle) {}
    RawPeer(RawPeer&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
    RawPeer& operator=(RawPeer&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~RawPeer() { close(); }

    void close() {
        if (handle_ >= 0) {
            ::close(std::exchange(handle_, -1));
        }
    }
    void send(std::span<const std::byte> data) {
        while (!data.empty()) {
            const auto sent = ::send(handle_, data.data(), data.size(), MSG_NOSIGNAL);
            if (sent < 0) {
                throw std::runtime_error("the node closed the connection");
            }
            data = data.subspan(static_cast<std::size_t>(sent));
        }
    }
    /// As much as goes without waiting; how many bytes are left.
    std::size_t send_some(std::span<const std::byte> data) {
        const auto sent = ::send(handle_, data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return data.size() - static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    }
    [[nodiscard]] bool writable(std::chrono::milliseconds within) const {
        pollfd wait{.fd = handle_, .events = POLLOUT, .revents = 0};
        return ::poll(&wait, 1, static_cast<int>(within.count())) > 0;
    }
    /// One whole PDU, header included; empty: the node closed the connection.
    Bytes receive(std::chrono::milliseconds within = patience) {
        Bytes pdu = read(6, within);
        if (pdu.size() == 6) {
            std::size_t length = 0;
            for (std::size_t i = 2; i < 6; ++i) {
                length = length << 8 | std::to_integer<std::size_t>(pdu[i]);
            }
            const Bytes body = read(length, within);
            if (body.size() != length) {
                throw std::runtime_error("the connection ended inside a PDU");
            }
            pdu = std::move(pdu) + body;
        }
        return pdu;
    }
    /// What there is, waiting for it; empty: the node closed the connection.
    Bytes receive_some(std::chrono::milliseconds within = patience) {
        if (!readable(within)) {
            throw std::runtime_error("the node sent nothing in time");
        }
        Bytes data(65'536);
        const auto got = ::recv(handle_, data.data(), data.size(), 0);
        data.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return data;
    }
    /// Does nothing arrive, not even a close, for this long? (Only to show that something is not
    /// yet.)
    bool silent(std::chrono::milliseconds during) { return !readable(during); }
    [[nodiscard]] int handle() const { return handle_; }

private:
    [[nodiscard]] bool readable(std::chrono::milliseconds within) const {
        pollfd wait{.fd = handle_, .events = POLLIN, .revents = 0};
        return ::poll(&wait, 1, static_cast<int>(within.count())) > 0;
    }
    Bytes read(std::size_t count, std::chrono::milliseconds within) {
        Bytes data(count);
        std::size_t got = 0;
        while (got < count) {
            if (!readable(within)) {
                throw std::runtime_error("the node sent nothing in time");
            }
            const auto more = ::recv(handle_, data.data() + got, count - got, 0);
            if (more <= 0) {
                break;
            }
            got += static_cast<std::size_t>(more);
        }
        data.resize(got);
        return data;
    }

    int handle_;
};

/// Where a node under test connects to.
class RawAcceptor {
public:
    RawAcceptor() : handle_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (::bind(handle_, generic, length) != 0 || ::listen(handle_, 16) != 0 ||
            ::getsockname(handle_, generic, &length) != 0) {
            throw std::runtime_error("no listening socket");
        }
        port_ = ntohs(address.sin_port);
    }
    ~RawAcceptor() { ::close(handle_); }
    RawAcceptor(const RawAcceptor&) = delete;
    RawAcceptor& operator=(const RawAcceptor&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int handle() const { return handle_; }
    RawPeer accept() {
        pollfd wait{.fd = handle_, .events = POLLIN, .revents = 0};
        if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) {
            throw std::runtime_error("nobody connected in time");
        }
        return RawPeer(::accept4(handle_, nullptr, nullptr, SOCK_CLOEXEC));
    }

private:
    int handle_;
    std::uint16_t port_ = 0;
};

}  // namespace cxr::test
