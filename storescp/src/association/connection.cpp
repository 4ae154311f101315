#include "connection.hpp"

#include "storescp/upper_layer/data_framer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace cxr::storescp {
namespace asio = boost::asio;
namespace {

constexpr std::size_t read_buffer_bytes_min = 16'384;
constexpr std::size_t read_buffer_bytes_max = 262'144;
/// A message that has begun must grow by this much, or end, within each `dimse` timeout: bytes that
/// trickle in do not hold an association for ever.
constexpr std::uint64_t message_progress_bytes = 65'536;
/// How long a peer may take to close after an abort that must end soon.
constexpr std::chrono::milliseconds linger_when_shutting_down{500};

std::uint64_t next_number() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

asio::ip::address plain(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    return address;
}

std::string seconds(std::chrono::milliseconds duration) {
    return fmt::format("{:g} s", std::chrono::duration<double>(duration).count());
}

}  // namespace

Connection::Connection(Transport transport, const Timeouts& timeouts, const Limits& limits)
    : timeouts_(timeouts),
      abort_beyond_window_(limits.abort_beyond_window),
      number_(next_number()),
      transport_(std::move(transport)),
      upper_layer_({.pdu_bytes_max = limits.pdu_bytes_max,
                    .lenient_pdu_bytes_max = limits.lenient_pdu_bytes_max}),
      inbox_(limits.command_set_bytes_max),
      watchdog_(transport_.executor()),
      changed_(transport_.executor()),
      room_(transport_.executor()),
      write_free_(transport_.executor()) {
    deadlines_.fill(never);
    const auto endpoint = transport_.peer().value_or(asio::ip::tcp::endpoint());
    const asio::ip::address address = plain(endpoint.address());
    address_ = address.to_string();
    peer_address_ =
        fmt::format(fmt::runtime(address.is_v6() ? "[{}]:{}" : "{}:{}"), address_, endpoint.port());
}

Connection::~Connection() = default;

void Connection::start() {
    const auto ended = [self = shared_from_this()](const std::exception_ptr& thrown) {
        if (thrown) {  // no memory, or a bug: this association ends, the node goes on
            self->drop("an internal error");
        }
    };
    asio::co_spawn(transport_.executor(), read(shared_from_this()), ended);
    asio::co_spawn(transport_.executor(), watch(shared_from_this()), ended);
}

void Connection::start_accepting() {
    upper_layer_.transport_indicated();
    pump();
    start();
}

Awaitable<std::optional<pdu::AssociateRQ>> Connection::receive_request() {
    while (!request_ && !ending_) {
        co_await changed_.wait();
    }
    co_return std::exchange(request_, std::nullopt);
}

void Connection::accept(Acceptance acceptance) {
    if (!upper_layer_.accept(acceptance.answer)) {
        return;  // the peer was faster: it aborted or closed
    }
    agreement_ = std::move(acceptance.agreement);
    if (abort_beyond_window_ && agreement_.window_negotiated) {
        inbox_.limit_operations(agreement_.operations_invoked_max);
    }
    open_ = true;
    pump();
}

void Connection::reject(const Rejection& rejection) {
    upper_layer_.reject(rejection);
    end({.kind = FaultKind::refused, .how = describe(rejection)});
    pump();
}

Awaitable<Result<void>> Connection::associate(pdu::AssociateRQ request) {
    our_request_ = request;
    upper_layer_.request(std::move(request));
    set_deadline(Wait::answer, timeouts_.artim);
    start();
    // Not open_: the peer may have accepted and asked for release in one go.
    const auto undecided = [this] {
        return upper_layer_.state() == State::sta4 || upper_layer_.state() == State::sta5;
    };
    while (undecided() && !ending_) {
        co_await changed_.wait();
    }
    clear_deadline(Wait::answer);
    if (ending_) {
        co_return fault();
    }
    co_return Result<void>{};
}

