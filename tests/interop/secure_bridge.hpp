#pragma once
/// The built program with a TLS listener beside the plain one, and the certificates for it and its
/// peers as files.

#include "interop/running_bridge.hpp"
#include "support/folders.hpp"
#include "support/secure_node.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace cxr::test {

inline void write_text(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

/// "ca.pem", "other_ca.pem"; "node.pem" and "node.key", and so for modality, expired, forged,
/// elsewhere.
class PkiFiles {
public:
    PkiFiles() {
        write_text("ca.pem", pki.ours.certificate());
        write_text("other_ca.pem", pki.other.certificate());
        write("node", pki.node);
        write("modality", pki.modality);
        write("expired", pki.expired);
        write("forged", pki.forged);
        write("elsewhere", pki.elsewhere);
    }
    void write(const std::string& name, const Identity& identity) const {
        write_text(name + ".pem", identity.certificate);
        write_text(name + ".key", identity.key);
    }
    void write_text(const std::string& name, const std::string& text) const {
        cxr::test::write_text(path(name), text);
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return (folder_ / name).string();
    }
    /// The options by which a DCMTK tool shows the certificate `name` and trusts our authority.
    [[nodiscard]] std::vector<std::string> dcmtk_tls(const std::string& name) const {
        return {"+tls", path(name + ".key"), path(name + ".pem"), "+cf", path("ca.pem")};
    }
    [[nodiscard]] std::shared_ptr<const storescp::TlsContext> modality_context() const {
        return context_of(pki.modality);
    }

    const Pki& pki = cxr::test::pki();

private:
    TemporaryFolder folder_;
};

class SecureBridge {
public:
    /// @param tls further lines of [tls] @param sections what comes after it
    explicit SecureBridge(const std::string& tls = {}, const std::string& sections = {})
        : bridge_({}, sample(), configuration(tls, sections)) {
        const std::string& line = bridge_.ready_line();
        const std::string before = "by TLS at 127.0.0.1:";
        tls_port_ =
            static_cast<std::uint16_t>(std::stoul(line.substr(line.find(before) + before.size())));
    }
    RunningBridge& bridge() { return bridge_; }
    [[nodiscard]] const PkiFiles& files() const { return files_; }
    [[nodiscard]] std::uint16_t tls_port() const { return tls_port_; }
    /// What DCMTK's clients end with.
    [[nodiscard]] std::vector<std::string> tls_peer() const {
        return {"-aet", "TESTER", "-aec", "CXRBRIDGE", "127.0.0.1", std::to_string(tls_port_)};
    }
    [[nodiscard]] std::string a_study() {
        return values_of(find(bridge_, {"QueryRetrieveLevel=STUDY", "StudyInstanceUID"}).errors,
                         "0020,000d")
            .at(0);
    }

    [[nodiscard]] std::size_t open_handles() {
        const auto entries = std::filesystem::directory_iterator(
            fmt::format("/proc/{}/fd", bridge_.server().process()));
        return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
    }
    /// Within ARTIM and a little.
    [[nodiscard]] bool settles_at(std::size_t handles) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
        while (open_handles() > handles && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return open_handles() <= handles;
    }

private:
    [[nodiscard]] std::string configuration(const std::string& tls,
                                            const std::string& sections) const {
        return fmt::format(
            "[tls]\nenabled = true\nport = 0\ncertificate = '{}'\nkey = '{}'\n"
            "ca = '{}'\n{}\n\n{}",
            files_.path("node.pem"),
            files_.path("node.key"),
            files_.path("ca.pem"),
            tls,
            sections);
    }

    PkiFiles files_;
    RunningBridge bridge_;
    std::uint16_t tls_port_ = 0;
};

}  // namespace cxr::test
