#pragma once
/// The query of a rendered resource (PS3.18 §8.3.5): pure.

#include "bridge/web/request.hpp"
#include "dicom/image/rendering.hpp"

namespace cxr::bridge::web {

struct RenderingRequest {
    dicom::RenderingOptions options;
    int quality = 90;  ///< of JPEG
};

/// Faults: malformed, naming the parameter.
[[nodiscard]] Result<RenderingRequest> parse_rendering(const Request& request);

}  // namespace cxr::bridge::web
