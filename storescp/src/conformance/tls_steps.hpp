#pragma once
/// What the dialogues of the security cases say in TLS itself: hellos by hand, and certificates
/// that nobody vouches for (RFC 5246, RFC 8446).

#include "conformance/play.hpp"

namespace cxr::storescp::conformance {

/// What a client offers. Which are good is for RFC 9325 to say.
struct Hello {
    std::string_view says;  ///< for people
    unsigned version;       ///< 0x0301 is TLS 1.0, 0x0303 TLS 1.2; no later one
    std::vector<unsigned> cipher_suites;
};
[[nodiscard]] Bytes client_hello(const Hello& hello);

/// "alert 70", "connection closed", "nothing", "ServerHello 0303 C02F"; or the first bytes.
[[nodiscard]] std::string answer_to_hello(Play& play, const Hello& hello);

/// Ours but for the certificate: none, or one that vouches for itself.
[[nodiscard]] std::shared_ptr<const TlsContext> nobody(const ExaminerTls& tls);
[[nodiscard]] std::shared_ptr<const TlsContext> stranger(const ExaminerTls& tls);
/// What becomes of an association that is asked for with this certificate: "A-ASSOCIATE-AC", the
/// TLS alert, …
[[nodiscard]] std::string answer_to_certificate(Play& play,
                                                std::shared_ptr<const TlsContext> context);

}  // namespace cxr::storescp::conformance
