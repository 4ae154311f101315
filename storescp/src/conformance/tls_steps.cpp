#include "conformance/tls_steps.hpp"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <new>

namespace cxr::storescp::conformance {

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
using Memory = std::unique_ptr<BIO, Freed<BIO_free>>;

constexpr unsigned handshake_record = 0x16, alert_record = 0x15;
constexpr std::size_t record_header_bytes = 5, handshake_header_bytes = 4, random_bytes = 32;

Bytes two(std::size_t value) {
    return bytes(
        {static_cast<unsigned>(value >> 8U & 0xFFU), static_cast<unsigned>(value & 0xFFU)});
}

Bytes with_length(const Bytes& content) {
    return two(content.size()) + content;
}

/// P-256, P-384 and X25519, and signatures of every age: only version and suites are at issue.
Bytes extensions() {
    const Bytes groups = bytes({0, 0x1D, 0, 0x17, 0, 0x18});
    const Bytes signatures =
        bytes({4, 3, 5, 3, 6, 3, 8, 4, 8, 5, 8, 6, 4, 1, 5, 1, 6, 1, 2, 3, 2, 1});
    return bytes({0, 0x0A}) + with_length(with_length(groups)) +    // supported_groups
           bytes({0, 0x0B}) + with_length(bytes({1, 0})) +          // ec_point_formats
           bytes({0, 0x0D}) + with_length(with_length(signatures))  // signature_algorithms
           + bytes({0xFF, 0x01}) + with_length(bytes({0}));         // renegotiation_info
}

unsigned number(const Bytes& record, std::size_t at) {
    return std::to_integer<unsigned>(record[at]) << 8U | std::to_integer<unsigned>(record[at + 1]);
}

std::string in_words(const Bytes& record) {
    const unsigned type = std::to_integer<unsigned>(record.front());
    if (type == alert_record && record.size() > record_header_bytes + 1) {
        return fmt::format("alert {}", std::to_integer<unsigned>(record[record_header_bytes + 1]));
    }
    constexpr std::size_t version_at = record_header_bytes + handshake_header_bytes;
    constexpr std::size_t session_at = version_at + 2 + random_bytes;
    if (type == handshake_record && record.size() > session_at) {
        const std::size_t suite_at = session_at + 1 + std::to_integer<unsigned>(record[session_at]);
        if (record.size() > suite_at + 1) {
            return fmt::format(
                "ServerHello {:04X} {:04X}", number(record, version_at), number(record, suite_at));
        }
    }
    return fmt::format("{} bytes that begin with {:02X}H", record.size(), type);
}

std::string text_in(BIO* memory) {
    char* data = nullptr;
    const long count = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(count)};
}

/// Certificate and key of somebody who is his own authority, good from now for a day.
std::pair<std::string, std::string> self_signed() {
    constexpr long day_s = 86'400;
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    const Memory certificate_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_mem()));
    if (!key || !certificate || !certificate_text || !key_text) {
        throw std::bad_alloc();
    }
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -day_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), day_s);
    const auto name = bytes("CXRCONFORM stranger");
    X509_NAME* const subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject,
                               "CN",
                               MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.data()),
                               static_cast<int>(name.size()),
                               -1,
                               0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_set_pubkey(certificate.get(), key.get());
    if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
        throw std::runtime_error("OpenSSL signs no certificate");
    }
    PEM_write_bio_X509(certificate_text.get(), certificate.get());
    PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {text_in(certificate_text.get()), text_in(key_text.get())};
}

std::shared_ptr<const TlsContext> context_of(const TlsSettings& settings) {
    auto made = TlsContext::make(settings);
    if (!made) {
        throw std::logic_error(made.error().doing);  // the authorities were good before
    }
    return *std::move(made);
}

}  // namespace

Bytes client_hello(const Hello& hello) {
    Bytes suites;
    for (const unsigned suite : hello.cipher_suites) {
        suites = std::move(suites) + two(suite);
    }
    const Bytes body = two(hello.version) + Bytes(random_bytes, std::byte{0x42}) +
                       bytes({0}) +                           // no session
                       with_length(suites) + bytes({1, 0}) +  // no compression
                       with_length(extensions());
    return bytes({handshake_record, 3, 1}) +
           with_length(bytes({1, 0}) + with_length(body));  // 3 bytes of length: the first is 0
}

std::string answer_to_hello(Play& play, const Hello& hello) {
    Wire wire = play.connect_plain();
    wire.send(client_hello(hello));
    const auto deadline = std::chrono::steady_clock::now() + play.settings().answer_within;
    Bytes record;
    std::size_t wanted = record_header_bytes;
    while (record.size() < wanted) {
        const auto left =
            std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
        const Bytes more = wire.receive_some(left);
        if (more.empty()) {
            break;
        }
        record = std::move(record) + more;
        if (record.size() >= record_header_bytes) {
            wanted = record_header_bytes + number(record, 3);
        }
    }
    return record.empty() ? (wire.has_ended() ? "connection closed" : "nothing") : in_words(record);
}

std::shared_ptr<const TlsContext> nobody(const ExaminerTls& tls) {
    TlsSettings settings = tls.settings;
    settings.certificate = {};
    settings.key = {};
    return context_of(settings);
}

std::shared_ptr<const TlsContext> stranger(const ExaminerTls& tls) {
    TlsSettings settings = tls.settings;
    auto [certificate, key] = self_signed();
    settings.certificate = {.name = "a stranger's", .text = std::move(certificate)};
    settings.key = {.name = "a stranger's", .text = std::move(key)};
    settings.key_passphrase.clear();
    return context_of(settings);
}

std::string answer_to_certificate(Play& play, std::shared_ptr<const TlsContext> context) {
    try {
        Probe probe = play.connect_as(std::move(context));
        const Seen answer = probe.associate(play.request({sop::verification}));
        // TLS 1.3 tells a client after its handshake.
        return answer.closed && !probe.alert().empty() ? probe.alert() : answer.text;
    } catch (const HandshakeRefused& refused) {
        return refused.why;
    }
}

}  // namespace cxr::storescp::conformance
