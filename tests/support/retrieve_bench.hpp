#pragma once
/// Objects to retrieve, and a destination that answers as scripted.

#include "support/service_bench.hpp"

namespace cxr::test {

inline std::vector<storescp::InstanceReference> instances(std::size_t count) {
    std::vector<storescp::InstanceReference> all;
    for (std::size_t index = 0; index < count; ++index) {
        all.push_back({.sop_class_uid = secondary_capture,
                       .sop_instance_uid = "1.2.3.4." + std::to_string(index),
                       .transfer_syntax_uid = explicit_le()});
    }
    return all;
}

inline dicom::Attributes study_identifier() {
    dicom::Attributes identifier;
    put(identifier, DcmTagKey(0x0008, 0x0052), "STUDY");
    put(identifier, DcmTagKey(0x0020, 0x000D), "1.2.3");
    return identifier;
}

/// The response to a C-STORE-RQ.
inline storescp::CommandSet store_response(const SentMessage& stored, std::uint16_t status) {
    storescp::CommandSet response;
    response.affected_sop_class_uid = stored.command.affected_sop_class_uid;
    response.affected_sop_instance_uid = stored.command.affected_sop_instance_uid;
    response.command_field = 0x8001;
    response.message_id_being_responded_to = stored.command.message_id;
    response.status = status;
    return response;
}

inline bool is_store(const SentMessage& message) {
    return message.command.is(storescp::CommandField::c_store_rq);
}

struct Counters {
    std::optional<std::uint16_t> remaining, completed, failed, warning;
    friend bool operator==(const Counters&, const Counters&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Counters& counters) {
        for (const auto& value :
             {counters.remaining, counters.completed, counters.failed, counters.warning}) {
            out << (value ? std::to_string(*value) : "-") << ' ';
        }
        return out;
    }
};
inline Counters counters_of(const storescp::CommandSet& response) {
    return {response.remaining_suboperations,
            response.completed_suboperations,
            response.failed_suboperations,
            response.warning_suboperations};
}

/// The Failed SOP Instance UID List of a final response.
inline std::string failed_list_of(const SentMessage& response) {
    const auto attributes =
        dicom::decode_attributes(response.data_set, dicom::explicit_vr_little_endian);
    if (!attributes || attributes->size() != 1 ||
        attributes->front().tag != DcmTagKey(0x0008, 0x0058)) {
        throw std::runtime_error("not a failed list and nothing else");
    }
    return attributes->front().value;
}

}  // namespace cxr::test
