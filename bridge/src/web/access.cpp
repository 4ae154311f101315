#include "access.hpp"

#include "bridge/web/cors.hpp"
#include "bridge/web/problem.hpp"
#include "dicom/core/ascii.hpp"
#include "storescp/passcode.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace cxr::bridge::web {

namespace {

/// How long a passcode that was right is not hashed again.
constexpr std::chrono::minutes remembered_for{5};
constexpr std::size_t remembered_max = 256;
constexpr std::size_t token_bytes_min = 20;

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool changes_nothing(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

/// "[::1]:8080" -> "[::1]", "pacs.:80" -> "pacs"
std::string_view name_in(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    const bool has_port = colon != std::string_view::npos && !host.ends_with(']');
    std::string_view name = has_port ? host.substr(0, colon) : host;
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    return name;
}

bool is_this_machine(std::string_view name) {
    constexpr std::string_view local = "localhost";
    const std::string_view end = name.substr(name.size() - std::min(name.size(), local.size() + 1));
    return dicom::ascii::same(name, local) || dicom::ascii::same(end, ".localhost") ||
           name == "[::1]" ||
           (name.starts_with("127.") &&
            name.find_first_not_of("0123456789.") == std::string_view::npos);
}

/// "192.0.2.1", "[2001:db8::1]": of these a page of somebody else's cannot make its own name.
bool is_address(std::string_view name) {
    const bool bracketed = name.starts_with('[') && name.ends_with(']');
    const std::string text(bracketed ? name.substr(1, name.size() - 2) : name);
    std::array<unsigned char, 16> bytes{};
    return inet_pton(bracketed ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) == 1;
}

const storescp::User* somebody_hashed(
    const std::map<std::string, storescp::User, std::less<>>& all) {
    const auto found = std::ranges::find_if(
        all, [](const auto& each) { return !each.second.passcode_hash.empty(); });
    return found == all.end() ? nullptr : &found->second;
}

Response try_later(unsigned seconds) {
    Response response = problem(429, "too many passcodes; try again later");
    response.set("Retry-After", std::to_string(seconds));
    return response;
}

Response unauthorized() {
    Response response = problem(401, "who are you?");
    response.set("WWW-Authenticate",
                 "Basic realm=\"cxrbridge\", charset=\"UTF-8\", Bearer realm=\"cxrbridge\"");
    return response;
}

std::optional<std::string_view> after(std::string_view text, std::string_view scheme) {
    const bool has = text.size() > scheme.size() && text[scheme.size()] == ' ' &&
                     std::ranges::equal(text.substr(0, scheme.size()), scheme, [](char a, char b) {
                         return (a | 0x20) == (b | 0x20);
                     });
    return has ? std::optional(text.substr(scheme.size() + 1)) : std::nullopt;
}

}  // namespace

Result<std::vector<AccessRules::Token>> parse_tokens(std::string_view text) {
    std::vector<AccessRules::Token> tokens;
    for (std::size_t line = 1; !text.empty(); ++line) {
        std::string_view rest = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), rest.size() + 1));
        std::vector<std::string> words;
        while (!rest.empty()) {
            const std::size_t begin = std::min(rest.find_first_not_of(" \t\r"), rest.size());
            rest.remove_prefix(begin);
            const std::size_t end = std::min(rest.find_first_of(" \t\r"), rest.size());
            if (end > 0) {
                words.emplace_back(rest.substr(0, end));
            }
            rest.remove_prefix(end);
        }
        if (words.empty() || words[0].starts_with('#')) {
            continue;
        }
        const bool whole = words.size() == 3 && (words[1] == "read" || words[1] == "write") &&
                           words[2].size() >= token_bytes_min;
        if (!whole) {
            return Fault{
                .kind = FaultKind::malformed,
                .doing = fmt::format(
                    "line {}: is to be NAME, read or write, and a token of {} characters or more",
                    line,
                    token_bytes_min)};
        }
        tokens.push_back({.name = words[0], .token = words[2], .may_write = words[1] == "write"});
    }
    return tokens;
}

Access::Access(AccessRules rules, Now now)
    : rules_(std::move(rules)),
      now_(std::move(now)),
      salt_([] {
          Digest salt{};
          RAND_bytes(salt.data(), static_cast<int>(salt.size()));
          return salt;
      }()),
      decoy_(somebody_hashed(rules_.users)) {}

bool Access::host_is_ours(const Request& request) const {
    const std::string* const host = request.header("host");
    if (host == nullptr || !(rules_.loopback_only || rules_.names_checked)) {
        return true;
    }
    const std::string_view name = name_in(*host);
    return is_this_machine(name) || (!rules_.loopback_only && is_address(name)) ||
           std::ranges::any_of(rules_.host_names, [name](const std::string& ours) {
               return dicom::ascii::same(ours, name);
           });
}

