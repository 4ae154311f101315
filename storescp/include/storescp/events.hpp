#pragma once
/// What happened on the network, typed: bridge/ makes log lines and counters of it, tests assert on
/// it. No patient data but in `audit`, which is filled only where NodeSettings::audit asks for it,
/// and never logged. Called on association strands, several at a time: cheap and thread-safe.

#include "storescp/association/negotiation.hpp"
#include "storescp/ports.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cxr::storescp {

struct AssociationAccepted {
    std::uint64_t association;
    AssociationPeers peers;
    std::string address;
    std::size_t contexts_accepted, contexts_proposed;
    std::string security{};  ///< "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty: plain
    std::string user{};      ///< who they said they are, checked; empty: nobody asked
};
/// A connection that could not be secured: no association was ever asked for.
struct HandshakeFailed {
    std::string address;
    std::string why;
};
/// A user identity that was asked for or offered, and is wrong (PS3.7 D.3.3.7).
struct UserRefused {
    std::string address;
    AssociationPeers peers;
    std::string user;  ///< control characters escaped; empty: none given
    std::string why;
};
/// What was asked for and what is answered, before it is sent. Alive during the call only.
struct AssociationNegotiated {
    std::reference_wrapper<const std::string> address;
    std::reference_wrapper<const pdu::AssociateRQ> request;
    std::reference_wrapper<const std::variant<Acceptance, Refusal>> outcome;
};
struct AssociationRejected {
    std::string address;
    AssociationPeers peers;
    Rejection rejection;
    std::string why;
    std::string_view section;  ///< of the standard
};
/// Released, aborted or lost.
struct AssociationEnded {
    std::uint64_t association;
    std::string how;  ///< "released", "aborted by peer", "idle for 60 s", …
    bool orderly;
};
/// For the audit trail (PS3.15 A.5).
struct Audited {
    std::string sop_class_uid, transfer_syntax_uid{};
    std::string receiver{};                ///< AE title that objects go to, or went to
    std::vector<AuditSubject> subjects{};  ///< of objects that are transferred
    std::vector<std::byte> identifier{};   ///< of a query, as it came
    std::string address{};                 ///< of whoever asked without an association
    std::string originator{};              ///< AE title whose C-MOVE a C-STORE is part of
};
/// A C-MOVE or C-GET begins to send; only where an audit is wanted.
struct TransferBegan {
    std::uint64_t association;
    AssociationPeers peers;
    Audited audit;
};
struct RequestFinished {
    std::uint64_t association;
    AssociationPeers peers;
    std::string service;  ///< "C-FIND"
    std::string detail;   ///< level, SOP class keyword or destination
    /// As sent; Cancelled (FE00H) when none was.
    std::uint16_t status;
    std::uint64_t matches_or_completed = 0, failed = 0, warnings = 0;
    std::chrono::microseconds took{0};
    std::string why;                ///< for statuses other than success
    std::string_view section = {};  ///< of the standard, for them, too
    Audited audit{};
    std::uint16_t message_id = 0;
    std::uint64_t object_bytes = 0;  ///< of data sets that were received or sent
    bool is_answered = true;         ///< false: the association ended before
};
/// A C-MOVE or C-GET has objects to send, or one of them is done with. RequestFinished of the same
/// association and message ends it.
struct RetrieveProgressed {
    std::uint64_t association;
    std::uint16_t message_id;
    AssociationPeers peers;
    std::string_view service;  ///< "C-MOVE"
    std::string destination;
    std::size_t remaining = 0, completed = 0, failed = 0, warnings = 0;
};
/// A sub-operation that failed: which object, why.
struct SubOperationFailed {
    std::uint64_t association;
    std::string sop_instance_uid;
    std::string destination;
    std::string why;
    std::string_view section;  ///< of the standard
};
/// An attempt to tell a requester what is committed (PS3.4 J.3.3).
struct CommitmentReported {
    std::string transaction_uid;
    AssociationPeers peers;  ///< calling: the one who asked
    CommitmentDelivery::Outcome outcome;
    std::string over;  ///< "association 12", "a new association"
    unsigned attempt = 1;
    std::size_t committed = 0, failed = 0;
    std::string why;  ///< for outcomes other than delivered
};
/// An association with a destination is over, or could not be had.
struct DeliveryFinished {
    std::string destination;
    std::uint64_t association = 0;  ///< 0: there was none
    std::size_t delivered = 0, warnings = 0, postponed = 0, failed = 0;
    std::chrono::microseconds took{0};
    DestinationPause pause{};  ///< no attempts: none
};
/// For the audit trail (PS3.15 A.5): objects that the node sends of itself. Only where an audit is
/// wanted, for each piece of what goes over one association.
struct DeliveryAudited {
    enum class Stage : std::uint8_t { begun, delivered, failed };
    Stage stage;
    std::string destination;
    std::vector<AuditSubject> subjects;
};
/// An object that is not tried again.
struct DeliveryFailed {
    std::string destination;
    std::string sop_instance_uid;
    std::string why;
};
/// What a peer did beside the standard and was borne.
struct PeerRemarked {
    std::uint64_t association;
    AssociationPeers peers;
    std::string what;
};
struct ListenerTrouble {
    std::string why;
};

using Event = std::variant<AssociationAccepted,
                           AssociationNegotiated,
                           AssociationRejected,
                           AssociationEnded,
                           TransferBegan,
                           RequestFinished,
                           RetrieveProgressed,
                           SubOperationFailed,
                           HandshakeFailed,
                           UserRefused,
                           CommitmentReported,
                           PeerRemarked,
                           DeliveryFinished,
                           DeliveryFailed,
                           DeliveryAudited,
                           ListenerTrouble>;

class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void on(const Event& event) = 0;
};

}  // namespace cxr::storescp
