#include "mapping/canonical_content.hpp"

// As for the names of UIDs (core/uid.cpp): OpenSSL 3's one-shot functions look the algorithm up
// anew each time, which takes longer than the digest.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>
#include <charconv>

namespace cxr::dicom {

void append(std::string& content, const CodedConcept& code) {
    content += '|';
    content += code.value;
    content += '^';
    content += code.scheme;
    content += '^';
    content += code.meaning;
}

void append(std::string& content, double value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(
        digits.data(), digits.data() + digits.size(), value, std::chars_format::general, 15);
    content += '|';
    content.append(digits.data(), end.ptr);
}

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, text.data(), text.size());
    SHA256_Final(digest.data(), &state);
    constexpr std::string_view hex_digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(digest.size() * 2);
    for (const unsigned char byte : digest) {
        hex += hex_digits[byte >> 4];
        hex += hex_digits[byte & 0x0f];
    }
    return hex;
}

}  // namespace cxr::dicom
