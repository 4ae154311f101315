#include "connection.hpp"

#include "bridge/web/cors.hpp"
#include "bridge/web/problem.hpp"
#include "content_coding.hpp"
#include "storescp/on_pool.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::bridge::web {

namespace asio = boost::asio;

namespace {

/// An unread content is dropped up to this, so that the connection can go on.
constexpr std::uint64_t drained_bytes_max = 262'144;
/// How long a client may take to read our last words.
constexpr std::chrono::milliseconds linger_time{2'000};

std::string address_of(const storescp::Transport& transport) {
    const auto peer = transport.peer();
    return peer ? fmt::format("{}:{}", peer->address().to_string(), peer->port()) : "gone";
}

/// Of a Host field: nothing that could end up as markup or a second field in our answers.
std::string host_of(const RequestHead& head) {
    const std::string* const host = find(head.fields, "host");
    const bool fit = host != nullptr && !host->empty() && host->size() <= 255 &&
                     std::ranges::all_of(*host, [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
                                c == '[' || c == ']' || c == '_';
                     });
    return fit ? *host : "localhost";
}

Response failed(const std::exception_ptr& thrown, std::string& why) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& exception) {
        why = exception.what();
    } catch (...) {
        why = "something was thrown";
    }
    return problem(500, "an internal error");
}

}  // namespace

/// The content of the request at hand.
class Connection::ArrivingBody final : public Body {
public:
    explicit ArrivingBody(Connection& connection) : connection_(connection), began_(Clock::now()) {}

    [[nodiscard]] std::optional<std::uint64_t> length() const override {
        return connection_.reader_.head().content_length;
    }

    [[nodiscard]] Awaitable<Result<std::size_t>> read_some(std::span<std::byte> buffer) override {
        if (!continued_ && connection_.reader_.head().expects_continue) {
            continued_ = true;
            const std::span<const dicom::Segment> nothing;
            std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            const bool told = co_await connection_.write(std::move(go_on), nothing);
            if (!told) {
                co_return gone();
            }
        }
        std::size_t count = 0;
        while (true) {
            const auto progress = connection_.reader_.read_body(buffer, count);
            if (progress == RequestReader::Progress::done) {
                connection_.account_.received += count;
                connection_.expect_nothing();
                co_return count;
            }
            if (progress == RequestReader::Progress::failed) {
                const Refused& refused = connection_.reader_.refused();
                co_return Fault{
                    .kind = refused.status == 413 ? FaultKind::exhausted : FaultKind::malformed,
                    .doing = refused.why};
            }
            connection_.expect_by(deadline());
            const bool more = co_await connection_.receive();
            if (!more) {
                co_return gone();
            }
        }
    }

private:
    [[nodiscard]] Fault gone() const {
        return {
            .kind = FaultKind::peer_gone,
            .doing = connection_.timed_out_ ? "the content came too slowly" : "the client is gone"};
    }
    [[nodiscard]] Clock::time_point deadline() const {
        const ServerSettings& settings = connection_.shared_.settings;
        const std::uint64_t seconds = connection_.account_.received /
                                      std::max<std::uint64_t>(1, settings.body_bytes_per_second);
        return began_ + settings.body_time + std::chrono::seconds(seconds);
    }

    Connection& connection_;
    const Clock::time_point began_;
    bool continued_ = false;
};

