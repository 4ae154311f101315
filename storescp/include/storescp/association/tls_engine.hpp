#pragma once
/// One TLS connection without any I/O: ciphertext and plain bytes go in, plain bytes and ciphertext
/// come out. Buffers are given back when they are empty, so an idle connection costs little. One
/// owner at a time.

#include "storescp/association/tls.hpp"

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

struct ssl_st;

namespace cxr::storescp {

class TlsEngine {
public:
    /// Who connected to us.
    explicit TlsEngine(std::shared_ptr<const TlsContext> context);
    /// Whom we connected to. @param name host or address that its certificate must be for
    TlsEngine(std::shared_ptr<const TlsContext> context, const std::string& name);
    ~TlsEngine();
    TlsEngine(const TlsEngine&) = delete;
    TlsEngine& operator=(const TlsEngine&) = delete;

    enum class Progress : std::uint8_t { done, needs_bytes, closed, failed };

    /// What came from the peer: the calls below use it up.
    void receive(std::span<const std::byte> ciphertext);
    [[nodiscard]] Progress handshake();
    /// `count` plain bytes are there when done.
    struct Read {
        Progress progress;
        std::size_t count;
    };
    [[nodiscard]] Read read(std::span<std::byte> plain);
    /// Encrypts from the front of `pieces`, small ones together in one record (a PDU's header never
    /// goes alone), until some bytes_max are taken. How many were; 0: failed.
    [[nodiscard]] std::size_t write(std::span<const boost::asio::const_buffer> pieces,
                                    std::size_t bytes_max);
    /// Says that nothing more will come.
    void close();

    [[nodiscard]] bool has_output() const { return !outgoing_.empty(); }
    /// To be sent, in order.
    [[nodiscard]] std::vector<std::byte> take_output() { return std::exchange(outgoing_, {}); }

    /// Of what failed, for a person: "certificate verify failed: certificate has expired".
    [[nodiscard]] const std::string& why() const { return why_; }
    /// "TLSv1.3 TLS_AES_256_GCM_SHA384"
    [[nodiscard]] std::string cipher() const;
    /// The peer's certificate, as one line; empty: it showed none.
    [[nodiscard]] std::string peer_subject() const;
    [[nodiscard]] bool peer_is(const std::string& name) const;

private:
    void begin();
    [[nodiscard]] Progress progress_of(int returned);
    bool encrypt(std::span<const std::byte> plain);
    friend struct TlsEngineBio;

    std::shared_ptr<const TlsContext> context_;
    ssl_st* ssl_;
    std::vector<std::byte> incoming_;
    std::size_t incoming_used_ = 0;
    std::vector<std::byte> outgoing_;
    std::string why_;
};

}  // namespace cxr::storescp
