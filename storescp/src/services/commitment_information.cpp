#include "services/commitment_information.hpp"

#include "dicom/core/uid.hpp"
#include "storescp/status.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <charconv>
#include <optional>
#include <set>

namespace cxr::storescp {

using dicom::Attribute;
using dicom::Attributes;

namespace {

RefusedInformation invalid(std::string why) {
    return {.status = status::invalid_argument_value, .why = std::move(why)};
}
RefusedInformation mistyped(std::string why) {
    return {.status = status::mistyped_argument, .why = std::move(why)};
}

/// A UID, or why there is none.
std::variant<std::string, RefusedInformation> uid_in(const Attributes& attributes,
                                                     const DcmTagKey& tag,
                                                     const std::string& name) {
    const Attribute* const attribute = dicom::find(attributes, tag);
    if (attribute == nullptr || (attribute->vr != dicom::VR::SQ && attribute->value.empty())) {
        return invalid(name + " is missing or empty");
    }
    if (attribute->vr != dicom::VR::UI) {
        return mistyped(name + " is not of VR UI");
    }
    if (!dicom::is_valid_uid(attribute->value)) {
        return invalid(name + " is not a UID");
    }
    return attribute->value;
}

std::variant<SOPReference, RefusedInformation> reference_in(const Attributes& item) {
    auto sop_class = uid_in(item, DCM_ReferencedSOPClassUID, "Referenced SOP Class UID");
    if (auto* refused = std::get_if<RefusedInformation>(&sop_class)) {
        return std::move(*refused);
    }
    auto instance = uid_in(item, DCM_ReferencedSOPInstanceUID, "Referenced SOP Instance UID");
    if (auto* refused = std::get_if<RefusedInformation>(&instance)) {
        return std::move(*refused);
    }
    return SOPReference{.sop_class_uid = std::get<std::string>(std::move(sop_class)),
                        .sop_instance_uid = std::get<std::string>(std::move(instance))};
}

/// The items of a sequence; none when it is absent.
std::variant<const std::vector<Attributes>*, RefusedInformation> items_of(
    const Attributes& information, const DcmTagKey& tag, const std::string& name) {
    static const std::vector<Attributes> none;
    const Attribute* const sequence = dicom::find(information, tag);
    if (sequence == nullptr) {
        return &none;
    }
    if (sequence->vr != dicom::VR::SQ) {
        return mistyped(name + " is not a sequence");
    }
    return &sequence->items;
}

/// Each reference of a sequence once, in the order of their first appearance.
std::variant<std::vector<SOPReference>, RefusedInformation> references_in(
    const Attributes& information) {
    auto items = items_of(information, DCM_ReferencedSOPSequence, "Referenced SOP Sequence");
    if (auto* refused = std::get_if<RefusedInformation>(&items)) {
        return std::move(*refused);
    }
    std::vector<SOPReference> references;
    std::set<SOPReference> seen;
    for (const Attributes& item : *std::get<const std::vector<Attributes>*>(items)) {
        auto reference = reference_in(item);
        if (auto* refused = std::get_if<RefusedInformation>(&reference)) {
            return std::move(*refused);
        }
        if (seen.insert(std::get<SOPReference>(reference)).second) {
            references.push_back(std::get<SOPReference>(std::move(reference)));
        }
    }
    return references;
}

std::variant<std::vector<FailedReference>, RefusedInformation> failures_in(
    const Attributes& information) {
    auto items = items_of(information, DCM_FailedSOPSequence, "Failed SOP Sequence");
    if (auto* refused = std::get_if<RefusedInformation>(&items)) {
        return std::move(*refused);
    }
    std::vector<FailedReference> failures;
    for (const Attributes& item : *std::get<const std::vector<Attributes>*>(items)) {
        auto reference = reference_in(item);
        if (auto* refused = std::get_if<RefusedInformation>(&reference)) {
            return std::move(*refused);
        }
        const std::string_view reason = dicom::value_of(item, DCM_FailureReason);
        std::uint16_t code = 0;
        const auto parsed = std::from_chars(reason.data(), reason.data() + reason.size(), code);
        if (reason.empty() || parsed.ec != std::errc{}) {
            return invalid("Failure Reason is missing or no number");
        }
        failures.push_back(
            {.reference = std::get<SOPReference>(std::move(reference)), .failure_reason = code});
    }
    return failures;
}

Attributes item_of(const SOPReference& reference) {
    Attributes item;
    dicom::put(item, DCM_ReferencedSOPClassUID, dicom::VR::UI, reference.sop_class_uid);
    dicom::put(item, DCM_ReferencedSOPInstanceUID, dicom::VR::UI, reference.sop_instance_uid);
    return item;
}

std::vector<Attributes> items_of(const std::vector<SOPReference>& references) {
    std::vector<Attributes> items;
    items.reserve(references.size());
    for (const SOPReference& reference : references) {
        items.push_back(item_of(reference));
    }
    return items;
}

}  // namespace

std::variant<CommitmentRequest, RefusedInformation> parse_action_information(
    const Attributes& information, std::size_t references_max) {
    auto transaction_uid = uid_in(information, DCM_TransactionUID, "Transaction UID");
    if (auto* refused = std::get_if<RefusedInformation>(&transaction_uid)) {
        return std::move(*refused);
    }
    CommitmentRequest request{.transaction_uid = std::get<std::string>(transaction_uid),
                              .references = {}};
    auto references = references_in(information);
    std::optional<RefusedInformation> refused;
    if (auto* wrong = std::get_if<RefusedInformation>(&references)) {
        refused = std::move(*wrong);
    } else {
        request.references = std::get<std::vector<SOPReference>>(std::move(references));
        if (request.references.empty()) {
            refused = invalid("Referenced SOP Sequence is missing or empty");
        } else if (request.references.size() > references_max) {
            refused = RefusedInformation{
                .status = status::resource_limitation,
                .why = "more than " + std::to_string(references_max) + " references"};
        }
    }
    if (refused) {
        refused->transaction_uid = request.transaction_uid;
        return *std::move(refused);
    }
    return request;
}

std::variant<CommitmentReport, RefusedInformation> parse_event_information(
    const Attributes& information) {
    auto transaction_uid = uid_in(information, DCM_TransactionUID, "Transaction UID");
    if (auto* refused = std::get_if<RefusedInformation>(&transaction_uid)) {
        return std::move(*refused);
    }
    auto committed = references_in(information);
    if (auto* refused = std::get_if<RefusedInformation>(&committed)) {
        return std::move(*refused);
    }
    auto failed = failures_in(information);
    if (auto* refused = std::get_if<RefusedInformation>(&failed)) {
        return std::move(*refused);
    }
    CommitmentReport report{.transaction_uid = std::get<std::string>(std::move(transaction_uid)),
                            .committed = std::get<std::vector<SOPReference>>(std::move(committed)),
                            .failed = std::get<std::vector<FailedReference>>(std::move(failed))};
    if (report.committed.empty() && report.failed.empty()) {
        return invalid("neither Referenced nor Failed SOP Sequence has an item");
    }
    return report;
}

Attributes action_information(const CommitmentRequest& request) {
    Attributes information;
    dicom::put(information, DCM_TransactionUID, dicom::VR::UI, request.transaction_uid);
    dicom::put_sequence(information, DCM_ReferencedSOPSequence, items_of(request.references));
    return information;
}

Attributes event_information(const CommitmentReport& report, const std::string& retrieve_ae_title) {
    Attributes information;
    dicom::put(information, DCM_TransactionUID, dicom::VR::UI, report.transaction_uid);
    if (!report.committed.empty()) {
        dicom::put(information, DCM_RetrieveAETitle, dicom::VR::AE, retrieve_ae_title);
        dicom::put_sequence(information, DCM_ReferencedSOPSequence, items_of(report.committed));
    }
    if (!report.failed.empty()) {
        std::vector<Attributes> items;
        items.reserve(report.failed.size());
        for (const FailedReference& failure : report.failed) {
            items.push_back(item_of(failure.reference));
            dicom::put(items.back(),
                       DCM_FailureReason,
                       dicom::VR::US,
                       std::to_string(failure.failure_reason));
        }
        dicom::put_sequence(information, DCM_FailedSOPSequence, std::move(items));
    }
    return information;
}

std::uint16_t event_type_of(const CommitmentReport& report) {
    return report.failed.empty() ? storage_commitment_successful : storage_commitment_with_failures;
}

}  // namespace cxr::storescp
