#pragma once
/// Which instances a C-MOVE or C-GET identifier names (PS3.4 C.4.2.1.4.1).

#include "catalogue/sqlite.hpp"
#include "dicom/query/identifier.hpp"
#include "storescp/ports.hpp"

#include <span>
#include <vector>

namespace cxr::bridge {

/// In the order of the catalogue: study by study, images before reports.
/// Faults: exhausted (more UIDs than a statement can hold), storage.
[[nodiscard]] dicom::Result<std::vector<storescp::InstanceReference>> retrieve_instances(
    sqlite::Connection& connection, const dicom::RetrieveIdentifier& identifier);

/// Study by study, whose these are: what could not be read is left out.
[[nodiscard]] std::vector<storescp::AuditSubject> subjects_of(
    sqlite::Connection& connection, std::span<const storescp::InstanceReference> instances);

}  // namespace cxr::bridge
