#include "objects/received_entities.hpp"

#include "dicom/query/matching.hpp"
#include "dicom/query/time_zone.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace cxr::bridge {

using dicom::Attribute;
using dicom::Attributes;

namespace {

const std::array wanted_tags{
    DcmTagKey(DCM_SpecificCharacterSet),
    DcmTagKey(DCM_SOPClassUID),
    DcmTagKey(DCM_SOPInstanceUID),
    DcmTagKey(DCM_StudyDate),
    DcmTagKey(DCM_SeriesDate),
    DcmTagKey(DCM_ContentDate),
    DcmTagKey(DCM_StudyTime),
    DcmTagKey(DCM_SeriesTime),
    DcmTagKey(DCM_ContentTime),
    DcmTagKey(DCM_AccessionNumber),
    DcmTagKey(DCM_Modality),
    DcmTagKey(DCM_Manufacturer),
    DcmTagKey(DCM_InstitutionName),
    DcmTagKey(DCM_ReferringPhysicianName),
    DcmTagKey(DCM_StudyDescription),
    DcmTagKey(DCM_ProcedureCodeSequence),
    DcmTagKey(DCM_SeriesDescription),
    DcmTagKey(DCM_TimezoneOffsetFromUTC),
    DcmTagKey(DCM_PatientName),
    DcmTagKey(DCM_PatientID),
    DcmTagKey(DCM_IssuerOfPatientID),
    DcmTagKey(DCM_PatientBirthDate),
    DcmTagKey(DCM_PatientSex),
    DcmTagKey(DCM_PatientAge),
    DcmTagKey(DCM_BodyPartExamined),
    DcmTagKey(DCM_ProtocolName),
    DcmTagKey(DCM_StudyInstanceUID),
    DcmTagKey(DCM_SeriesInstanceUID),
    DcmTagKey(DCM_StudyID),
    DcmTagKey(DCM_SeriesNumber),
    DcmTagKey(DCM_InstanceNumber),
    DcmTagKey(DCM_Laterality),
    DcmTagKey(DCM_Rows),
    DcmTagKey(DCM_Columns),
    DcmTagKey(DCM_ConceptNameCodeSequence),
    DcmTagKey(DCM_CompletionFlag),
    DcmTagKey(DCM_VerificationFlag),
};

std::string first_value(const Attributes& attributes, const DcmTagKey& tag) {
    const Attribute* found = dicom::find(attributes, tag);
    return found != nullptr ? found->value.substr(0, found->value.find('\\')) : std::string();
}

/// In the form of today, so that SQL can compare it; what is no date stays as it is.
std::string date(const Attributes& attributes, const DcmTagKey& tag) {
    std::string value = first_value(attributes, tag);
    return dicom::comparable(value, dicom::VR::DA).value_or(value);
}

/// Empty unless well-formed: times are adjusted by it, and it is never answered with zero length.
std::string time_zone(const Attributes& attributes) {
    std::string offset = first_value(attributes, DCM_TimezoneOffsetFromUTC);
    return dicom::utc_offset_minutes(offset) ? offset : std::string();
}

std::uint32_t number(const Attributes& attributes, const DcmTagKey& tag) {
    const std::string value = first_value(attributes, tag);
    std::uint32_t result = 0;
    std::from_chars(value.data(), value.data() + value.size(), result);
    return result;
}

dicom::CodedConcept code(const Attributes& attributes, const DcmTagKey& tag) {
    const Attribute* sequence = dicom::find(attributes, tag);
    if (sequence == nullptr || sequence->items.empty()) {
        return {};
    }
    const Attributes& item = sequence->items.front();
    return {.value = first_value(item, DCM_CodeValue),
            .scheme = first_value(item, DCM_CodingSchemeDesignator),
            .meaning = first_value(item, DCM_CodeMeaning)};
}

}  // namespace

Attributes entity_attributes(std::span<const std::byte> data_set,
                             const dicom::DataSetScan& scan,
                             const dicom::TransferSyntax& transfer_syntax) {
    dicom::DataSetScan wanted;
    std::ranges::copy_if(scan.elements,
                         std::back_inserter(wanted.elements),
                         [](const dicom::ScannedElement& element) {
                             return std::ranges::find(wanted_tags, element.tag) !=
                                    wanted_tags.end();
                         });
    return dicom::attributes_of(data_set, wanted, transfer_syntax);
}

void fill_entities(const Attributes& attributes, ReceivedObject& object) {
    const auto text = [&attributes](const DcmTagKey& tag) { return first_value(attributes, tag); };
    object.patient = {.patient_id = text(DCM_PatientID),
                      .issuer_of_patient_id = text(DCM_IssuerOfPatientID),
                      .patient_name = text(DCM_PatientName),
                      .patient_birth_date = date(attributes, DCM_PatientBirthDate),
                      .patient_sex = text(DCM_PatientSex)};
    object.study = {.study_instance_uid = text(DCM_StudyInstanceUID),
                    .study_date = date(attributes, DCM_StudyDate),
                    .study_time = text(DCM_StudyTime),
                    .accession_number = text(DCM_AccessionNumber),
                    .study_id = text(DCM_StudyID),
                    .study_description = text(DCM_StudyDescription),
                    .referring_physician_name = text(DCM_ReferringPhysicianName),
                    .patient_age = text(DCM_PatientAge),
                    .procedure_code = code(attributes, DCM_ProcedureCodeSequence),
                    .timezone_offset_from_utc = time_zone(attributes)};
    object.series = {.series_instance_uid = text(DCM_SeriesInstanceUID),
                     .modality = text(DCM_Modality),
                     .series_number = text(DCM_SeriesNumber),
                     .series_description = text(DCM_SeriesDescription),
                     .series_date = date(attributes, DCM_SeriesDate),
                     .series_time = text(DCM_SeriesTime),
                     .body_part_examined = text(DCM_BodyPartExamined),
                     .protocol_name = text(DCM_ProtocolName),
                     .manufacturer = text(DCM_Manufacturer),
                     .institution_name = text(DCM_InstitutionName),
                     .laterality = text(DCM_Laterality)};
    object.instance = {.sop_instance_uid = text(DCM_SOPInstanceUID),
                       .sop_class_uid = text(DCM_SOPClassUID),
                       .instance_number = text(DCM_InstanceNumber),
                       .content_date = date(attributes, DCM_ContentDate),
                       .content_time = text(DCM_ContentTime),
                       .rows = number(attributes, DCM_Rows),
                       .columns = number(attributes, DCM_Columns),
                       .concept_name_code = code(attributes, DCM_ConceptNameCodeSequence),
                       .completion_flag = text(DCM_CompletionFlag),
                       .verification_flag = text(DCM_VerificationFlag)};
}

}  // namespace cxr::bridge
