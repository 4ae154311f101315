#include "storescp/association/tls.hpp"
#include "tls_names.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>

namespace cxr::storescp {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

namespace {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

/// The four suites that RFC 9325 §4.2 recommends, and what RFC 7525 §4.2 did beside them.
constexpr const char* suites_of_rfc_9325 =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";
constexpr const char* suites_of_rfc_7525 =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256";
/// Level 0, because TLS 1.0 and 1.1 sign with SHA-1.
constexpr const char* suites_of_legacy = "HIGH:!aNULL:!eNULL:@SECLEVEL=0";

Fault wrong(const TlsSettings::Pem& pem, const char* what) {
    const unsigned long code = ERR_peek_last_error();
    const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    return Fault{.kind = FaultKind::malformed,
                 .doing = pem.name + ": " + what +
                          (reason == nullptr ? "" : " (" + std::string(reason) + ")")};
}

Bio reader(const TlsSettings::Pem& pem) {
    return Bio(BIO_new_mem_buf(pem.text.data(), static_cast<int>(pem.text.size())));
}

/// Every certificate of a PEM text, in order.
std::vector<Certificate> certificates_of(const TlsSettings::Pem& pem) {
    std::vector<Certificate> certificates;
    const Bio bio = reader(pem);
    while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
        certificates.emplace_back(certificate);
    }
    ERR_clear_error();  // its end is told as an error
    return certificates;
}

/// Never asks at a terminal.
int give_passphrase(char* buffer, int size, int /*writing*/, void* passphrase) {
    const auto& text = *static_cast<const std::string*>(passphrase);
    if (text.empty() || text.size() > static_cast<std::size_t>(size)) {
        return -1;
    }
    std::copy(text.begin(), text.end(), buffer);
    return static_cast<int>(text.size());
}

std::chrono::system_clock::time_point end_of(const X509* certificate) {
    std::tm utc{};
    ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &utc);
    return std::chrono::system_clock::from_time_t(::timegm(&utc));
}

/// X4: the certificate of a client must be for somebody we know.
int check_client_name(int good, X509_STORE_CTX* store) {
    if (good != 1 || X509_STORE_CTX_get_error_depth(store) != 0) {
        return good;
    }
    const auto* ssl =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const auto& names =
        *static_cast<const std::vector<std::string>*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    X509* const certificate = X509_STORE_CTX_get_current_cert(store);
    const unsigned flags = X509_VERIFY_PARAM_get_hostflags(X509_STORE_CTX_get0_param(store));
    const bool known = std::ranges::any_of(
        names, [&](const std::string& name) { return is_issued_for(certificate, name, flags); });
    if (!known) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
    }
    return known ? 1 : 0;
}

}  // namespace

class TlsContextMaker {
public:
    explicit TlsContextMaker(const TlsSettings& settings) : settings_(settings) {}

    Result<std::shared_ptr<const TlsContext>> make() {
        context_->client_names_ = settings_.client_names;
        context_->name_flags_ = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
        if (settings_.profile != TlsProfile::legacy) {
            context_->name_flags_ |= X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
        }
        context_->acceptor_ = with_profile(TLS_server_method());
        context_->requestor_ = with_profile(TLS_client_method());
        for (SSL_CTX* each : {context_->acceptor_, context_->requestor_}) {
            if (auto loaded = load_identity(each); !loaded) {
                return loaded.error();
            }
            if (auto loaded = load_authorities(each); !loaded) {
                return loaded.error();
            }
        }
        demand_certificates();
        return std::shared_ptr<const TlsContext>(std::move(context_));
    }

private:
    [[nodiscard]] SSL_CTX* with_profile(const SSL_METHOD* method) const {
        SSL_CTX* const made = SSL_CTX_new(method);
        const bool legacy = settings_.profile == TlsProfile::legacy;
        const bool set =
            made != nullptr &&
            SSL_CTX_set_min_proto_version(made, legacy ? TLS1_VERSION : TLS1_2_VERSION) == 1 &&
            SSL_CTX_set_cipher_list(made,
                                    legacy ? suites_of_legacy
                                    : settings_.profile == TlsProfile::bcp195
                                        ? suites_of_rfc_9325
                                        : suites_of_rfc_7525) == 1;
        if (!set) {
            throw std::runtime_error("OpenSSL cannot do what the TLS profile asks for");
        }
        SSL_CTX_set_options(made,
                            SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                SSL_OP_CIPHER_SERVER_PREFERENCE);
        SSL_CTX_set_security_level(made, legacy ? 0 : 2);
        SSL_CTX_set_num_tickets(made, 0);
        SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_dh_auto(made, 1);
        SSL_CTX_set_mode(made, SSL_MODE_RELEASE_BUFFERS);
        return made;
    }

