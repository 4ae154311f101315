#include "dicom/report/report_reader.hpp"

#include "dicom/codec/codec.hpp"
#include "report/concepts.hpp"
#include "report/statement_reader.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cxr::dicom {
namespace {

Fault unsupported(std::string why) {
    return {FaultKind::unsupported, std::move(why)};
}

std::vector<std::string> predecessors_of(const ContentView& document) {
    std::vector<std::string> replaced;
    for (const ContentView& study : document.items(DCM_PredecessorDocumentsSequence)) {
        for (const ContentView& series : study.items(DCM_ReferencedSeriesSequence)) {
            for (const ContentView& instance : series.items(DCM_ReferencedSOPSequence)) {
                replaced.push_back(instance.attribute(DCM_ReferencedSOPInstanceUID, VR::UI));
            }
        }
    }
    return replaced;
}

ReportOrigin origin_of(const ContentView& document, const std::vector<std::string>& predecessors) {
    return {.study_instance_uid = document.attribute(DCM_StudyInstanceUID, VR::UI),
            .series_instance_uid = document.attribute(DCM_SeriesInstanceUID, VR::UI),
            .sop_class_uid = document.attribute(DCM_SOPClassUID, VR::UI),
            .sop_instance_uid = document.attribute(DCM_SOPInstanceUID, VR::UI),
            .instance_number = document.attribute(DCM_InstanceNumber, VR::IS),
            .content_date = document.attribute(DCM_ContentDate, VR::DA),
            .content_time = document.attribute(DCM_ContentTime, VR::TM),
            .completion_flag = document.attribute(DCM_CompletionFlag, VR::CS),
            .verification_flag = document.attribute(DCM_VerificationFlag, VR::CS),
            .predecessor = predecessors.empty() ? std::string() : predecessors.front()};
}

/// TID 1002. Viewers leave out the Observer Type: then the kind of name tells.
Observer observer_of(const ContentView& root) {
    Observer observer;
    const auto type = root.child(concepts::observer_type);
    const auto types = type ? type->codes() : std::vector<CodedConcept>();
    const std::string device_name = root.text_of(concepts::device_observer_name);
    observer.name = root.text_of(concepts::person_observer_name);
    const bool is_device = types.empty() ? observer.name.empty() && !device_name.empty()
                                         : types.front().value == concepts::device.value;
    if (!is_device) {
        observer.organization = root.text_of(concepts::person_observer_organization);
        return observer;
    }
    observer = {.type = ObserverType::device,
                .name = device_name,
                .organization = {},
                .manufacturer = root.text_of(concepts::device_observer_manufacturer),
                .model_name = root.text_of(concepts::device_observer_model),
                .software_version = {},
                .device_uid = root.text_of(concepts::device_observer_uid)};
    for (const ContentView& equipment : root.items(DCM_ContributingEquipmentSequence)) {
        const std::string model = equipment.attribute(DCM_ManufacturerModelName);
        if (model == observer.model_name || observer.model_name.empty()) {
            observer.model_name = model;
            observer.software_version = equipment.attribute(DCM_SoftwareVersions);
        }
    }
    return observer;
}

/// Why a document is not one of findings; no fault when it is.
Result<void> check_document(const ContentView& root,
                            const ReportOrigin& origin,
                            const ReportReadingOptions& options) {
    if (!is_readable_report_class(origin.sop_class_uid)) {
        return unsupported(
            fmt::format("SOP Class {} is no Enhanced, Comprehensive or Comprehensive 3D SR",
                        origin.sop_class_uid.empty() ? "(none)" : origin.sop_class_uid));
    }
    if (const std::string modality = root.attribute(DCM_Modality, VR::CS); modality != "SR") {
        return unsupported(fmt::format("Modality is {}, not SR", modality));
    }
    if (!root.is_named(concepts::imaging_measurement_report) &&
        root.template_identifier() != "1500") {
        return unsupported(fmt::format("neither titled 126000 DCM nor of template 1500, but {} {}",
                                       root.concept_name().value,
                                       root.concept_name().scheme));
    }
    if (options.strict && origin.completion_flag != "COMPLETE") {
        return Fault{FaultKind::refused,
                     fmt::format("Completion Flag is {}, and only COMPLETE is taken",
                                 origin.completion_flag)};
    }
    return {};
}

/// The one image that the evidence lists; none when it lists several or none.
std::string only_image_of_evidence(const ContentView& root) {
    std::string only;
    std::size_t count = 0;
    for (const ContentView& study : root.items(DCM_CurrentRequestedProcedureEvidenceSequence)) {
        for (const ContentView& series : study.items(DCM_ReferencedSeriesSequence)) {
            for (const ContentView& instance : series.items(DCM_ReferencedSOPSequence)) {
                only = instance.attribute(DCM_ReferencedSOPInstanceUID, VR::UI);
                ++count;
            }
        }
    }
    return count == 1 ? only : std::string();
}

void take(Statement statement, std::string where, ReadReport& report) {
    if (statement.reason.empty()) {
        statement.annotation.observer = report.observer;
        statement.annotation.report = report.origin;
        report.annotations.push_back(std::move(statement.annotation));
        return;
    }
    RejectedStatement rejected{.where = std::move(where), .reason = std::move(statement.reason)};
    if (statement.only_the_label_is_unknown) {
        statement.annotation.observer = report.observer;
        statement.annotation.report = report.origin;
        rejected.unmapped = std::move(statement.annotation);
    }
    report.rejected.push_back(std::move(rejected));
}

}  // namespace

