#pragma once
/// How a command that calls another node does so by TLS: alike in all of them.

#include "config/schema.hpp"

#include <string>

namespace CLI {
class App;
}

namespace cxr::bridge::cli {

struct TlsFlags {
    bool wanted = false;
    std::string ca, certificate, key, key_passphrase_file, certificate_name;
};

/// --tls, --ca, --certificate, --key, --key-passphrase-file, --certificate-name
void add_tls(CLI::App& command, TlsFlags& flags);
/// What they say goes before what the configuration says, of [tls] and of the only peer.
void take(const TlsFlags& flags, config::Config& config);

}  // namespace cxr::bridge::cli
