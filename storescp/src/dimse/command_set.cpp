#include "storescp/dimse/command_set.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

namespace cxr::storescp {

namespace {

using Text = std::optional<std::string> CommandSet::*;
using Short = std::optional<std::uint16_t> CommandSet::*;
using Tags = std::vector<std::uint32_t> CommandSet::*;

enum class Padding : char { nul = '\0', space = ' ' };

struct Element {
    std::uint16_t number;  ///< of group 0000
    std::variant<Text, Short, Tags> member;
    Padding padding = Padding::nul;  ///< of a text
};

/// Ascending, as they are written (PS3.7 Annex E).
const std::array elements{
    Element{0x0002, &CommandSet::affected_sop_class_uid},
    Element{0x0003, &CommandSet::requested_sop_class_uid},
    Element{0x0100, &CommandSet::command_field},
    Element{0x0110, &CommandSet::message_id},
    Element{0x0120, &CommandSet::message_id_being_responded_to},
    Element{0x0600, &CommandSet::move_destination, Padding::space},
    Element{0x0700, &CommandSet::priority},
    Element{0x0800, &CommandSet::data_set_type},
    Element{0x0900, &CommandSet::status},
    Element{0x0901, &CommandSet::offending_elements},
    Element{0x0902, &CommandSet::error_comment, Padding::space},
    Element{0x0903, &CommandSet::error_id},
    Element{0x1000, &CommandSet::affected_sop_instance_uid},
    Element{0x1001, &CommandSet::requested_sop_instance_uid},
    Element{0x1002, &CommandSet::event_type_id},
    Element{0x1008, &CommandSet::action_type_id},
    Element{0x1020, &CommandSet::remaining_suboperations},
    Element{0x1021, &CommandSet::completed_suboperations},
    Element{0x1022, &CommandSet::failed_suboperations},
    Element{0x1023, &CommandSet::warning_suboperations},
    Element{0x1030, &CommandSet::move_originator_ae_title, Padding::space},
    Element{0x1031, &CommandSet::move_originator_message_id},
};

std::uint16_t read_short(std::span<const std::byte> bytes) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[0]) |
                                      (std::to_integer<unsigned>(bytes[1]) << 8));
}

std::uint32_t read_long(std::span<const std::byte> bytes) {
    return std::uint32_t{read_short(bytes)} | (std::uint32_t{read_short(bytes.subspan(2))} << 16);
}

void write_short(std::vector<std::byte>& out, std::uint16_t value) {
    out.push_back(static_cast<std::byte>(value & 0xFFU));
    out.push_back(static_cast<std::byte>(value >> 8));
}

void write_long(std::vector<std::byte>& out, std::uint32_t value) {
    write_short(out, static_cast<std::uint16_t>(value & 0xFFFFU));
    write_short(out, static_cast<std::uint16_t>(value >> 16));
}

void write_header(std::vector<std::byte>& out, std::uint16_t number, std::size_t length) {
    write_short(out, 0x0000);
    write_short(out, number);
    write_long(out, static_cast<std::uint32_t>(length));
}

void write_text(std::vector<std::byte>& out, const Element& element, std::string_view text) {
    if (element.number == 0x0902) {
        text = text.substr(0, error_comment_characters_max);
    }
    write_header(out, element.number, text.size() + text.size() % 2);
    for (const char character : text) {
        out.push_back(static_cast<std::byte>(character));
    }
    if (text.size() % 2 != 0) {
        out.push_back(static_cast<std::byte>(element.padding));
    }
}

/// Padding and, in AE titles, leading spaces carry no meaning (PS3.5 §6.2).
std::string trimmed(std::span<const std::byte> value, Padding padding) {
    std::string text(value.size(), '\0');
    std::transform(value.begin(), value.end(), text.begin(), [](std::byte byte) {
        return static_cast<char>(byte);
    });
    const auto last = text.find_last_not_of(std::string_view("\0 ", 2));
    text.resize(last == std::string::npos ? 0 : last + 1);
    if (padding == Padding::space) {
        text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
    }
    return text;
}

Fault malformed(std::uint16_t number, std::string_view why) {
    return Fault{.kind = FaultKind::malformed,
                 .doing = "command set: " + std::string(why),
                 .element = DcmTagKey(0x0000, number)};
}

