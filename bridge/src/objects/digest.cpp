#include "objects/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace cxr::bridge {

namespace {

/// Fails without memory, or when OpenSSL has no SHA-256: neither is a matter of the input.
void require(int succeeded) {
    if (succeeded != 1) {
        throw std::runtime_error("SHA-256 is not available");
    }
}

}  // namespace

void Digest::Free::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Digest::Digest() : context_(EVP_MD_CTX_new()) {
    require(context_ != nullptr ? 1 : 0);
    require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Digest::add(std::span<const std::byte> bytes) {
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Digest::hex(std::string_view suffix) const {
    Digest copy;
    require(EVP_MD_CTX_copy_ex(copy.context_.get(), context_.get()));
    copy.add(std::as_bytes(std::span(suffix)));
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned length = 0;
    require(EVP_DigestFinal_ex(copy.context_.get(), bytes.data(), &length));
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
        text += fmt::format("{:02x}", bytes[i]);
    }
    return text;
}

}  // namespace cxr::bridge
