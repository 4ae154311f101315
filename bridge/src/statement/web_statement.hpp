#pragma once
/// The statement's part on DICOMweb, read from the router that the web side is served by.

#include "config/schema.hpp"
#include "statement/document.hpp"

namespace cxr::bridge {

/// Method and pattern, what it does, media types, parameters: of every DICOMweb resource.
[[nodiscard]] TextTable web_resources(const config::Config& config);
void web_services(Document& text, const config::Config& config);

}  // namespace cxr::bridge
