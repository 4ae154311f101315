#pragma once
/// What goes on at the moment, and what happened last: for somebody who looks on. Bounded; any
/// thread. AE titles, addresses, UIDs and reasons, no patient data.

#include "storescp/events.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace cxr::bridge::web {

using TimePoint = std::chrono::system_clock::time_point;

struct LiveAssociation {
    std::uint64_t number = 0;
    TimePoint since{};
    storescp::AssociationPeers peers{};
    std::string address, security, user;
    std::uint64_t requests = 0;  ///< finished
    std::string last_request;    ///< "C-FIND STUDY 0000H"
};

/// A C-MOVE or C-GET that is being served.
struct LiveRetrieval {
    TimePoint since{};
    storescp::RetrieveProgressed progress;
};

/// An association that was refused, by whatever rule.
struct RefusedAssociation {
    TimePoint at{};
    storescp::AssociationPeers peers{};  ///< as far as they were told
    std::string address;
    std::string reason;  ///< "1/1/7", "TLS", "user"
    std::string why, section;
};

struct PastOperation {
    TimePoint at{};
    std::string service, detail, calling, why;
    std::uint16_t status = 0;
    std::uint64_t completed = 0, failed = 0, warnings = 0;
    std::chrono::microseconds took{0};
    bool is_answered = true;
};

struct ActivitySnapshot {
    std::vector<LiveAssociation> associations;  ///< oldest first
    std::vector<LiveRetrieval> retrievals;      ///< oldest first
    std::vector<RefusedAssociation> refused;    ///< latest first
    std::vector<PastOperation> operations;      ///< latest first
};

class Activity final : public storescp::EventSink {
public:
    /// @param next is told every event, too @param kept refusals and operations each
    explicit Activity(
        storescp::EventSink& next,
        std::size_t kept = 50,
        std::function<TimePoint()> now = [] { return std::chrono::system_clock::now(); })
        : next_(next), kept_(kept), now_(std::move(now)) {}

    void on(const storescp::Event& event) override;
    [[nodiscard]] ActivitySnapshot snapshot() const;

private:
    void note(const storescp::AssociationAccepted& event);
    void note(const storescp::AssociationRejected& event);
    void note(const storescp::AssociationEnded& event);
    void note(const storescp::RetrieveProgressed& event);
    void note(const storescp::RequestFinished& event);
    void note(const storescp::HandshakeFailed& event);
    void note(const storescp::UserRefused& event);
    template <typename Other>
    void note(const Other&) {}
    void refuse(RefusedAssociation refused);

    storescp::EventSink& next_;
    const std::size_t kept_;
    const std::function<TimePoint()> now_;
    mutable std::mutex mutex_;
    // Guarded by mutex_.
    std::map<std::uint64_t, LiveAssociation> associations_;
    std::map<std::pair<std::uint64_t, std::uint16_t>, LiveRetrieval> retrievals_;
    std::deque<RefusedAssociation> refused_;  ///< latest first
    std::deque<PastOperation> operations_;    ///< latest first
};

}  // namespace cxr::bridge::web
