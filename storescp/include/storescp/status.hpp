#pragma once
/// The one table from faults to DIMSE statuses (PS3.7 Annex C; PS3.4 B.2.3, C.4.1.1.4, C.4.2.1.5).

#include "storescp/dimse/command_set.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cxr::storescp {

namespace status {
inline constexpr std::uint16_t success = 0x0000;
inline constexpr std::uint16_t pending = 0xFF00;
inline constexpr std::uint16_t pending_with_unsupported_keys = 0xFF01;
inline constexpr std::uint16_t cancel = 0xFE00;
inline constexpr std::uint16_t suboperations_complete_with_failures = 0xB000;
inline constexpr std::uint16_t out_of_resources = 0xA700;
inline constexpr std::uint16_t out_of_resources_matches = 0xA701;
inline constexpr std::uint16_t out_of_resources_suboperations = 0xA702;
inline constexpr std::uint16_t move_destination_unknown = 0xA801;
inline constexpr std::uint16_t does_not_match_sop_class = 0xA900;
inline constexpr std::uint16_t cannot_understand = 0xC000;
inline constexpr std::uint16_t coercion_or_duplicate = 0xB000;
inline constexpr std::uint16_t processing_failure = 0x0110;
inline constexpr std::uint16_t no_such_object_instance = 0x0112;
inline constexpr std::uint16_t no_such_event_type = 0x0113;
inline constexpr std::uint16_t invalid_argument_value = 0x0115;
inline constexpr std::uint16_t invalid_sop_instance = 0x0117;
inline constexpr std::uint16_t no_such_sop_class = 0x0118;
inline constexpr std::uint16_t class_instance_conflict = 0x0119;
inline constexpr std::uint16_t sop_class_not_supported = 0x0122;
inline constexpr std::uint16_t no_such_action = 0x0123;
inline constexpr std::uint16_t not_authorised = 0x0124;
inline constexpr std::uint16_t duplicate_invocation = 0x0210;
inline constexpr std::uint16_t unrecognised_operation = 0x0211;
inline constexpr std::uint16_t mistyped_argument = 0x0212;
inline constexpr std::uint16_t resource_limitation = 0x0213;
}  // namespace status

enum class Service : std::uint8_t { echo, store, find, move, get, commitment };

/// A status that our SCP of a service sends, with the standard's name for it and what makes us send
/// it: the conformance statement's tables. Sending one that is in neither of them is a bug.
struct StatusMeaning {
    std::uint16_t code;
    std::string_view name;
    std::string_view when;
};
[[nodiscard]] std::span<const StatusMeaning> status_meanings(Service service);
/// Of every service.
[[nodiscard]] std::span<const StatusMeaning> general_status_meanings();

/// Where the standard says what a status means: "PS3.4 B.2.3". Without a service: what every one
/// has.
[[nodiscard]] std::string_view section_of(std::uint16_t code, std::optional<Service> service);

[[nodiscard]] std::uint16_t status_of(const Fault& fault, Service service);
/// What a stranger is told of it, at most 64 characters of the default repertoire: of disks and
/// databases only that they failed.
[[nodiscard]] std::string error_comment_of(const Fault& fault);
/// Sets status, Offending Element and Error Comment.
void set_failure(CommandSet& response, const Fault& fault, Service service);

}  // namespace cxr::storescp
