#include "dicom/key_objects/key_objects.hpp"
#include "dicom/mapping/image_record.hpp"
#include "dicom/presentation/presentation_state.hpp"
#include "dicom/report/report.hpp"
#include "mapping/synthetic_names.hpp"

#include <dcmtk/dcmdata/dcuid.h>

#include <cmath>

namespace cxr::dicom {
namespace {

std::string joined(std::string_view a, std::string_view b) {
    std::string text;
    text.reserve(a.size() + b.size());
    return text.append(a).append(b);
}

std::string_view view_of(ViewPosition view) {
    switch (view) {
        case ViewPosition::pa:
            return "PA";
        case ViewPosition::ap:
            return "AP";
        case ViewPosition::unknown:
            break;
    }
    return "";
}

/// "CHEST PA", or "CHEST" when the view is not known.
std::string described(std::string_view what, ViewPosition view) {
    const std::string_view name = view_of(view);
    return name.empty() ? std::string(what) : joined(what, " ").append(name);
}

/// PS3.5 AS: three digits and a unit.
std::string age_string(const Age& age) {
    std::string text = std::to_string(age.value);
    text.insert(0, 3 - std::min<std::size_t>(text.size(), 3), '0');
    return text += age.unit;
}

/// Storage-phosphor plates have pitches of their own; everything else is taken for a detector.
const char* modality_by_pitch(double spacing_mm) {
    const double pitch_um = std::round(spacing_mm * 1000);
    return pitch_um == 168 || pitch_um == 171 || pitch_um == 115 ? "CR" : "DX";
}

const char* modality_of(const ChestXRayRow& row, ModalityChoice choice) {
    switch (choice) {
        case ModalityChoice::cr:
            return "CR";
        case ModalityChoice::ot:
            return "OT";
        case ModalityChoice::automatic:
            return modality_by_pitch(row.original_spacing_x_mm);
        case ModalityChoice::dx:
            break;
    }
    return "DX";
}

std::string uid(const MappingOptions& options, std::string_view kind, std::string_view name) {
    return UIDSource(options.profile()).derive(joined(kind, name));
}

/// A series of one document of ours, made of an image.
struct DocumentSeries {
    std::string_view uid_prefix;
    std::string_view modality;
    std::string_view number;
    std::string_view description;
};

SeriesEntity document_series(const ImageRecord& record,
                             const MappingOptions& options,
                             const DocumentSeries& document) {
    SeriesEntity series;
    series.series_instance_uid = uid(options, document.uid_prefix, record.row.image_index);
    series.modality = document.modality;
    series.series_number = document.number;
    series.series_description = document.description;
    series.manufacturer = "cxrbridge";
    return series;
}

/// 703: a person's; 704: a device's. The source's name tells one from another.
SeriesEntity source_series(const ImageRecord& record,
                           const AnnotationSource& source,
                           const MappingOptions& options) {
    const std::string uid_prefix = joined("series|annotations|", source.name) + '|';
    const std::string description = joined("Annotations: ", source.name);
    return document_series(record,
                           options,
                           {.uid_prefix = uid_prefix,
                            .modality = "SR",
                            .number = source.observer.type == ObserverType::device ? "704" : "703",
                            .description = description});
}

}  // namespace

const Revision* revision_of(const ImageRecord& record, DerivedKind kind) {
    for (const Revision& revision : record.revisions) {
        if (revision.kind == kind) {
            return &revision;
        }
    }
    return nullptr;
}

bool is_made_of(const ImageRecord& record, DerivedKind kind) {
    if (kind <= DerivedKind::label_report) {
        return true;
    }
    if (is_source_report(kind)) {
        const std::size_t source = source_of(kind);
        return source < record.sources.size() &&
               (!record.sources[source].statements.empty() || revision_of(record, kind) != nullptr);
    }
    // A key object selection of nothing cannot be.
    const bool can_be_withdrawn =
        kind == DerivedKind::box_report || kind == DerivedKind::presentation_state;
    return !record.boxes.empty() || (can_be_withdrawn && revision_of(record, kind) != nullptr);
}

PatientEntity patient_entity(const ImageRecord& record, const MappingOptions& options) {
    const std::string_view patient_id = record.row.patient_id();
    PatientEntity patient;
    patient.patient_id = patient_id;
    patient.issuer_of_patient_id = "NIHCXR14";
    // The caret marks a person name of today (PS3.5 6.2.1): without it validators see a retired
    // form.
    patient.patient_name = options.names == Names::human
                               ? synthetic_name(patient_id, record.row.sex)
                               : joined("NIHCXR14^", patient_id);
    patient.patient_birth_date = record.dates.patient_birth_date;
    patient.patient_sex = record.row.sex == Sex::male     ? "M"
                          : record.row.sex == Sex::female ? "F"
                                                          : "";
    return patient;
}

StudyEntity study_entity(const ImageRecord& record, const MappingOptions& options) {
    const ChestXRayRow& row = record.row;
    StudyEntity study;
    study.study_instance_uid = uid(options, "study/", row.stem());
    study.study_date = record.dates.study_date;
    study.study_time = record.dates.study_time;
    study.accession_number = joined("CXR", row.stem());
    study.study_id = std::to_string(row.follow_up);
    // Never the labels: they are the truth that a reader is to be compared with.
    study.study_description = described("XR CHEST", row.view);
    study.patient_age = row.age ? age_string(*row.age) : std::string();
    study.procedure_code = {.value = "399208008", .scheme = "SCT", .meaning = "Plain chest X-ray"};
    return study;
}

SeriesEntity series_entity(const ImageRecord& record,
                           DerivedKind kind,
                           const MappingOptions& options) {
    if (is_source_report(kind)) {
        return source_series(record, *record.sources.at(source_of(kind)).source, options);
    }
    SeriesEntity series;
    switch (kind) {
        case DerivedKind::image:
            series.series_instance_uid = uid(options, "series/", record.row.stem());
            series.series_date = record.dates.study_date;
            series.series_time = record.dates.study_time;
            series.modality = modality_of(record.row, options.modality);
            series.series_number = "1";
            series.series_description = described("CHEST", record.row.view);
            series.protocol_name = series.series_description;
            series.body_part_examined = "CHEST";
            // The X-ray unit is unknown; where it stood is not (PS3.3 C.8.6.1 note 1).
            series.institution_name = "NIH Clinical Center";
            break;
        case DerivedKind::label_report:
            return document_series(
                record, options, {"series|labels|", "SR", "701", "ChestX-ray14 labels"});
        case DerivedKind::box_report:
            return document_series(
                record, options, {"series|boxes|", "SR", "702", "ChestX-ray14 boxes"});
        case DerivedKind::presentation_state:
            series = document_series(
                record, options, {"series|gsps|", "PR", "801", "ChestX-ray14 presentation state"});
            // Without it a validator asks for a side (PS3.3 C.7.3.1, Laterality is 2C).
            series.body_part_examined = "CHEST";
            break;
        case DerivedKind::key_objects:
            return document_series(
                record, options, {"series|ko|", "KO", "901", "ChestX-ray14 boxed images"});
        case DerivedKind::first_source_report:
            break;  // above
    }
    return series;
}

InstanceEntity instance_entity(const ImageRecord& record,
                               DerivedKind kind,
                               const MappingOptions& options) {
    InstanceEntity instance;
    const Revision* revision = revision_of(record, kind);
    instance.instance_number = revision == nullptr ? "1" : std::to_string(revision->number);
    if (kind == DerivedKind::image) {
        instance.content_date = record.dates.study_date;
        instance.content_time = record.dates.study_time;
        instance.sop_instance_uid = uid(options, "instance/", record.row.stem());
        instance.sop_class_uid = UID_SecondaryCaptureImageStorage;
        return instance;
    }
    if (kind == DerivedKind::presentation_state) {
        instance.sop_instance_uid = presentation_state_sop_instance_uid(record, options);
        instance.sop_class_uid = presentation_state_sop_class_uid;
        return instance;
    }
    instance.content_date = report_content_date;
    instance.content_time = report_content_time;
    if (kind == DerivedKind::key_objects) {
        instance.sop_instance_uid = key_objects_sop_instance_uid(record, options);
        instance.sop_class_uid = key_objects_sop_class_uid;
        instance.concept_name_code = key_objects_title();
        return instance;
    }
    instance.sop_instance_uid = report_sop_instance_uid(record, kind, options);
    instance.sop_class_uid = options.reports.sop_class_uid();
    instance.concept_name_code = report_title(kind, options.reports);
    instance.completion_flag = "COMPLETE";
    instance.verification_flag = "UNVERIFIED";
    return instance;
}

}  // namespace cxr::dicom
