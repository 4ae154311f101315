#include "tls_options.hpp"

#include <CLI/CLI.hpp>

namespace cxr::bridge::cli {

void add_tls(CLI::App& command, TlsFlags& flags) {
    CLI::Option* const tls = command.add_flag("--tls", flags.wanted, "Call the peer by TLS");
    const auto add = [&](const char* name, std::string& value, const char* says) {
        return command.add_option(name, value, says)->type_name("FILE")->needs(tls);
    };
    add("--ca", flags.ca, "PEM file of the authorities whose certificates are trusted");
    CLI::Option* const certificate =
        add("--certificate", flags.certificate, "Our certificate (PEM), where the peer wants one");
    CLI::Option* const key = add("--key", flags.key, "Its private key (PEM)");
    certificate->needs(key);
    key->needs(certificate);
    add("--key-passphrase-file", flags.key_passphrase_file, "The key's passphrase: a first line")
        ->needs(key);
    add("--certificate-name",
        flags.certificate_name,
        "What the peer's certificate must be for (default: HOST)")
        ->type_name("NAME");
}

void take(const TlsFlags& flags, config::Config& config) {
    if (!flags.wanted) {
        return;
    }
    config::PeerSection& peer = config.peers.at(0);
    peer.tls = true;
    const auto prefer = [](const std::string& flag, std::string& value) {
        if (!flag.empty()) {
            value = flag;
        }
    };
    prefer(flags.ca, config.tls.ca);
    prefer(flags.certificate_name, peer.certificate_name);
    if (!flags.certificate.empty()) {
        config.tls.certificate = flags.certificate;
        config.tls.key = flags.key;
        config.tls.key_passphrase_file = flags.key_passphrase_file;
        config.tls.key_passphrase_env.clear();
    }
}

}  // namespace cxr::bridge::cli
