#include "dicom/report/report.hpp"

#include "dicom/report/code_table.hpp"
#include "mapping/item_writer.hpp"
#include "mapping/made_documents.hpp"
#include "mapping/study_modules.hpp"
#include "report/observers.hpp"
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

/// Predecessor Documents (C.17.2), in the series of this one.
void write_predecessor(DcmItem& document,
                       const Revision& revision,
                       const std::string& study_instance_uid,
                       const std::string& series_instance_uid) {
    DcmItem& study = add_item(document, DCM_PredecessorDocumentsSequence);
    put_text(study, DCM_StudyInstanceUID, EVR_UI, study_instance_uid);
    DcmItem& series = add_item(study, DCM_ReferencedSeriesSequence);
    put_text(series, DCM_SeriesInstanceUID, EVR_UI, series_instance_uid);
    DcmItem& instance = add_item(series, DCM_ReferencedSOPSequence);
    put_text(instance, DCM_ReferencedSOPClassUID, EVR_UI, revision.predecessor_sop_class_uid);
    put_text(instance, DCM_ReferencedSOPInstanceUID, EVR_UI, revision.predecessor_sop_instance_uid);
}

bool uses_private_scheme(const ImageRecord& record,
                         DerivedKind kind,
                         const ReportOptions& options) {
    // A finding's site is written with a region only.
    const auto is_private = [&options](Finding finding, bool has_region) {
        const FindingCode code = finding_code(finding, options);
        return code.code.scheme == private_scheme ||
               (has_region && code.site != nullptr && code.site->scheme == private_scheme);
    };
    if (is_source_report(kind)) {
        const auto& statements = record.sources.at(source_of(kind)).statements;
        return std::any_of(
            statements.begin(), statements.end(), [&](const SourceStatement& statement) {
                return is_private(statement.finding, statement.x_y_width_height.has_value());
            });
    }
    if (kind == DerivedKind::label_report) {
        const auto& findings = record.row.findings;
        return std::any_of(findings.begin(), findings.end(), [&](Finding finding) {
            return is_private(finding, false);
        });
    }
    return std::any_of(record.boxes.begin(), record.boxes.end(), [&](const BoundingBox& box) {
        return is_private(box.finding, true);
    });
}

/// A withdrawal does not.
bool refers_to_image(const ImageRecord& record, DerivedKind kind) {
    if (is_source_report(kind)) {
        return !record.sources.at(source_of(kind)).statements.empty();
    }
    return kind == DerivedKind::label_report || !record.boxes.empty();
}

/// The document's tree, and the device that made it where one did.
void write_tree(DcmDataset& document,
                const ImageRecord& record,
                DerivedKind kind,
                const ImageReference& image,
                const MappingOptions& options) {
    if (is_source_report(kind)) {
        const Observer& observer = record.sources.at(source_of(kind)).source->observer;
        if (observer.type == ObserverType::device) {
            write_contributing_equipment(document, observer);
        }
        write_content(document, source_report_content(record, kind, image, options));
    } else if (kind == DerivedKind::label_report) {
        write_contributing_equipment(document, text_miner(record.release));
        write_content(document, label_report_content(record, image, options.reports));
    } else {
        write_content(document, box_report_content(record, image, options));
    }
}

}  // namespace

Result<std::unique_ptr<DcmDataset>> build_report(const ImageRecord& record,
                                                 DerivedKind kind,
                                                 const MappingOptions& options) {
    if (!is_report(kind)) {
        return Fault{FaultKind::unsupported, "no kind of report"};
    }
    if (!is_made_of(record, kind)) {
        return Fault{FaultKind::not_found,
                     record.row.image_index + (kind == DerivedKind::box_report
                                                   ? " has no boxes"
                                                   : " has no annotations of that source")};
    }
    auto document = std::make_unique<DcmDataset>();
    const SeriesEntity series = series_entity(record, kind, options);
    const ReferencedImage referenced = referenced_image(record, options);
    write_study_modules(*document, record, options);
    write_equipment(*document, series, report_template_version);
    write_document(*document, series, instance_entity(record, kind, options));
    if (const Revision* revision = revision_of(record, kind)) {
        write_predecessor(
            *document, *revision, referenced.study_instance_uid, series.series_instance_uid);
    }
    if (uses_private_scheme(record, kind, options.reports)) {
        write_private_scheme(*document);
    }
    const ImageReference image{referenced.sop_class_uid, referenced.sop_instance_uid};
    write_tree(*document, record, kind, image, options);
    if (refers_to_image(record, kind)) {
        write_evidence(*document, referenced);
    }
    return document;
}

}  // namespace cxr::dicom
