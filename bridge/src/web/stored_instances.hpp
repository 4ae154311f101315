#pragma once
/// The instances that a path names, by the port that C-MOVE asks, and their bytes.

#include "bridge/web/web.hpp"
#include "dicom/codec/object_layout.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cxr::bridge::web {

/// Of UIDs' characters, and no longer than one may be.
[[nodiscard]] bool is_uid(std::string_view text);

/// Captures `study`, `series`, `instance`. Faults: malformed (no UID), not_found (none), storage.
[[nodiscard]] Result<std::vector<storescp::InstanceReference>> instances_of(
    const Request& request, storescp::RetrievePort& port);

/// As kept, where its pixels can be sent like that, else Explicit VR Little Endian: what metadata
/// and bulk data are read from.
[[nodiscard]] Result<dicom::EncodedObject> load_readable(
    const storescp::InstanceReference& instance, storescp::RetrievePort& port);

/// "http://127.0.0.1:8080/dicom-web/studies/1.2/series/1.3/instances/1.4"
[[nodiscard]] std::string instance_url(const std::string& origin,
                                       const dicom::Attributes& attributes);

/// Tells the audit trail, where there is one, whose objects leave.
void tell_sent(const Request& request,
               const std::vector<storescp::InstanceReference>& instances,
               const WebPorts& ports);

/// Is it about this object alone that it cannot be had, not about the disk?
[[nodiscard]] bool concerns_one_object(const Fault& fault);

}  // namespace cxr::bridge::web
