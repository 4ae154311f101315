#include "storescp/services/acceptable_contexts.hpp"

#include "dicom/core/transfer_syntax.hpp"
#include "services/commitment_information.hpp"
#include "services/information_model.hpp"
#include "storescp/services/echo_scu.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>

namespace cxr::storescp {

namespace {

/// PS3.4 C.5.1, byte by byte: relational queries, combined date-time matching, fuzzy person names,
/// timezone adjustment, multi-frame conversion (the one that we do not do), empty value and
/// multiple value matching. C.5.2 and C.5.3: relational retrieval, multi-frame conversion.
std::vector<std::uint8_t> extended_negotiation(CommandField command) {
    return command == CommandField::c_find_rq ? std::vector<std::uint8_t>{1, 1, 1, 1, 0, 1, 1}
                                              : std::vector<std::uint8_t>{1, 0};
}

Permission needed_for(CommandField command) {
    return command == CommandField::c_find_rq   ? Permission::query
           : command == CommandField::c_move_rq ? Permission::move
                                                : Permission::get;
}

/// PS3.4 B.3.1: level 2 (every attribute is kept), signature level 3 (bit by bit), nothing coerced.
const std::vector<std::uint8_t> storage_support{2, 0, 3, 0, 0, 0};

}  // namespace

AcceptableContexts acceptable_contexts(bool commitment) {
    const std::vector<std::string> plain{std::string(dicom::explicit_vr_little_endian.uid),
                                         std::string(dicom::implicit_vr_little_endian.uid)};
    std::vector<std::string> all;
    for (const dicom::TransferSyntax& syntax : dicom::all_transfer_syntaxes()) {
        all.emplace_back(syntax.uid);
    }
    AcceptableContexts acceptable;
    auto& entries = acceptable.by_abstract_syntax;
    entries[verification_sop_class_uid] = {.transfer_syntaxes = plain, .needs = Permission::echo};
    for (const QueryRetrieveClass& offered : query_retrieve_classes()) {
        if (!offered.retired) {
            auto& entry = entries[std::string(offered.uid)];
            entry.transfer_syntaxes = plain;
            entry.exclusive = offered.command == CommandField::c_get_rq;
            entry.extended_negotiation_supported = extended_negotiation(offered.command);
            entry.needs = needed_for(offered.command);
        }
    }
    for (int index = 0; index < numberOfDcmAllStorageSOPClassUIDs; ++index) {
        auto& entry = entries[dcmAllStorageSOPClassUIDs[index]];
        entry.transfer_syntaxes = all;
        entry.storage = true;
        entry.extended_negotiation_supported = storage_support;
        entry.needs = Permission::store;
    }
    if (commitment) {
        entries[storage_commitment_sop_class_uid] = {
            .transfer_syntaxes = plain, .provider_role = true, .needs = Permission::commit};
    }
    return acceptable;
}

}  // namespace cxr::storescp
