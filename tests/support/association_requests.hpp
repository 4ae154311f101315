#pragma once
/// Association requests as a peer would send them, and what a node may accept of them.

#include "storescp/association/negotiation.hpp"
#include "support/raw_peer.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cxr::test {

inline const std::string verification = "1.2.840.10008.1.1";
inline const std::string secondary_capture = "1.2.840.10008.5.1.4.1.1.7";
inline const std::string study_root_find = "1.2.840.10008.5.1.4.1.2.2.1";
inline const std::string implicit_little = "1.2.840.10008.1.2";
inline const std::string explicit_little = "1.2.840.10008.1.2.1";
inline const std::string jpeg_ls = "1.2.840.10008.1.2.4.80";

inline storescp::AcceptableContexts acceptable_contexts() {
    storescp::AcceptableContexts contexts;
    contexts.by_abstract_syntax[verification] = {
        .transfer_syntaxes = {implicit_little, explicit_little},
        .needs = storescp::Permission::echo};
    contexts.by_abstract_syntax[secondary_capture] = {
        .transfer_syntaxes = {explicit_little, implicit_little, jpeg_ls},
        .storage = true,
        .extended_negotiation_supported = {2, 0, 0, 0, 2}};
    contexts.by_abstract_syntax[study_root_find] = {
        .transfer_syntaxes = {explicit_little, implicit_little},
        .extended_negotiation_supported = {1, 1, 0},
        .needs = storescp::Permission::query};
    return contexts;
}

/// Calls TESTER, to CXRBRIDGE, with these contexts.
inline storescp::pdu::AssociateRQ association_request(
    std::vector<storescp::ProposedContext> contexts = {{1, verification, {implicit_little}}}) {
    storescp::pdu::AssociateRQ request;
    request.calling = storescp::pdu::title_field("TESTER");
    request.called = storescp::pdu::title_field("CXRBRIDGE");
    request.contexts = std::move(contexts);
    request.user.pdu_bytes_max = 16'384;
    request.user.implementation_class_uid = "1.2.3.4";
    request.user.implementation_version_name = "TESTER";
    return request;
}

}  // namespace cxr::test
