#pragma once
/// Who may use the web side, by the configuration and the files that it names.

#include "access.hpp"
#include "config/schema.hpp"

namespace cxr::bridge::web {

/// Faults: not_found, malformed (names the key or file, never what is in it).
[[nodiscard]] Result<AccessRules> access_rules(const config::Config& config);

}  // namespace cxr::bridge::web
