#include "dicom/query/identifier.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <vector>

namespace cxr::dicom {
namespace {

constexpr auto unique = KeyType::unique;
constexpr auto required = KeyType::required;
constexpr auto optional = KeyType::optional;

const DcmTagKey other_patient_ids(0x0010, 0x1000);    // retired since, in table C.6-1 still
const DcmTagKey other_study_numbers(0x0020, 0x1070);  // likewise
const DcmTagKey anatomic_regions_in_study(0x0008, 0x0063);

std::vector<SupportedKey> patient_keys() {
    constexpr auto level = QueryLevel::patient;
    return {
        {DCM_PatientName, VR::PN, level, required, Matching::person_name},
        {DCM_PatientID, VR::LO, level, unique, Matching::wild_card},
        {DCM_IssuerOfPatientID, VR::LO, level, optional, Matching::wild_card},
        {DCM_IssuerOfPatientIDQualifiersSequence, VR::SQ, level, optional, Matching::return_only},
        {DCM_ReferencedPatientSequence, VR::SQ, level, optional, Matching::return_only},
        {DCM_PatientBirthDate, VR::DA, level, optional, Matching::range},
        {DCM_PatientBirthTime, VR::TM, level, optional, Matching::return_only},
        {DCM_PatientSex, VR::CS, level, optional, Matching::wild_card},
        {other_patient_ids, VR::LO, level, optional, Matching::return_only},
        {DCM_OtherPatientNames, VR::PN, level, optional, Matching::return_only},
        {DCM_EthnicGroup, VR::SH, level, optional, Matching::return_only},
        {DCM_PatientComments, VR::LT, level, optional, Matching::return_only},
        {DCM_NumberOfPatientRelatedStudies, VR::IS, level, optional, Matching::return_only},
        {DCM_NumberOfPatientRelatedSeries, VR::IS, level, optional, Matching::return_only},
        {DCM_NumberOfPatientRelatedInstances, VR::IS, level, optional, Matching::return_only},
    };
}

std::vector<SupportedKey> study_keys() {
    constexpr auto level = QueryLevel::study;
    return {
        {DCM_StudyInstanceUID, VR::UI, level, unique, Matching::uid_list},
        {DCM_StudyDate, VR::DA, level, required, Matching::range},
        {DCM_StudyTime, VR::TM, level, required, Matching::range},
        {DCM_AccessionNumber, VR::SH, level, required, Matching::wild_card},
        {DCM_StudyID, VR::SH, level, required, Matching::wild_card},
        {DCM_ModalitiesInStudy, VR::CS, level, optional, Matching::wild_card},
        {DCM_SOPClassesInStudy, VR::UI, level, optional, Matching::uid_list},
        {anatomic_regions_in_study, VR::SQ, level, optional, Matching::return_only},
        {DCM_ReferringPhysicianName, VR::PN, level, optional, Matching::person_name},
        {DCM_StudyDescription, VR::LO, level, optional, Matching::wild_card},
        {DCM_ProcedureCodeSequence, VR::SQ, level, optional, Matching::sequence},
        {DCM_NameOfPhysiciansReadingStudy, VR::PN, level, optional, Matching::return_only},
        {DCM_AdmittingDiagnosesDescription, VR::LO, level, optional, Matching::return_only},
        {DCM_ReferencedStudySequence, VR::SQ, level, optional, Matching::return_only},
        {DCM_PatientAge, VR::AS, level, optional, Matching::single_value},
        {DCM_PatientSize, VR::DS, level, optional, Matching::return_only},
        {DCM_PatientWeight, VR::DS, level, optional, Matching::return_only},
        {DCM_Occupation, VR::SH, level, optional, Matching::return_only},
        {DCM_AdditionalPatientHistory, VR::LT, level, optional, Matching::return_only},
        {other_study_numbers, VR::IS, level, optional, Matching::return_only},
        {DCM_NumberOfStudyRelatedSeries, VR::IS, level, optional, Matching::return_only},
        {DCM_NumberOfStudyRelatedInstances, VR::IS, level, optional, Matching::return_only},
    };
}

std::vector<SupportedKey> series_keys() {
    constexpr auto level = QueryLevel::series;
    return {
        {DCM_SeriesInstanceUID, VR::UI, level, unique, Matching::uid_list},
        {DCM_Modality, VR::CS, level, required, Matching::wild_card},
        {DCM_SeriesNumber, VR::IS, level, required, Matching::single_value},
        {DCM_SeriesDescription, VR::LO, level, optional, Matching::wild_card},
        {DCM_SeriesDate, VR::DA, level, optional, Matching::range},
        {DCM_SeriesTime, VR::TM, level, optional, Matching::range},
        {DCM_BodyPartExamined, VR::CS, level, optional, Matching::wild_card},
        {DCM_ProtocolName, VR::LO, level, optional, Matching::wild_card},
        {DCM_Laterality, VR::CS, level, optional, Matching::wild_card},
        {DCM_Manufacturer, VR::LO, level, optional, Matching::wild_card},
        {DCM_InstitutionName, VR::LO, level, optional, Matching::wild_card},
        {DCM_NumberOfSeriesRelatedInstances, VR::IS, level, optional, Matching::return_only},
    };
}

std::vector<SupportedKey> image_keys() {
    constexpr auto level = QueryLevel::image;
    return {
        {DCM_SOPInstanceUID, VR::UI, level, unique, Matching::uid_list},
        {DCM_InstanceNumber, VR::IS, level, required, Matching::single_value},
        {DCM_SOPClassUID, VR::UI, level, optional, Matching::uid_list},
        {DCM_AvailableTransferSyntaxUID, VR::UI, level, optional, Matching::return_only},
        {DCM_RelatedGeneralSOPClassUID, VR::UI, level, optional, Matching::return_only},
        {DCM_AlternateRepresentationSequence, VR::SQ, level, optional, Matching::return_only},
        {DCM_ContentDate, VR::DA, level, optional, Matching::range},
        {DCM_ContentTime, VR::TM, level, optional, Matching::range},
        {DCM_Rows, VR::US, level, optional, Matching::single_value},
        {DCM_Columns, VR::US, level, optional, Matching::single_value},
        {DCM_ConceptNameCodeSequence, VR::SQ, level, optional, Matching::sequence},
        {DCM_ContentTemplateSequence, VR::SQ, level, optional, Matching::return_only},
        {DCM_CompletionFlag, VR::CS, level, optional, Matching::wild_card},
        {DCM_VerificationFlag, VR::CS, level, optional, Matching::wild_card},
    };
}

std::vector<SupportedKey> all_keys() {
    std::vector<SupportedKey> keys;
    for (const auto& of_level : {patient_keys(), study_keys(), series_keys(), image_keys()}) {
        keys.insert(keys.end(), of_level.begin(), of_level.end());
    }
    std::sort(keys.begin(), keys.end(), [](const SupportedKey& a, const SupportedKey& b) {
        return a.tag < b.tag;
    });
    return keys;
}

}  // namespace

std::span<const SupportedKey> supported_keys() {
    static const std::vector<SupportedKey> keys = all_keys();
    return keys;
}

const SupportedKey* find_supported_key(const DcmTagKey& tag) {
    const std::span<const SupportedKey> keys = supported_keys();
    const auto at = std::lower_bound(
        keys.begin(), keys.end(), tag, [](const SupportedKey& key, const DcmTagKey& wanted) {
            return key.tag < wanted;
        });
    return at != keys.end() && at->tag == tag ? &*at : nullptr;
}

QueryLevel level_in(const SupportedKey& key, InformationModel model) {
    return std::max(key.level, top_level(model));
}

KeyType type_in(const SupportedKey& key, InformationModel model) {
    return key.type == KeyType::unique && key.level < top_level(model) ? KeyType::required
                                                                       : key.type;
}

QueryLevel top_level(InformationModel model) {
    return model == InformationModel::study_root ? QueryLevel::study : QueryLevel::patient;
}

QueryLevel bottom_level(InformationModel model) {
    return model == InformationModel::patient_study_only ? QueryLevel::study : QueryLevel::image;
}

DcmTagKey unique_key(QueryLevel level) {
    switch (level) {
        case QueryLevel::patient:
            return DCM_PatientID;
        case QueryLevel::study:
            return DCM_StudyInstanceUID;
        case QueryLevel::series:
            return DCM_SeriesInstanceUID;
        case QueryLevel::image:
            break;
    }
    return DCM_SOPInstanceUID;
}

std::string_view level_name(QueryLevel level) {
    switch (level) {
        case QueryLevel::patient:
            return "PATIENT";
        case QueryLevel::study:
            return "STUDY";
        case QueryLevel::series:
            return "SERIES";
        case QueryLevel::image:
            break;
    }
    return "IMAGE";
}

}  // namespace cxr::dicom
