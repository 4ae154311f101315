#include "mapping/study_modules.hpp"

#include "mapping/item_writer.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

namespace cxr::dicom {
namespace {

void write_patient(DcmItem& object, const PatientEntity& patient) {
    put_text(object, DCM_PatientName, EVR_PN, patient.patient_name);
    put_text(object, DCM_PatientID, EVR_LO, patient.patient_id);
    put_optional_text(object, DCM_IssuerOfPatientID, EVR_LO, patient.issuer_of_patient_id);
    put_text(object, DCM_TypeOfPatientID, EVR_CS, "TEXT");
    put_text(object, DCM_PatientBirthDate, EVR_DA, patient.patient_birth_date);
    put_text(object, DCM_PatientSex, EVR_CS, patient.patient_sex);
    // NIH removed the identity and says so; which profile it followed is not known.
    put_text(object, DCM_PatientIdentityRemoved, EVR_CS, "YES");
    put_text(object,
             DCM_DeidentificationMethod,
             EVR_LO,
             "NIH Clinical Center ChestX-ray14 public release");
}

void write_clinical_trial(DcmItem& object, const ImageRecord& record) {
    const std::string follow_up = std::to_string(record.row.follow_up);
    put_text(object, DCM_ClinicalTrialSponsorName, EVR_LO, "NIH Clinical Center");
    put_text(object, DCM_ClinicalTrialProtocolID, EVR_LO, "ChestX-ray14");
    put_text(
        object,
        DCM_ClinicalTrialProtocolName,
        EVR_LO,
        record.release == Release::v2020 ? "NIH ChestX-ray14 (v2020)" : "NIH ChestX-ray14 (2017)");
    put_text(object, DCM_ClinicalTrialSiteID, EVR_LO, {});
    put_text(object, DCM_ClinicalTrialSiteName, EVR_LO, {});
    put_text(object, DCM_ClinicalTrialSubjectID, EVR_LO, record.row.patient_id());
    put_text(object, DCM_ClinicalTrialTimePointID, EVR_LO, follow_up);
    put_text(object, DCM_ClinicalTrialTimePointDescription, EVR_ST, "Follow-up " + follow_up);
    put_text(object, DCM_ClinicalTrialCoordinatingCenterName, EVR_LO, {});
    put_optional_text(object, DCM_ClinicalTrialSeriesID, EVR_LO, record.split);
}

void write_study(DcmItem& object, const StudyEntity& study) {
    put_text(object, DCM_StudyInstanceUID, EVR_UI, study.study_instance_uid);
    put_text(object, DCM_StudyDate, EVR_DA, study.study_date);
    put_text(object, DCM_StudyTime, EVR_TM, study.study_time);
    put_text(object, DCM_AccessionNumber, EVR_SH, study.accession_number);
    put_text(object, DCM_StudyID, EVR_SH, study.study_id);
    put_text(object, DCM_ReferringPhysicianName, EVR_PN, study.referring_physician_name);
    put_optional_text(object, DCM_StudyDescription, EVR_LO, study.study_description);
    put_optional_text(object, DCM_PatientAge, EVR_AS, study.patient_age);
    if (!study.procedure_code.value.empty()) {
        put_code(object, DCM_ProcedureCodeSequence, Code::of(study.procedure_code));
    }
}

}  // namespace

void write_study_modules(DcmItem& object,
                         const ImageRecord& record,
                         const MappingOptions& options) {
    put_text(object, DCM_SpecificCharacterSet, EVR_CS, "ISO_IR 192");
    put_text(object,
             DCM_LongitudinalTemporalInformationModified,
             EVR_CS,
             options.dates == Dates::synthetic ? "MODIFIED" : "REMOVED");
    write_patient(object, patient_entity(record, options));
    if (options.clinical_trial) {
        write_clinical_trial(object, record);
    }
    write_study(object, study_entity(record, options));
}

}  // namespace cxr::dicom
