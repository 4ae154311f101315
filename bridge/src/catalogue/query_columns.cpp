#include "catalogue/query_columns.hpp"

#include "catalogue/schema.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <array>

namespace cxr::bridge {

namespace {

using enum dicom::QueryLevel;

// Ranges of nested identifiers (catalogue/schema.hpp), written out below.
static_assert(schema::series_bits == 14 && schema::instance_bits == 22);

constexpr std::string_view patient_studies =
    "(SELECT count(*) FROM study x WHERE x.patient = p.id)";
constexpr std::string_view patient_series =
    "(SELECT count(*) FROM study x CROSS JOIN series y"
    " ON y.id BETWEEN x.id << 14 AND ((x.id + 1) << 14) - 1 WHERE x.patient = p.id)";
constexpr std::string_view patient_instances =
    "(SELECT count(*) FROM study x CROSS JOIN instance y"
    " ON y.id BETWEEN x.id << 36 AND ((x.id + 1) << 36) - 1 WHERE x.patient = p.id)";
constexpr std::string_view study_series =
    "(SELECT count(*) FROM series y WHERE y.id BETWEEN t.id << 14 AND ((t.id + 1) << 14) - 1)";
constexpr std::string_view study_instances =
    "(SELECT count(*) FROM instance y WHERE y.id BETWEEN t.id << 36 AND ((t.id + 1) << 36) - 1)";
constexpr std::string_view series_instances =
    "(SELECT count(*) FROM instance y WHERE y.id BETWEEN s.id << 22 AND ((s.id + 1) << 22) - 1)";

// What is least available decides for the whole entity.
constexpr std::string_view patient_availability =
    "(SELECT max(z.availability) FROM study x CROSS JOIN instance y"
    " ON y.id BETWEEN x.id << 36 AND ((x.id + 1) << 36) - 1"
    " CROSS JOIN instance_kind z ON z.id = y.kind WHERE x.patient = p.id)";
constexpr std::string_view study_availability =
    "(SELECT max(z.availability) FROM instance y CROSS JOIN instance_kind z ON z.id = y.kind"
    " WHERE y.id BETWEEN t.id << 36 AND ((t.id + 1) << 36) - 1)";
constexpr std::string_view series_availability =
    "(SELECT max(z.availability) FROM instance y CROSS JOIN instance_kind z ON z.id = y.kind"
    " WHERE y.id BETWEEN s.id << 22 AND ((s.id + 1) << 22) - 1)";

const QueryColumn columns[] = {
    {DCM_PatientID, patient, Place::own, Form::text, "patient_id"},
    {DCM_IssuerOfPatientID, patient, Place::own, Form::text, "issuer_of_patient_id"},
    {DCM_PatientName, patient, Place::own, Form::text, "patient_name"},
    {DCM_PatientBirthDate, patient, Place::own, Form::text, "patient_birth_date"},
    {DCM_PatientSex, patient, Place::own, Form::text, "patient_sex"},
    {DCM_NumberOfPatientRelatedStudies, patient, Place::computed, Form::number, patient_studies},
    {DCM_NumberOfPatientRelatedSeries, patient, Place::computed, Form::number, patient_series},
    {DCM_NumberOfPatientRelatedInstances,
     patient,
     Place::computed,
     Form::number,
     patient_instances},
    {DCM_InstanceAvailability, patient, Place::computed, Form::availability, patient_availability},

    {DCM_StudyInstanceUID, study, Place::own, Form::stored_uid, "uid"},
    {DCM_StudyDate, study, Place::own, Form::text, "study_date"},
    {DCM_StudyTime, study, Place::own, Form::text, "study_time"},
    {DCM_AccessionNumber, study, Place::own, Form::text, "accession_number"},
    {DCM_StudyID, study, Place::own, Form::text, "study_id"},
    {DCM_PatientAge, study, Place::own, Form::text, "patient_age"},
    {DCM_StudyDescription, study, Place::kind, Form::text, "study_description"},
    {DCM_ReferringPhysicianName, study, Place::kind, Form::text, "referring_physician_name"},
    {DCM_ProcedureCodeSequence,
     study,
     Place::kind,
     Form::code,
     "procedure_code_value",
     "procedure_coding_scheme",
     "procedure_code_meaning"},
    {DCM_TimezoneOffsetFromUTC,
     study,
     Place::kind,
     Form::optional_text,
     "timezone_offset_from_utc"},
    {DCM_ModalitiesInStudy, study, Place::any_series, Form::text, "modality"},
    {DCM_SOPClassesInStudy, study, Place::any_instance, Form::text, "sop_class_uid"},
    {DCM_NumberOfStudyRelatedSeries, study, Place::computed, Form::number, study_series},
    {DCM_NumberOfStudyRelatedInstances, study, Place::computed, Form::number, study_instances},
    {DCM_InstanceAvailability, study, Place::computed, Form::availability, study_availability},

    {DCM_SeriesInstanceUID, series, Place::own, Form::stored_uid, "uid"},
    {DCM_SeriesDate, series, Place::own, Form::text, "series_date"},
    {DCM_SeriesTime, series, Place::own, Form::text, "series_time"},
    {DCM_Modality, series, Place::kind, Form::text, "modality"},
    {DCM_SeriesNumber, series, Place::kind, Form::text, "series_number"},
    {DCM_SeriesDescription, series, Place::kind, Form::text, "series_description"},
    {DCM_BodyPartExamined, series, Place::kind, Form::text, "body_part_examined"},
    {DCM_ProtocolName, series, Place::kind, Form::text, "protocol_name"},
    {DCM_Manufacturer, series, Place::kind, Form::text, "manufacturer"},
    {DCM_InstitutionName, series, Place::kind, Form::text, "institution_name"},
    {DCM_Laterality, series, Place::kind, Form::text, "laterality"},
    {DCM_NumberOfSeriesRelatedInstances, series, Place::computed, Form::number, series_instances},
    {DCM_InstanceAvailability, series, Place::computed, Form::availability, series_availability},

    {DCM_SOPInstanceUID, image, Place::own, Form::stored_uid, "uid"},
    {DCM_SOPClassUID, image, Place::kind, Form::text, "sop_class_uid"},
    {DCM_InstanceNumber, image, Place::own, Form::text, "instance_number"},
    {DCM_ContentDate, image, Place::own, Form::text, "content_date"},
    {DCM_ContentTime, image, Place::own, Form::text, "content_time"},
    {DCM_Rows, image, Place::kind, Form::positive_number, "image_rows"},
    {DCM_Columns, image, Place::kind, Form::positive_number, "image_columns"},
    {DCM_ConceptNameCodeSequence,
     image,
     Place::kind,
     Form::code,
     "concept_code_value",
     "concept_coding_scheme",
     "concept_code_meaning"},
    {DCM_CompletionFlag, image, Place::kind, Form::text, "completion_flag"},
    {DCM_VerificationFlag, image, Place::kind, Form::text, "verification_flag"},
    {DCM_AvailableTransferSyntaxUID, image, Place::kind, Form::text, "transfer_syntax_uid"},
    {DCM_InstanceAvailability, image, Place::kind, Form::availability, "availability"},
};

const MomentColumns moments[] = {
    {DCM_StudyDate, DCM_StudyTime, study, "study_date", "study_time"},
    {DCM_SeriesDate, DCM_SeriesTime, series, "series_date", "series_time"},
    {DCM_ContentDate, DCM_ContentTime, image, "content_date", "content_time"},
};

}  // namespace

const MomentColumns* find_moment_columns(const DcmTagKey& tag) {
    const auto* found = std::ranges::find_if(moments, [&tag](const MomentColumns& moment) {
        return moment.date == tag || moment.time == tag;
    });
    return found != std::end(moments) ? found : nullptr;
}

const QueryColumn* find_query_column(const DcmTagKey& tag, dicom::QueryLevel level) {
    const auto* found = std::ranges::find_if(columns, [&](const QueryColumn& column) {
        return column.tag == tag &&
               (column.level == level || column.tag != DCM_InstanceAvailability);
    });
    return found != std::end(columns) ? found : nullptr;
}

}  // namespace cxr::bridge