/// Keeps a value; an empty one means that the element is absent.
Result<void> keep(CommandSet& command, const Element& element, std::span<const std::byte> value) {
    if (const auto* const text = std::get_if<Text>(&element.member)) {
        if (auto kept = trimmed(value, element.padding); !kept.empty()) {
            command.*(*text) = std::move(kept);
        }
    } else if (const auto* const number = std::get_if<Short>(&element.member)) {
        if (value.size() != 2) {
            return malformed(element.number, "a US element without exactly one value");
        }
        command.*(*number) = read_short(value);
    } else if (const auto* const tags = std::get_if<Tags>(&element.member)) {
        if (value.size() % 4 != 0) {
            return malformed(element.number, "an AT element that is not a list of tags");
        }
        (command.*(*tags)).clear();
        for (; !value.empty(); value = value.subspan(4)) {
            const std::uint32_t group = read_short(value);
            (command.*(*tags)).push_back((group << 16) | read_short(value.subspan(2)));
        }
    }
    return {};
}

}  // namespace

Result<CommandSet> decode_command_set(std::span<const std::byte> bytes) {
    constexpr std::size_t header_bytes = 8;
    CommandSet command;
    while (!bytes.empty()) {
        if (bytes.size() < header_bytes) {
            return malformed(0x0000, "ends within an element");
        }
        const std::uint16_t group = read_short(bytes);
        const std::uint16_t number = read_short(bytes.subspan(2));
        const std::uint32_t length = read_long(bytes.subspan(4));
        bytes = bytes.subspan(header_bytes);
        if (group != 0x0000) {
            return malformed(number, "an element outside group 0000");
        }
        if (length > bytes.size()) {
            return malformed(number, "an element longer than the command set");
        }
        const auto known =
            std::find_if(elements.begin(), elements.end(), [number](const Element& element) {
                return element.number == number;
            });
        if (known != elements.end() && length > 0) {
            if (auto kept = keep(command, *known, bytes.first(length)); !kept) {
                return kept.error();
            }
        }
        bytes = bytes.subspan(length);
    }
    return command;
}

CommandSet response_to(const CommandSet& request, std::uint16_t status) {
    const bool requested = request.is(CommandField::n_action_rq);
    CommandSet response;
    response.affected_sop_class_uid =
        requested ? request.requested_sop_class_uid : request.affected_sop_class_uid;
    response.command_field =
        static_cast<std::uint16_t>(request.command_field.value_or(0) | 0x8000U);
    response.message_id_being_responded_to = request.message_id;
    response.affected_sop_instance_uid =
        requested ? request.requested_sop_instance_uid : request.affected_sop_instance_uid;
    response.action_type_id = request.action_type_id;
    response.event_type_id = request.event_type_id;
    response.data_set_type = no_data_set;
    response.status = status;
    return response;
}

std::vector<std::byte> encode_command_set(const CommandSet& command) {
    constexpr std::size_t group_length_bytes = 12;
    std::vector<std::byte> out;
    out.reserve(256);
    write_header(out, 0x0000, 4);
    write_long(out, 0);
    for (const Element& element : elements) {
        if (const auto* const text = std::get_if<Text>(&element.member)) {
            if (const auto& value = command.*(*text)) {
                write_text(out, element, *value);
            }
        } else if (const auto* const number = std::get_if<Short>(&element.member)) {
            if (const auto& value = command.*(*number)) {
                write_header(out, element.number, 2);
                write_short(out, *value);
            }
        } else if (const auto* const tags = std::get_if<Tags>(&element.member)) {
            const auto& values = command.*(*tags);
            if (!values.empty()) {
                write_header(out, element.number, values.size() * 4);
                for (const std::uint32_t tag : values) {
                    write_short(out, static_cast<std::uint16_t>(tag >> 16));
                    write_short(out, static_cast<std::uint16_t>(tag & 0xFFFFU));
                }
            }
        }
    }
    std::vector<std::byte> length;
    write_long(length, static_cast<std::uint32_t>(out.size() - group_length_bytes));
    std::copy(length.begin(), length.end(), out.begin() + 8);
    return out;
}

}  // namespace cxr::storescp