Awaitable<bool> Connection::secure() {
    const auto error = co_await transport_.handshake();
    if (!error) {
        secured_ = true;
        co_return transport_.is_open();
    }
    if (!transport_.heard() && error == asio::error::eof) {
        end({.kind = FaultKind::peer_gone, .how = "closed unused", .orderly = true});
    } else {
        const std::string& why = transport_.tls()->why();
        end({.kind = FaultKind::peer_gone,
             .how = "TLS handshake: " + (why.empty() ? error.message() : why),
             .insecure = true});
    }
    if (!our_request_) {  // at most until ARTIM expires
        co_await transport_.linger();
    }
    upper_layer_.transport_closed();
    pump();
    close_transport();
    co_return false;
}

Awaitable<void> Connection::read([[maybe_unused]] std::shared_ptr<Connection> self) {
    const bool secured = co_await secure();
    if (!secured) {
        co_return;
    }
    if (our_request_) {
        upper_layer_.transport_confirmed();
        pump();
    }
    while (transport_.is_open()) {
        // Until the association ends, what nobody fetches holds the peer back. Afterwards the bytes
        // are dropped, and only the peer's close is waited for.
        if (open_ && inbox_.full()) {
            clear_deadline(Wait::message);
            co_await room_.wait();
            watch_message();
            continue;
        }
        if (!read_buffer_) {
            read_buffer_bytes_ = std::max(read_buffer_bytes_, read_buffer_bytes_min);
            read_buffer_ = std::make_unique_for_overwrite<std::byte[]>(read_buffer_bytes_);
        }
        const asio::mutable_buffer buffer(read_buffer_.get(), read_buffer_bytes_);
        const auto [error, count] = co_await transport_.read_some(buffer);
        if (error) {
            if (upper_layer_.state() == State::sta2) {
                end({.kind = FaultKind::peer_gone, .how = "closed unused", .orderly = true});
            }
            upper_layer_.transport_closed();
            pump();
            close_transport();
            break;
        }
        upper_layer_.receive(std::span(read_buffer_.get(), count));
        pump();
        watch_message();
        fit_buffer(count);
    }
}

/// Doubled by reads that fill it, halved by reads that leave most of it empty.
void Connection::fit_buffer(std::size_t bytes_read) {
    std::size_t fitting = read_buffer_bytes_;
    if (bytes_read == read_buffer_bytes_) {
        fitting = std::min(read_buffer_bytes_ * 2, read_buffer_bytes_max);
    } else if (bytes_read < read_buffer_bytes_ / 8) {
        fitting = std::max(read_buffer_bytes_ / 2, read_buffer_bytes_min);
    }
    if (fitting != read_buffer_bytes_) {
        read_buffer_bytes_ = fitting;
        read_buffer_.reset();
    }
}

/// Keeps the deadline of a message that has begun.
void Connection::watch_message() {
    if (!open_ || !inbox_.message_begun()) {
        clear_deadline(Wait::message);
        return;
    }
    clear_deadline(Wait::idle);
    const bool runs = deadlines_.at(static_cast<std::size_t>(Wait::message)) != never;
    if (!runs || inbox_.bytes_taken() - bytes_taken_at_deadline_ >= message_progress_bytes) {
        bytes_taken_at_deadline_ = inbox_.bytes_taken();
        set_deadline(Wait::message, timeouts_.dimse);
    }
}

/// After anything happened to the upper layer: indications, timer, output, close.
void Connection::pump() {
    for (Indication& indication : upper_layer_.take_indications()) {
        handle(indication);
    }
    if (!upper_layer_.artim_runs()) {
        clear_deadline(Wait::artim);
    } else if (artim_starts_ != upper_layer_.artim_starts()) {
        artim_starts_ = upper_layer_.artim_starts();
        set_deadline(Wait::artim, timeouts_.artim);
    }
    flush();
    const bool done = upper_layer_.wants_close() || (close_after_write_ && !open_);
    if (done && !writing_) {
        close_transport();
    }
}

