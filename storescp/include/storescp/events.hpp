#pragma once
/// What happened on the network, typed: bridge/ makes log lines and counters of it, tests assert on
/// it. No patient data. Called on association strands, several at a time: cheap and thread-safe.

#include "storescp/association/negotiation.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace cxr::storescp {

struct AssociationAccepted {
    std::uint64_t association;
    AssociationPeers peers;
    std::string address;
    std::size_t contexts_accepted, contexts_proposed;
};
struct AssociationRejected {
    std::string address;
    AssociationPeers peers;
    Rejection rejection;
    std::string why;
};
/// Released, aborted or lost.
struct AssociationEnded {
    std::uint64_t association;
    std::string how;  ///< "released", "aborted by peer", "idle for 60 s", …
    bool orderly;
};
struct RequestFinished {
    std::uint64_t association;
    AssociationPeers peers;
    std::string service;  ///< "C-FIND"
    std::string detail;   ///< level, SOP class keyword or destination
    /// As sent; Cancelled (FE00H) also when the association ended before it could be.
    std::uint16_t status;
    std::uint64_t matches_or_completed = 0, failed = 0, warnings = 0;
    std::chrono::microseconds took{0};
    std::string why;  ///< for statuses other than success
};
/// A sub-operation that failed: which object, why.
struct SubOperationFailed {
    std::uint64_t association;
    std::string sop_instance_uid;
    std::string destination;
    std::string why;
};
struct ListenerTrouble {
    std::string why;
};

using Event = std::variant<AssociationAccepted,
                           AssociationRejected,
                           AssociationEnded,
                           RequestFinished,
                           SubOperationFailed,
                           ListenerTrouble>;

class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void on(const Event& event) = 0;
};

}  // namespace cxr::storescp
