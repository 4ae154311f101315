#pragma once
/// Who may do what: users by name and passcode, bearer tokens, and what browsers do on behalf of
/// other pages. Called on pool threads, several at a time.

#include "bridge/web/router.hpp"
#include "json_web_token.hpp"
#include "passcode_guesses.hpp"
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
    /// Only this machine can connect: what calls us by another name than one of its own comes from
    /// a page whose host was made to point here.
    bool loopback_only = true;
    /// Others can connect, and neither credentials nor a certificate tell such a page from others:
    /// names count then, too, but any address is ours.
    bool names_checked = false;
    std::vector<std::string> host_names{};  ///< that are ours, without a port
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

    class Turn;
    /// Nothing: it is wrong, or (`wait`, seconds) this client is to come again later.
    [[nodiscard]] std::optional<Identity> identify(const Request& request,
                                                   std::string_view authorization,
                                                   unsigned& wait);
    [[nodiscard]] std::optional<Identity> by_passcode(const Request& request,
                                                      std::string_view credentials,
                                                      unsigned& wait);
    [[nodiscard]] std::optional<Identity> remembered(const Digest& digest);
    [[nodiscard]] std::optional<Identity> checked(std::string_view name, std::string_view passcode);
    [[nodiscard]] bool host_is_ours(const Request& request) const;
    [[nodiscard]] std::optional<Identity> by_token(std::string_view token) const;
    [[nodiscard]] Digest digest_of(std::string_view text) const;

    const AccessRules rules_;
    const Now now_;
    const Digest salt_;
    /// Whose passcode is hashed where there is none to compare with; null: nobody's is.
    const storescp::User* const decoy_;
    std::mutex checking_;  ///< one passcode at a time: guessing takes no more than a core
    // Guarded by mutex_.
    std::mutex mutex_;
    std::map<Digest, Remembered> remembered_;
    PasscodeGuesses guesses_;
};

}  // namespace cxr::bridge::web
