#include "bridge/daemon/negotiation_table.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace cxr::bridge {
namespace {

using storescp::Acceptance;
using storescp::ContextResult;
using storescp::Refusal;

/// What comes from a stranger may hold anything.
std::string shown(std::string_view text) {
    std::string clean(text);
    std::ranges::replace_if(
        clean, [](char c) { return c < ' ' || c > '~'; }, '?');
    return clean;
}

std::string name_of(const std::string& uid) {
    const char* name = dcmFindNameOfUID(uid.c_str());
    return name == nullptr ? shown(uid) : name;
}

std::string_view text_of(ContextResult result) {
    switch (result) {
        case ContextResult::acceptance:
            return "accepted";
        case ContextResult::user_rejection:
            return "1 not for this peer";
        case ContextResult::no_reason:
            return "2 no reason";
        case ContextResult::abstract_syntax_not_supported:
            return "3 abstract syntax";
        case ContextResult::transfer_syntaxes_not_supported:
            return "4 transfer syntaxes";
    }
    return "";
}

std::string roles(const storescp::RoleSelection& roles) {
    return roles.scu && roles.scp ? "SCU+SCP" : roles.scp ? "SCP" : roles.scu ? "SCU" : "none";
}

std::string line(std::string_view what, std::string_view value) {
    return fmt::format("  {:<22}{}\n", what, value);
}

std::string length(const std::optional<std::uint32_t>& pdu_bytes_max) {
    return pdu_bytes_max.value_or(0) == 0 ? "no limit" : fmt::format("{} bytes", *pdu_bytes_max);
}

std::string window(const std::optional<storescp::pdu::AsynchronousWindow>& window) {
    return window ? fmt::format("{} invoked, {} performed",
                                window->operations_invoked_max,
                                window->operations_performed_max)
                  : "not negotiated (1, 1)";
}

std::string extended(const storescp::pdu::UserInformation& user) {
    std::string text;
    for (const auto& item : user.extended) {
        text +=
            line("extended",
                 fmt::format(
                     "{}: {:02X}", name_of(item.sop_class_uid), fmt::join(item.information, " ")));
    }
    return text;
}

std::string asked(const storescp::pdu::AssociateRQ& request) {
    const auto& user = request.user;
    std::string text = line("implementation",
                            fmt::format("{} {}",
                                        shown(user.implementation_class_uid),
                                        shown(user.implementation_version_name)));
    text += line("maximum length", length(user.pdu_bytes_max));
    text += line("operations", window(user.asynchronous_window));
    if (user.identity) {
        constexpr std::array types{"name", "name and passcode", "Kerberos", "SAML", "JWT"};
        const std::size_t type = user.identity->type;
        text += line(
            "user identity",
            type >= 1 && type <= types.size() ? types.at(type - 1) : fmt::format("type {}", type));
    }
    for (const auto& item : user.common) {
        for (const std::string& general : item.related_general_sop_class_uids) {
            text += line("related", name_of(item.sop_class_uid) + " to " + name_of(general));
        }
    }
    return text + extended(user);
}

/// Offered transfer syntaxes, the agreed one in brackets.
std::string syntaxes(const storescp::ProposedContext& proposed, const std::string& agreed) {
    std::vector<std::string> names;
    for (const std::string& uid : proposed.transfer_syntaxes) {
        names.push_back(uid == agreed ? fmt::format("[{}]", name_of(uid)) : name_of(uid));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string contexts(const storescp::pdu::AssociateRQ& request, const Acceptance* acceptance) {
    std::string text = fmt::format("  {:>3}  {:<20} {:<17} {}\n",
                                   "id",
                                   "result",
                                   "roles",
                                   "abstract syntax: offered transfer syntaxes, [the agreed one]");
    for (std::size_t i = 0; i < request.contexts.size(); ++i) {
        const auto& proposed = request.contexts[i];
        const auto* const decided =
            acceptance == nullptr ? nullptr : &acceptance->agreement.contexts.at(i);
        const auto item = std::ranges::find(
            request.user.roles, proposed.abstract_syntax, &storescp::pdu::RoleItem::sop_class_uid);
        std::string role = item == request.user.roles.end() ? "SCU" : roles(item->roles);
        if (decided != nullptr && decided->result == ContextResult::acceptance) {
            role += " > " + roles(decided->roles);
        }
        text += fmt::format(
            "  {:>3}  {:<20} {:<17} {}: {}\n",
            proposed.id,
            decided == nullptr ? "-" : text_of(decided->result),
            role,
            name_of(proposed.abstract_syntax),
            syntaxes(proposed, decided == nullptr ? std::string() : decided->transfer_syntax));
    }
    return text;
}

std::string answered(const Acceptance& acceptance) {
    const auto& user = acceptance.answer.user;
    std::string text = "  accepted\n";
    text += line("maximum length", length(user.pdu_bytes_max));
    text += line("operations", window(user.asynchronous_window));
    for (const std::string& remark : acceptance.agreement.remarks) {
        text += line("borne", remark);
    }
    return text + extended(user);
}

}  // namespace

std::string negotiation_table(const storescp::AssociationNegotiated& negotiated) {
    const auto& request = negotiated.request.get();
    const auto* const acceptance = std::get_if<Acceptance>(&negotiated.outcome.get());
    std::string text = fmt::format("{}: '{}' asks '{}' for an association\n",
                                   negotiated.address.get(),
                                   shown(storescp::pdu::title_of(request.calling)),
                                   shown(storescp::pdu::title_of(request.called)));
    text += asked(request);
    text += contexts(request, acceptance);
    if (acceptance != nullptr) {
        text += answered(*acceptance);
    } else {
        const auto& refusal = std::get<Refusal>(negotiated.outcome.get());
        text += fmt::format(
            "  {}: {} ({})\n", describe(refusal.rejection), refusal.why, refusal.section);
    }
    return text + '\n';
}

}  // namespace cxr::bridge
