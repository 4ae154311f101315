#include "storescp/status.hpp"

#include <algorithm>
#include <array>

namespace cxr::storescp {
namespace {

// clang-format off
/// Any service's (PS3.7 Annex C).
constexpr std::array general{
    StatusMeaning{status::sop_class_not_supported, "Refused: SOP Class Not Supported", "Affected SOP Class is not the presentation context's abstract syntax, or the negotiated roles do not make the requestor its SCU"},
    StatusMeaning{status::not_authorised, "Refused: Not Authorized", "this peer may not use the service"},
    StatusMeaning{status::duplicate_invocation, "Refused: Duplicate Invocation", "the Message ID is in use"},
    StatusMeaning{status::unrecognised_operation, "Refused: Unrecognized Operation", "a Command Field that is unknown, or that the SOP class does not define"},
    StatusMeaning{status::mistyped_argument, "Refused: Mistyped Argument", "a mandatory element of the command is missing"},
    StatusMeaning{status::processing_failure, "Processing Failure", "something unforeseen"},
};

constexpr std::array of_echo{
    StatusMeaning{status::success, "Success", "always"},
};

constexpr std::array of_store{
    StatusMeaning{status::success, "Success", "stored: on stable storage and in the catalogue; or the very same object is there already; or a different one is and `duplicates` is \"keep-first\" or \"replace\""},
    StatusMeaning{status::coercion_or_duplicate, "Warning: Coercion of Data Elements", "a different object of the same SOP Instance UID is there and stays (`duplicates` is \"warn\"); nothing is ever coerced"},
    StatusMeaning{status::out_of_resources, "Refused: Out of Resources", "disk full, quota reached, or the disk or catalogue failed; later it may work"},
    StatusMeaning{status::does_not_match_sop_class, "Error: Data Set Does Not Match SOP Class", "SOP Class or Instance UID of the data set is not the command's, or a mandatory UID is missing"},
    StatusMeaning{status::cannot_understand, "Error: Cannot Understand", "lengths that do not add up, unknown VR, too deep nesting, damaged fragments; or a duplicate when `duplicates` is \"refuse\""},
    StatusMeaning{status::invalid_sop_instance, "Error: Invalid SOP Instance", "the Affected SOP Instance UID is not a UID"},
};

constexpr std::array of_find{
    StatusMeaning{status::pending, "Pending", "a match; all keys are supported"},
    StatusMeaning{status::pending_with_unsupported_keys, "Pending", "a match; at least one optional key is not supported, and not returned"},
    StatusMeaning{status::success, "Success", "no more matches"},
    StatusMeaning{status::cancel, "Cancel", "C-CANCEL arrived, or the node stops"},
    StatusMeaning{status::out_of_resources, "Refused: Out of Resources", "`max_matches` were sent and there are more"},
    StatusMeaning{status::does_not_match_sop_class, "Error: Identifier Does Not Match SOP Class", "level, unique keys or values are not what the model asks for; Offending Element says which"},
    StatusMeaning{status::cannot_understand, "Failed: Unable to Process", "no identifier, one that cannot be read, or the catalogue failed"},
};

constexpr std::array of_move{
    StatusMeaning{status::pending, "Pending", "sub-operations go on; as often as `pending_interval` says, and after every ten of them"},
    StatusMeaning{status::success, "Success", "every sub-operation succeeded; also when nothing matched"},
    StatusMeaning{status::suboperations_complete_with_failures, "Warning: Sub-operations Complete, One or More Failures or Warnings", "some failed or ended with a warning; Failed SOP Instance UID List says which"},
    StatusMeaning{status::cancel, "Cancel", "C-CANCEL arrived, or the node stops; the sub-operation in flight ended first"},
    StatusMeaning{status::out_of_resources_matches, "Refused: Out of Resources, Unable to Calculate Number of Matches", "more than 65,535 instances match"},
    StatusMeaning{status::out_of_resources_suboperations, "Refused: Out of Resources, Unable to Perform Sub-operations", "all failed: destination unreachable, association rejected, no context accepted, or every C-STORE failed"},
    StatusMeaning{status::move_destination_unknown, "Refused: Move Destination Unknown", "the Move Destination is none of the configured peers, or may not be one"},
    StatusMeaning{status::does_not_match_sop_class, "Error: Identifier Does Not Match SOP Class", "level or unique keys are not what the model asks for; Offending Element says which"},
    StatusMeaning{status::cannot_understand, "Failed: Unable to Process", "no identifier, one that cannot be read, or the catalogue failed"},
};

constexpr std::array of_get{
    StatusMeaning{status::pending, "Pending", "as C-MOVE"},
    StatusMeaning{status::success, "Success", "as C-MOVE"},
    StatusMeaning{status::suboperations_complete_with_failures, "Warning: Sub-operations Complete, One or More Failures or Warnings", "as C-MOVE; a class whose SCP role was not negotiated counts as failed"},
    StatusMeaning{status::cancel, "Cancel", "as C-MOVE"},
    StatusMeaning{status::out_of_resources_matches, "Refused: Out of Resources, Unable to Calculate Number of Matches", "as C-MOVE"},
    StatusMeaning{status::out_of_resources_suboperations, "Refused: Out of Resources, Unable to Perform Sub-operations", "all failed"},
    StatusMeaning{status::does_not_match_sop_class, "Error: Identifier Does Not Match SOP Class", "as C-MOVE"},
    StatusMeaning{status::cannot_understand, "Failed: Unable to Process", "as C-MOVE"},
};

/// N-ACTION and N-EVENT-REPORT (PS3.7 §10.1.1, §10.1.4).
constexpr std::array of_commitment{
    StatusMeaning{status::success, "Success", "the request is kept, or the report is taken"},
    StatusMeaning{status::no_such_object_instance, "No Such SOP Instance", "the SOP Instance is not the well-known one"},
    StatusMeaning{status::no_such_event_type, "No Such Event Type", "an Event Type ID other than 1 and 2"},
    StatusMeaning{status::invalid_argument_value, "Invalid Argument Value", "Transaction UID or Referenced SOP Sequence missing, empty or malformed"},
    StatusMeaning{status::no_such_sop_class, "No Such SOP Class", "the class is not Storage Commitment Push Model, or the negotiated roles do not make the requestor its SCU"},
    StatusMeaning{status::class_instance_conflict, "Class-Instance Conflict", "the well-known instance under another class"},
    StatusMeaning{status::no_such_action, "No Such Action", "an Action Type ID other than 1"},
    StatusMeaning{status::resource_limitation, "Resource Limitation", "more references than are borne"},
};
// clang-format on

std::string_view section_of(Service service) {
    switch (service) {
        case Service::store:
            return "PS3.4 B.2.3";
        case Service::find:
            return "PS3.4 C.4.1.1.4";
        case Service::move:
            return "PS3.4 C.4.2.1.5";
        case Service::get:
            return "PS3.4 C.4.3.1.4";
        case Service::echo:
        case Service::commitment:
            break;
    }
    return "PS3.7 Annex C";
}

}  // namespace

std::span<const StatusMeaning> general_status_meanings() {
    return general;
}

std::span<const StatusMeaning> status_meanings(Service service) {
    switch (service) {
        case Service::echo:
            return of_echo;
        case Service::store:
            return of_store;
        case Service::find:
            return of_find;
        case Service::move:
            return of_move;
        case Service::get:
            return of_get;
        case Service::commitment:
            return of_commitment;
    }
    return {};
}

std::string_view section_of(std::uint16_t code, std::optional<Service> service) {
    const bool of_service =
        service && std::ranges::any_of(status_meanings(*service), [&](const StatusMeaning& known) {
            return known.code == code;
        });
    return of_service ? section_of(*service) : "PS3.7 Annex C";
}

}  // namespace cxr::storescp
