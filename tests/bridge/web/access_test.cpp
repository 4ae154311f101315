// Who may do what: users, tokens (RFC 6750, 7617, 7519), and pages of other origins.
#include "web/access.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

using namespace cxr;
using namespace cxr::bridge::web;

namespace {

constexpr std::chrono::system_clock::time_point today{std::chrono::seconds(1'800'000'000)};
const std::string secret = "a secret of thirty-two characters";

Resource resource(Role role) {
    return {.method = "GET",
            .pattern = "/",
            .says = "",
            .handler = Answer([](const Request&) { return Response{}; }),
            .role = role};
}

Request request(Fields fields = {}, std::string method = "GET") {
    Request made;
    made.method = std::move(method);
    made.headers = std::move(fields);
    made.headers.push_back({.name = "host", .value = "127.0.0.1:8080"});
    made.origin = "http://127.0.0.1:8080";
    return made;
}

AccessRules rules() {
    AccessRules made;
    made.authenticate = true;
    made.users["alice"].passcode = "open sesame";
    made.users["bob"].passcode = "b:o:b";
    made.users["nobody"] = {};
    made.writers = {"alice"};
    made.tokens = {{.name = "viewer", .token = "0123456789abcdefghij"},
                   {.name = "scanner", .token = "abcdefghij0123456789", .may_write = true}};
    made.json_web_tokens =
        *TokenVerifier::make({.key = secret, .issuer = "https://issuer", .audience = "cxrbridge"});
    return made;
}

/// 0: let in.
unsigned status_of(const AccessRules& with, Request asked, Role needed = Role::reader) {
    Access access(with, [] { return today; });
    const auto refused = access.check(asked, resource(needed));
    return refused ? refused->status : 0;
}

std::string base64(std::string_view bytes, bool of_urls) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    if (of_urls) {
        std::ranges::replace(text, '+', '-');
        std::ranges::replace(text, '/', '_');
        std::erase(text, '=');
    }
    return text;
}

std::string basic(std::string_view credentials) {
    return "Basic " + base64(credentials, false);
}

std::string token(const std::string& header, const std::string& claims, const std::string& key) {
    const std::string text = base64(header, true) + '.' + base64(claims, true);
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(),
         key.data(),
         static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()),
         text.size(),
         mac,
         &size);
    return text + '.' + base64({reinterpret_cast<const char*>(mac), size}, true);
}

const std::string hs256 = R"({"alg":"HS256","typ":"JWT"})";
const std::string good =
    R"({"sub":"carol","iss":"https://issuer","aud":["x","cxrbridge"],"exp":1800000600,"scope":"read write"})";

