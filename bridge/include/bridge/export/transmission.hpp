#pragma once
/// Sends a batch of objects to one destination by C-STORE (PS3.4 Annex B), as `send` and `export
/// --to` do. Blocks until the last answer.

#include "storescp/association/settings.hpp"
#include "storescp/ports.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

struct TransmissionSettings {
    storescp::Peer peer;
    std::shared_ptr<const storescp::AccessPolicy> access;  ///< what TLS is done with
    std::string calling_ae_title = "CXRBRIDGE";
    double rate = 0;  ///< objects a second; 0: as fast as the peer takes them
};

struct TransmissionReport {
    std::uint64_t stored = 0;
    std::uint64_t stored_with_warning = 0;           ///< Bxxx: coerced or elements discarded
    std::vector<storescp::SOPReference> references;  ///< of all that is stored
    std::vector<std::string> failures;               ///< one line each: UID, why
    [[nodiscard]] bool complete() const { return failures.empty(); }
};

/// A lost association is asked for again; when that fails, too, the rest fails with that reason.
/// @param finished called after every object, from the sending thread.
[[nodiscard]] TransmissionReport transmit(storescp::RetrievePort& objects,
                                          std::span<const storescp::InstanceReference> instances,
                                          const TransmissionSettings& settings,
                                          const std::function<void()>& finished);

}  // namespace cxr::bridge
