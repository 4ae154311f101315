#include "json_web_token.hpp"

#include "dicom/core/json_reader.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

namespace cxr::bridge::web {

struct TokenVerifier::Key {
    EVP_PKEY* key;
    explicit Key(EVP_PKEY* owned) : key(owned) {}
    ~Key() { EVP_PKEY_free(key); }
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;
};

namespace {

/// RFC 7518 3.2: a key as long as the hash.
constexpr std::size_t secret_bytes_min = 32;
constexpr std::chrono::seconds clock_skew{60};
constexpr std::size_t token_bytes_max = 8'192;

Fault refused(const char* why) {
    return {.kind = FaultKind::refused, .doing = why};
}

/// A member that is a number of seconds.
std::optional<double> seconds_in(const dicom::JsonValue& claims, std::string_view name) {
    const dicom::JsonValue* const member = claims.member(name);
    const double* const number = member == nullptr ? nullptr : member->number();
    return number == nullptr ? std::nullopt : std::optional(*number);
}

std::string text_in(const dicom::JsonValue& claims, std::string_view name) {
    const dicom::JsonValue* const member = claims.member(name);
    const std::string* const text = member == nullptr ? nullptr : member->text();
    return text == nullptr ? std::string() : *text;
}

/// `aud` is a text or a list of them.
bool is_for(const dicom::JsonValue& claims, const std::string& audience) {
    const dicom::JsonValue* const member = claims.member("aud");
    if (member == nullptr) {
        return false;
    }
    if (const auto* const list = member->array()) {
        return std::ranges::any_of(*list, [&](const dicom::JsonValue& each) {
            return each.text() != nullptr && *each.text() == audience;
        });
    }
    return member->text() != nullptr && *member->text() == audience;
}

bool has_word(std::string_view text, std::string_view word) {
    while (!text.empty()) {
        const std::string_view each = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), each.size() + 1));
        if (each == word) {
            return true;
        }
    }
    return false;
}

int value_of_digit(char c, bool of_urls) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == (of_urls ? '-' : '+')) {
        return 62;
    }
    return c == (of_urls ? '_' : '/') ? 63 : -1;
}

}  // namespace

Result<std::string> from_base64(std::string_view text, bool of_urls) {
    while (!of_urls && text.ends_with('=')) {
        text.remove_suffix(1);
    }
    std::string bytes;
    unsigned gathered = 0;
    int bits = 0;
    for (const char c : text) {
        const int value = value_of_digit(c, of_urls);
        if (value < 0) {
            return Fault{.kind = FaultKind::malformed, .doing = "that is no Base64"};
        }
        gathered = (gathered << 6 | static_cast<unsigned>(value)) & 0xFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>(gathered >> bits & 0xFF);
        }
    }
    return bytes;
}

Result<TokenVerifier> TokenVerifier::make(TokenRules rules) {
    if (!rules.key.starts_with("-----BEGIN ")) {
        if (rules.key.size() < secret_bytes_min) {
            return Fault{.kind = FaultKind::malformed,
                         .doing = "the key of tokens is no PEM text, and shorter than 32 bytes"};
        }
        return TokenVerifier(std::move(rules), nullptr);
    }
    BIO* const bio = BIO_new_mem_buf(rules.key.data(), static_cast<int>(rules.key.size()));
    EVP_PKEY* const key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    ERR_clear_error();
    auto owned = std::make_shared<const Key>(key);
    if (key == nullptr || EVP_PKEY_base_id(key) != EVP_PKEY_RSA) {
        return Fault{.kind = FaultKind::malformed,
                     .doing = "the key of tokens is no RSA public key"};
    }
    return TokenVerifier(std::move(rules), std::move(owned));
}

bool TokenVerifier::is_signed(std::string_view text, std::string_view signature) const {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    const auto* const claimed = reinterpret_cast<const unsigned char*>(signature.data());
    if (!key_) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
        unsigned size = 0;
        HMAC(EVP_sha256(),
             rules_.key.data(),
             static_cast<int>(rules_.key.size()),
             bytes,
             text.size(),
             expected.data(),
             &size);
        return signature.size() == size && CRYPTO_memcmp(expected.data(), claimed, size) == 0;
    }
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    const bool right =
        EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key_->key) == 1 &&
        EVP_DigestVerify(context, claimed, signature.size(), bytes, text.size()) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return right;
}

Result<TokenClaims> TokenVerifier::verify(std::string_view token,
                                          std::chrono::system_clock::time_point now) const {
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (token.size() > token_bytes_max || second == std::string_view::npos) {
        return refused("that is no token");
    }
    const auto header_text = from_base64(token.substr(0, first), true);
    const auto claims_text = from_base64(token.substr(first + 1, second - first - 1), true);
    const auto signature = from_base64(token.substr(second + 1), true);
    if (!header_text || !claims_text || !signature) {
        return refused("that is no token");
    }
    const auto header = dicom::parse_json(*header_text, "header");
    if (!header || text_in(*header, "alg") != (key_ ? "RS256" : "HS256") ||
        header->member("crit") != nullptr) {
        return refused("the token is signed by another algorithm");
    }
    if (!is_signed(token.substr(0, second), *signature)) {
        return refused("the token's signature is wrong");
    }
    const auto claims = dicom::parse_json(*claims_text, "claims");
    if (!claims) {
        return refused("the token's claims cannot be read");
    }
    const double at = std::chrono::duration<double>(now.time_since_epoch()).count();
    const double skew = static_cast<double>(clock_skew.count());
    const auto ends = seconds_in(*claims, "exp");
    if (!ends || at > *ends + skew) {
        return refused(ends ? "the token has expired" : "the token has no end");
    }
    const auto begins = seconds_in(*claims, "nbf");
    if ((claims->member("nbf") != nullptr && !begins) || at + skew < begins.value_or(0)) {
        return refused("the token does not hold yet");
    }
    if (!rules_.issuer.empty() && text_in(*claims, "iss") != rules_.issuer) {
        return refused("the token is of another issuer");
    }
    if (!rules_.audience.empty() && !is_for(*claims, rules_.audience)) {
        return refused("the token is for somebody else");
    }
    return TokenClaims{.subject = text_in(*claims, "sub"),
                       .may_write = has_word(text_in(*claims, "scope"), "write")};
}

}  // namespace cxr::bridge::web
