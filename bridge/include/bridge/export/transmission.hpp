#pragma once
/// Sends a batch of objects to one destination by C-STORE (PS3.4 Annex B), as `send` and `export
/// --to` do. Blocks until the last answer.

#include "storescp/association/settings.hpp"
#include "storescp/ports.hpp"
#include "storescp/retry_schedule.hpp"

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
    /// Of what may pass: a peer that is not there or is lost, A7xxH. Attempts count while nothing
    /// is stored.
    storescp::RetrySchedule retry{.attempts_max = 1};
    std::size_t threads = 2;  ///< that make objects while others are on the wire
    /// Each object that the peer has, as soon as it says so; from the sending thread.
    std::function<void(const storescp::InstanceReference&)> stored = {};
    /// Before a wait: why, how long, and how many objects are left.
    std::function<void(const std::string&, std::chrono::milliseconds, std::size_t)> waiting = {};
};

struct TransmissionReport {
    std::uint64_t stored = 0;
    std::uint64_t stored_with_warning = 0;           ///< Bxxx: coerced or elements discarded
    std::vector<storescp::SOPReference> references;  ///< of all that is stored
    std::vector<std::string> failures;               ///< one line each: UID, why
    [[nodiscard]] bool complete() const { return failures.empty(); }
};

/// A lost association is asked for again at once; what fails for a reason that may pass is tried
/// again by the schedule, and fails with its last reason when that ends.
/// @param finished called after every object that is stored or failed, from the sending thread.
[[nodiscard]] TransmissionReport transmit(storescp::RetrievePort& objects,
                                          std::span<const storescp::InstanceReference> instances,
                                          const TransmissionSettings& settings,
                                          const std::function<void()>& finished);

}  // namespace cxr::bridge
