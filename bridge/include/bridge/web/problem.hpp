#pragma once
/// What a client is told when something is wrong (RFC 9457, application/problem+json), and the one
/// table from faults to HTTP statuses.

#include "bridge/web/response.hpp"

namespace cxr::bridge::web {

/// malformed 400, not_found 404, unsupported 406, refused 409, exhausted 413, peer_gone 408,
/// cancelled 503, storage 500.
[[nodiscard]] unsigned status_of(FaultKind kind);

/// @param detail for a person; no patient data
[[nodiscard]] Response problem(unsigned status, std::string_view detail);
/// Of disks and databases a stranger is told only that they failed. @param status 0: the table's
[[nodiscard]] Response problem_of(const Fault& fault, unsigned status = 0);

}  // namespace cxr::bridge::web
