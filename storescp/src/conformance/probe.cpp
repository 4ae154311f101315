#include "conformance/probe.hpp"

#include <algorithm>

namespace cxr::storescp::conformance {

namespace {

/// What a peer takes that names no maximum, and enough for any other.
constexpr std::size_t pdu_bytes_default = 16'384;

std::size_t big_endian(std::span<const std::byte> field) {
    std::size_t value = 0;
    for (const std::byte byte : field) {
        value = value << 8U | std::to_integer<std::size_t>(byte);
    }
    return value;
}

/// The bytes of the elements of group 0000 that `bytes` begin with: a command set is these and no
/// others (PS3.7 6.3.1). A peer that puts more behind them is still understood.
std::size_t command_set_length(std::span<const std::byte> bytes) {
    constexpr std::size_t header_bytes = 8;
    std::size_t at = 0;
    while (bytes.size() - at >= header_bytes && bytes[at] == std::byte{0} &&
           bytes[at + 1] == std::byte{0}) {
        std::size_t length = 0;
        for (const std::size_t byte : {7U, 6U, 5U, 4U}) {
            length = length << 8U | std::to_integer<std::size_t>(bytes[at + byte]);
        }
        if (length > bytes.size() - at - header_bytes) {
            return bytes.size();  // for the decoder to say so
        }
        at += header_bytes + length;
    }
    return at;
}

}  // namespace

Probe::~Probe() {
    if (wire_.is_open() && !accepted_.empty()) {
        wire_.send(pdu::encode(abort_by_user), milliseconds(100));
    }
}

void Probe::take_values(const Bytes& body) {
    longest_p_data_ = std::max(longest_p_data_, body.size());
    std::span<const std::byte> rest(body);
    while (rest.size() >= pdu::pdv_header_bytes) {
        const std::size_t length = std::min(big_endian(rest.first(4)), rest.size() - 4);
        if (length < 2) {
            return;
        }
        const auto control = std::to_integer<unsigned>(rest[5]);
        const auto content = rest.subspan(6, length - 2);
        begun_.context = std::to_integer<std::uint8_t>(rest[4]);
        Bytes& into = (control & command_fragment) != 0 ? begun_.command_bytes : begun_.data_set;
        into.insert(into.end(), content.begin(), content.end());
        rest = rest.subspan(4 + length);
        if ((control & last_fragment) == 0) {
            continue;
        }
        if ((control & command_fragment) != 0) {
            const auto own =
                std::span(begun_.command_bytes).first(command_set_length(begun_.command_bytes));
            begun_.has_more_than_a_command = own.size() < begun_.command_bytes.size();
            const auto decoded = decode_command_set(own);
            begun_.command = decoded ? *decoded : CommandSet{};
        }
        if ((control & command_fragment) == 0 || !begun_.command.has_data_set()) {
            whole_.push_back(std::exchange(begun_, {}));
        }
    }
}

Seen Probe::receive(milliseconds within) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    while (whole_.empty()) {
        const auto left =
            std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
        Arrival arrival = wire_.receive(std::max(left, milliseconds(0)));
        const auto* pdu = std::get_if<RawPdu>(&arrival);
        if (pdu == nullptr || pdu->type != static_cast<unsigned>(pdu::Type::p_data_tf)) {
            return seen(std::move(arrival));
        }
        take_values(pdu->body);
    }
    Seen next = seen(std::move(whole_.front()));
    whole_.pop_front();
    return next;
}

Seen Probe::receive_end(milliseconds within) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    std::string before;
    for (;;) {
        const auto left =
            std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
        Seen next = receive(std::max(left, milliseconds(0)));
        if (!next.pdu && !next.message) {
            next.text = before + next.text;
            return next;
        }
        before += next.text + ", ";
    }
}

Seen Probe::associate(const pdu::AssociateRQ& request) {
    send(pdu::encode(request));
    Seen answer = receive();
    if (answer.is(pdu::Type::associate_ac)) {
        auto decoded = pdu::decode_associate_ac(answer.pdu->body);
        if (const auto* malformed = std::get_if<pdu::Malformed>(&decoded)) {
            answer.text = "malformed A-ASSOCIATE-AC: " + malformed->why;
        } else {
            remember(request, std::get<pdu::AssociateAC>(decoded));
        }
    }
    return answer;
}

void Probe::remember(const pdu::AssociateRQ& request, const pdu::AssociateAC& answer) {
    answer_ = answer;
    peer_pdu_bytes_max_ = answer.user.pdu_bytes_max.value_or(0);
    for (const pdu::AnsweredContext& context : answer.contexts) {
        const auto proposed = std::ranges::find(request.contexts, context.id, &ProposedContext::id);
        if (context.result == ContextResult::acceptance && proposed != request.contexts.end()) {
            accepted_.push_back({.id = context.id,
                                 .abstract_syntax = proposed->abstract_syntax,
                                 .transfer_syntax = context.transfer_syntax});
        }
    }
}

std::uint8_t Probe::context(std::string_view abstract_syntax,
                            std::string_view transfer_syntax) const {
    for (const Accepted& one : accepted_) {
        if (one.abstract_syntax == abstract_syntax &&
            (transfer_syntax.empty() || one.transfer_syntax == transfer_syntax)) {
            return one.id;
        }
    }
    return 0;
}

std::string Probe::transfer_syntax(std::uint8_t context) const {
    const auto found = std::ranges::find(accepted_, context, &Accepted::id);
    return found == accepted_.end() ? std::string() : found->transfer_syntax;
}

std::string Probe::abstract_syntax(std::uint8_t context) const {
    const auto found = std::ranges::find(accepted_, context, &Accepted::id);
    return found == accepted_.end() ? std::string() : found->abstract_syntax;
}

void Probe::send(std::uint8_t context, const CommandSet& command, std::span<const std::byte> data) {
    send(p_data(context, command_fragment | last_fragment, encode_command_set(command)));
    if (command.has_data_set()) {
        send_data_set(context, data);
    }
}

void Probe::send_data_set(std::uint8_t context, std::span<const std::byte> data) {
    const std::size_t room = peer_pdu_bytes_max_ == 0
                                 ? pdu_bytes_default
                                 : std::min<std::size_t>(peer_pdu_bytes_max_, pdu_bytes_default);
    const std::size_t part = room - pdu::pdv_header_bytes;
    do {
        const auto now = data.first(std::min(part, data.size()));
        data = data.subspan(now.size());
        send(p_data(context, data.empty() ? last_fragment : data_fragment, now));
    } while (!data.empty());
}

Seen Probe::release() {
    send(pdu::encode_release_rq());
    return receive();
}

}  // namespace cxr::storescp::conformance
