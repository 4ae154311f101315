#include "bridge/daemon/credentials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;
using storescp::TlsContext;
using storescp::TlsSettings;

namespace {

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    if (!file || text.str().empty()) {
        return Fault{.kind = FaultKind::not_found,
                     .doing = fmt::format("cannot read {}, or it is empty", path)};
    }
    return std::move(text).str();
}

Result<TlsSettings::Pem> read_pem(const char* key, const std::string& path) {
    TlsSettings::Pem pem{.name = fmt::format("tls.{} {}", key, path), .text = {}};
    if (path.empty()) {
        return pem;
    }
    auto text = read_file(path);
    if (!text) {
        return Fault{.kind = text.error().kind,
                     .doing = fmt::format("tls.{}: {}", key, text.error().doing)};
    }
    pem.text = *std::move(text);
    return pem;
}

storescp::TlsProfile profile_of(config::TlsProfile profile) {
    switch (profile) {
        case config::TlsProfile::bcp195:
            return storescp::TlsProfile::bcp195;
        case config::TlsProfile::bcp195_non_downgrading:
            return storescp::TlsProfile::bcp195_non_downgrading;
        case config::TlsProfile::legacy:
            return storescp::TlsProfile::legacy;
    }
    return storescp::TlsProfile::bcp195;
}

storescp::ClientCertificate client_certificate_of(config::ClientCertificate demand) {
    switch (demand) {
        case config::ClientCertificate::required:
            return storescp::ClientCertificate::required;
        case config::ClientCertificate::optional:
            return storescp::ClientCertificate::optional;
        case config::ClientCertificate::none:
            return storescp::ClientCertificate::none;
    }
    return storescp::ClientCertificate::required;
}

}  // namespace

Result<std::string> read_secret(const std::string& file, const std::string& variable) {
    std::string secret;
    if (!file.empty()) {
        auto text = read_file(file);
        if (!text) {
            return text.error();
        }
        secret = text->substr(0, text->find_first_of("\r\n"));
    } else if (!variable.empty()) {
        const char* const value = std::getenv(variable.c_str());
        secret = value == nullptr ? "" : value;
    }
    if (secret.empty() && !(file.empty() && variable.empty())) {
        return Fault{.kind = FaultKind::not_found,
                     .doing = file.empty()
                                  ? fmt::format("the environment variable {} is not set", variable)
                                  : fmt::format("the first line of {} is empty", file)};
    }
    return secret;
}

Result<TlsSettings> tls_settings(const config::Config& config) {
    const config::TlsSection& tls = config.tls;
    TlsSettings settings;
    settings.profile = profile_of(tls.profile);
    settings.client_certificate = client_certificate_of(tls.client_certificate);
    for (const auto& [key, path, pem] :
         {std::tuple{"certificate", &tls.certificate, &settings.certificate},
          std::tuple{"key", &tls.key, &settings.key},
          std::tuple{"ca", &tls.ca, &settings.authorities}}) {
        auto read = read_pem(key, *path);
        if (!read) {
            return read.error();
        }
        *pem = *std::move(read);
    }
    auto passphrase = read_secret(tls.key_passphrase_file, tls.key_passphrase_env);
    if (!passphrase) {
        return Fault{.kind = passphrase.error().kind,
                     .doing = "tls: the passphrase of the key: " + passphrase.error().doing};
    }
    settings.key_passphrase = *std::move(passphrase);
    if (tls.check_client_name) {
        for (const config::PeerSection& peer : config.peers) {
            settings.client_names.push_back(peer.certificate_name.empty() ? peer.host
                                                                          : peer.certificate_name);
        }
    }
    return settings;
}

Result<std::shared_ptr<const TlsContext>> tls_context(const config::Config& config) {
    const config::TlsSection& tls = config.tls;
    const bool wanted = tls.enabled || std::ranges::any_of(config.peers, &config::PeerSection::tls);
    if (!wanted) {
        return std::shared_ptr<const TlsContext>();
    }
    if (tls.enabled && tls.certificate.empty()) {
        return Fault{.kind = FaultKind::not_found,
                     .doing = "tls.certificate is missing, and the node listens by TLS"};
    }
    const auto settings = tls_settings(config);
    if (!settings) {
        return settings.error();
    }
    return TlsContext::make(*settings);
}

Result<std::map<std::string, storescp::User, std::less<>>> users(const config::Config& config) {
    std::map<std::string, storescp::User, std::less<>> known;
    for (const config::UserSection& section : config.users) {
        auto passcode = read_secret(section.passcode_file, section.passcode_env);
        if (!passcode) {
            return Fault{.kind = passcode.error().kind,
                         .doing = fmt::format("user {}: {}", section.name, passcode.error().doing)};
        }
        known[section.name] = {.passcode = *std::move(passcode),
                               .passcode_hash = section.passcode_hash};
    }
    return known;
}

}  // namespace cxr::bridge
