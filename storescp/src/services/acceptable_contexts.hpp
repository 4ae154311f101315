#pragma once
/// What a node accepts: Verification, Query/Retrieve of both root models, and every storage SOP
/// class of the toolkit's dictionary in every transfer syntax of our table.

#include "storescp/association/listener.hpp"

namespace cxr::storescp {

[[nodiscard]] AcceptableContexts acceptable_contexts();

}  // namespace cxr::storescp
