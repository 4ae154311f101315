#include "connection.hpp"
#include "storescp/upper_layer/data_framer.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <utility>

namespace cxr::storescp {
namespace asio = boost::asio;
namespace {

/// What is gathered for one write: several PDUs, so that a system call is worth its price.
constexpr std::size_t write_bytes_max = 1'048'576;
/// Of a PDU when the peer sets no limit or a greater one.
constexpr std::uint32_t pdu_bytes_sent_max = 1'048'576;
/// One gathered system call takes 64 buffers.
constexpr std::size_t pieces_per_write = 64;
/// A write must move this much within each stalled-write timeout.
constexpr std::size_t write_progress_bytes = 65'536;

bool is_final(const CommandSet& response) {
    const unsigned status = response.status.value_or(0);
    return status != 0xFF00 && status != 0xFF01;
}

}  // namespace

class Connection::Sending {
public:
    explicit Sending(Connection& connection) : connection_(connection) {
        connection_.sending_ = true;
    }
    ~Sending() {
        connection_.sending_ = false;
        connection_.write_free_.notify();
    }
    Sending(const Sending&) = delete;
    Sending& operator=(const Sending&) = delete;

private:
    Connection& connection_;
};

Awaitable<Result<Message>> Connection::receive_message() {
    while (true) {
        auto message = inbox_.next_message();
        room_.notify();
        if (message) {
            clear_deadline(Wait::idle);
            co_return std::move(*message);
        }
        if (!open_) {
            break;
        }
        if (responses_due_ == 0 && inbox_.awaits_answers()) {  // operations run beside the caller
            clear_deadline(Wait::idle);
        } else if (!inbox_.message_begun()) {
            set_deadline(Wait::idle, responses_due_ > 0 ? timeouts_.dimse : timeouts_.idle);
        }
        co_await changed_.wait();
    }
    // Operations that run beside the caller still answer what came before the release (AR-7). The
    // caller may be such an operation itself, of which the peer owes it something: that does not
    // come any more, and whoever answers the operation ends the association.
    const auto answers_are_due = [this] {
        return inbox_.awaits_answers() && upper_layer_.state() == State::sta8 && !ending_;
    };
    while (responses_due_ == 0 && answers_are_due()) {
        co_await changed_.wait();
    }
    if (!answers_are_due() && upper_layer_.answer_release()) {
        end({.kind = FaultKind::peer_gone, .how = "released", .orderly = true});
        pump();
    }
    co_return fault();
}

Awaitable<Result<std::vector<std::byte>>> Connection::receive_data_fragment() {
    while (true) {
        auto fragment = inbox_.next_fragment();
        room_.notify();
        if (fragment) {
            co_return std::move(*fragment);
        }
        if (!open_) {
            co_return fault();
        }
        co_await changed_.wait();
    }
}

Awaitable<Result<void>> Connection::send_message(std::uint8_t presentation_context_id,
                                                 CommandSet command,
                                                 std::span<const dicom::Segment> data_set) {
    std::size_t data_bytes = 0;
    for (const dicom::Segment& segment : data_set) {
        data_bytes += segment.bytes.size();
    }
    command.data_set_type = data_bytes == 0 ? no_data_set : std::uint16_t{0x0001};
    const std::vector<std::byte> command_bytes = encode_command_set(command);

    while (sending_) {
        co_await write_free_.wait();
    }
    if (!upper_layer_.may_send_data()) {
        co_return fault();
    }
    const Sending sending(*this);
    note_sent(command);
    DataFramer framer(presentation_context_id, pdu_bytes_sent());
    framer.add_command(command_bytes);
    for (const dicom::Segment& segment : data_set) {
        framer.add_data(segment.bytes);
    }
    const bool sent = co_await send_framed(framer);
    if (!sent) {
        co_return fault();
    }
    co_return Result<void>{};
}

/// Before its bytes leave: what the peer sends upon them must find us ready.
void Connection::note_sent(const CommandSet& command) {
    if (!command.is_response()) {
        responses_due_ += command.is(CommandField::c_cancel_rq) ? 0 : 1;
    } else if (is_final(command)) {
        inbox_.answered(command.message_id_being_responded_to.value_or(0));
        changed_.notify();
    }
}

std::uint32_t Connection::pdu_bytes_sent() const {
    const std::uint32_t peer_bytes_max = agreement_.peer_pdu_bytes_max;
    return peer_bytes_max == 0 ? pdu_bytes_sent_max : std::min(peer_bytes_max, pdu_bytes_sent_max);
}

Awaitable<Result<void>> Connection::send_messages(std::uint8_t presentation_context_id,
                                                  std::vector<OutgoingMessage> messages) {
    std::vector<std::vector<std::byte>> commands;
    std::vector<DataFramer> framers;
    commands.reserve(messages.size());
    framers.reserve(messages.size());
    for (OutgoingMessage& message : messages) {
        DataFramer& framer = framers.emplace_back(presentation_context_id, pdu_bytes_sent());
        std::size_t data_bytes = 0;
        for (const dicom::Segment& segment : message.data_set) {
            data_bytes += segment.bytes.size();
            framer.add_data(segment.bytes);
        }
        message.command.data_set_type = data_bytes == 0 ? no_data_set : std::uint16_t{0x0001};
        framer.add_command(commands.emplace_back(encode_command_set(message.command)));
    }
    while (sending_) {
        co_await write_free_.wait();
    }
    if (!upper_layer_.may_send_data()) {
        co_return fault();
    }
    const Sending sending(*this);
    for (const OutgoingMessage& message : messages) {
        note_sent(message.command);
    }
    const bool sent = co_await send_framed(framers);
    if (!sent) {
        co_return fault();
    }
    co_return Result<void>{};
}

/// Messages that are small enough go together; the others as they would alone.
Awaitable<bool> Connection::send_framed(std::vector<DataFramer>& framers) {
    std::vector<std::span<const std::byte>> together;
    for (DataFramer& framer : framers) {
        const auto& pieces = framer.next(write_bytes_max);
        together.insert(together.end(), pieces.begin(), pieces.end());
        const bool last = &framer == &framers.back();
        if (!framer.complete() || last || together.size() >= pieces_per_write) {
            while (writing_) {
                co_await write_free_.wait();
            }
            if (!upper_layer_.may_send_data() || !transport_.is_open()) {
                co_return false;
            }
            if (!co_await write_pieces(together) || !co_await send_framed(framer)) {
                co_return false;
            }
            together.clear();
        }
    }
    co_return true;
}

std::vector<std::string> Connection::take_remarks() {
    std::vector<std::string> remarks;
    if (upper_layer_.oversized_pdus() > 0 && oversized_pdus_remarked_ == 0) {
        oversized_pdus_remarked_ = upper_layer_.oversized_pdus();
        remarks.emplace_back("data PDUs longer than the maximum length that we gave (A40)");
    }
    return remarks;
}

Awaitable<bool> Connection::send_framed(DataFramer& framer) {
    while (true) {
        while (writing_) {
            co_await write_free_.wait();
        }
        const auto& pieces = framer.next(write_bytes_max);
        if (pieces.empty()) {
            co_return true;
        }
        if (!upper_layer_.may_send_data() || !transport_.is_open()) {
            co_return false;
        }
        if (!co_await write_pieces(pieces)) {
            co_return false;
        }
    }
}

/// All of them, by as few system calls as the socket takes.
Awaitable<bool> Connection::write_pieces(const std::vector<std::span<const std::byte>>& pieces) {
    std::vector<asio::const_buffer> buffers;
    buffers.reserve(pieces.size());
    for (const auto piece : pieces) {
        buffers.emplace_back(piece.data(), piece.size());
    }
    writing_ = true;
    set_deadline(Wait::write, timeouts_.stalled_write);
    boost::system::error_code error;
    std::size_t moved = 0;
    for (std::span<asio::const_buffer> left(buffers); !left.empty() && !error;) {
        const auto [failed, count] = co_await transport_.write_some(left);
        error = failed;
        std::size_t consumed = count;
        while (!left.empty() && consumed >= left.front().size()) {
            consumed -= left.front().size();
            left = left.subspan(1);
        }
        if (!left.empty()) {
            left.front() += consumed;
        }
        moved += count;
        if (moved >= write_progress_bytes) {
            moved = 0;
            set_deadline(Wait::write, timeouts_.stalled_write);
        }
    }
    const bool whole = !error;
    written(error);
    co_return whole;
}

Awaitable<void> Connection::release() {
    while (sending_) {
        co_await write_free_.wait();
    }
    if (upper_layer_.answer_release()) {  // the peer asked first
        end({.kind = FaultKind::peer_gone, .how = "released", .orderly = true});
        pump();
        co_return;
    }
    if (!upper_layer_.release()) {
        co_return;
    }
    open_ = false;
    set_deadline(Wait::answer, timeouts_.artim);
    pump();
    while (!ending_) {
        co_await changed_.wait();
    }
    clear_deadline(Wait::answer);
}

void Connection::abort(AbortReason reason) {
    if (upper_layer_.abort(reason)) {
        end({.kind = FaultKind::peer_gone, .how = describe(reason)});
        pump();
    }
}

}  // namespace cxr::storescp
