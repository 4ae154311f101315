#include "access.hpp"

#include "bridge/web/cors.hpp"
#include "bridge/web/problem.hpp"
#include "storescp/passcode.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>

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

/// "[::1]:8080" -> "[::1]"
std::string_view without_port(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    const bool has_port = colon != std::string_view::npos && !host.ends_with(']');
    return has_port ? host.substr(0, colon) : host;
}

bool is_this_machine(std::string_view host) {
    const std::string_view name = without_port(host);
    return name == "localhost" || name.ends_with(".localhost") || name == "[::1]" ||
           (name.starts_with("127.") &&
            name.find_first_not_of("0123456789.") == std::string_view::npos);
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
    : rules_(std::move(rules)), now_(std::move(now)), salt_([] {
          Digest salt{};
          RAND_bytes(salt.data(), static_cast<int>(salt.size()));
          return salt;
      }()) {}

std::optional<Response> Access::check(Request& request, const Resource& resource) {
    const std::string* const host = request.header("host");
    if (rules_.loopback_only && host != nullptr && !is_this_machine(*host)) {
        return problem(421, "this is not the host that was asked for");
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
    bool busy = false;
    auto identity = identify(*authorization, busy);
    if (busy) {
        Response response = problem(429, "too many passcodes at a time");
        response.set("Retry-After", "1");
        return response;
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

std::optional<Access::Identity> Access::identify(std::string_view authorization, bool& busy) {
    if (const auto token = after(authorization, "Bearer")) {
        return by_token(*token);
    }
    const auto credentials = after(authorization, "Basic");
    return credentials ? by_passcode(*credentials, busy) : std::nullopt;
}

std::optional<Access::Identity> Access::by_passcode(std::string_view credentials, bool& busy) {
    const Digest digest = digest_of(credentials);
    const auto now = now_();
    {
        const std::lock_guard lock(mutex_);
        const auto known = remembered_.find(digest);
        if (known != remembered_.end() && now < known->second.until) {
            return known->second.identity;
        }
    }
    const auto plain = from_base64(credentials, false);
    const std::size_t colon = plain ? plain->find(':') : std::string::npos;
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    const auto user = rules_.users.find(std::string_view(*plain).substr(0, colon));
    if (user == rules_.users.end()) {
        return std::nullopt;
    }
    const std::unique_lock checking(checking_, std::try_to_lock);
    busy = !checking.owns_lock();
    if (busy ||
        !storescp::passcode_is_right(user->second, std::string_view(*plain).substr(colon + 1))) {
        return std::nullopt;
    }
    Identity identity{.user = user->first,
                      .role = rules_.writers.contains(user->first) ? Role::writer : Role::reader};
    const std::lock_guard lock(mutex_);
    if (remembered_.size() >= remembered_max) {
        remembered_.clear();
    }
    remembered_[digest] = {.identity = identity, .until = now + remembered_for};
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
