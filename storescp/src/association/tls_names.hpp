#pragma once
/// Is a certificate issued for a host (RFC 9525)? Shared by TlsContext and TlsEngine.

#include <openssl/x509v3.h>

#include <string>

namespace cxr::storescp {

/// @param name a host name or an IP address
[[nodiscard]] inline bool is_issued_for(X509* certificate,
                                        const std::string& name,
                                        unsigned name_flags) {
    return X509_check_ip_asc(certificate, name.c_str(), 0) == 1 ||
           X509_check_host(certificate, name.data(), name.size(), name_flags, nullptr) == 1;
}

}  // namespace cxr::storescp
