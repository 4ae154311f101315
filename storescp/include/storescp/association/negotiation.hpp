#pragma once
/// What two application entities agree on (PS3.8 §7.1, §9.3.2, §9.3.3; PS3.7 Annex D). A pure
/// table: a request and our offer in, an answer out.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cxr::storescp {

/// Titles as sent, padding trimmed.
struct AssociationPeers {
    std::string calling;
    std::string called;
};

/// PS3.8 table 9-18, Result/Reason.
enum class ContextResult : std::uint8_t {
    acceptance = 0,
    user_rejection = 1,
    no_reason = 2,
    abstract_syntax_not_supported = 3,
    transfer_syntaxes_not_supported = 4,
};

/// SCP/SCU Role Selection (PS3.7 D.3.3.4), as seen by the association requestor.
struct RoleSelection {
    bool scu = true;
    bool scp = false;
    friend bool operator==(const RoleSelection&, const RoleSelection&) = default;
};

struct ProposedContext {
    std::uint8_t id;  ///< odd, 1 to 255
    std::string abstract_syntax;
    std::vector<std::string> transfer_syntaxes;
};

struct PresentationContext {
    std::uint8_t id = 0;
    std::string abstract_syntax;
    ContextResult result = ContextResult::abstract_syntax_not_supported;
    std::string transfer_syntax;  ///< the agreed one; empty unless accepted
    RoleSelection roles;          ///< of the requestor, as agreed
};

/// PS3.8 table 9-21.
struct Rejection {
    std::uint8_t result;  ///< 1 permanent, 2 transient
    std::uint8_t source;  ///< 1 service user, 2 provider (ACSE), 3 provider (presentation)
    std::uint8_t reason;
    friend bool operator==(const Rejection&, const Rejection&) = default;
};

/// What both sides know once an association stands.
struct Agreement {
    AssociationPeers peers;
    std::vector<PresentationContext> contexts;
    std::uint32_t peer_pdu_bytes_max = 0;  ///< of PDUs that we send; 0: no limit
    std::uint16_t operations_invoked_max = 1;
    std::uint16_t operations_performed_max = 1;
    /// SOP Class Extended Negotiation application information, as agreed (PS3.7 D.3.3.5).
    std::map<std::string, std::vector<std::uint8_t>> extended_negotiation;
    std::string peer_implementation_class_uid;
    std::string peer_implementation_version_name;

    [[nodiscard]] const PresentationContext* accepted(std::uint8_t id) const;
    /// The first accepted context of an abstract syntax (and transfer syntax, unless empty).
    [[nodiscard]] const PresentationContext* accepted(std::string_view abstract_syntax,
                                                      std::string_view transfer_syntax = {}) const;
};

}  // namespace cxr::storescp
