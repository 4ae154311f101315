#pragma once
/// DICOM audit messages (PS3.15 A.5) as XML of the schema in A.5.1. Only what A.5.3 provides for
/// goes in: of patients the ID, of studies the UID, of queries the identifier.

#include "storescp/ports.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::bridge {

enum class AuditKind : std::uint8_t {
    application_start,
    application_stop,
    begin_transferring,
    instances_received,
    instances_sent,
    query,
    user_refused,
    node_refused,
};

/// Who took part (A.5.3, "Active Participant").
struct AuditParticipant {
    enum class Role : std::uint8_t { application, source, destination, none };
    std::string user_id;  ///< AE title or user name
    Role role = Role::none;
    bool is_requestor = false;
    std::string address{};  ///< IP address; empty: unknown
};

struct AuditMessage {
    AuditKind kind;
    bool success = true;
    std::vector<AuditParticipant> participants;
    std::string source_id;  ///< who tells: our AE title
    std::vector<storescp::AuditSubject> subjects{};
    std::string sop_class_uid{}, transfer_syntax_uid{};
    std::vector<std::byte> identifier{};  ///< of a query
    std::string description{};            ///< of an alert: why
};

/// One line, without an XML declaration. Bytes that XML cannot hold become "?".
[[nodiscard]] std::string xml_of(const AuditMessage& message,
                                 std::chrono::system_clock::time_point when);

}  // namespace cxr::bridge
