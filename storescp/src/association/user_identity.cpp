#include "user_identity.hpp"

#include "storescp/on_pool.hpp"
#include "storescp/passcode.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <crypt.h>
#include <string_view>

namespace cxr::storescp {

namespace {

constexpr std::uint8_t by_name = 1;
constexpr std::uint8_t by_name_and_passcode = 2;

std::string_view text_of(const std::vector<std::byte>& field) {
    return {reinterpret_cast<const char*>(field.data()), field.size()};
}

std::vector<std::byte> field_of(std::string_view text) {
    const auto* const bytes = reinterpret_cast<const std::byte*>(text.data());
    return {bytes, bytes + text.size()};
}

/// In a time that tells nothing about where they differ.
bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool passcode_is_right(const User& user, std::string_view passcode) {
    if (user.passcode_hash.empty()) {
        return !user.passcode.empty() && same_secret(user.passcode, passcode);
    }
    std::string phrase(passcode);
    crypt_data state{};
    const char* const hash = ::crypt_r(phrase.c_str(), user.passcode_hash.c_str(), &state);
    const bool right = hash != nullptr && phrase.find('\0') == std::string::npos &&
                       same_secret(user.passcode_hash, hash);
    OPENSSL_cleanse(phrase.data(), phrase.size());
    OPENSSL_cleanse(&state, sizeof state);
    return right;
}

pdu::UserIdentityItem identity_item(const Credentials& credentials) {
    return {.type = credentials.passcode.empty() ? by_name : by_name_and_passcode,
            .positive_response_requested = false,
            .primary = field_of(credentials.name),
            .secondary = field_of(credentials.passcode)};
}

std::string user_named(const std::optional<pdu::UserIdentityItem>& identity) {
    std::string name;
    if (identity && (identity->type == by_name || identity->type == by_name_and_passcode)) {
        for (const char c : text_of(identity->primary).substr(0, 64)) {
            name += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
        }
    }
    return name;
}

std::optional<std::string> refuse_identity(const std::optional<pdu::UserIdentityItem>& identity,
                                           const AccessPolicy& access) {
    if (access.user_identity == UserIdentity::ignored) {
        return std::nullopt;
    }
    if (!identity) {
        return access.user_identity == UserIdentity::required
                   ? std::optional<std::string>("a user identity is required")
                   : std::nullopt;
    }
    if (identity->type != by_name && identity->type != by_name_and_passcode) {
        return fmt::format("user identities of type {} cannot be checked here", identity->type);
    }
    const auto user = access.users.find(text_of(identity->primary));
    if (user == access.users.end()) {
        return "the user is not known";
    }
    const bool has_passcode = !user->second.passcode.empty() || !user->second.passcode_hash.empty();
    if (identity->type == by_name) {
        return has_passcode ? std::optional<std::string>("the user must give a passcode")
                            : std::nullopt;
    }
    return passcode_is_right(user->second, text_of(identity->secondary))
               ? std::nullopt
               : std::optional<std::string>("the passcode is wrong");
}

Awaitable<std::optional<std::string>> IdentityChecks::refuse(
    std::optional<pdu::UserIdentityItem> identity, std::shared_ptr<const AccessPolicy> access) {
    const bool quick = access->user_identity == UserIdentity::ignored || !identity;
    if (quick) {
        co_return refuse_identity(identity, *access);
    }
    boost::asio::thread_pool* pool = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (!pool_) {
            pool_ = std::make_unique<boost::asio::thread_pool>(1);
        }
        pool = pool_.get();
    }
    auto check = [identity = std::move(identity), access = std::move(access)] {
        return refuse_identity(identity, *access);
    };
    co_return co_await on_pool(*pool, std::move(check));
}

}  // namespace cxr::storescp
