#pragma once
/// A received data set, looked at before it is believed: scanned once, bounded, and its UIDs
/// checked (PS3.4 B.2.3).

#include "bridge/catalogue/catalogue.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "storescp/ports.hpp"

#include <span>

namespace cxr::bridge {

/// Entities, transfer syntax and size; file, hash and caller are the store's to fill in.
/// Faults: malformed (lengths, nesting, group 0002, …: C000H), refused (a UID that the information
/// model needs is missing or is none: A900H, with the element), exhausted (inflates beyond bounds).
[[nodiscard]] Result<ReceivedObject> examine(std::span<const std::byte> data_set,
                                             const dicom::TransferSyntax& transfer_syntax);

/// Does the data set say what the request said? Faults: refused, with the element.
[[nodiscard]] Result<void> check_against(const storescp::ReceptionRequest& request,
                                         const ReceivedObject& object);

}  // namespace cxr::bridge
