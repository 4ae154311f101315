#include "request_reader.hpp"

#include "dicom/core/ascii.hpp"

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

namespace cxr::bridge::web {

namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

using Parser = http::request_parser<http::buffer_body>;

Refused refusal_of(const error_code& error) {
    if (error == http::error::header_limit) {
        return {431, "the head is longer than may be"};
    }
    if (error == http::error::body_limit) {
        return {413, "the content is longer than may be"};
    }
    if (error == http::error::bad_version) {
        return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
    }
    return {400, "not HTTP: " + error.message()};
}

}  // namespace

class RequestReader::Impl {
public:
    Impl(std::size_t request_line_bytes_max,
         std::size_t head_bytes_max,
         std::uint64_t body_bytes_max)
        : request_line_bytes_max_(request_line_bytes_max),
          head_bytes_max_(head_bytes_max),
          body_bytes_max_(body_bytes_max) {}

    std::span<std::byte> space() {
        // Room for a head of the greatest length and for a piece of what follows it.
        if (begin_ == end_) {
            begin_ = end_ = 0;
        } else if (begin_ > 0 && end_ == buffer_.size()) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (end_ == buffer_.size()) {
            buffer_.resize(
                std::min(std::max<std::size_t>(4'096, buffer_.size() * 2), buffer_bytes_max()));
        }
        return std::span(buffer_).subspan(end_);
    }
    void received(std::size_t count) { end_ += count; }
    [[nodiscard]] bool has_bytes() const { return begin_ != end_; }

    Progress read_head() {
        if (!parser_) {
            // Blank lines before a request are ignored (RFC 9112 2.2).
            while (begin_ != end_ &&
                   (buffer_[begin_] == std::byte{'\r'} || buffer_[begin_] == std::byte{'\n'})) {
                ++begin_;
            }
            if (!has_bytes()) {
                return Progress::needs_bytes;
            }
            parser_ = std::make_unique<Parser>();
            parser_->header_limit(static_cast<std::uint32_t>(head_bytes_max_));
            parser_->body_limit(body_bytes_max_);
            head_ = {};
        }
        if (line_is_too_long()) {
            return fail({414, "the request line is longer than may be"});
        }
        error_code error;
        begin_ += parser_->put(unread(), error);
        if (error == http::error::need_more) {
            return end_ - begin_ < head_bytes_max_ ? Progress::needs_bytes
                                                   : fail({431, "the head is longer than may be"});
        }
        if (error) {
            return fail(refusal_of(error));
        }
        return parser_->is_header_done() ? take_head() : Progress::needs_bytes;
    }

    Progress read_body(std::span<std::byte> out, std::size_t& count) {
        count = 0;
        while (!body_is_complete()) {
            auto& body = parser_->get().body();
            body.data = out.data();
            body.size = out.size();
            body.more = true;
            error_code error;
            const std::size_t used = parser_->put(unread(), error);
            begin_ += used;
            count = out.size() - body.size;
            if (error == http::error::need_buffer || error == http::error::need_more) {
                error = {};
            }
            if (error) {
                return fail(refusal_of(error));
            }
            if (count > 0) {
                return Progress::done;
            }
            if (used == 0 && !body_is_complete()) {
                const bool full = begin_ == 0 && end_ == buffer_bytes_max();
                return full ? fail({400, "a chunk's line is longer than may be"})
                            : Progress::needs_bytes;
            }
        }
        return Progress::done;
    }

    [[nodiscard]] bool body_is_complete() const { return !parser_ || parser_->is_done(); }

    /// The next read_head() begins with the next request.
    void forget() { parser_.reset(); }

    [[nodiscard]] const RequestHead& head() const { return head_; }
    [[nodiscard]] const Refused& refused() const { return refused_; }

private:
    [[nodiscard]] std::size_t buffer_bytes_max() const { return head_bytes_max_ + 16'384; }
    [[nodiscard]] boost::asio::const_buffer unread() const {
        return {buffer_.data() + begin_, end_ - begin_};
    }

    Progress fail(Refused refused) {
        refused_ = std::move(refused);
        return Progress::failed;
    }

    [[nodiscard]] bool line_is_too_long() const {
        const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_);
        const std::size_t looked = std::min(end_ - begin_, request_line_bytes_max_);
        return head_.method.empty() && looked == request_line_bytes_max_ &&
               parser_->get().target().empty() &&
               std::find(from, from + static_cast<std::ptrdiff_t>(looked), std::byte{'\n'}) ==
                   from + static_cast<std::ptrdiff_t>(looked);
    }

    Progress take_head() {
        const auto& message = parser_->get();
        head_.method = std::string(message.method_string());
        head_.target = std::string(message.target());
        head_.http_1_0 = message.version() == 10;
        head_.keep_alive = message.keep_alive();
        const auto length = parser_->content_length();
        if (length) {
            head_.content_length = *length;
        }
        head_.has_body = parser_->chunked() || (length && *length > 0);
        std::size_t hosts = 0;
        for (const auto& field : message) {
            head_.fields.push_back(
                {.name = dicom::ascii::lowered(std::string_view(field.name_string())),
                 .value = std::string(field.value())});
            hosts += head_.fields.back().name == "host" ? 1 : 0;
        }
        if (hosts > 1 || (hosts == 0 && !head_.http_1_0)) {
            return fail({400, "there is to be one Host field"});
        }
        take_authority();
        if (find(head_.fields, "transfer-encoding") != nullptr) {
            if (length) {  // RFC 9112 §6.1: two lengths are two requests to a proxy before us
                return fail({400, "both Content-Length and Transfer-Encoding"});
            }
            const std::string codings =
                dicom::ascii::lowered(joined(head_.fields, "transfer-encoding"));
            if (codings != "chunked" || head_.http_1_0) {
                return fail({501, "the only transfer coding is chunked"});
            }
        }
        if (const std::string* const expects = find(head_.fields, "expect")) {
            // HTTP/1.0 knows no answer before the answer (RFC 9110 10.1.1).
            head_.expects_continue =
                !head_.http_1_0 && dicom::ascii::lowered(*expects) == "100-continue";
        }
        if (length && *length > body_bytes_max_) {
            return fail({413, "the content is longer than may be"});
        }
        return Progress::done;
    }

    /// "http://host/path", as proxies ask: its host is the one that counts (RFC 9112 3.2.2).
    void take_authority() {
        const std::size_t scheme_end = head_.target.find("://");
        const std::string scheme = dicom::ascii::lowered(head_.target.substr(0, scheme_end));
        if (scheme_end == std::string::npos || (scheme != "http" && scheme != "https")) {
            return;
        }
        const std::size_t begin = scheme_end + 3;
        const std::size_t end =
            std::min(head_.target.find_first_of("/?", begin), head_.target.size());
        std::erase_if(head_.fields, [](const Field& field) { return field.name == "host"; });
        head_.fields.push_back({.name = "host", .value = head_.target.substr(begin, end - begin)});
        head_.target.erase(0, end);
        if (!head_.target.starts_with('/')) {
            head_.target.insert(0, "/");
        }
    }

    const std::size_t request_line_bytes_max_, head_bytes_max_;
    const std::uint64_t body_bytes_max_;
    std::vector<std::byte> buffer_;
    std::size_t begin_ = 0, end_ = 0;
    std::unique_ptr<Parser> parser_;  ///< of the request at hand
    RequestHead head_;
    Refused refused_{};
    friend class RequestReader;
};

RequestReader::RequestReader(std::size_t request_line_bytes_max,
                             std::size_t head_bytes_max,
                             std::uint64_t body_bytes_max)
    : impl_(std::make_unique<Impl>(request_line_bytes_max, head_bytes_max, body_bytes_max)) {}
RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;

std::span<std::byte> RequestReader::space() {
    return impl_->space();
}
void RequestReader::received(std::size_t count) {
    impl_->received(count);
}
bool RequestReader::has_bytes() const {
    return impl_->has_bytes();
}
RequestReader::Progress RequestReader::read_head() {
    if (impl_->parser_ && impl_->parser_->is_header_done()) {
        impl_->forget();
    }
    return impl_->read_head();
}
const RequestHead& RequestReader::head() const {
    return impl_->head();
}
RequestReader::Progress RequestReader::read_body(std::span<std::byte> out, std::size_t& count) {
    return impl_->read_body(out, count);
}
bool RequestReader::body_is_complete() const {
    return impl_->body_is_complete();
}
const Refused& RequestReader::refused() const {
    return impl_->refused();
}

}  // namespace cxr::bridge::web
