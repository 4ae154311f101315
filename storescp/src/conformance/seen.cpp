#include "conformance/seen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cxr::storescp::conformance {

namespace {

struct CommandName {
    std::uint16_t request;
    std::string_view name;
};
constexpr std::array command_names{
    CommandName{0x0001, "C-STORE"},
    CommandName{0x0010, "C-GET"},
    CommandName{0x0020, "C-FIND"},
    CommandName{0x0021, "C-MOVE"},
    CommandName{0x0030, "C-ECHO"},
    CommandName{0x0100, "N-EVENT-REPORT"},
    CommandName{0x0110, "N-GET"},
    CommandName{0x0120, "N-SET"},
    CommandName{0x0130, "N-ACTION"},
    CommandName{0x0140, "N-CREATE"},
    CommandName{0x0150, "N-DELETE"},
};

constexpr unsigned response_bit = 0x8000;

std::string text_of(const RawPdu& pdu) {
    switch (static_cast<pdu::Type>(pdu.type)) {
        case pdu::Type::associate_rq:
            return "A-ASSOCIATE-RQ";
        case pdu::Type::associate_ac:
            return "A-ASSOCIATE-AC";
        case pdu::Type::associate_rj:
            if (const auto rejection = pdu::decode_associate_rj(pdu.body);
                const auto* said = std::get_if<Rejection>(&rejection)) {
                return fmt::format(
                    "A-ASSOCIATE-RJ {}/{}/{}", said->result, said->source, said->reason);
            }
            return "malformed A-ASSOCIATE-RJ";
        case pdu::Type::p_data_tf:
            return "P-DATA-TF";
        case pdu::Type::release_rq:
            return "A-RELEASE-RQ";
        case pdu::Type::release_rp:
            return "A-RELEASE-RP";
        case pdu::Type::abort:
            if (const auto abort = pdu::decode_abort(pdu.body);
                const auto* said = std::get_if<AbortReason>(&abort)) {
                return fmt::format("A-ABORT {}/{}", said->source, said->reason);
            }
            return "malformed A-ABORT";
    }
    return fmt::format("PDU of type {:02X}H", pdu.type);
}

bool is_alternative(std::string_view text, std::string_view pattern) {
    return std::ranges::equal(text, pattern, [](char said, char wanted) {
        const bool digit = (said >= '0' && said <= '9') || (said >= 'A' && said <= 'F');
        return wanted == 'x' ? digit : said == wanted;
    });
}

}  // namespace

std::string command_name(std::uint16_t command_field) {
    const bool response = (command_field & response_bit) != 0;
    const auto request = static_cast<std::uint16_t>(command_field & ~response_bit);
    const auto* const found = std::ranges::find(command_names, request, &CommandName::request);
    if (found == command_names.end()) {
        return command_field == 0x0FFF ? "C-CANCEL-RQ" : fmt::format("{:04X}H", command_field);
    }
    return fmt::format("{}-{}", found->name, response ? "RSP" : "RQ");
}

Seen seen(Arrival arrival) {
    if (auto* pdu = std::get_if<RawPdu>(&arrival)) {
        std::string text = text_of(*pdu);
        return {.text = std::move(text), .pdu = std::move(*pdu)};
    }
    if (std::holds_alternative<Closed>(arrival)) {
        return {.text = "connection closed", .closed = true};
    }
    const std::size_t begun = std::get<Nothing>(arrival).bytes_begun;
    return {.text = begun == 0 ? "nothing" : fmt::format("only {} bytes of a PDU", begun)};
}

Seen seen(Message message) {
    const CommandSet& command = message.command;
    std::string text = command_name(command.command_field.value_or(0));
    if (message.command_bytes.empty()) {
        text = "a data set that no command announced";
    } else if (!command.command_field) {
        text = "a command set without Command Field";
    }
    if (command.status) {
        text += fmt::format(" {:04X}", *command.status);
    }
    return {.text = std::move(text), .message = std::move(message)};
}

bool is_expected(std::string_view text, std::string_view expected) {
    constexpr std::string_view separator = " or ";
    for (;;) {
        const std::size_t end = expected.find(separator);
        if (is_alternative(text, expected.substr(0, end))) {
            return true;
        }
        if (end == std::string_view::npos) {
            return false;
        }
        expected.remove_prefix(end + separator.size());
    }
}

}  // namespace cxr::storescp::conformance
