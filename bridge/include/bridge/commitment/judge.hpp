#pragma once
/// Whether the node commits to an object (PS3.4 J.1): what is received is on the disk, whole and as
/// it was sent; what is made can be made, since the file it comes from is there and unchanged.

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/objects/object_source.hpp"
#include "storescp/ports.hpp"

#include <cstdint>

namespace cxr::bridge {

/// 0, or the Failure Reason. Blocking: syncs and reads all of a received object. Any thread.
[[nodiscard]] std::uint16_t judge_commitment(const Catalogue& catalogue,
                                             const ObjectSourceSettings& objects,
                                             const storescp::SOPReference& reference);

}  // namespace cxr::bridge
