#include "storescp/status.hpp"

#include <algorithm>
#include <string_view>

namespace cxr::storescp {

namespace {

std::uint16_t store_status(const Fault& fault) {
    switch (fault.kind) {
        case FaultKind::refused:
            return fault.element ? status::does_not_match_sop_class : status::cannot_understand;
        case FaultKind::exhausted:
        case FaultKind::storage:
            return status::out_of_resources;  // a sender may try again later
        default:
            return status::cannot_understand;
    }
}

/// C-FIND, C-MOVE and C-GET differ in what an exhausted limit is called.
std::uint16_t query_retrieve_status(const Fault& fault, std::uint16_t exhausted) {
    switch (fault.kind) {
        case FaultKind::malformed:
            return status::does_not_match_sop_class;
        case FaultKind::exhausted:
            return exhausted;
        case FaultKind::refused:
            return status::not_authorised;
        case FaultKind::cancelled:
            return status::cancel;
        default:
            return status::cannot_understand;
    }
}

/// Of an N-ACTION or N-EVENT-REPORT (PS3.7 §10.1.1, §10.1.4).
std::uint16_t commitment_status(const Fault& fault) {
    switch (fault.kind) {
        case FaultKind::malformed:
            return status::invalid_argument_value;
        case FaultKind::exhausted:
            return status::resource_limitation;
        case FaultKind::refused:
            return status::not_authorised;
        default:
            return status::processing_failure;
    }
}

}  // namespace

std::string error_comment_of(const Fault& fault) {
    if (fault.kind == FaultKind::storage) {
        return "storage or catalogue failed";
    }
    std::string comment = fault.doing.substr(0, error_comment_characters_max);
    std::replace_if(
        comment.begin(),
        comment.end(),
        [](char character) { return character < ' ' || character > '~' || character == '\\'; },
        '?');
    return comment;
}

std::uint16_t status_of(const Fault& fault, Service service) {
    switch (service) {
        case Service::echo:
            return status::processing_failure;
        case Service::store:
            return store_status(fault);
        case Service::find:
            return query_retrieve_status(fault, status::out_of_resources);
        case Service::move:
        case Service::get:
            return query_retrieve_status(fault, status::out_of_resources_matches);
        case Service::commitment:
            return commitment_status(fault);
    }
    return status::processing_failure;
}

void set_failure(CommandSet& response, const Fault& fault, Service service) {
    response.status = status_of(fault, service);
    if (response.status == status::cancel) {
        return;
    }
    response.error_comment = error_comment_of(fault);
    if (fault.element) {
        response.offending_elements = {(std::uint32_t{fault.element->getGroup()} << 16) |
                                       fault.element->getElement()};
    }
}

}  // namespace cxr::storescp
