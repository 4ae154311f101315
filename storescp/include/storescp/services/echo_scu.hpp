#pragma once
/// C-ECHO as a user (PS3.7 §9.1.5, PS3.4 Annex A).

#include "storescp/association/association.hpp"

namespace cxr::storescp {

inline constexpr const char* verification_sop_class_uid = "1.2.840.10008.1.1";

/// The context to propose for echo().
[[nodiscard]] ProposedContext verification_context(std::uint8_t id = 1);

/// Sends a C-ECHO-RQ and gives the status of its response. Faults: refused (no accepted context),
/// peer_gone.
[[nodiscard]] Awaitable<Result<std::uint16_t>> echo(Association& association,
                                                    std::uint16_t message_id = 1);

}  // namespace cxr::storescp
