#pragma once
/// What two application entities agree on (PS3.8 §7.1, §9.3.2, §9.3.3; PS3.7 Annex D). A pure
/// table: a request and our offer in, an answer out.

#include "storescp/association/settings.hpp"
#include "storescp/upper_layer/pdu.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cxr::storescp {

/// Titles as sent, padding trimmed.
struct AssociationPeers {
    std::string calling;
    std::string called;
};

struct PresentationContext {
    std::uint8_t id = 0;
    std::string abstract_syntax;
    ContextResult result = ContextResult::abstract_syntax_not_supported;
    std::string transfer_syntax;  ///< the agreed one; empty unless accepted
    RoleSelection roles;          ///< of the requestor, as agreed
};

/// What both sides know once an association stands.
struct Agreement {
    AssociationPeers peers;
    std::vector<PresentationContext> contexts;
    std::uint32_t peer_pdu_bytes_max = 0;  ///< of PDUs that we send; 0: no limit
    /// Of the requestor, outstanding at a time (PS3.7 D.3.3.3); 0: no limit.
    std::uint16_t operations_invoked_max = 1;
    std::uint16_t operations_performed_max = 1;
    bool window_negotiated = false;  ///< else 1/1 by default, which not every peer knows
    /// SOP Class Extended Negotiation application information, as agreed (PS3.7 D.3.3.5).
    std::map<std::string, std::vector<std::uint8_t>> extended_negotiation;
    std::string peer_implementation_class_uid;
    std::string peer_implementation_version_name;
    /// What the peer did beside the standard and was borne, for a person.
    std::vector<std::string> remarks;

    [[nodiscard]] const PresentationContext* accepted(std::uint8_t id) const;
    /// The first accepted context of an abstract syntax (and transfer syntax, unless empty).
    [[nodiscard]] const PresentationContext* accepted(std::string_view abstract_syntax,
                                                      std::string_view transfer_syntax = {}) const;
};

/// What a peer must be allowed to do for a SOP class to be accepted; others get user_rejection.
enum class Permission : std::uint8_t { none, echo, query, move, get, store, commit };

/// What we would accept: by abstract syntax, its transfer syntaxes (in our order of preference),
/// and how extended negotiation is answered. A pure table given by services.
struct AcceptableContexts {
    struct Entry {
        std::vector<std::string> transfer_syntaxes;
        bool storage = false;  ///< requestor may ask for the SCP role (C-GET)
        /// Of other classes: the requestor may ask for the SCP role, for which it needs what it
        /// needs for the SCU role (storage commitment, PS3.4 J.3.3).
        bool provider_role = false;
        /// Byte-wise AND with the offer, of storage classes as it stands; never longer than the
        /// offer. Empty: not answered.
        std::vector<std::uint8_t> extended_negotiation_supported{};
        /// Of storage classes: store for the SCU role, get for the SCP role, whatever stands
        /// here.
        Permission needs = Permission::none;
        /// Its operations send requests over the same association (C-GET): while one is performed
        /// no other can be, so the window is 1/1 when it is accepted.
        bool exclusive = false;
    };
    std::map<std::string, Entry, std::less<>> by_abstract_syntax;
};

/// An association that we accept: what is sent, and what holds from then on.
struct Acceptance {
    pdu::AssociateAC answer;
    Agreement agreement;
};
struct Refusal {
    Rejection rejection;
    std::string why;  ///< for a person; control characters escaped
    std::string_view section = "PS3.8 9.3.4";
};

/// The acceptor's side. Decides, in this order: protocol version (1/2/2), application context
/// (1/1/2), called (1/1/7) and calling AE title (1/1/3), and then each presentation context alone.
/// Policies where the standard leaves a choice:
///  - of several transfer syntaxes, the first *offered* one for storage (kept as sent), else the
///    first of ours;
///  - every context refused: still accepted; no context at all: 1/1/1;
///  - a maximum length too small for any data: 1/1/1; none given: unlimited;
///  - asynchronous operations: answered when offered, invoked by the requestor at most
///    operations_performed_max (1 beside a C-GET context), performed by it 1;
///  - a SOP class that we do not know is accepted when SOP Class Common Extended Negotiation
///  relates
///    it to a storage class that we do (PS3.7 D.3.3.6);
///  - user identity is the listener's to check, who adds the response (D.3.3.7);
///  - a second extended negotiation or role item for a class is ignored, roles 0/0 too.
[[nodiscard]] std::variant<Acceptance, Refusal> negotiate(
    const pdu::AssociateRQ& request,
    const AcceptableContexts& acceptable,
    const AccessPolicy& access,
    std::uint32_t our_pdu_bytes_max,
    std::uint16_t operations_performed_max = 1);

/// The peer that a calling AE title names, by the policy's rules; null when unknown.
[[nodiscard]] const Peer* find_peer(const AccessPolicy& access, std::string_view calling);

/// The requestor's side: what an answer to our request means. Whatever it grants beyond the request
/// is not granted, and remarked.
[[nodiscard]] Agreement agreement_of(const pdu::AssociateRQ& request,
                                     const pdu::AssociateAC& answer);

}  // namespace cxr::storescp
