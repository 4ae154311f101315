#pragma once
/// What a configuration only names and does not hold: certificates, keys, passcodes, read from
/// their files and environment variables. Faults name the key or file and never what is in it.

#include "config/schema.hpp"
#include "storescp/association/settings.hpp"

#include <map>
#include <memory>
#include <string>

namespace cxr::bridge {

/// The first line of a file, or an environment variable; empty when both names are. Faults:
/// not_found (unreadable, unset or empty).
[[nodiscard]] dicom::Result<std::string> read_secret(const std::string& file,
                                                     const std::string& variable);

/// Faults: not_found.
[[nodiscard]] dicom::Result<storescp::TlsSettings> tls_settings(const config::Config& config);

/// Null: neither the listener nor a peer wants TLS. Faults: not_found, malformed.
[[nodiscard]] dicom::Result<std::shared_ptr<const storescp::TlsContext>> tls_context(
    const config::Config& config);

/// Faults: not_found.
[[nodiscard]] dicom::Result<std::map<std::string, storescp::User, std::less<>>> users(
    const config::Config& config);

}  // namespace cxr::bridge