std::optional<Response> Access::check(Request& request, const Resource& resource) {
    // Whoever watches over the process from elsewhere may call it what he likes.
    const bool any_name = !rules_.loopback_only && resource.role == Role::nobody;
    if (!any_name && !host_is_ours(request)) {
        return problem(421,
                       "the node is not known by the host name that was asked for; if it is its "
                       "own, web.host_names is to list it");
    }
    const std::string* const site = request.header("sec-fetch-site");
    const bool foreign =
        !origin_is_allowed(request, rules_.allowed_origins) ||
        (site != nullptr && *site == "cross-site" && request.header("origin") == nullptr);
    if (!changes_nothing(request.method) && foreign) {
        return problem(403, "a page of another origin may not do this");
    }
    request.role = rules_.authenticate ? Role::nobody : Role::writer;
    if (!rules_.authenticate || resource.role == Role::nobody) {
        return std::nullopt;
    }
    const std::string* const authorization = request.header("authorization");
    if (authorization == nullptr) {
        return unauthorized();
    }
    unsigned wait = 0;
    auto identity = identify(request, *authorization, wait);
    if (wait > 0) {
        return try_later(wait);
    }
    if (!identity) {
        return unauthorized();
    }
    request.user = std::move(identity->user);
    request.role = identity->role;
    return request.role < resource.role
               ? std::optional(problem(403, "you may read, but not change anything"))
               : std::nullopt;
}

Access::Digest Access::digest_of(std::string_view text) const {
    std::string salted(reinterpret_cast<const char*>(salt_.data()), salt_.size());
    salted += text;
    Digest digest{};
    SHA256(reinterpret_cast<const unsigned char*>(salted.data()), salted.size(), digest.data());
    return digest;
}

std::optional<Access::Identity> Access::identify(const Request& request,
                                                 std::string_view authorization,
                                                 unsigned& wait) {
    if (const auto token = after(authorization, "Bearer")) {
        return by_token(*token);
    }
    const auto credentials = after(authorization, "Basic");
    return credentials ? by_passcode(request, *credentials, wait) : std::nullopt;
}

std::optional<Access::Identity> Access::remembered(const Digest& digest) {
    const std::lock_guard lock(mutex_);
    const auto known = remembered_.find(digest);
    return known != remembered_.end() && now_() < known->second.until
               ? std::optional(known->second.identity)
               : std::nullopt;
}

/// What it takes tells nothing about whether there is such a user: something is hashed whenever
/// something would be for another one.
std::optional<Access::Identity> Access::checked(std::string_view name, std::string_view passcode) {
    const auto user = rules_.users.find(name);
    const bool known = user != rules_.users.end();
    const bool hashed = known && !user->second.passcode_hash.empty();
    const bool right = known && storescp::passcode_is_right(user->second, passcode);
    if (!hashed && decoy_ != nullptr) {
        static_cast<void>(storescp::passcode_is_right(*decoy_, passcode));
    }
    if (!right) {
        return std::nullopt;
    }
    return Identity{.user = user->first,
                    .role = rules_.writers.contains(user->first) ? Role::writer : Role::reader};
}

/// A client's passcode being looked at, as long as it lives.
class Access::Turn {
public:
    Turn(Access& access, std::string client, unsigned& wait)
        : access_(access), client_(std::move(client)) {
        const std::lock_guard lock(access_.mutex_);
        wait = access_.guesses_.begin(client_, access_.now_());
        begun_ = wait == 0;
    }
    ~Turn() {
        const std::lock_guard lock(access_.mutex_);
        if (begun_) {
            access_.guesses_.end(client_);
        }
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    [[nodiscard]] unsigned must_wait() const {
        const std::lock_guard lock(access_.mutex_);
        return access_.guesses_.must_wait(client_, access_.now_());
    }
    void was_wrong() const {
        const std::lock_guard lock(access_.mutex_);
        access_.guesses_.wrong(client_, access_.now_());
    }

private:
    Access& access_;
    const std::string client_;
    bool begun_ = false;
};

std::optional<Access::Identity> Access::by_passcode(const Request& request,
                                                    std::string_view credentials,
                                                    unsigned& wait) {
    const Digest digest = digest_of(credentials);
    if (auto known = remembered(digest)) {
        return known;
    }
    const auto plain = from_base64(credentials, false);
    const std::size_t colon = plain ? plain->find(':') : std::string::npos;
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    const Turn turn(*this, guessing_client(request.peer), wait);
    if (wait > 0) {
        return std::nullopt;
    }
    const std::lock_guard checking(checking_);
    if (auto known = remembered(digest)) {  // by another connection, while this one waited
        return known;
    }
    wait = turn.must_wait();
    if (wait > 0) {
        return std::nullopt;
    }
    const std::string_view both(*plain);
    auto identity = checked(both.substr(0, colon), both.substr(colon + 1));
    if (!identity) {
        turn.was_wrong();
        return std::nullopt;
    }
    const std::lock_guard lock(mutex_);
    if (remembered_.size() >= remembered_max) {
        remembered_.clear();
    }
    remembered_[digest] = {.identity = *identity, .until = now_() + remembered_for};
    return identity;
}

std::optional<Access::Identity> Access::by_token(std::string_view token) const {
    for (const AccessRules::Token& known : rules_.tokens) {
        if (same(known.token, token)) {
            return Identity{.user = known.name,
                            .role = known.may_write ? Role::writer : Role::reader};
        }
    }
    if (!rules_.json_web_tokens) {
        return std::nullopt;
    }
    const auto claims = rules_.json_web_tokens->verify(token, now_());
    if (!claims) {
        return std::nullopt;
    }
    return Identity{.user = claims->subject.empty() ? "token" : claims->subject,
                    .role = claims->may_write ? Role::writer : Role::reader};
}

}  // namespace cxr::bridge::web
