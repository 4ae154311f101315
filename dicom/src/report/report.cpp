#include "dicom/report/report.hpp"

#include "dicom/report/code_table.hpp"
#include "mapping/item_writer.hpp"
#include "mapping/made_documents.hpp"
#include "mapping/study_modules.hpp"
#include "report/report_identity.hpp"
#include "report/tid_1500.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>

namespace cxr::dicom {
namespace {

/// SR Document Series (C.17.1), SR Document General (C.17.2), of SOP Common (C.12.1) the identity.
void write_document(DcmItem& document, const SeriesEntity& series, const InstanceEntity& instance) {
    write_sop_common(document, instance);
    write_series(document, series);
    put_empty_sequence(document, DCM_ReferencedPerformedProcedureStepSequence);
    put_text(document, DCM_InstanceNumber, EVR_IS, instance.instance_number);
    put_text(document, DCM_ContentDate, EVR_DA, instance.content_date);
    put_text(document, DCM_ContentTime, EVR_TM, instance.content_time);
    put_text(document, DCM_CompletionFlag, EVR_CS, instance.completion_flag);
    put_text(document, DCM_VerificationFlag, EVR_CS, instance.verification_flag);
    put_empty_sequence(document, DCM_PerformedProcedureCodeSequence);
}

/// Coding Scheme Identification (C.12.1.1.1): a private scheme says whose it is, where it is used.
void write_private_scheme(DcmItem& document) {
    DcmItem& scheme = add_item(document, DCM_CodingSchemeIdentificationSequence);
    put_text(scheme, DCM_CodingSchemeDesignator, EVR_SH, private_scheme);
    put_text(scheme, DCM_CodingSchemeName, EVR_ST, "NIH ChestX-ray14 finding labels");
    put_text(scheme,
             DCM_CodingSchemeResponsibleOrganization,
             EVR_ST,
             "NIH Clinical Center (data set labels), encoded by cxrbridge");
}

/// The text miner as contributing equipment (C.12.1): what IHE AI Results (6.5.3.1) asks of a
/// result's creator. The values equal those of the Device Observer in the tree.
void write_text_miner(DcmItem& document, Release release) {
    DcmItem& equipment = add_item(document, DCM_ContributingEquipmentSequence);
    put_text(equipment, DCM_Manufacturer, EVR_LO, nih_clinical_center);
    put_text(equipment, DCM_ManufacturerModelName, EVR_LO, text_miner_model);
    put_text(equipment, DCM_DeviceUID, EVR_UI, text_miner_device_uid());
    put_text(
        equipment, DCM_SoftwareVersions, EVR_LO, release == Release::v2020 ? "v2020" : "v2017");
    put_code(
        equipment, DCM_PurposeOfReferenceCodeSequence, {"109102", "DCM", "Processing Equipment"});
}

bool uses_private_scheme(const ImageRecord& record, DerivedKind kind) {
    const auto is_private = [](Finding finding) {
        return finding_code(finding).scheme == private_scheme;
    };
    if (kind == DerivedKind::label_report) {
        return std::any_of(record.row.findings.begin(), record.row.findings.end(), is_private);
    }
    return std::any_of(record.boxes.begin(), record.boxes.end(), [&](const BoundingBox& box) {
        return is_private(box.finding);
    });
}

}  // namespace

Result<std::unique_ptr<DcmDataset>> build_report(const ImageRecord& record,
                                                 DerivedKind kind,
                                                 const MappingOptions& options) {
    if (kind != DerivedKind::label_report && kind != DerivedKind::box_report) {
        return Fault{FaultKind::unsupported, "neither a label report nor a box report"};
    }
    if (kind == DerivedKind::box_report && record.boxes.empty()) {
        return Fault{FaultKind::not_found, record.row.image_index + " has no boxes"};
    }
    auto document = std::make_unique<DcmDataset>();
    const SeriesEntity series = series_entity(record, kind, options);
    const ReferencedImage referenced = referenced_image(record, options);
    write_study_modules(*document, record, options);
    write_equipment(*document, series, report_template_version);
    write_document(*document, series, instance_entity(record, kind, options));
    write_evidence(*document, referenced);
    if (uses_private_scheme(record, kind)) {
        write_private_scheme(*document);
    }
    const ImageReference image{referenced.sop_class_uid, referenced.sop_instance_uid};
    if (kind == DerivedKind::label_report) {
        write_text_miner(*document, record.release);
        write_content(*document, label_report_content(record, image));
    } else {
        write_content(*document, box_report_content(record, image));
    }
    return document;
}

}  // namespace cxr::dicom
