#include "storescp/association/negotiation.hpp"

#include "dicom/core/ae_title.hpp"
#include "dicom/core/implementation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

namespace cxr::storescp {
namespace {

constexpr Rejection no_reason{1, 1, 1};
constexpr Rejection application_context_not_supported{1, 1, 2};
constexpr Rejection calling_not_recognized{1, 1, 3};
constexpr Rejection called_not_recognized{1, 1, 7};
constexpr Rejection protocol_version_not_supported{1, 2, 2};

/// Titles come from strangers and go into logs.
std::string printable(std::string_view title) {
    std::string text;
    for (const char c : title) {
        if (c >= ' ' && c <= '~') {
            text += c;
        } else {
            text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return text;
}

bool same_title(std::string_view a, std::string_view b, bool case_insensitive) {
    return std::ranges::equal(a, b, [&](unsigned char x, unsigned char y) {
        return case_insensitive ? std::toupper(x) == std::toupper(y) : x == y;
    });
}

std::optional<Refusal> refuse_peers(const AssociationPeers& peers, const AccessPolicy& access) {
    const bool called_ours = std::ranges::any_of(access.ae_titles, [&](const std::string& ours) {
        return same_title(ours, peers.called, access.case_insensitive_ae_titles);
    });
    if (!dicom::AETitle::parse(peers.called) || (access.check_called_ae_title && !called_ours)) {
        return Refusal{called_not_recognized,
                       fmt::format("called AE title '{}' is not ours", printable(peers.called))};
    }
    if (!dicom::AETitle::parse(peers.calling)) {
        return Refusal{calling_not_recognized,
                       fmt::format("calling AE title '{}' is not one", printable(peers.calling))};
    }
    if (access.access == Access::known && find_peer(access, peers.calling) == nullptr) {
        return Refusal{calling_not_recognized,
                       fmt::format("calling AE title '{}' is not known", printable(peers.calling))};
    }
    return std::nullopt;
}

std::optional<Refusal> refuse(const pdu::AssociateRQ& request,
                              const AssociationPeers& peers,
                              const AccessPolicy& access) {
    if ((request.protocol_version & 1U) == 0) {
        return Refusal{protocol_version_not_supported,
                       fmt::format("protocol version {:04X}H", request.protocol_version),
                       "PS3.8 9.3.2"};
    }
    if (request.application_context != dicom_application_context) {
        return Refusal{
            application_context_not_supported,
            fmt::format("application context '{}'", printable(request.application_context)),
            "PS3.7 A.2.1"};
    }
    if (auto refusal = refuse_peers(peers, access)) {
        return refusal;
    }
    if (request.contexts.empty()) {
        return Refusal{no_reason, "no presentation context proposed", "PS3.8 9.3.2.2"};
    }
    const std::uint32_t peer_bytes_max = request.user.pdu_bytes_max.value_or(0);
    if (peer_bytes_max != 0 && peer_bytes_max <= pdu::pdv_header_bytes) {
        return Refusal{no_reason,
                       fmt::format("maximum length {} leaves no room for data", peer_bytes_max),
                       "PS3.8 D.1"};
    }
    return std::nullopt;
}

/// What a peer may do. A stranger, where strangers are let in, may do what a peer may by default.
class Grants {
public:
    explicit Grants(const Peer* peer) : peer_(peer == nullptr ? Peer{} : *peer) {}

    [[nodiscard]] bool allow(Permission needed) const {
        switch (needed) {
            case Permission::none:
                return true;
            case Permission::echo:
                return peer_.may_echo;
            case Permission::query:
                return peer_.may_query;
            case Permission::move:
                return peer_.may_move;
            case Permission::get:
                return peer_.may_get;
            case Permission::store:
                return peer_.may_store;
            case Permission::commit:
                return peer_.may_commit;
        }
        return false;
    }
    [[nodiscard]] bool allow(std::string_view sop_class_uid) const {
        return peer_.sop_classes.empty() || peer_.sop_classes.contains(sop_class_uid);
    }

private:
    Peer peer_;
};

class Negotiation {
public:
    Negotiation(const pdu::AssociateRQ& request,
                const AcceptableContexts& acceptable,
                const Grants& grants,
                Acceptance& result)
        : request_(request), acceptable_(acceptable), grants_(grants), result_(result) {
        for (const pdu::RoleItem& item : request.user.roles) {
            // The first wins; 0/0 would leave nobody anything to do and is ignored.
            if ((item.roles.scu || item.roles.scp) &&
                !offered_roles_.try_emplace(item.sop_class_uid, item.roles).second) {
                remark("a second role selection item for one SOP class");
            }
        }
        find_related();
    }

    void run() {
        for (const ProposedContext& proposed : request_.contexts) {
            PresentationContext context = decide(proposed);
            result_.answer.contexts.push_back(
                {.id = context.id,
                 .result = context.result,
                 .transfer_syntax = context.result == ContextResult::acceptance
                                        ? context.transfer_syntax
                                        : first_offered(proposed)});
            result_.agreement.contexts.push_back(std::move(context));
        }
        answer_extended_negotiation();
    }

    /// Of the requestor; 0 in an offer is no limit.
    void answer_window(std::uint16_t operations_performed_max) {
        const auto& offered = request_.user.asynchronous_window;
        if (!offered) {
            return;
        }
        const auto at_most = [](std::uint16_t asked, std::uint16_t limit) {
            return asked == 0 ? limit : std::min(asked, limit);
        };
        const pdu::AsynchronousWindow window{
            .operations_invoked_max =
                at_most(offered->operations_invoked_max, exclusive_ ? 1 : operations_performed_max),
            .operations_performed_max = 1};
        result_.answer.user.asynchronous_window = window;
        result_.agreement.operations_invoked_max = window.operations_invoked_max;
        result_.agreement.operations_performed_max = window.operations_performed_max;
        result_.agreement.window_negotiated = true;
    }

private:
    /// A refused context carries a transfer syntax that is not significant; an offered one is the
    /// least surprising.
    static std::string first_offered(const ProposedContext& proposed) {
        return proposed.transfer_syntaxes.empty() ? "1.2.840.10008.1.2"
                                                  : proposed.transfer_syntaxes.front();
    }

    /// The storage classes that others are related to (PS3.7 D.3.3.6), the first for each. Looked
    /// up once: a stranger may name thousands, and ask for each thousands of times.
    void find_related() {
        const auto& entries = acceptable_.by_abstract_syntax;
        for (const pdu::CommonExtendedNegotiationItem& item : request_.user.common) {
            for (const std::string& general : item.related_general_sop_class_uids) {
                const auto related = entries.find(general);
                if (related != entries.end() && related->second.storage) {
                    related_.try_emplace(item.sop_class_uid, &related->second);
                    break;
                }
            }
        }
    }

    /// What we accept a SOP class as: itself, or the storage class that it is related to.
    [[nodiscard]] const AcceptableContexts::Entry* entry_of(
        const std::string& sop_class_uid) const {
        const auto& entries = acceptable_.by_abstract_syntax;
        if (const auto own = entries.find(sop_class_uid); own != entries.end()) {
            return &own->second;
        }
        const auto related = related_.find(sop_class_uid);
        return related == related_.end() ? nullptr : related->second;
    }

    /// Each once: a log line says as much as thousands.
    void remark(std::string text) {
        auto& remarks = result_.agreement.remarks;
        if (std::ranges::find(remarks, text) == remarks.end()) {
            remarks.push_back(std::move(text));
        }
    }

    PresentationContext decide(const ProposedContext& proposed) {
        PresentationContext context{.id = proposed.id,
                                    .abstract_syntax = proposed.abstract_syntax,
                                    .result = ContextResult::abstract_syntax_not_supported,
                                    .transfer_syntax = {},
                                    .roles = {}};
        const AcceptableContexts::Entry* const found = entry_of(proposed.abstract_syntax);
        if (found == nullptr) {
            return context;
        }
        const AcceptableContexts::Entry& entry = *found;
        const auto offered = offered_roles_.find(proposed.abstract_syntax);
        const bool role_offered = offered != offered_roles_.end();
        context.roles = roles_of(entry, role_offered ? offered->second : RoleSelection{});
        if ((!context.roles.scu && !context.roles.scp) ||
            !grants_.allow(proposed.abstract_syntax)) {
            context.result = ContextResult::user_rejection;
            return context;
        }
        const std::string* syntax = choose(entry, proposed.transfer_syntaxes);
        if (syntax == nullptr) {
            context.result = ContextResult::transfer_syntaxes_not_supported;
            return context;
        }
        context.result = ContextResult::acceptance;
        context.transfer_syntax = *syntax;
        accepted_.insert(proposed.abstract_syntax);
        exclusive_ = exclusive_ || entry.exclusive;
        if (role_offered && answered_roles_.insert(proposed.abstract_syntax).second) {
            result_.answer.user.roles.push_back(
                {.sop_class_uid = proposed.abstract_syntax, .roles = context.roles});
        }
        return context;
    }

    [[nodiscard]] RoleSelection roles_of(const AcceptableContexts::Entry& entry,
                                         const RoleSelection& offered) const {
        if (entry.storage) {
            return {.scu = offered.scu && grants_.allow(Permission::store),
                    .scp = offered.scp && grants_.allow(Permission::get)};
        }
        const bool allowed = grants_.allow(entry.needs);
        return {.scu = offered.scu && allowed,
                .scp = offered.scp && entry.provider_role && allowed};
    }

    [[nodiscard]] static const std::string* choose(const AcceptableContexts::Entry& entry,
                                                   const std::vector<std::string>& offered) {
        const auto& ours = entry.transfer_syntaxes;
        const auto& leading = entry.storage ? offered : ours;
        const auto& other = entry.storage ? ours : offered;
        const auto chosen = std::ranges::find_if(leading, [&](const std::string& syntax) {
            return std::ranges::find(other, syntax) != other.end();
        });
        return chosen == leading.end() ? nullptr : &*chosen;
    }

    void answer_extended_negotiation() {
        for (const pdu::ExtendedNegotiationItem& offer : request_.user.extended) {
            const AcceptableContexts::Entry* const found = entry_of(offer.sop_class_uid);
            if (!accepted_.contains(offer.sop_class_uid) ||
                found->extended_negotiation_supported.empty()) {
                continue;
            }
            const auto& supported = found->extended_negotiation_supported;
            std::vector<std::uint8_t> agreed(std::min(offer.information.size(), supported.size()));
            // Storage tells its level of support (PS3.4 B.3.1); Query/Retrieve agrees on options.
            const unsigned said_anyway = found->storage ? 0xFFU : 0U;
            std::ranges::transform(
                offer.information,
                supported,
                agreed.begin(),
                [said_anyway](unsigned offered, unsigned ours) {
                    return static_cast<std::uint8_t>((offered | said_anyway) & ours);
                });
            auto& agreements = result_.agreement.extended_negotiation;
            if (!agreements.try_emplace(offer.sop_class_uid, agreed).second) {
                remark("a second extended negotiation item for one SOP class");
                continue;
            }
            result_.answer.user.extended.push_back(
                {.sop_class_uid = offer.sop_class_uid, .information = std::move(agreed)});
        }
    }

    const pdu::AssociateRQ& request_;
    const AcceptableContexts& acceptable_;
    const Grants& grants_;
    Acceptance& result_;
    std::map<std::string, RoleSelection, std::less<>> offered_roles_;
    std::map<std::string, const AcceptableContexts::Entry*, std::less<>> related_;
    std::set<std::string, std::less<>> accepted_, answered_roles_;
    bool exclusive_ = false;
};

/// What both sides take from the peer's association PDU alike.
Agreement agreement_with(const pdu::AssociateHead& peer, AssociationPeers peers) {
    Agreement agreement;
    agreement.peers = std::move(peers);
    agreement.peer_pdu_bytes_max = peer.user.pdu_bytes_max.value_or(0);
    agreement.peer_implementation_class_uid = printable(peer.user.implementation_class_uid);
    agreement.peer_implementation_version_name = printable(peer.user.implementation_version_name);
    agreement.remarks = peer.remarks;
    return agreement;
}

}  // namespace

const PresentationContext* Agreement::accepted(std::uint8_t id) const {
    const auto found = std::ranges::find_if(contexts, [&](const PresentationContext& context) {
        return context.id == id && context.result == ContextResult::acceptance;
    });
    return found == contexts.end() ? nullptr : &*found;
}

const PresentationContext* Agreement::accepted(std::string_view abstract_syntax,
                                               std::string_view transfer_syntax) const {
    const auto found = std::ranges::find_if(contexts, [&](const PresentationContext& context) {
        return context.abstract_syntax == abstract_syntax &&
               context.result == ContextResult::acceptance &&
               (transfer_syntax.empty() || context.transfer_syntax == transfer_syntax);
    });
    return found == contexts.end() ? nullptr : &*found;
}

const Peer* find_peer(const AccessPolicy& access, std::string_view calling) {
    const auto found = std::ranges::find_if(access.peers, [&](const auto& entry) {
        return same_title(entry.first, calling, access.case_insensitive_ae_titles);
    });
    return found == access.peers.end() ? nullptr : &found->second;
}

std::variant<Acceptance, Refusal> negotiate(const pdu::AssociateRQ& request,
                                            const AcceptableContexts& acceptable,
                                            const AccessPolicy& access,
                                            std::uint32_t our_pdu_bytes_max,
                                            std::uint16_t operations_performed_max) {
    AssociationPeers peers{.calling = pdu::title_of(request.calling),
                           .called = pdu::title_of(request.called)};
    if (auto refusal = refuse(request, peers, access)) {
        return *std::move(refusal);
    }
    Acceptance result;
    const Grants grants(find_peer(access, peers.calling));
    result.agreement = agreement_with(request, std::move(peers));
    // PS3.8 table 9-17: these fields are sent back as they came.
    result.answer.called = request.called;
    result.answer.calling = request.calling;
    result.answer.reserved = request.reserved;
    result.answer.user.pdu_bytes_max = our_pdu_bytes_max;
    result.answer.user.implementation_class_uid = dicom::implementation_class_uid;
    result.answer.user.implementation_version_name = dicom::implementation_version_name;
    Negotiation negotiation(request, acceptable, grants, result);
    negotiation.run();
    negotiation.answer_window(operations_performed_max);
    return result;
}

Agreement agreement_of(const pdu::AssociateRQ& request, const pdu::AssociateAC& answer) {
    Agreement agreement = agreement_with(
        answer,
        {.calling = pdu::title_of(request.calling), .called = pdu::title_of(request.called)});
    for (const ProposedContext& proposed : request.contexts) {
        PresentationContext context{.id = proposed.id,
                                    .abstract_syntax = proposed.abstract_syntax,
                                    .result = ContextResult::no_reason,
                                    .transfer_syntax = {},
                                    .roles = {}};
        const auto answered =
            std::ranges::find(answer.contexts, proposed.id, &pdu::AnsweredContext::id);
        if (answered != answer.contexts.end()) {
            const auto& offered = proposed.transfer_syntaxes;
            const bool accepted = answered->result == ContextResult::acceptance;
            context.result = answered->result;
            if (accepted &&
                std::ranges::find(offered, answered->transfer_syntax) == offered.end()) {
                context.result = ContextResult::no_reason;
                agreement.remarks.push_back("a transfer syntax was accepted that was not offered");
            } else if (accepted) {
                context.transfer_syntax = answered->transfer_syntax;
            }
        }
        const auto role_of = [&](const auto& roles) {
            return std::ranges::find(
                roles, proposed.abstract_syntax, &pdu::RoleItem::sop_class_uid);
        };
        const auto offered = role_of(request.user.roles);
        const auto agreed = role_of(answer.user.roles);
        if (offered != request.user.roles.end() && agreed != answer.user.roles.end()) {
            context.roles = {.scu = offered->roles.scu && agreed->roles.scu,
                             .scp = offered->roles.scp && agreed->roles.scp};
        }
        agreement.contexts.push_back(std::move(context));
    }
    if (request.user.asynchronous_window && answer.user.asynchronous_window) {
        const std::uint16_t asked = request.user.asynchronous_window->operations_invoked_max;
        const std::uint16_t granted = answer.user.asynchronous_window->operations_invoked_max;
        agreement.operations_invoked_max = granted == 0 ? asked : std::min(asked, granted);
        agreement.window_negotiated = true;
    }
    for (const pdu::ExtendedNegotiationItem& item : answer.user.extended) {
        if (std::ranges::find(request.user.extended,
                              item.sop_class_uid,
                              &pdu::ExtendedNegotiationItem::sop_class_uid) !=
            request.user.extended.end()) {
            agreement.extended_negotiation.try_emplace(item.sop_class_uid, item.information);
        }
    }
    return agreement;
}

}  // namespace cxr::storescp
