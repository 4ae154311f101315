#include "storescp/association/tls_engine.hpp"

#include "tls_names.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace cxr::storescp {

namespace {

/// What a TLS record holds at most.
constexpr std::size_t record_bytes_max = 16'384;

}  // namespace

/// What OpenSSL reads from and writes to.
struct TlsEngineBio {
    static int write(BIO* bio, const char* data, std::size_t count, std::size_t* written) {
        auto& outgoing = engine(bio).outgoing_;
        const auto* const bytes = reinterpret_cast<const std::byte*>(data);
        outgoing.insert(outgoing.end(), bytes, bytes + count);
        *written = count;
        return 1;
    }
    static int read(BIO* bio, char* data, std::size_t wanted, std::size_t* count) {
        TlsEngine& from = engine(bio);
        BIO_clear_retry_flags(bio);
        *count = std::min(wanted, from.incoming_.size() - from.incoming_used_);
        if (*count == 0) {
            from.incoming_ = {};
            from.incoming_used_ = 0;
            BIO_set_retry_read(bio);
            return 0;
        }
        std::memcpy(data, from.incoming_.data() + from.incoming_used_, *count);
        from.incoming_used_ += *count;
        return 1;
    }
    static long control(BIO*, int command, long, void*) {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }
    static int create(BIO* bio) {
        BIO_set_init(bio, 1);
        return 1;
    }
    static TlsEngine& engine(BIO* bio) { return *static_cast<TlsEngine*>(BIO_get_data(bio)); }

    static const BIO_METHOD* method() {
        static const BIO_METHOD* const made = [] {
            BIO_METHOD* const method =
                BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "association");
            BIO_meth_set_write_ex(method, write);
            BIO_meth_set_read_ex(method, read);
            BIO_meth_set_ctrl(method, control);
            BIO_meth_set_create(method, create);
            return method;
        }();
        return made;
    }
};

TlsEngine::TlsEngine(std::shared_ptr<const TlsContext> context)
    : context_(std::move(context)), ssl_(SSL_new(context_->acceptor())) {
    begin();
    SSL_set_accept_state(ssl_);
}

TlsEngine::TlsEngine(std::shared_ptr<const TlsContext> context, const std::string& name)
    : context_(std::move(context)), ssl_(SSL_new(context_->requestor())) {
    begin();
    SSL_set_connect_state(ssl_);
    X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl_);
    if (X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str()) != 1) {
        X509_VERIFY_PARAM_set1_host(expected, name.data(), name.size());
        std::string indicated = name;  // copied by OpenSSL, though it asks for it unprotected
        SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, indicated.data());
    }
    ERR_clear_error();
}

void TlsEngine::begin() {
    BIO* const bio = BIO_new(TlsEngineBio::method());
    if (ssl_ == nullptr || bio == nullptr) {
        throw std::bad_alloc();
    }
    BIO_set_data(bio, this);
    SSL_set_bio(ssl_, bio, bio);
}

TlsEngine::~TlsEngine() {
    SSL_free(ssl_);
}

void TlsEngine::receive(std::span<const std::byte> ciphertext) {
    incoming_.erase(incoming_.begin(),
                    incoming_.begin() + static_cast<std::ptrdiff_t>(incoming_used_));
    incoming_used_ = 0;
    incoming_.insert(incoming_.end(), ciphertext.begin(), ciphertext.end());
}

TlsEngine::Progress TlsEngine::handshake() {
    ERR_clear_error();  // of this thread, from somebody else's connection
    return progress_of(SSL_do_handshake(ssl_));
}

TlsEngine::Read TlsEngine::read(std::span<std::byte> plain) {
    ERR_clear_error();
    std::size_t count = 0;
    const int returned = SSL_read_ex(ssl_, plain.data(), plain.size(), &count);
    return {progress_of(returned), count};
}

TlsEngine::Progress TlsEngine::progress_of(int returned) {
    if (returned == 1) {
        return Progress::done;
    }
    const int error = SSL_get_error(ssl_, returned);
    if (error == SSL_ERROR_WANT_READ) {
        return Progress::needs_bytes;
    }
    if (error == SSL_ERROR_ZERO_RETURN) {
        return Progress::closed;
    }
    const unsigned long code = ERR_peek_error();
    const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    why_ = reason == nullptr ? "no reason given" : reason;
    if (const long verified = SSL_get_verify_result(ssl_); verified != X509_V_OK) {
        why_ += ": ";
        why_ += X509_verify_cert_error_string(verified);
    }
    ERR_clear_error();
    return Progress::failed;
}

bool TlsEngine::encrypt(std::span<const std::byte> plain) {
    ERR_clear_error();
    std::size_t written = 0;
    const int returned = SSL_write_ex(ssl_, plain.data(), plain.size(), &written);
    if (returned != 1 && progress_of(returned) != Progress::failed) {
        why_ = "data before the handshake was done";
    }
    return returned == 1;
}

std::size_t TlsEngine::write(std::span<const boost::asio::const_buffer> pieces,
                             std::size_t bytes_max) {
    std::array<std::byte, record_bytes_max> record;
    std::size_t gathered = 0;
    std::size_t taken = 0;
    for (boost::asio::const_buffer piece : pieces) {
        while (piece.size() > 0 && taken < bytes_max) {
            const auto* const bytes = static_cast<const std::byte*>(piece.data());
            std::size_t count = 0;
            if (gathered == 0 && piece.size() >= record.size()) {
                count = std::min(piece.size(), bytes_max) / record.size() * record.size();
                count = std::max(count, record.size());
                if (!encrypt({bytes, count})) {
                    return 0;
                }
            } else {
                count = std::min(piece.size(), record.size() - gathered);
                std::memcpy(record.data() + gathered, bytes, count);
                gathered += count;
                if (gathered == record.size()) {
                    gathered = 0;
                    if (!encrypt(record)) {
                        return 0;
                    }
                }
            }
            taken += count;
            piece += count;
        }
    }
    return gathered > 0 && !encrypt(std::span(record).first(gathered)) ? 0 : taken;
}

void TlsEngine::close() {
    if (SSL_is_init_finished(ssl_) == 1 && why_.empty()) {
        ERR_clear_error();
        SSL_shutdown(ssl_);
        ERR_clear_error();
    }
}

std::string TlsEngine::cipher() const {
    return std::string(SSL_get_version(ssl_)) + ' ' + SSL_get_cipher_name(ssl_);
}

std::string TlsEngine::peer_subject() const {
    X509* const certificate = SSL_get0_peer_certificate(ssl_);
    if (certificate == nullptr) {
        return {};
    }
    std::array<char, 256> line{};
    X509_NAME_oneline(X509_get_subject_name(certificate), line.data(), line.size());
    return line.data();
}

bool TlsEngine::peer_is(const std::string& name) const {
    X509* const certificate = SSL_get0_peer_certificate(ssl_);
    return certificate != nullptr && is_issued_for(certificate, name, context_->name_flags());
}

}  // namespace cxr::storescp
