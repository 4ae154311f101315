#pragma once
/// Queries of pictures (PS3.18 §8.3.5, and §9.1 by its older names): pure.

#include "bridge/web/request.hpp"
#include "dicom/image/rendering.hpp"

#include <optional>
#include <string>

namespace cxr::bridge::web {

/// A presentation state, by where it is in the image's study.
struct StateReference {
    std::string series_instance_uid, sop_instance_uid;
};

struct RenderingRequest {
    dicom::RenderingOptions options;
    int quality = 90;                       ///< of JPEG
    std::optional<StateReference> state{};  ///< that is to be applied
};

/// `annotation`, `presentationSeriesUID` and `presentationUID`, `quality`, `viewport`, `window`;
/// the capture `frames`. Faults: malformed, naming the parameter.
[[nodiscard]] Result<RenderingRequest> parse_rendering(const Request& request);
/// `annotation`, `columns`, `frameNumber`, `imageQuality`, `presentationSeriesUID` and
/// `presentationUID`, `region`, `rows`, `windowCenter` and `windowWidth`. Faults: those.
[[nodiscard]] Result<RenderingRequest> parse_uri_rendering(const Request& request);

}  // namespace cxr::bridge::web
