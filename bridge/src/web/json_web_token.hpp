#pragma once
/// JSON Web Tokens (RFC 7519) in compact form, signed by one key that is configured: HS256 or
/// RS256. The algorithm follows from the key, never from the token. The clock is passed in.

#include "bridge/web/request.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace cxr::bridge::web {

struct TokenRules {
    std::string key;         ///< PEM of an RSA public key, or else a shared secret
    std::string issuer{};    ///< that `iss` must be; empty: any
    std::string audience{};  ///< that `aud` must be or hold; empty: any
};

struct TokenClaims {
    std::string subject;
    bool may_write = false;  ///< `scope` has the word "write"
};

class TokenVerifier {
public:
    /// Faults: malformed (a PEM text that is no RSA public key, a secret under 32 bytes).
    [[nodiscard]] static Result<TokenVerifier> make(TokenRules rules);
    /// Faults: refused (why, for the log). A token must have an end (`exp`).
    [[nodiscard]] Result<TokenClaims> verify(std::string_view token,
                                             std::chrono::system_clock::time_point now) const;

private:
    struct Key;
    TokenVerifier(TokenRules rules, std::shared_ptr<const Key> key)
        : rules_(std::move(rules)), key_(std::move(key)) {}
    [[nodiscard]] bool is_signed(std::string_view text, std::string_view signature) const;

    TokenRules rules_;
    std::shared_ptr<const Key> key_;  ///< of RSA; null: the secret
};

/// Faults: malformed.
[[nodiscard]] Result<std::string> from_base64(std::string_view text, bool of_urls);

}  // namespace cxr::bridge::web
