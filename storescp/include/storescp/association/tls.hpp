#pragma once
/// Transport Layer Security for associations (PS3.15 Annex B): what is told at start and on reload,
/// and what is made of it. Immutable once made, so living connections keep the one that they began
/// with. Compression, renegotiation and session resumption are off in every profile: a peer whose
/// certificate is no longer good must show it again.

#include "dicom/core/result.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace cxr::storescp {

enum class TlsProfile : std::uint8_t {
    /// PS3.15 B.12 (RFC 8996, RFC 9325): TLS 1.3, and TLS 1.2 with ECDHE and AES-GCM.
    bcp195,
    /// PS3.15 2022b B.10 (RFC 7525, since retired): the same versions, and in TLS 1.2 also DHE-RSA
    /// with AES-GCM, for peers of its time.
    bcp195_non_downgrading,
    /// TLS 1.0 and later with whatever encrypts; names may stand in the Common Name alone. For
    /// laboratories.
    legacy,
};

/// Of those who connect to us.
enum class ClientCertificate : std::uint8_t { required, optional, none };

struct TlsSettings {
    /// Text of a PEM file; `name` is for people.
    struct Pem {
        std::string name;
        std::string text;
    };
    Pem certificate;  ///< ours, intermediate ones after it
    Pem key;
    std::string key_passphrase;
    Pem authorities;  ///< whom we trust; empty text: nobody
    TlsProfile profile = TlsProfile::bcp195;
    ClientCertificate client_certificate = ClientCertificate::required;
    /// A client's certificate must be for one of these host names or addresses; empty: for any.
    std::vector<std::string> client_names;
};

class TlsContext {
public:
    /// Faults: malformed (names the text and what is wrong with it).
    [[nodiscard]] static dicom::Result<std::shared_ptr<const TlsContext>> make(
        const TlsSettings& settings);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    /// When our certificate ends.
    [[nodiscard]] std::chrono::system_clock::time_point expires() const { return expires_; }

    /// OpenSSL's contexts, for the engine of a connection.
    [[nodiscard]] ssl_ctx_st* acceptor() const { return acceptor_; }
    [[nodiscard]] ssl_ctx_st* requestor() const { return requestor_; }
    /// How a name is looked for in a certificate: OpenSSL's X509_CHECK_FLAG_….
    [[nodiscard]] unsigned name_flags() const { return name_flags_; }

private:
    TlsContext() = default;
    ssl_ctx_st* acceptor_ = nullptr;
    ssl_ctx_st* requestor_ = nullptr;
    unsigned name_flags_ = 0;
    std::vector<std::string> client_names_;
    std::chrono::system_clock::time_point expires_;
    friend class TlsContextMaker;
};

}  // namespace cxr::storescp
