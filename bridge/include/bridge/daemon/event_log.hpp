#pragma once
/// What happened on the network as log lines and counters: one line per association and per
/// finished request (association, AE titles, service, level, counts, status, milliseconds).

#include "bridge/daemon/log.hpp"
#include "storescp/events.hpp"

#include <atomic>
#include <cstdint>
#include <iosfwd>
#include <mutex>

namespace cxr::bridge {

/// Since start. Read at any time.
struct EventCounters {
    std::atomic<std::uint64_t> associations_accepted{0};
    std::atomic<std::uint64_t> associations_rejected{0};
    std::atomic<std::uint64_t> associations_released{0};
    std::atomic<std::uint64_t> associations_lost{0};  ///< aborted, timed out, gone
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> requests_failed{0};
    std::atomic<std::uint64_t> suboperations_failed{0};
};

class EventLog final : public storescp::EventSink {
public:
    /// @param explanations every negotiation as a table goes there; null: nowhere
    explicit EventLog(Log& log, std::ostream* explanations = nullptr)
        : log_(log), explanations_(explanations) {}

    void on(const storescp::Event& event) override;
    [[nodiscard]] const EventCounters& counters() const { return counters_; }

private:
    void note(const storescp::AssociationAccepted& event);
    void note(const storescp::AssociationNegotiated& event);
    void note(const storescp::AssociationRejected& event);
    void note(const storescp::AssociationEnded& event);
    void note(const storescp::TransferBegan& /*event*/) {}  // the audit trail's
    void note(const storescp::RequestFinished& event);
    void note(const storescp::RetrieveProgressed& /*event*/) {}  // for who looks on
    void note(const storescp::SubOperationFailed& event);
    void note(const storescp::HandshakeFailed& event);
    void note(const storescp::UserRefused& event);
    void note(const storescp::CommitmentReported& event);
    void note(const storescp::PeerRemarked& event);
    void note(const storescp::DeliveryFinished& event);
    void note(const storescp::DeliveryFailed& event);
    void note(const storescp::DeliveryAudited& /*event*/) {}  // the audit trail's
    void note(const storescp::ListenerTrouble& event);

    Log& log_;
    std::mutex explaining_;
    std::ostream* const explanations_;  ///< guarded by explaining_
    EventCounters counters_;
};

}  // namespace cxr::bridge
