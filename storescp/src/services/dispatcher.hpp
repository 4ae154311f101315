#pragma once
/// Serves the requests of one association, one after the other (PS3.7 §D.3.3.3: we perform one
/// operation at a time). Every request gets exactly one final response or the association an abort:
/// also when a service throws.

#include "services/request.hpp"

namespace cxr::storescp {

/// Returns when the association ended. All of `environment` outlives it.
[[nodiscard]] Awaitable<void> serve_association(Association& association,
                                                ServiceEnvironment environment);

}  // namespace cxr::storescp