Awaitable<Result<std::string>> read_all(Body& body, std::size_t bytes_max) {
    std::string text;
    std::vector<std::byte> buffer(16'384);
    while (true) {
        const auto count = co_await body.read_some(buffer);
        if (!count) {
            co_return count.error();
        }
        if (*count == 0) {
            co_return text;
        }
        if (text.size() + *count > bytes_max) {
            co_return Fault{.kind = FaultKind::exhausted,
                            .doing = "the content is longer than may be"};
        }
        text.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
}

Connection::Connection(storescp::Transport transport, const Shared& shared)
    : shared_(shared),
      transport_(std::move(transport)),
      peer_(address_of(transport_)),
      reader_(shared.settings.request_line_bytes_max,
              shared.settings.head_bytes_max,
              shared.settings.body_bytes_max),
      timer_(transport_.executor()),
      sending_(shared.settings.write_time, shared.settings.write_bytes_per_second) {}

void Connection::begin_account() {
    account_ = {};
    sending_ = SendingTime(shared_.settings.write_time, shared_.settings.write_bytes_per_second);
}

Awaitable<void> Connection::serve() {
    const auto self = shared_from_this();
    bool again = co_await secure();
    while (again && !stopping_) {
        again = co_await receive_head();
        if (again) {
            again = co_await exchange();
        }
    }
    if (transport_.is_open() && served_ && !timed_out_ && !unframed_) {
        // What we said last would be lost by closing on bytes that nobody read.
        writing_ = true;  // who sends without end is not waited for: the deadline closes
        expect_within(linger_time);
        co_await transport_.linger();
    }
    shut_down();
}

Awaitable<bool> Connection::secure() {
    if (transport_.tls() == nullptr) {
        co_return true;
    }
    expect_within(shared_.settings.head_time);
    const auto error = co_await transport_.handshake();
    if (error) {
        const std::string& why = transport_.tls()->why();
        shared_.sink.trouble(peer_,
                             timed_out_    ? "no TLS handshake in time"
                             : why.empty() ? error.message()
                                           : why);
    }
    co_return !error;
}

Awaitable<bool> Connection::receive_head() {
    bool begun = reader_.has_bytes();
    idle_ = !begun;
    expect_within(begun || !served_ ? shared_.settings.head_time : shared_.settings.idle_time);
    while (true) {
        const auto progress = reader_.read_head();
        if (progress == RequestReader::Progress::done) {
            idle_ = false;
            expect_nothing();
            co_return true;
        }
        if (progress == RequestReader::Progress::failed) {
            Refused refused = reader_.refused();
            co_await refuse(std::move(refused));
            co_return false;
        }
        if (!begun && reader_.has_bytes()) {
            begun = true;
            idle_ = false;
            expect_within(shared_.settings.head_time);
        }
        const bool more = co_await receive();
        if (!more) {
            if (timed_out_ && begun) {
                Refused refused{408, "the head came too slowly"};
                co_await refuse(std::move(refused));
            }
            co_return false;
        }
    }
}

/// Of what cannot be read as a request.
Awaitable<void> Connection::refuse(Refused refused) {
    begin_account();
    bool keep_alive = false;
    served_ = true;
    timed_out_ = false;
    Response response = problem(refused.status, refused.why);
    co_await send(std::move(response), false, keep_alive);
    shared_.sink.on({.peer = peer_,
                     .user = {},
                     .method = reader_.head().method.empty() ? "-" : reader_.head().method,
                     .path = "-",
                     .pattern = {},
                     .status = refused.status,
                     .sent_bytes = account_.sent,
                     .why = refused.why});
}

Request Connection::request_of(const RequestHead& head, Target target) const {
    return {.method = head.method,
            .target = std::move(target),
            .headers = head.fields,
            .origin = (transport_.tls() == nullptr ? "http://" : "https://") + host_of(head),
            .peer = peer_,
            .secure = transport_.tls() != nullptr};
}

Awaitable<bool> Connection::exchange() {
    const auto began = Clock::now();
    const RequestHead& head = reader_.head();
    begin_account();
    served_ = true;
    const Resource* resource = nullptr;
    const bool whole_node = head.target == "*" && head.method == "OPTIONS";
    auto target = parse_target(whole_node ? "/" : head.target);
    Request request = request_of(head, target ? *target : Target{});
    ArrivingBody body(*this);
    request.body = head.has_body ? &body : nullptr;
    Response response;
    if (target) {
        response = co_await answer(request, resource);
    } else {
        response = problem_of(target.error());
    }
    request.body = nullptr;
    const unsigned status = response.status;
    bool keep_alive = head.keep_alive && !stopping_;
    if (keep_alive) {
        keep_alive = co_await drain();
    }
    const bool sent = co_await send(std::move(response), head.method == "HEAD", keep_alive);
    if (!sent && account_.why.empty()) {
        account_.why = timed_out_ ? "the client read too slowly" : "the client is gone";
    }
    shared_.sink.on(
        {.peer = peer_,
         .user = request.user,
         .method = request.method,
         .path = request.target.raw_path,
         .pattern = resource == nullptr ? std::string_view() : std::string_view(resource->pattern),
         .status = status,
         .received_bytes = account_.received,
         .sent_bytes = account_.sent,
         .took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began),
         .why = account_.why});
    co_return sent&& keep_alive;
}

Awaitable<Response> Connection::answer(Request& request, const Resource*& resource) {
    const auto methods = shared_.router.methods(request.target.path);
    const auto& allowed = shared_.settings.allowed_origins;
    Response response;
    auto found = shared_.router.find(request.method, request.target.path);
    if (found.resource != nullptr) {
        resource = found.resource;
        request.captures = std::move(found.captures);
        response = co_await ask(*resource, request);
        if (resource->media_types.size() > 1) {
            response.vary_by("Accept");
        }
    } else if (methods.empty()) {
        response = problem(404, "there is no such resource");
    } else if (request.method == "OPTIONS") {
        response = options_response(request, allowed, methods);
    } else {
        response = problem(405, "the resource does not have this method");
        response.set("Allow", fmt::format("{}", fmt::join(methods, ", ")));
    }
    allow_origin(request, allowed, response);
    co_return response;
}

Awaitable<Response> Connection::ask(const Resource& resource, Request& request) {
    const auto* const dialogue = std::get_if<Dialogue>(&resource.handler);
    std::optional<Response> response;
    std::exception_ptr thrown;
    try {
        if (shared_.guard || dialogue == nullptr) {
            auto work = [&]() -> std::optional<Response> {
                auto refused =
                    shared_.guard ? shared_.guard(request, resource) : std::optional<Response>();
                if (refused || dialogue != nullptr) {
                    return refused;
                }
                Response answered = std::get<Answer>(resource.handler)(request);
                compress(request, answered);
                return answered;
            };
            response = co_await storescp::on_pool(shared_.pool, std::move(work));
        }
        if (!response) {
            response = co_await (*dialogue)(request);
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    co_return thrown ? failed(thrown, account_.why) : *std::move(response);
}

/// Reads what is left of the content, if that is little: else the connection cannot go on.
Awaitable<bool> Connection::drain() {
    if (reader_.body_is_complete()) {
        co_return true;
    }
    const RequestHead& head = reader_.head();
    const bool small = head.content_length && *head.content_length <= drained_bytes_max;
    if (!small || head.expects_continue || ended_) {
        co_return false;
    }
    std::vector<std::byte> dropped(16'384);
    ArrivingBody body(*this);
    while (true) {
        const auto count = co_await body.read_some(dropped);
        if (!count || *count == 0) {
            co_return count.has_value();
        }
    }
}

Awaitable<bool> Connection::receive() {
    const std::span<std::byte> space = reader_.space();
    const asio::mutable_buffer buffer(space.data(), space.size());
    const auto [error, count] = co_await transport_.read_some(buffer);
    if (error || timed_out_) {
        ended_ = true;
        co_return false;
    }
    reader_.received(count);
    co_return true;
}

void Connection::wind_down() {
    stopping_ = true;
    if (idle_) {
        transport_.cancel();
    }
}

void Connection::shut_down() {
    stopping_ = true;
    timer_.cancel();
    if (transport_.is_open()) {
        unframed_ ? transport_.reset() : transport_.close();
    }
}

/// The timer is left alone while it ends no later than what is awaited: most waits are short.
void Connection::expect_by(Clock::time_point deadline) {
    deadline_ = deadline;
    if (deadline_ < armed_) {
        watch();
    }
}

void Connection::watch() {
    armed_ = deadline_;
    timer_.expires_at(armed_);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
        if (cancelled || !self->transport_.is_open()) {
            return;
        }
        self->armed_ = Clock::time_point::max();
        if (Clock::now() < self->deadline_) {
            if (self->deadline_ != Clock::time_point::max()) {
                self->watch();
            }
            return;
        }
        self->timed_out_ = true;
        if (self->writing_) {
            self->shut_down();
        } else {
            self->transport_.cancel();
        }
    });
}

}  // namespace cxr::bridge::web
