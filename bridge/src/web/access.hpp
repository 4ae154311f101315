#pragma once
/// Who may do what: users by name and passcode, bearer tokens, and what browsers do on behalf of
/// other pages. Called on pool threads, several at a time.

#include "bridge/web/router.hpp"
#include "json_web_token.hpp"
#include "storescp/association/settings.hpp"

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cxr::bridge::web {

struct AccessRules {
    /// False: everybody may read and write, as far as they can connect.
    bool authenticate = false;
    std::map<std::string, storescp::User, std::less<>> users{};
    std::set<std::string, std::less<>> writers{};  ///< of the users; the others may read
    struct Token {
        std::string name, token;
        bool may_write = false;
    };
    std::vector<Token> tokens{};
    std::optional<TokenVerifier> json_web_tokens{};
    std::vector<std::string> allowed_origins{};
    /// Only this machine can connect: requests that call us by another name come from a page whose
    /// host was made to point here.
    bool loopback_only = true;
};

/// Lines "NAME read|write TOKEN"; "#" begins a comment. Faults: malformed (names the line, never
/// what is in it).
[[nodiscard]] Result<std::vector<AccessRules::Token>> parse_tokens(std::string_view text);

class Access {
public:
    using Now = std::function<std::chrono::system_clock::time_point()>;
    explicit Access(
        AccessRules rules, Now now = [] { return std::chrono::system_clock::now(); });

    /// Nothing: go on; user and role are set. Else the answer: 401, 403, 421, 429.
    [[nodiscard]] std::optional<Response> check(Request& request, const Resource& resource);

private:
    struct Identity {
        std::string user;
        Role role = Role::nobody;
    };
    using Digest = std::array<unsigned char, 32>;
    struct Remembered {
        Identity identity;
        std::chrono::system_clock::time_point until;
    };

    /// Nothing: it is wrong, or (`busy`) there is too much to check.
    [[nodiscard]] std::optional<Identity> identify(std::string_view authorization, bool& busy);
    [[nodiscard]] std::optional<Identity> by_passcode(std::string_view credentials, bool& busy);
    [[nodiscard]] std::optional<Identity> by_token(std::string_view token) const;
    [[nodiscard]] Digest digest_of(std::string_view text) const;

    const AccessRules rules_;
    const Now now_;
    const Digest salt_;
    std::mutex checking_;  ///< one passcode at a time: guessing takes no more than a core
    std::mutex mutex_;
    std::map<Digest, Remembered> remembered_;  ///< guarded by mutex_
};

}  // namespace cxr::bridge::web
