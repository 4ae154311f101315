#pragma once
/// What a node accepts as association acceptor: the table that it negotiates with, and that the
/// conformance statement prints. Verification, Query/Retrieve of both root models, and every
/// storage SOP class of the toolkit's dictionary in every transfer syntax of our table, and storage
/// commitment where a port stands behind it.

#include "storescp/association/negotiation.hpp"

namespace cxr::storescp {

[[nodiscard]] AcceptableContexts acceptable_contexts(bool commitment);

}  // namespace cxr::storescp
