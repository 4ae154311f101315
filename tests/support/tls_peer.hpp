#pragma once
/// As RawPeer, by TLS.

#include "storescp/association/tls_engine.hpp"
#include "support/raw_peer.hpp"

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/socket.h>

namespace cxr::test {

/// TLS by hand: which bytes go into which record, and when, is the test's choice.
class TlsPeer {
public:
    TlsPeer(std::uint16_t port, std::shared_ptr<const storescp::TlsContext> context)
        : socket_(RawPeer::connect(port)),
          engine_(std::make_unique<Engine>(std::move(context), "127.0.0.1")) {
        while (engine_->handshake() != Engine::Progress::done) {
            exchange();
        }
        flush();
    }
    /// One record for each call, as long as it fits.
    void send(std::span<const std::byte> bytes) {
        const boost::asio::const_buffer piece(bytes.data(), bytes.size());
        if (engine_->write({&piece, 1}, bytes.size()) != bytes.size()) {
            throw std::runtime_error(engine_->why());
        }
        flush();
    }
    /// As RawPeer::receive(), of PDUs shorter than 64 KiB.
    Bytes receive() {
        Bytes pdu = read(6);
        if (pdu.size() == 6) {
            const auto length =
                std::to_integer<std::size_t>(pdu[4]) << 8 | std::to_integer<std::size_t>(pdu[5]);
            pdu = std::move(pdu) + read(length);
        }
        return pdu;
    }

    /// Everything until the node says, by close_notify, that this is all. Throws where it only
    /// closes.
    std::string until_close_notify() {
        std::string text;
        std::array<std::byte, 4'096> bytes;
        while (true) {
            const auto read = engine_->read(bytes);
            if (read.progress == Engine::Progress::needs_bytes) {
                exchange();
            } else if (read.progress == Engine::Progress::done) {
                text.append(reinterpret_cast<const char*>(bytes.data()), read.count);
            } else if (read.progress == Engine::Progress::closed) {
                return text;
            } else {
                throw std::runtime_error(engine_->why());
            }
        }
    }

private:
    using Engine = storescp::TlsEngine;

    void flush() { socket_.send(engine_->take_output()); }
    void exchange() {
        flush();
        std::array<std::byte, 16'384> bytes;
        const auto count = ::recv(socket_.handle(), bytes.data(), bytes.size(), 0);
        if (count <= 0) {
            throw std::runtime_error("the node closed the connection");
        }
        engine_->receive(std::span(bytes).first(static_cast<std::size_t>(count)));
    }
    Bytes read(std::size_t count) {
        Bytes data(count);
        std::size_t got = 0;
        while (got < count) {
            const auto read = engine_->read(std::span(data).subspan(got));
            if (read.progress == Engine::Progress::needs_bytes) {
                exchange();
            } else if (read.progress != Engine::Progress::done) {
                break;
            }
            got += read.count;
        }
        data.resize(got);
        return data;
    }

    RawPeer socket_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace cxr::test