struct Case {
    const char* says;
    std::string authorization;
    unsigned reading, writing;  ///< statuses; 0: let in
};
std::ostream& operator<<(std::ostream& out, const Case& each) {
    return out << each.says;
}
const Case cases[] = {
    {"nothing", "", 401, 401},
    {"a writer", basic("alice:open sesame"), 0, 0},
    {"a reader, with colons in the passcode", basic("bob:b:o:b"), 0, 403},
    {"the scheme in small letters", "basic " + basic("bob:b:o:b").substr(6), 0, 403},
    {"a wrong passcode", basic("alice:open"), 401, 401},
    {"no passcode", basic("alice:"), 401, 401},
    {"a user without any passcode", basic("nobody:"), 401, 401},
    {"an unknown user", basic("eve:open sesame"), 401, 401},
    {"no colon", basic("alice"), 401, 401},
    {"no Base64", "Basic !!!!", 401, 401},
    {"another scheme", "Digest abc", 401, 401},
    {"a token", "Bearer 0123456789abcdefghij", 0, 403},
    {"a writer's token", "Bearer abcdefghij0123456789", 0, 0},
    {"a part of a token", "Bearer 0123456789", 401, 401},
    {"a signed token", "Bearer " + token(hs256, good, secret), 0, 0},
    {"by another key", "Bearer " + token(hs256, good, secret + "x"), 401, 401},
    {"by no algorithm", "Bearer " + token(R"({"alg":"none"})", good, secret), 401, 401},
    {"by another algorithm", "Bearer " + token(R"({"alg":"RS256"})", good, secret), 401, 401},
    {"expired",
     "Bearer " +
         token(hs256, R"({"iss":"https://issuer","aud":"cxrbridge","exp":1799999900})", secret),
     401,
     401},
    {"without an end",
     "Bearer " + token(hs256, R"({"iss":"https://issuer","aud":"cxrbridge"})", secret),
     401,
     401},
    {"not yet",
     "Bearer " +
         token(hs256,
               R"({"iss":"https://issuer","aud":"cxrbridge","exp":1800000600,"nbf":1800000500})",
               secret),
     401,
     401},
    {"not before something that is no time",
     "Bearer " +
         token(hs256,
               R"({"iss":"https://issuer","aud":"cxrbridge","exp":1800000600,"nbf":"1800000500"})",
               secret),
     401,
     401},
    {"of another issuer",
     "Bearer " + token(hs256, R"({"iss":"x","aud":"cxrbridge","exp":1800000600})", secret),
     401,
     401},
    {"for somebody else",
     "Bearer " + token(hs256, R"({"iss":"https://issuer","aud":"x","exp":1800000600})", secret),
     401,
     401},
    {"for reading",
     "Bearer " +
         token(
             hs256,
             R"({"iss":"https://issuer","aud":"cxrbridge","exp":1800000600,"scope":"writes read"})",
             secret),
     0,
     403},
    {"two dots", "Bearer ..", 401, 401},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(access_to_resources)

BOOST_DATA_TEST_CASE(is_by_credentials, cases, each) {
    const Fields fields = each.authorization.empty()
                              ? Fields{}
                              : Fields{{.name = "authorization", .value = each.authorization}};
    BOOST_TEST(status_of(rules(), request(fields), Role::reader) == each.reading);
    BOOST_TEST(status_of(rules(), request(fields), Role::writer) == each.writing);
    BOOST_TEST(status_of(rules(), request(fields), Role::nobody) == 0U);
}

BOOST_AUTO_TEST_CASE(is_everybodys_where_nobody_is_asked) {
    BOOST_TEST(status_of({}, request(), Role::writer) == 0U);
}

BOOST_AUTO_TEST_CASE(tells_how_to_ask) {
    Access access(rules());
    Request asked = request();
    const auto refused = access.check(asked, resource(Role::reader));
    BOOST_TEST(find(refused->headers, "www-authenticate")->starts_with("Basic realm="));
    Request known = request({{.name = "authorization", .value = basic("alice:open sesame")}});
    for (int i = 0; i < 2; ++i) {
        BOOST_TEST(!access.check(known, resource(Role::reader)).has_value());
        BOOST_TEST(known.user == "alice");
    }
}

BOOST_AUTO_TEST_CASE(tokens_are_verified_by_an_rsa_key) {
    EVP_PKEY* const key = EVP_RSA_gen(2048);
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, key);
    char* pem = nullptr;
    const long size = BIO_get_mem_data(bio, &pem);
    const auto verifier =
        TokenVerifier::make({.key = std::string(pem, static_cast<std::size_t>(size))});
    BOOST_TEST_REQUIRE(verifier.has_value());
    const std::string text = base64(R"({"alg":"RS256"})", true) + '.' + base64(good, true);
    unsigned char signature[512];
    std::size_t signature_size = sizeof signature;
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
    EVP_DigestSign(context,
                   signature,
                   &signature_size,
                   reinterpret_cast<const unsigned char*>(text.data()),
                   text.size());
    EVP_MD_CTX_free(context);
    const std::string made =
        text + '.' + base64({reinterpret_cast<const char*>(signature), signature_size}, true);
    const auto claims = verifier->verify(made, today);
    BOOST_TEST_REQUIRE(claims.has_value());
    BOOST_TEST(claims->subject == "carol");
    std::string forged = made;
    forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
    BOOST_TEST(!verifier->verify(forged, today).has_value());
    // The public key as the secret of an HMAC: the oldest trick.
    BOOST_TEST(
        !verifier
             ->verify(token(hs256, good, std::string(pem, static_cast<std::size_t>(size))), today)
             .has_value());
    BIO_free(bio);
    EVP_PKEY_free(key);
}

BOOST_AUTO_TEST_CASE(keys_of_tokens_are_long) {
    BOOST_TEST(!TokenVerifier::make({.key = "short"}).has_value());
    BOOST_TEST(!TokenVerifier::make({.key = "-----BEGIN NONSENSE-----"}).has_value());
}

BOOST_AUTO_TEST_CASE(pages_of_other_origins_change_nothing) {
    const auto post = [](Fields fields) {
        return status_of({}, request(std::move(fields), "POST"), Role::writer);
    };
    BOOST_TEST(post({}) == 0U);
    BOOST_TEST(post({{"origin", "http://127.0.0.1:8080"}}) == 0U);
    BOOST_TEST(post({{"origin", "https://evil.example.org"}}) == 403U);
    BOOST_TEST(post({{"origin", "null"}}) == 403U);
    BOOST_TEST(post({{"sec-fetch-site", "cross-site"}}) == 403U);
    BOOST_TEST(post({{"sec-fetch-site", "same-origin"}}) == 0U);
    AccessRules with;
    with.allowed_origins = {"https://viewer.example.org"};
    BOOST_TEST(status_of(with,
                         request({{"origin", "https://viewer.example.org"}}, "POST"),
                         Role::writer) == 0U);
    BOOST_TEST(status_of({}, request({{"origin", "https://evil.example.org"}})) == 0U);
}

struct Host {
    const char* host;
    unsigned local;  ///< status where we are reached from this machine only,
    unsigned open;   ///< from others, too, and nobody is asked
};
std::ostream& operator<<(std::ostream& out, const Host& each) {
    return out << each.host;
}
const Host hosts[] = {
    {"127.0.0.1:8080", 0, 0},
    {"localhost", 0, 0},
    {"LocalHost.:8080", 0, 0},
    {"console.localhost:8080", 0, 0},
    {"[::1]:8080", 0, 0},
    {"192.0.2.7:8080", 421, 0},
    {"[2001:db8::7]:8080", 421, 0},
    {"pacs.example.org:8080", 0, 0},
    {"PACS.Example.org.", 0, 0},
    {"evil.example.org", 421, 421},
    {"127.evil.example.org:80", 421, 421},
    {"pacs.example.org.evil.example.org", 421, 421},
    {"notlocalhost", 421, 421},
    {"192.0.2.7.evil.example.org", 421, 421},
    {"[evil]", 421, 421},
    {"", 421, 421},
};

BOOST_DATA_TEST_CASE(hosts_that_were_made_to_point_here_are_refused, hosts, each) {
    Request asked;
    asked.method = "GET";
    asked.headers = {{.name = "host", .value = each.host}};
    AccessRules local;
    local.host_names = {"pacs.example.org"};
    BOOST_TEST(status_of(local, asked) == each.local);
    AccessRules open = local;
    open.loopback_only = false;
    open.names_checked = true;
    BOOST_TEST(status_of(open, asked) == each.open);
    BOOST_TEST(status_of(open, asked, Role::nobody) == 0U);  // a look at its health
    open.names_checked = false;  // a page of another host has neither passcodes nor certificates
    BOOST_TEST(status_of(open, asked) == 0U);
}

BOOST_AUTO_TEST_CASE(who_is_refused_for_a_name_is_told_where_names_are_configured) {
    AccessRules open;
    open.loopback_only = false;
    open.names_checked = true;
    Access access(open);
    Request asked;
    asked.headers = {{.name = "host", .value = "evil.example.org"}};
    const auto refused = access.check(asked, resource(Role::reader));
    BOOST_TEST_REQUIRE(refused.has_value());
    const auto& text = std::get<std::string>(refused->content);
    BOOST_TEST(text.find("web.host_names") != std::string::npos);
    BOOST_TEST(text.find("evil") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_client_s_guesses_make_it_wait_and_nobody_else) {
    Access access(rules(), [] { return today; });
    const auto status = [&access](const char* peer, std::string_view credentials) {
        Request asked = request({{.name = "authorization", .value = basic(credentials)}});
        asked.peer = peer;
        const auto refused = access.check(asked, resource(Role::reader));
        return refused ? refused->status : 0U;
    };
    for (unsigned i = 0; i < PasscodeGuesses::wrong_max; ++i) {
        BOOST_TEST(status("192.0.2.1:1000", i % 2 == 0 ? "alice:no" : "eve:no") == 401U);
    }
    BOOST_TEST(status("192.0.2.1:1001", "alice:no") == 429U);
    BOOST_TEST(status("192.0.2.1:1001", "alice:open sesame") == 429U);
    BOOST_TEST(status("192.0.2.2:1000", "alice:open sesame") == 0U);
    BOOST_TEST(status("192.0.2.1:1001", "alice:open sesame") == 0U);  // known to be right by now
    Request asked = request({{.name = "authorization", .value = basic("bob:no")}});
    asked.peer = "192.0.2.1:1";
    const auto refused = access.check(asked, resource(Role::reader));
    BOOST_TEST(*find(refused->headers, "retry-after") == "60");
}

BOOST_AUTO_TEST_CASE(a_user_who_is_unknown_takes_as_long_as_one_who_is_known) {
    AccessRules with = rules();
    // Nobody's hash, of some milliseconds a guess.
    with.users["carol"].passcode_hash = "$6$rounds=20000$saltsalt$" + std::string(86, '.');
    const auto time_of = [&with](std::string_view credentials) {
        Access access(with);
        Request asked = request({{.name = "authorization", .value = basic(credentials)}});
        const auto began = std::chrono::steady_clock::now();
        BOOST_TEST(access.check(asked, resource(Role::reader)).has_value());
        return std::chrono::steady_clock::now() - began;
    };
    // What else runs on the machine only adds to a time: the least of several counts.
    const auto least = [&time_of](std::string_view credentials) {
        auto time = time_of(credentials);
        for (int i = 0; i < 4; ++i) {
            time = std::min(time, time_of(credentials));
        }
        return time;
    };
    const auto known = least("carol:no");
    BOOST_TEST((least("eve:no") > known / 2));
    BOOST_TEST((least("alice:no") > known / 2));
    BOOST_TEST((least("nobody:") > known / 2));
}

BOOST_AUTO_TEST_CASE(a_file_of_tokens_is_read) {
    const auto tokens = parse_tokens(
        "# name role token\n\nviewer read 0123456789abcdefghij\r\n scanner\twrite  "
        "abcdefghij0123456789");
    BOOST_TEST_REQUIRE(tokens.has_value());
    BOOST_TEST(tokens->size() == 2U);
    BOOST_TEST(tokens->back().may_write);
    BOOST_TEST(tokens->front().token == "0123456789abcdefghij");
    const auto wrong = parse_tokens("viewer read short-secret");
    BOOST_TEST(wrong.error().doing.find("line 1") != std::string::npos);
    BOOST_TEST(wrong.error().doing.find("short-secret") == std::string::npos);
    BOOST_TEST(!parse_tokens("viewer admin 0123456789abcdefghij").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