bool is_readable_report_class(std::string_view sop_class_uid) {
    constexpr std::array<std::string_view, 3> classes{
        UID_EnhancedSRStorage, UID_ComprehensiveSRStorage, UID_Comprehensive3DSRStorage};
    return std::ranges::find(classes, sop_class_uid) != classes.end();
}

Result<ReadReport> read_report(std::span<const std::byte> data_set,
                               const TransferSyntax& transfer_syntax,
                               const CodeTable& codes,
                               const ImageNames& images,
                               const ReportReadingOptions& options) {
    const auto parsed = parse_data_set(data_set, transfer_syntax);
    if (!parsed) {
        return parsed.error();
    }
    OFString terms;
    static_cast<void>((*parsed)->findAndGetOFStringArray(DCM_SpecificCharacterSet, terms));
    const auto known_set = CharacterSet::parse({terms.data(), terms.size()});
    const CharacterSet character_set = known_set ? *known_set : CharacterSet();
    const ContentView root(**parsed, character_set);

    const std::vector<std::string> predecessors = predecessors_of(root);
    ReadReport report{.origin = origin_of(root, predecessors),
                      .replaces = predecessors,
                      .observer = observer_of(root),
                      .annotations = {},
                      .rejected = {}};
    if (auto checked = check_document(root, report.origin, options); !checked) {
        return std::move(checked).error();
    }
    const std::string patient_id = root.attribute(DCM_PatientID);
    const StatementReader reader(
        codes,
        [&](const std::string& uid) { return images(uid, patient_id); },
        only_image_of_evidence(root),
        options);
    std::size_t groups = 0;
    std::size_t evaluations = 0;
    bool has_place_for_findings = false;
    root.for_each_below([&](const ContentView& item) {
        if (item.value_type() != "CONTAINER") {
            return;
        }
        if (item.is_named(concepts::measurement_group)) {
            take(reader.group(item), fmt::format("measurement group {}", ++groups), report);
        } else if (item.is_named(concepts::qualitative_evaluations)) {
            has_place_for_findings = true;
            for (const ContentView& evaluation : item.children()) {
                if (evaluation.value_type() == "CODE") {
                    take(reader.evaluation(evaluation),
                         fmt::format("evaluation {}", ++evaluations),
                         report);
                }
            }
        }
        has_place_for_findings =
            has_place_for_findings || item.is_named(concepts::imaging_measurements);
    });
    if (groups == 0 && !has_place_for_findings) {
        return unsupported("neither a measurement group nor qualitative evaluations");
    }
    return report;
}

}  // namespace cxr::dicom
