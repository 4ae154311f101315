#include "config/schema.hpp"

#include "dicom/core/ae_title.hpp"
#include "dicom/mapping/image_record.hpp"
#include "key_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <map>
#include <set>

namespace cxr::config {

namespace {

dicom::Fault malformed(std::string what) {
    return {.kind = dicom::FaultKind::malformed, .doing = std::move(what)};
}

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

/// Text from a command line, as the type that the key's default has.
std::optional<Value> value_like(const Value& example, std::string_view text) {
    if (std::holds_alternative<bool>(example)) {
        return text == "true"    ? std::optional<Value>(true)
               : text == "false" ? std::optional<Value>(false)
                                 : std::nullopt;
    }
    if (std::holds_alternative<std::int64_t>(example)) {
        const auto number = number_of<std::int64_t>(text);
        return number ? std::optional<Value>(*number) : std::nullopt;
    }
    if (std::holds_alternative<std::string>(example)) {
        return Value(std::string(text));
    }
    return std::nullopt;
}

template <typename Section>
void show_keys(const Section& section, std::string& shown) {
    for (const Key<Section>& key : keys_of<Section>()) {
        const Value value = key.get(section);
        const auto* text = std::get_if<std::string>(&value);
        const bool set = text == nullptr || !text->empty();  // an empty path: nobody set it
        if (set && key.secret) {
            shown += fmt::format("# {} is set; a secret is not shown\n", key.name);
        } else if (set) {
            shown += fmt::format("{} = {}\n", key.name, toml_literal(value));
        }
    }
}

template <typename Section>
void list_keys(const char* name, const Section& defaults, std::vector<KeyInfo>& keys) {
    for (const Key<Section>& key : keys_of<Section>()) {
        keys.push_back({.section = name,
                        .name = std::string(key.name),
                        .allowed = key.allowed,
                        .default_literal = toml_literal(key.get(defaults))});
    }
}

/// A report needs to say who made it: of a person the name, of a device what TID 4019 and
/// Contributing Equipment hold.
void look_at_annotations(const std::vector<AnnotationsSection>& sources,
                         std::vector<std::string>& found) {
    if (sources.size() > dicom::sources_max) {
        found.push_back(
            fmt::format("annotations: {} sources, {} at most", sources.size(), dicom::sources_max));
    }
    std::set<std::string> names;
    for (const AnnotationsSection& source : sources) {
        const auto needs = [&](const std::string& value, std::string_view key) {
            if (value.empty()) {
                found.push_back(fmt::format("annotations: \"{}\" needs {}", source.name, key));
            }
        };
        if (!names.insert(source.name).second) {
            found.push_back(fmt::format("annotations: two sources are called {}", source.name));
        }
        if (source.observer == ObserverKind::person) {
            needs(source.observer_name, "observer_name: a report names its reader");
        } else {
            needs(source.manufacturer, "manufacturer: a report names the device's");
            needs(source.model, "model: a report names the algorithm");
            needs(source.version, "version: a report names the algorithm's");
        }
        if (!source.certainty.empty() && source.format != AnnotationFormat::csv) {
            found.push_back(fmt::format(
                "annotations: \"{}\" has a certainty column, which only CSV has", source.name));
        }
    }
}

/// A destination is somebody we know, and has one schedule.
void look_at_routes(const Config& config, std::vector<std::string>& found) {
    std::set<std::string> names;
    std::map<std::string, const RouteSection*> destinations;
    for (const RouteSection& route : config.routes) {
        if (!names.insert(route.name).second) {
            found.push_back(fmt::format("route: two routes are called {}", route.name));
        }
        if (std::ranges::find(config.peers, route.to, &PeerSection::aet) == config.peers.end()) {
            found.push_back(fmt::format(
                "route {}: there is no [[peer]] with the AE title {}", route.name, route.to));
        }
        const RouteSection& first = *destinations.try_emplace(route.to, &route).first->second;
        if (first.retry_interval != route.retry_interval ||
            first.retry_interval_max != route.retry_interval_max ||
            first.retry_limit != route.retry_limit) {
            found.push_back(
                fmt::format("route {}: tries {} again otherwise than route {}; a destination has "
                            "one schedule",
                            route.name,
                            route.to,
                            first.name));
        }
    }
}

}  // namespace

dicom::Result<void> set_key(Config& config, std::string_view name, std::string_view text) {
    dicom::Result<void> outcome = malformed(fmt::format("there is no key {}", name));
    for_each_section(config, [&]<typename Section>(const char* section_name, Section& section) {
        for (const Key<Section>& key : keys_of<Section>()) {
            if (name != fmt::format("{}.{}", section_name, key.name)) {
                continue;
            }
            const auto value = value_like(key.get(section), text);
            outcome = value && key.set(section, *value)
                          ? dicom::Result<void>()
                          : malformed(fmt::format(
                                "{}: \"{}\" is not allowed; allowed: {}", name, text, key.allowed));
        }
    });
    return outcome;
}

namespace {

/// Of the ways to give a secret, at most one.
void check_secret(std::initializer_list<std::string_view> given,
                  const std::string& whose,
                  std::vector<std::string>& found) {
    if (std::ranges::count_if(given, [](auto text) { return !text.empty(); }) > 1) {
        found.push_back(whose + " is given in more than one way");
    }
}

void check_tls(const Config& config, std::vector<std::string>& found) {
    const TlsSection& tls = config.tls;
    if (tls.enabled && tls.certificate.empty()) {
        found.emplace_back("tls.enabled needs tls.certificate and tls.key");
    }
    if (tls.certificate.empty() != tls.key.empty()) {
        found.emplace_back("tls.certificate and tls.key belong together: one of them is missing");
    }
    if (tls.enabled && tls.ca.empty() && tls.client_certificate != ClientCertificate::none) {
        found.emplace_back(
            "tls.ca is missing: without it no client's certificate can be checked; give it, or "
            "tls.client_certificate = \"none\"");
    }
    check_secret({tls.key_passphrase_file, tls.key_passphrase_env}, "tls: the passphrase", found);
    for (const PeerSection& peer : config.peers) {
        if (peer.tls && tls.ca.empty()) {
            found.push_back(fmt::format(
                "peer {}: tls needs tls.ca (--ca), by which its certificate is checked", peer.aet));
        }
    }
}

void check_web(const Config& config, std::vector<std::string>& found) {
    if (config.web.tls && config.tls.certificate.empty()) {
        found.emplace_back("web.tls needs tls.certificate and tls.key");
    }
    if (config.web.client_certificate && (!config.web.tls || config.tls.ca.empty())) {
        found.emplace_back("web.client_certificate needs web.tls and tls.ca");
    }
}

void check_web_access(const Config& config, std::vector<std::string>& found) {
    const WebSection& web = config.web;
    const bool required = web.authentication == WebAuthentication::required;
    if (required && config.users.empty() && web.tokens_file.empty() && web.jwt_key_file.empty()) {
        found.emplace_back(
            "web.authentication is \"required\", but there is no [[user]], web.tokens_file or "
            "web.jwt_key_file: nobody could enter");
    }
    for (const std::string& writer : web.writers) {
        if (std::ranges::find(config.users, writer, &UserSection::name) == config.users.end()) {
            found.push_back(fmt::format("web.writers: there is no [[user]] {}", writer));
        }
    }
}

void check_users(const Config& config, std::vector<std::string>& found) {
    std::set<std::string> seen;
    for (const UserSection& user : config.users) {
        if (!seen.insert(user.name).second) {
            found.push_back(fmt::format("user: two users have the name {}", user.name));
        }
        check_secret({user.passcode_hash, user.passcode_file, user.passcode_env},
                     fmt::format("user {}: the passcode", user.name),
                     found);
    }
    if (config.access.user_identity == UserIdentity::required && config.users.empty()) {
        found.emplace_back(
            "access.user_identity is \"required\", but there is no [[user]]: nobody could call");
    }
    for (const PeerSection& peer : config.peers) {
        check_secret({peer.user_passcode_file, peer.user_passcode_env},
                     fmt::format("peer {}: the passcode", peer.aet),
                     found);
        if (peer.user.empty() && !(peer.user_passcode_file + peer.user_passcode_env).empty()) {
            found.push_back(fmt::format("peer {}: a passcode without a user", peer.aet));
        }
    }
}

}  // namespace

std::vector<std::string> contradictions(const Config& config) {
    std::vector<std::string> found;
    check_tls(config, found);
    check_web(config, found);
    check_web_access(config, found);
    check_users(config, found);
    look_at_annotations(config.annotations, found);
    if (config.access.mode == AccessMode::known && config.peers.empty()) {
        found.emplace_back("access.mode is \"known\", but there is no [[peer]]: nobody could call");
    }
    if (config.reports.options.profile == dicom::ReportProfile::air &&
        config.reports.options.sop_class != dicom::ReportClass::comprehensive_3d) {
        found.emplace_back(
            "reports.profile is \"air\", which asks for reports.sop_class = \"comprehensive3d\"");
    }
    std::set<std::string> seen;
    for (const PeerSection& peer : config.peers) {
        if (!seen.insert(peer.aet).second) {
            found.push_back(fmt::format("peer: two peers have the AE title {}", peer.aet));
        }
    }
    look_at_routes(config, found);
    return found;
}

std::string show(const Config& config) {
    std::string shown;
    for_each_section(config, [&](const char* name, const auto& section) {
        shown += fmt::format("{}[{}]\n", shown.empty() ? "" : "\n", name);
        show_keys(section, shown);
    });
    for (const PeerSection& peer : config.peers) {
        shown += "\n[[peer]]\n";
        show_keys(peer, shown);
    }
    for (const UserSection& user : config.users) {
        shown += "\n[[user]]\n";
        show_keys(user, shown);
    }
    for (const AnnotationsSection& source : config.annotations) {
        shown += "\n[[annotations]]\n";
        show_keys(source, shown);
    }
    for (const RouteSection& route : config.routes) {
        shown += "\n[[route]]\n";
        show_keys(route, shown);
    }
    return shown;
}

dicom::Result<PeerSection> parse_peer(std::string_view text) {
    const auto refused = [text](std::string_view why) {
        return malformed(fmt::format("\"{}\" is not AE@host:port: {}", text, why));
    };
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos) {
        return refused("there is no @");
    }
    const auto ae_title = dicom::AETitle::parse(text.substr(0, at));
    if (!ae_title) {
        return refused(ae_title.error().doing);
    }
    const std::string_view address = text.substr(at + 1);
    const std::size_t colon = address.rfind(':');
    if (colon == std::string_view::npos) {
        return refused("there is no port");
    }
    std::string_view host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return refused("an IPv6 address needs brackets: AE@[::1]:104");
    }
    const auto port = number_of<std::uint16_t>(address.substr(colon + 1));
    if (!port || *port == 0) {
        return refused("the port is a number from 1 to 65535");
    }
    PeerSection peer;
    peer.aet = ae_title->text();
    peer.port = *port;
    const Value host_value = std::string(host);
    for (const Key<PeerSection>& key : keys_of<PeerSection>()) {
        if (key.name == "host" && !key.set(peer, host_value)) {
            return refused("the host is missing or has spaces in it");
        }
    }
    return peer;
}

std::vector<KeyInfo> known_keys() {
    std::vector<KeyInfo> keys;
    const Config defaults;
    for_each_section(
        defaults, [&](const char* name, const auto& section) { list_keys(name, section, keys); });
    list_keys("peer", PeerSection{}, keys);
    list_keys("user", UserSection{}, keys);
    list_keys("annotations", AnnotationsSection{}, keys);
    list_keys("route", RouteSection{}, keys);
    return keys;
}

}  // namespace cxr::config
