// What the configuration says, as the web side is told.

#include "web_settings.hpp"

#include "bridge/daemon/credentials.hpp"
#include "bridge/web/web.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace cxr::bridge::web {

namespace {

Result<std::string> text_of(const char* key, const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    if (!file || text.str().empty()) {
        return Fault{.kind = FaultKind::not_found,
                     .doing = fmt::format("web.{}: cannot read {}, or it is empty", key, path)};
    }
    return std::move(text).str();
}

Fault with_place(const char* key, const std::string& path, const Fault& fault) {
    return {.kind = fault.kind, .doing = fmt::format("web.{} {}: {}", key, path, fault.doing)};
}

bool is_loopback(const std::string& address) {
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(address, error);
    return !error && parsed.is_loopback();
}

/// Empty: it has none.
std::string own_host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

Result<std::shared_ptr<const storescp::TlsContext>> web_tls(const config::Config& config) {
    if (!config.web.enabled || !config.web.tls) {
        return std::shared_ptr<const storescp::TlsContext>();
    }
    auto settings = tls_settings(config);
    if (!settings) {
        return settings.error();
    }
    // Browsers have no certificate, and peers' names are those of AE titles.
    settings->client_names.clear();
    settings->client_certificate = config.web.client_certificate
                                       ? storescp::ClientCertificate::required
                                       : storescp::ClientCertificate::none;
    return storescp::TlsContext::make(*settings);
}

ServerSettings server_settings(const config::Config& config,
                               std::shared_ptr<const storescp::TlsContext> tls) {
    const config::WebSection& web = config.web;
    return {.listen = web.listen,
            .port = web.port,
            .connections_max = web.max_connections,
            .request_line_bytes_max = web.max_request_line,
            .head_bytes_max = web.max_header,
            .body_bytes_max = web.max_body,
            .head_time = web.header_timeout,
            .idle_time = web.idle_timeout,
            .body_time = web.body_timeout,
            .body_bytes_per_second = web.min_body_rate,
            .write_time = web.write_timeout,
            .write_bytes_per_second = web.min_write_rate,
            .allowed_origins = web.allowed_origins,
            .tls = std::move(tls)};
}

Result<AccessRules> access_rules(const config::Config& config) {
    const config::WebSection& web = config.web;
    AccessRules rules;
    rules.authenticate = web.authentication == config::WebAuthentication::required;
    rules.allowed_origins = web.allowed_origins;
    rules.loopback_only = is_loopback(web.listen);
    rules.names_checked = !rules.authenticate && !web.tls;
    rules.host_names = web.host_names;
    if (auto own = own_host_name(); !own.empty()) {
        rules.host_names.push_back(std::move(own));
    }
    rules.writers = {web.writers.begin(), web.writers.end()};
    auto known = users(config);
    if (!known) {
        return known.error();
    }
    rules.users = *std::move(known);
    if (!web.tokens_file.empty()) {
        const auto text = text_of("tokens_file", web.tokens_file);
        if (!text) {
            return text.error();
        }
        auto tokens = parse_tokens(*text);
        if (!tokens) {
            return with_place("tokens_file", web.tokens_file, tokens.error());
        }
        rules.tokens = *std::move(tokens);
    }
    if (!web.jwt_key_file.empty()) {
        auto key = text_of("jwt_key_file", web.jwt_key_file);
        if (!key) {
            return key.error();
        }
        while (key->ends_with('\n') || key->ends_with('\r')) {
            key->pop_back();
        }
        auto verifier = TokenVerifier::make(
            {.key = *std::move(key), .issuer = web.jwt_issuer, .audience = web.jwt_audience});
        if (!verifier) {
            return with_place("jwt_key_file", web.jwt_key_file, verifier.error());
        }
        rules.json_web_tokens = *std::move(verifier);
    }
    return rules;
}

}  // namespace cxr::bridge::web
