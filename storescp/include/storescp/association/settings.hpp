#pragma once
/// What a node is told at start and on reload: plain values; only bridge/ knows the configuration
/// file.

#include "dicom/query/identifier.hpp"
#include "storescp/association/tls.hpp"
#include "storescp/retry_schedule.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cxr::storescp {

struct Timeouts {
    std::chrono::milliseconds artim{
        10'000};  ///< whole A-ASSOCIATE-RQ, and after RJ/AB/RP (PS3.8 §9.1.5)
    std::chrono::milliseconds idle{60'000};  ///< no request in an open association
    std::chrono::milliseconds dimse{
        60'000};  ///< the rest of a message that has begun; a response due
    std::chrono::milliseconds stalled_write{30'000};
    std::chrono::milliseconds connect{10'000};
};

struct Limits {
    std::size_t associations_max = 256;
    std::size_t associations_per_address_max = 32;
    std::uint32_t pdu_bytes_max = 131'072;  ///< that we advertise, 4 KiB to 16 MiB; 0: unlimited
    /// Data PDUs above what we advertise are borne up to this, and remarked; 0: aborted (A40).
    std::uint32_t lenient_pdu_bytes_max = 0;
    /// Requests of one association that are served at a time (PS3.7 D.3.3.3), 1 or more.
    std::uint16_t operations_performed_max = 1;
    /// Abort a peer that negotiated a window and exceeds it (A50); else serve in order.
    bool abort_beyond_window = true;
    std::size_t command_set_bytes_max = 65'536;
    std::size_t identifier_bytes_max = 1'048'576;
    std::size_t matches_max = 0;  ///< 0: none; above: A700H
};

/// Of a user, as told (PS3.7 D.3.3.7).
struct Credentials {
    std::string name;
    std::string passcode;  ///< empty: the name alone
};

/// A remote application entity.
struct Peer {
    std::string ae_title;
    std::string host;
    std::uint16_t port = 104;
    bool may_echo = true, may_query = true, may_move = true, may_get = true;
    bool may_store = true, may_commit = true;
    /// SOP classes (UIDs) that it may use, as SCU or SCP; empty: every class that we support.
    std::set<std::string, std::less<>> sop_classes{};
    bool is_move_destination = true;
    bool check_address = false;                       ///< its associations must come from `host`
    std::optional<std::chrono::milliseconds> idle{};  ///< instead of Timeouts::idle
    std::vector<std::string> preferred_transfer_syntaxes;  ///< UIDs, most preferred first
    /// As the destination of C-MOVE: associations with it at a time, shared by all moves to it; and
    /// operations at a time on each of them, if it grants them.
    std::uint16_t associations = 1;
    std::uint16_t operations_invoked_max = 1;
    bool tls = false;  ///< when we call it
    /// That its certificate must be for: when we call it (empty: `host`) and, unless empty, when it
    /// calls us, which it then must do by TLS.
    std::string certificate_name{};
    std::optional<Credentials> credentials{};  ///< that we send it
};

/// Somebody who may say who they are. Without passcode and hash: by name alone.
struct User {
    std::string passcode{};
    std::string passcode_hash{};  ///< crypt(3): "$6$salt$…"
};

/// What is done about user identities. ignored: neither looked at nor answered; checked: one that
/// is offered must be right; required: there must be one.
enum class UserIdentity : std::uint8_t { ignored, checked, required };

enum class Access : std::uint8_t { any, known };  ///< known: unknown calling AE titles get RJ 1/1/3

/// What may be reloaded while associations live: swapped whole.
struct AccessPolicy {
    std::vector<std::string> ae_titles{"CXRBRIDGE"};  ///< ours; the first is the Retrieve AE Title
    bool check_called_ae_title = true;
    bool case_insensitive_ae_titles = false;
    Access access = Access::any;
    std::map<std::string, Peer> peers;  ///< by AE title
    UserIdentity user_identity = UserIdentity::ignored;
    std::map<std::string, User, std::less<>> users{};  ///< by name
    /// What connections by TLS, ours and theirs, begin with; null: there are none.
    std::shared_ptr<const TlsContext> tls{};
};

struct ListenAddress {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free one
};

/// Which association tells a requester what is committed (PS3.4 J.3.3).
enum class EventAssociation : std::uint8_t {
    automatic,        ///< one that it has open, else a new one
    same,             ///< only one that it opens: that of the request, or a later one
    new_association,  ///< always a new one
};

struct CommitmentSettings {
    EventAssociation event_association = EventAssociation::automatic;
    /// A requester's own association carries a report when it has been silent for so long: who has
    /// another request, or wants to release, does so at once.
    std::chrono::milliseconds event_delay{250};
    RetrySchedule retry;  ///< of a report; then it is abandoned
    std::size_t references_max = 10'000;
    std::size_t action_bytes_max = 4'194'304;  ///< of an Action or Event Information
    /// N-EVENT-REPORTs of transactions that we did not ask for: 0110H, else 0000H and a log line.
    bool refuse_unknown_transactions = false;
};

/// A remote application entity that objects are delivered to.
struct DeliveryDestination {
    std::string ae_title;  ///< a peer of the access policy
    RetrySchedule retry;   ///< of the destination while it is not there, and of each object
};

struct NodeSettings {
    std::string listen_address = "127.0.0.1";
    std::uint16_t port = 11112;  ///< 0: any free one
    std::optional<ListenAddress> tls_listen{};
    Timeouts timeouts;
    Limits limits;
    dicom::QueryRules query_rules;
    /// C-MOVE and C-GET pending responses: at least every so many sub-operations, and so often.
    std::uint32_t pending_every_suboperations = 10;
    std::chrono::milliseconds pending_every{1'000};
    CommitmentSettings commitment;
    std::vector<DeliveryDestination> deliveries{};
    /// Events tell whose objects and which identifiers they are about: for an audit trail.
    bool audit = false;
    std::shared_ptr<const AccessPolicy> access = std::make_shared<AccessPolicy>();
};

}  // namespace cxr::storescp