void Connection::handle(Indication& indication) {
    if (auto* data = std::get_if<DataIndication>(&indication)) {
        take_data(*data);
    } else if (auto* associate = std::get_if<AssociateIndication>(&indication)) {
        request_ = std::move(associate->request);
    } else if (auto* confirmation = std::get_if<AssociateConfirmation>(&indication)) {
        agreement_ = agreement_of(*our_request_, confirmation->answer);
        open_ = true;
        if (const std::uint32_t bytes = agreement_.peer_pdu_bytes_max;
            bytes != 0 && bytes < DataFramer::pdu_bytes_min) {
            violate(ProtocolError::invalid_parameter_value,
                    fmt::format("maximum length {} leaves no room for data", bytes));
        }
    } else if (auto* rejected = std::get_if<RejectConfirmation>(&indication)) {
        end({.kind = FaultKind::refused, .how = describe(rejected->rejection)});
    } else if (std::holds_alternative<ReleaseIndication>(indication)) {
        open_ = false;  // answered when what has arrived is fetched and answered (AR-7)
        if (upper_layer_.state() == State::sta9) {
            upper_layer_.answer_release();
        }
    } else if (std::holds_alternative<ReleaseConfirmation>(indication)) {
        if (upper_layer_.state() == State::sta12) {
            upper_layer_.answer_release();
        }
        end({.kind = FaultKind::peer_gone, .how = "released", .orderly = true});
    } else if (auto* aborted = std::get_if<AbortIndication>(&indication)) {
        end({.kind = FaultKind::peer_gone, .how = "the peer " + describe(aborted->reason)});
    } else if (auto* provider = std::get_if<ProviderAbortIndication>(&indication)) {
        end({.kind = provider->reason ? FaultKind::malformed : FaultKind::peer_gone,
             .how = provider->reason
                        ? fmt::format("{}: {}", describe(*provider->reason), provider->why)
                        : provider->why});
    }
    changed_.notify();
}

void Connection::take_data(const DataIndication& part) {
    if (!open_) {
        return;  // aborted by what came before it in the same read
    }
    if (auto violation = inbox_.take(part)) {
        violate(violation->error, std::move(violation->why));
    }
    const unsigned final_responses = inbox_.take_final_responses();
    responses_due_ -= std::min(responses_due_, final_responses);
}

void Connection::violate(ProtocolError error, std::string why) {
    const AbortReason reason{2, static_cast<std::uint8_t>(error)};
    end({.kind = FaultKind::malformed, .how = fmt::format("{}: {}", describe(reason), why)});
    upper_layer_.abort(reason);
}

void Connection::end(Ending ending) {
    open_ = false;
    if (!ending_) {
        ending_ = std::move(ending);
    }
    clear_deadline(Wait::idle);
    clear_deadline(Wait::message);
    changed_.notify();
    room_.notify();
    write_free_.notify();
}

Fault Connection::fault() const {
    if (ending_) {
        return Fault{.kind = ending_->kind, .doing = ending_->how};
    }
    return Fault{.kind = FaultKind::peer_gone, .doing = "the peer asked for release"};
}

/// Writes what the upper layer wants sent, as soon as no other write is in flight.
void Connection::flush() {
    if (writing_ || !upper_layer_.has_output() || !transport_.is_open()) {
        return;
    }
    control_ = upper_layer_.take_output();
    writing_ = true;
    set_deadline(Wait::write, timeouts_.stalled_write);
    asio::co_spawn(transport_.executor(),
                   write_control(),
                   [self = shared_from_this()](const std::exception_ptr& thrown) {
                       if (thrown) {
                           self->drop("an internal error");
                       }
                   });
}

Awaitable<void> Connection::write_control() {
    const auto error = co_await transport_.write_all(control_);
    written(error);
}

