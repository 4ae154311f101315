#pragma once
/// The attributes of the four levels of the DICOM information model (PS3.3 §7), once: the object
/// builders write them into data sets, the catalogue stores them, both from these values. All text
/// is UTF-8; empty means "present, zero length" for type 2 attributes and "absent" for type 3.

#include <cstdint>
#include <string>

namespace cxr::dicom {

struct PatientEntity {
    std::string patient_id;
    std::string issuer_of_patient_id;
    std::string patient_name;
    std::string patient_birth_date;  ///< DA
    std::string patient_sex;
    friend bool operator==(const PatientEntity&, const PatientEntity&) = default;
};

struct CodedConcept {
    std::string value, scheme, meaning;
    friend bool operator==(const CodedConcept&, const CodedConcept&) = default;
};

struct StudyEntity {
    std::string study_instance_uid;
    std::string study_date, study_time;  ///< DA, TM
    std::string accession_number;
    std::string study_id;
    std::string study_description;
    std::string referring_physician_name;
    std::string patient_age;  ///< AS
    CodedConcept procedure_code;
    /// Of its dates and times and those of its series and instances (0008,0201).
    std::string timezone_offset_from_utc = {};
    friend bool operator==(const StudyEntity&, const StudyEntity&) = default;
};

struct SeriesEntity {
    std::string series_instance_uid;
    std::string modality;
    std::string series_number;  ///< IS
    std::string series_description;
    std::string series_date, series_time;
    std::string body_part_examined;
    std::string protocol_name;
    std::string manufacturer, institution_name;
    std::string laterality;
    friend bool operator==(const SeriesEntity&, const SeriesEntity&) = default;
};

struct InstanceEntity {
    std::string sop_instance_uid;
    std::string sop_class_uid;
    std::string instance_number;  ///< IS
    std::string content_date, content_time;
    std::uint32_t rows = 0, columns = 0;  ///< 0: not an image, or unknown
    /// SR documents: Concept Name Code of the root, Completion and Verification Flag.
    CodedConcept concept_name_code;
    std::string completion_flag, verification_flag;
    friend bool operator==(const InstanceEntity&, const InstanceEntity&) = default;
};

}  // namespace cxr::dicom
