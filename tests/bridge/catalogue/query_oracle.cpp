#include "bridge/catalogue/query_oracle.hpp"

#include "dicom/query/matching.hpp"
#include "dicom/query/time_zone.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <tuple>

namespace cxr::test {

using dicom::QueryLevel;

namespace {

auto patient_key(const OracleObject& object) {
    return std::pair(object.patient.patient_id, object.patient.issuer_of_patient_id);
}

auto series_key(const OracleObject& object) {
    return std::pair(object.study.study_instance_uid, object.series.series_instance_uid);
}

/// What tells an entity of a level from its siblings.
std::string identity(const OracleObject& object, QueryLevel level) {
    switch (level) {
        case QueryLevel::patient:
            return object.patient.patient_id + '\\' + object.patient.issuer_of_patient_id;
        case QueryLevel::study:
            return object.study.study_instance_uid;
        case QueryLevel::series:
            return object.study.study_instance_uid + '\\' + object.series.series_instance_uid;
        case QueryLevel::image:
            break;
    }
    return object.instance.sop_instance_uid;
}

std::string decimal(std::uint32_t value) {
    return value == 0 ? std::string() : std::to_string(value);
}

void fill_texts(OracleRow& row, const OracleObject& object, QueryLevel level) {
    auto& values = row.values;
    values = {{DCM_PatientID, object.patient.patient_id},
              {DCM_IssuerOfPatientID, object.patient.issuer_of_patient_id},
              {DCM_PatientName, object.patient.patient_name},
              {DCM_PatientBirthDate, object.patient.patient_birth_date},
              {DCM_PatientSex, object.patient.patient_sex}};
    if (level >= QueryLevel::study) {
        values.insert({{DCM_StudyInstanceUID, object.study.study_instance_uid},
                       {DCM_StudyDate, object.study.study_date},
                       {DCM_StudyTime, object.study.study_time},
                       {DCM_AccessionNumber, object.study.accession_number},
                       {DCM_StudyID, object.study.study_id},
                       {DCM_StudyDescription, object.study.study_description},
                       {DCM_ReferringPhysicianName, object.study.referring_physician_name},
                       {DCM_PatientAge, object.study.patient_age},
                       {DCM_TimezoneOffsetFromUTC, object.study.timezone_offset_from_utc}});
        row.codes[DCM_ProcedureCodeSequence] = object.study.procedure_code;
    }
    if (level >= QueryLevel::series) {
        values.insert({{DCM_SeriesInstanceUID, object.series.series_instance_uid},
                       {DCM_Modality, object.series.modality},
                       {DCM_SeriesNumber, object.series.series_number},
                       {DCM_SeriesDescription, object.series.series_description},
                       {DCM_SeriesDate, object.series.series_date},
                       {DCM_SeriesTime, object.series.series_time},
                       {DCM_BodyPartExamined, object.series.body_part_examined},
                       {DCM_ProtocolName, object.series.protocol_name},
                       {DCM_Laterality, object.series.laterality},
                       {DCM_Manufacturer, object.series.manufacturer},
                       {DCM_InstitutionName, object.series.institution_name}});
    }
    if (level >= QueryLevel::image) {
        values.insert({{DCM_SOPInstanceUID, object.instance.sop_instance_uid},
                       {DCM_SOPClassUID, object.instance.sop_class_uid},
                       {DCM_InstanceNumber, object.instance.instance_number},
                       {DCM_AvailableTransferSyntaxUID, object.transfer_syntax_uid},
                       {DCM_ContentDate, object.instance.content_date},
                       {DCM_ContentTime, object.instance.content_time},
                       {DCM_Rows, decimal(object.instance.rows)},
                       {DCM_Columns, decimal(object.instance.columns)},
                       {DCM_CompletionFlag, object.instance.completion_flag},
                       {DCM_VerificationFlag, object.instance.verification_flag}});
        row.codes[DCM_ConceptNameCodeSequence] = object.instance.concept_name_code;
    }
}

/// How many entities of `counted` lie under each entity of `level`.
std::map<std::string, std::set<std::string>> children(const std::vector<OracleObject>& objects,
                                                      QueryLevel level,
                                                      QueryLevel counted) {
    std::map<std::string, std::set<std::string>> found;
    for (const OracleObject& object : objects) {
        found[identity(object, level)].insert(identity(object, counted));
    }
    return found;
}

struct Count {
    DcmTagKey tag;
    QueryLevel of, counted;
};
const Count counts[] = {
    {DCM_NumberOfPatientRelatedStudies, QueryLevel::patient, QueryLevel::study},
    {DCM_NumberOfPatientRelatedSeries, QueryLevel::patient, QueryLevel::series},
    {DCM_NumberOfPatientRelatedInstances, QueryLevel::patient, QueryLevel::image},
    {DCM_NumberOfStudyRelatedSeries, QueryLevel::study, QueryLevel::series},
    {DCM_NumberOfStudyRelatedInstances, QueryLevel::study, QueryLevel::image},
    {DCM_NumberOfSeriesRelatedInstances, QueryLevel::series, QueryLevel::image},
};

bool matches_key(const dicom::QueryKey& key, const OracleRow& row) {
    const DcmTagKey& tag = key.supported->tag;
    if (key.supported->matching == dicom::Matching::sequence) {
        const auto code = row.codes.find(tag);
        return key.sequence_keys.empty() || code == row.codes.end() ||
               dicom::matches_code(code->second, key.sequence_keys);
    }
    if (const auto set = row.sets.find(tag); set != row.sets.end()) {
        return !key.restricts() || std::ranges::any_of(set->second, [&](const std::string& value) {
            return dicom::matches(key, value);
        });
    }
    const auto value = row.values.find(tag);
    return value == row.values.end() || dicom::matches(key, value->second);
}

bool matches_moment(const dicom::QueryKey& date,
                    const dicom::QueryKey& time,
                    const OracleRow& row) {
    const std::string& kept = row.values.at(DCM_StudyDate);
    return (date.unknown_matches && kept.empty()) ||
           dicom::matches_combined_range(
               kept, row.values.at(DCM_StudyTime), date.value, time.value);
}

}  // namespace

QueryOracle::QueryOracle(std::vector<OracleObject> objects) : objects_(std::move(objects)) {
    std::map<decltype(patient_key(objects_[0])), dicom::PatientEntity> patients;
    std::map<std::string, std::pair<dicom::PatientEntity, dicom::StudyEntity>> studies;
    std::map<decltype(series_key(objects_[0])), dicom::SeriesEntity> series;
    for (OracleObject& object : objects_) {
        // A patient exists for the sake of its studies: one named only by an object whose study
        // belongs to somebody else does not.
        const auto study = studies.find(object.study.study_instance_uid);
        if (study != studies.end()) {
            std::tie(object.patient, object.study) = study->second;
        } else {
            object.patient =
                patients.try_emplace(patient_key(object), object.patient).first->second;
            studies.emplace(object.study.study_instance_uid,
                            std::pair(object.patient, object.study));
        }
        object.series = series.try_emplace(series_key(object), object.series).first->second;
    }
}

std::vector<OracleRow> QueryOracle::rows(QueryLevel level) const {
    std::map<std::string, OracleRow> found;
    for (const OracleObject& object : objects_) {
        OracleRow& row = found[identity(object, level)];
        if (row.values.empty()) {
            fill_texts(row, object, level);
        }
        row.offline = row.offline || object.offline;
    }
    for (const Count& count : counts) {
        const auto under = children(objects_, count.of, count.counted);
        for (const OracleObject& object : objects_) {
            if (count.of <= level) {
                found[identity(object, level)].values[count.tag] =
                    std::to_string(under.at(identity(object, count.of)).size());
            }
        }
    }
    if (level >= QueryLevel::study) {
        std::map<std::string, std::set<std::string>> modalities, classes;
        for (const OracleObject& object : objects_) {
            modalities[object.study.study_instance_uid].insert(object.series.modality);
            classes[object.study.study_instance_uid].insert(object.instance.sop_class_uid);
        }
        for (auto& [key, row] : found) {
            const std::string& study = row.values.at(DCM_StudyInstanceUID);
            row.sets[DCM_ModalitiesInStudy] = modalities.at(study);
            row.sets[DCM_SOPClassesInStudy] = classes.at(study);
        }
    }
    std::vector<OracleRow> rows;
    for (auto& [key, row] : found) {
        rows.push_back(std::move(row));
    }
    return rows;
}

namespace {

/// PS3.4 C.5.1 byte 4: what a row says at the offset that was asked for.
void move_moments(OracleRow& row, const dicom::TimezoneAdjustment& zone) {
    const std::pair<DcmTagKey, DcmTagKey> moments[] = {{DCM_StudyDate, DCM_StudyTime},
                                                       {DCM_SeriesDate, DCM_SeriesTime},
                                                       {DCM_ContentDate, DCM_ContentTime}};
    const int kept = dicom::utc_offset_minutes(row.values[DCM_TimezoneOffsetFromUTC])
                         .value_or(zone.unknown_minutes);
    for (const auto& [date, time] : moments) {
        if (row.values.contains(date)) {
            const auto moved = dicom::moved_east(
                {.date = row.values[date], .time = row.values[time]}, zone.asked_minutes - kept);
            row.values[date] = moved.date;
            row.values[time] = moved.time;
        }
    }
}

}  // namespace

std::vector<OracleRow> QueryOracle::matches(const dicom::QueryIdentifier& identifier) const {
    const dicom::QueryKey* date = nullptr;
    const dicom::QueryKey* time = nullptr;
    for (const dicom::QueryKey& key : identifier.keys) {
        if (identifier.combined_date_time && !key.value.empty()) {
            date = key.supported->tag == DCM_StudyDate ? &key : date;
            time = key.supported->tag == DCM_StudyTime ? &key : time;
        }
    }
    const bool combined = date != nullptr && time != nullptr;
    std::vector<OracleRow> matching;
    for (OracleRow& row : rows(identifier.level)) {
        if (identifier.timezone) {
            move_moments(row, *identifier.timezone);
        }
        const bool all = std::ranges::all_of(identifier.keys, [&](const dicom::QueryKey& key) {
            return (combined && (&key == date || &key == time)) || matches_key(key, row);
        });
        if (all && (!combined || matches_moment(*date, *time, row))) {
            matching.push_back(std::move(row));
        }
    }
    return matching;
}

OracleObject made_object(const dicom::ImageRecord& record, dicom::DerivedKind kind) {
    return {.patient = dicom::patient_entity(record, {}),
            .study = dicom::study_entity(record, {}),
            .series = dicom::series_entity(record, kind, {}),
            .instance = dicom::instance_entity(record, kind, {})};
}

std::vector<OracleObject> made_objects(const bridge::DataSetFolder& folder) {
    std::vector<OracleObject> objects;
    for (const dicom::ImageRecord& record : folder.records) {
        objects.push_back(made_object(record, dicom::DerivedKind::image));
        objects.back().offline = !folder.images.contains(record.row.image_index);
        objects.push_back(made_object(record, dicom::DerivedKind::label_report));
        if (!record.boxes.empty()) {
            objects.push_back(made_object(record, dicom::DerivedKind::box_report));
        }
    }
    return objects;
}

}  // namespace cxr::test
