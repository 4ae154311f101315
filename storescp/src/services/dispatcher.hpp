#pragma once
/// Serves the requests of one association: as many at a time as the agreement's asynchronous
/// operations window allows (PS3.7 §D.3.3.3), one after the other where none was negotiated. Every
/// request gets exactly one final response or the association an abort: also when a service throws.

#include "services/request.hpp"

namespace cxr::storescp {

/// Returns when the association ended. All of `environment` outlives it.
[[nodiscard]] Awaitable<void> serve_association(Association& association,
                                                ServiceEnvironment environment);

}  // namespace cxr::storescp
