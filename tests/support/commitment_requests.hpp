#pragma once
/// Storage commitment as a peer would ask for it.

#include "services/commitment_information.hpp"
#include "storescp/dimse/command_set.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <string>
#include <vector>

namespace cxr::test {

inline const std::string commitment_class = storescp::storage_commitment_sop_class_uid;
inline const std::string commitment_instance = storescp::storage_commitment_sop_instance_uid;

inline std::vector<storescp::SOPReference> references(std::size_t count) {
    std::vector<storescp::SOPReference> all;
    for (std::size_t index = 1; index <= count; ++index) {
        all.push_back({.sop_class_uid = "1.2.840.10008.5.1.4.1.1.7",
                       .sop_instance_uid = "1.2.3.4." + std::to_string(index)});
    }
    return all;
}

inline storescp::CommitmentRequest commitment_of(std::size_t count,
                                                 const std::string& transaction_uid = "1.2.99.1") {
    return {.transaction_uid = transaction_uid, .references = references(count)};
}

inline storescp::CommandSet action_request(std::uint16_t message_id = 1) {
    storescp::CommandSet command;
    command.requested_sop_class_uid = commitment_class;
    command.command_field = static_cast<std::uint16_t>(storescp::CommandField::n_action_rq);
    command.message_id = message_id;
    command.data_set_type = 0x0001;
    command.requested_sop_instance_uid = commitment_instance;
    command.action_type_id = std::uint16_t{1};
    return command;
}

inline storescp::CommandSet event_report(std::uint16_t event_type, std::uint16_t message_id = 1) {
    storescp::CommandSet command;
    command.affected_sop_class_uid = commitment_class;
    command.command_field = static_cast<std::uint16_t>(storescp::CommandField::n_event_report_rq);
    command.message_id = message_id;
    command.data_set_type = 0x0001;
    command.affected_sop_instance_uid = commitment_instance;
    command.event_type_id = event_type;
    return command;
}

}  // namespace cxr::test
