#include "mapping/made_documents.hpp"

#include "dicom/report/report.hpp"
#include "mapping/item_writer.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

namespace cxr::dicom {

ReferencedImage referenced_image(const ImageRecord& record, const MappingOptions& options) {
    InstanceEntity instance = instance_entity(record, DerivedKind::image, options);
    return {study_entity(record, options).study_instance_uid,
            series_entity(record, DerivedKind::image, options).series_instance_uid,
            std::move(instance.sop_class_uid),
            std::move(instance.sop_instance_uid)};
}

void write_equipment(DcmItem& document,
                     const SeriesEntity& series,
                     std::string_view template_version) {
    put_text(document, DCM_Manufacturer, EVR_LO, series.manufacturer);
    put_text(document, DCM_ManufacturerModelName, EVR_LO, "cxrbridge");
    put_text(document, DCM_DeviceSerialNumber, EVR_LO, "1");
    put_text(document, DCM_SoftwareVersions, EVR_LO, template_version);
}

void write_sop_common(DcmItem& document, const InstanceEntity& instance) {
    put_text(document, DCM_SOPClassUID, EVR_UI, instance.sop_class_uid);
    put_text(document, DCM_SOPInstanceUID, EVR_UI, instance.sop_instance_uid);
    put_text(document, DCM_InstanceCreationDate, EVR_DA, report_content_date);
    put_text(document, DCM_InstanceCreationTime, EVR_TM, report_content_time);
}

void write_series(DcmItem& document, const SeriesEntity& series) {
    put_text(document, DCM_Modality, EVR_CS, series.modality);
    put_text(document, DCM_SeriesInstanceUID, EVR_UI, series.series_instance_uid);
    put_text(document, DCM_SeriesNumber, EVR_IS, series.series_number);
    put_optional_text(document, DCM_SeriesDescription, EVR_LO, series.series_description);
    put_optional_text(document, DCM_BodyPartExamined, EVR_CS, series.body_part_examined);
}

void write_reference(DcmItem& target, const DcmTagKey& sequence, const ReferencedImage& image) {
    DcmItem& reference = add_item(target, sequence);
    put_text(reference, DCM_ReferencedSOPClassUID, EVR_UI, image.sop_class_uid);
    put_text(reference, DCM_ReferencedSOPInstanceUID, EVR_UI, image.sop_instance_uid);
}

void write_evidence(DcmItem& document, const ReferencedImage& image) {
    DcmItem& study = add_item(document, DCM_CurrentRequestedProcedureEvidenceSequence);
    put_text(study, DCM_StudyInstanceUID, EVR_UI, image.study_instance_uid);
    DcmItem& series = add_item(study, DCM_ReferencedSeriesSequence);
    put_text(series, DCM_SeriesInstanceUID, EVR_UI, image.series_instance_uid);
    write_reference(series, DCM_ReferencedSOPSequence, image);
}

}  // namespace cxr::dicom
