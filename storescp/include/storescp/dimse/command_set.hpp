#pragma once
/// DIMSE command sets (PS3.7 §6.3, §9, §10, Annex E): always Implicit VR Little Endian, group 0000.

#include "dicom/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::storescp {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

/// PS3.7 E.1-1, Command Field (0000,0100). A response is its request's value with bit 15 set.
enum class CommandField : std::uint16_t {
    c_store_rq = 0x0001,
    c_store_rsp = 0x8001,
    c_get_rq = 0x0010,
    c_get_rsp = 0x8010,
    c_find_rq = 0x0020,
    c_find_rsp = 0x8020,
    c_move_rq = 0x0021,
    c_move_rsp = 0x8021,
    c_echo_rq = 0x0030,
    c_echo_rsp = 0x8030,
    n_event_report_rq = 0x0100,
    n_event_report_rsp = 0x8100,
    n_get_rq = 0x0110,
    n_get_rsp = 0x8110,
    n_set_rq = 0x0120,
    n_set_rsp = 0x8120,
    n_action_rq = 0x0130,
    n_action_rsp = 0x8130,
    n_create_rq = 0x0140,
    n_create_rsp = 0x8140,
    n_delete_rq = 0x0150,
    n_delete_rsp = 0x8150,
    c_cancel_rq = 0x0FFF,
};

/// (0000,0800): this value means that no data set follows; any other that one does.
inline constexpr std::uint16_t no_data_set = 0x0101;

/// Error Comment (0000,0902) is an LO (PS3.5 §6.2).
inline constexpr std::size_t error_comment_characters_max = 64;

/// Every element of a command that this product reads or writes; absent ones are not encoded.
struct CommandSet {
    std::optional<std::string> affected_sop_class_uid;   // 0000,0002
    std::optional<std::string> requested_sop_class_uid;  // 0000,0003
    std::optional<std::uint16_t> command_field;          // 0000,0100: raw, it may be unknown
    std::optional<std::uint16_t> message_id;             // 0000,0110
    std::optional<std::uint16_t> message_id_being_responded_to;  // 0000,0120
    std::optional<std::string> move_destination;                 // 0000,0600, spaces trimmed
    std::optional<std::uint16_t> priority;                       // 0000,0700
    std::optional<std::uint16_t> data_set_type;                  // 0000,0800
    std::optional<std::uint16_t> status;                         // 0000,0900
    std::vector<std::uint32_t> offending_elements;               // 0000,0901 (gggg << 16 | eeee)
    std::optional<std::string> error_comment;                    // 0000,0902, cut at 64 characters
    std::optional<std::uint16_t> error_id;                       // 0000,0903
    std::optional<std::string> affected_sop_instance_uid;        // 0000,1000
    std::optional<std::string> requested_sop_instance_uid;       // 0000,1001
    std::optional<std::uint16_t> event_type_id;                  // 0000,1002
    std::optional<std::uint16_t> action_type_id;                 // 0000,1008
    std::optional<std::uint16_t> remaining_suboperations;        // 0000,1020
    std::optional<std::uint16_t> completed_suboperations;        // 0000,1021
    std::optional<std::uint16_t> failed_suboperations;           // 0000,1022
    std::optional<std::uint16_t> warning_suboperations;          // 0000,1023
    std::optional<std::string> move_originator_ae_title;         // 0000,1030
    std::optional<std::uint16_t> move_originator_message_id;     // 0000,1031

    [[nodiscard]] bool has_data_set() const {
        return data_set_type.value_or(no_data_set) != no_data_set;
    }
    [[nodiscard]] bool is_response() const { return (command_field.value_or(0) & 0x8000U) != 0; }
    [[nodiscard]] bool is(CommandField field) const {
        return command_field == static_cast<std::uint16_t>(field);
    }
    friend bool operator==(const CommandSet&, const CommandSet&) = default;
};

/// A response without a data set, with what it repeats of the request. What an N-ACTION requested
/// is what it affected (PS3.7 §10.1.4).
[[nodiscard]] CommandSet response_to(const CommandSet& request, std::uint16_t status);

/// Tolerates a missing or wrong group length, unknown elements and odd order (PS3.7 Annex E).
/// Faults: malformed (lengths that do not add up, values of the wrong size).
[[nodiscard]] Result<CommandSet> decode_command_set(std::span<const std::byte> bytes);

/// Writes the group length (0000,0000) first and the elements in ascending order.
[[nodiscard]] std::vector<std::byte> encode_command_set(const CommandSet& command);

}  // namespace cxr::storescp