    /// Both sides show the same certificate.
    Result<void> load_identity(SSL_CTX* to) {
        if (settings_.certificate.text.empty()) {
            return {};  // a requestor need not have one
        }
        auto chain = certificates_of(settings_.certificate);
        if (chain.empty()) {
            return wrong(settings_.certificate, "there is no PEM certificate in it");
        }
        if (SSL_CTX_use_certificate(to, chain.front().get()) != 1) {
            return wrong(settings_.certificate, "the certificate cannot be used");
        }
        context_->expires_ = end_of(chain.front().get());
        for (auto next = chain.begin() + 1; next != chain.end(); ++next) {
            if (SSL_CTX_add1_chain_cert(to, next->get()) != 1) {
                return wrong(settings_.certificate, "an intermediate certificate cannot be used");
            }
        }
        std::string passphrase = settings_.key_passphrase;
        const Bio bio = reader(settings_.key);
        const PrivateKey key(
            PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &passphrase));
        OPENSSL_cleanse(passphrase.data(), passphrase.size());
        if (!key) {
            return wrong(settings_.key, "no private key can be read from it");
        }
        if (SSL_CTX_use_PrivateKey(to, key.get()) != 1 || SSL_CTX_check_private_key(to) != 1) {
            return wrong(settings_.key, "it is not the key of the certificate");
        }
        return {};
    }

    Result<void> load_authorities(SSL_CTX* to) {
        if (settings_.authorities.text.empty()) {
            return {};
        }
        const auto authorities = certificates_of(settings_.authorities);
        if (authorities.empty()) {
            return wrong(settings_.authorities, "there is no PEM certificate in it");
        }
        for (const Certificate& authority : authorities) {
            if (X509_STORE_add_cert(SSL_CTX_get_cert_store(to), authority.get()) != 1 ||
                SSL_CTX_add_client_CA(to, authority.get()) != 1) {
                return wrong(settings_.authorities, "a certificate cannot be used");
            }
        }
        return {};
    }

    void demand_certificates() {
        SSL_CTX* const acceptor = context_->acceptor_;
        X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(acceptor), context_->name_flags_);
        X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(context_->requestor_),
                                        context_->name_flags_);
        SSL_CTX_set_app_data(acceptor, &context_->client_names_);
        int mode = SSL_VERIFY_NONE;
        if (settings_.client_certificate != ClientCertificate::none) {
            mode = SSL_VERIFY_PEER;
        }
        if (settings_.client_certificate == ClientCertificate::required) {
            mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
        }
        SSL_CTX_set_verify(
            acceptor, mode, context_->client_names_.empty() ? nullptr : check_client_name);
        SSL_CTX_set_verify(context_->requestor_, SSL_VERIFY_PEER, nullptr);
    }

    const TlsSettings& settings_;
    std::unique_ptr<TlsContext> context_{new TlsContext};
};

Result<std::shared_ptr<const TlsContext>> TlsContext::make(const TlsSettings& settings) {
    return TlsContextMaker(settings).make();
}

TlsContext::~TlsContext() {
    SSL_CTX_free(acceptor_);
    SSL_CTX_free(requestor_);
}

}  // namespace cxr::storescp
