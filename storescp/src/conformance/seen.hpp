#pragma once
/// What a peer did, in the words that expectations are written in: "A-ASSOCIATE-RJ 1/1/2",
/// "A-ABORT 2/6", "C-FIND-RSP A900", "connection closed", "nothing". An expectation is such a text,
/// or several joined by " or "; an x in it stands for any hexadecimal digit.

#include "conformance/wire.hpp"
#include "storescp/dimse/command_set.hpp"
#include "storescp/upper_layer/pdu.hpp"

#include <optional>
#include <string_view>

namespace cxr::storescp::conformance {

struct Message {
    std::uint8_t context = 0;
    Bytes command_bytes;
    CommandSet command;
    Bytes data_set;
    /// Elements of other groups stand behind the command's own (PS3.7 6.3.1 knows none there).
    bool has_more_than_a_command = false;
};

struct Seen {
    std::string text;
    std::optional<RawPdu> pdu = std::nullopt;       ///< one that is no P-DATA-TF
    std::optional<Message> message = std::nullopt;  ///< a whole DIMSE message
    bool closed = false;

    [[nodiscard]] bool is(pdu::Type type) const {
        return pdu && pdu->type == static_cast<std::uint8_t>(type);
    }
    /// Of a response; 0 where there is none.
    [[nodiscard]] std::uint16_t status() const {
        return message ? message->command.status.value_or(0) : 0;
    }
};

[[nodiscard]] Seen seen(Arrival arrival);
[[nodiscard]] Seen seen(Message message);
[[nodiscard]] bool is_expected(std::string_view text, std::string_view expected);
/// "C-FIND-RQ", "8FF0H" for one unknown.
[[nodiscard]] std::string command_name(std::uint16_t command_field);

}  // namespace cxr::storescp::conformance
