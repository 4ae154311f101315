#pragma once
/// multipart/related answers with a part for each instance, made while they are sent.

#include "bridge/web/web.hpp"

#include <functional>
#include <string>
#include <vector>

namespace cxr::bridge::web {

struct StreamedPart {
    std::string content_type;
    std::vector<dicom::Segment> content;
};
/// Blocking; faults: why there is none.
using MakePart = std::function<Result<StreamedPart>(const storescp::InstanceReference&)>;

/// Parts that cannot be had for a reason of their own (concerns_one_object()) are left out. The
/// first is made at once. Blocking.
/// @param part_type as the type parameter of the whole says it
/// Faults: there is no part at all: why the last could not be had; any other fault of MakePart.
[[nodiscard]] Result<Response> streamed_parts(std::vector<storescp::InstanceReference> instances,
                                              std::string part_type,
                                              MakePart make);

}  // namespace cxr::bridge::web