void Connection::written(const boost::system::error_code& error) {
    writing_ = false;
    control_ = {};
    clear_deadline(Wait::write);
    if (error) {
        lost("the connection broke: " + error.message());
    } else {
        pump();
    }
    write_free_.notify();
}

void Connection::lost(const std::string& why) {
    end({.kind = FaultKind::peer_gone, .how = why});
    upper_layer_.transport_closed();
    pump();
    close_transport();
}

void Connection::close_transport() {
    if (!transport_.is_open()) {
        return;
    }
    transport_.close();
    end({.kind = FaultKind::peer_gone, .how = "the connection was closed"});
    watchdog_.cancel();
}

void Connection::wind_down(std::chrono::milliseconds idle) {
    timeouts_.idle = std::min(timeouts_.idle, idle);
    changed_.notify();
}

void Connection::conclude(const std::string& why_aborted) {
    if (upper_layer_.answer_release()) {
        end({.kind = FaultKind::peer_gone, .how = "released", .orderly = true});
    } else if (!ending_) {
        end({.kind = FaultKind::peer_gone, .how = why_aborted});
        upper_layer_.abort();
    }
    pump();
}

void Connection::shut_down(const std::string& why) {
    end({.kind = FaultKind::peer_gone, .how = why});
    upper_layer_.abort();
    close_after_write_ = upper_layer_.state() != State::sta13;
    pump();
    for (const Wait wait : {Wait::artim, Wait::write}) {
        if (deadlines_.at(static_cast<std::size_t>(wait)) != never) {
            set_deadline(wait, linger_when_shutting_down);
        }
    }
}

void Connection::drop(const std::string& why) {
    end({.kind = FaultKind::peer_gone, .how = why});
    close_transport();
}

Awaitable<void> Connection::watch([[maybe_unused]] std::shared_ptr<Connection> self) {
    while (transport_.is_open()) {
        watchdog_.expires_at(*std::ranges::min_element(deadlines_));
        co_await watchdog_.async_wait(use_result);
        const auto now = Clock::now();
        for (std::size_t i = 0; i < waits; ++i) {
            if (deadlines_.at(i) <= now) {
                deadlines_.at(i) = never;
                expired(static_cast<Wait>(i));
            }
        }
    }
}

/// A deadline that moves away is found out when the old one passes: the timer is not touched for
/// every message.
void Connection::set_deadline(Wait wait, std::chrono::milliseconds after) {
    Clock::time_point& deadline = deadlines_.at(static_cast<std::size_t>(wait));
    deadline = Clock::now() + after;
    if (deadline < watchdog_.expiry()) {
        watchdog_.cancel();
    }
}

void Connection::expired(Wait wait) {
    switch (wait) {
        case Wait::artim:
            if (upper_layer_.state() == State::sta2) {
                end({.kind = FaultKind::peer_gone,
                     .how = fmt::format("no whole {} within {} (ARTIM)",
                                        secured_ ? "A-ASSOCIATE-RQ" : "TLS handshake",
                                        seconds(timeouts_.artim)),
                     .insecure = !secured_});
            }
            upper_layer_.artim_expired();
            break;
        case Wait::idle:
            end({.kind = FaultKind::peer_gone,
                 .how = responses_due_ > 0 ? "no response for " + seconds(timeouts_.dimse)
                                           : "idle for " + seconds(timeouts_.idle)});
            upper_layer_.abort();
            break;
        case Wait::message:
            end({.kind = FaultKind::peer_gone,
                 .how = "a message stopped coming in for " + seconds(timeouts_.dimse)});
            upper_layer_.abort();
            break;
        case Wait::write:
            lost("the peer took no bytes for " + seconds(timeouts_.stalled_write));
            break;
        case Wait::answer:
            end({.kind = FaultKind::peer_gone,
                 .how = "no answer within " + seconds(timeouts_.artim)});
            upper_layer_.abort();
            break;
    }
    pump();
}

}  // namespace cxr::storescp
