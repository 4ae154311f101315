#pragma once
/// The negotiation of an association for a person (PS3.8 §9.3.2, §9.3.3): who asks, every context
/// with what was offered and what became of it, and the user information items of both sides.

#include "storescp/events.hpp"

#include <string>

namespace cxr::bridge {

/// Several lines, the last one empty.
[[nodiscard]] std::string negotiation_table(const storescp::AssociationNegotiated& negotiated);

}  // namespace cxr::bridge
