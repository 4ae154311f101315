#include "support/test_pki.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

namespace cxr::test {
namespace {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;

void must(bool done) {
    if (!done) {
        throw std::runtime_error("OpenSSL made no certificate");
    }
}

std::string text_in(BIO* bio) {
    char* data = nullptr;
    const long count = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(count)};
}

std::string pem_of(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_X509(bio.get(), certificate) == 1);
    return text_in(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_in(bio.get());
}

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
    must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

Certificate unsigned_certificate(const Certified& subject, EVP_PKEY* key) {
    static std::atomic<long> serial{1};
    Certificate made(X509_new());
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial++);
    const auto seconds = [](std::chrono::hours from_now) {
        return static_cast<long>(std::chrono::seconds(from_now).count());
    };
    X509_gmtime_adj(X509_getm_notBefore(made.get()), seconds(subject.begins));
    X509_gmtime_adj(X509_getm_notAfter(made.get()), seconds(subject.ends));
    const auto* const name = reinterpret_cast<const unsigned char*>(subject.name.c_str());
    must(X509_NAME_add_entry_by_txt(
             X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8, name, -1, -1, 0) == 1 &&
         X509_set_pubkey(made.get(), key) == 1);
    return made;
}

}  // namespace

struct Authority::Signer {
    Key key{EVP_EC_gen("P-256")};
    Certificate certificate;
};

Authority::Authority(const std::string& name) : signer_(std::make_unique<Signer>()) {
    EVP_PKEY* const key = signer_->key.get();
    signer_->certificate = unsigned_certificate({.name = name}, key);
    X509* const made = signer_->certificate.get();
    must(X509_set_issuer_name(made, X509_get_subject_name(made)) == 1);
    extend(made, made, NID_basic_constraints, "critical,CA:TRUE");
    extend(made, made, NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(made, made, NID_subject_key_identifier, "hash");
    must(X509_sign(made, key, EVP_sha256()) > 0);
    certificate_ = pem_of(made);
}

Authority::~Authority() = default;

Identity Authority::issue(const Certified& subject) const {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate made = unsigned_certificate(subject, key.get());
    X509* const issuer = signer_->certificate.get();
    must(X509_set_issuer_name(made.get(), X509_get_subject_name(issuer)) == 1);
    std::string alternatives;
    for (const std::string& alternative : subject.alternatives) {
        alternatives += (alternatives.empty() ? "" : ",") + alternative;
    }
    if (!alternatives.empty()) {
        extend(made.get(), issuer, NID_subject_alt_name, alternatives);
    }
    must(X509_sign(made.get(), signer_->key.get(), EVP_sha256()) > 0);
    return {.certificate = pem_of(made.get()), .key = pem_of(key.get())};
}

std::string with_passphrase(const std::string& key, const std::string& passphrase) {
    const Bio from(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
    const Key plain(PEM_read_bio_PrivateKey(from.get(), nullptr, nullptr, nullptr));
    const Bio bio(BIO_new(BIO_s_mem()));
    std::string secret = passphrase;
    must(PEM_write_bio_PKCS8PrivateKey(bio.get(),
                                       plain.get(),
                                       EVP_aes_256_cbc(),
                                       secret.data(),
                                       static_cast<int>(secret.size()),
                                       nullptr,
                                       nullptr) == 1);
    return text_in(bio.get());
}

}  // namespace cxr::test
