#pragma once
/// Certificates for tests, made on the spot: authorities and what they issue, good or not.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace cxr::test {

/// PEM texts.
struct Identity {
    std::string certificate;
    std::string key;
};

struct Certified {
    std::string name;                         ///< Common Name
    std::vector<std::string> alternatives{};  ///< "DNS:localhost", "IP:127.0.0.1"
    std::chrono::hours begins{-24};           ///< from now
    std::chrono::hours ends{24};
};

class Authority {
public:
    explicit Authority(const std::string& name);
    ~Authority();
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    [[nodiscard]] const std::string& certificate() const { return certificate_; }
    /// With an elliptic curve key of its own.
    [[nodiscard]] Identity issue(const Certified& subject) const;

private:
    struct Signer;
    std::unique_ptr<Signer> signer_;
    std::string certificate_;
};

/// The key, encrypted.
[[nodiscard]] std::string with_passphrase(const std::string& key, const std::string& passphrase);

}  // namespace cxr::test
