#include "dicom/annotation/fhir.hpp"

#include "annotation/fhir_observation.hpp"
#include "annotation/fhir_types.hpp"

#include <fmt/format.h>

#include <map>
#include <sstream>
#include <vector>

// Resources refer to one another by urn:uuid full URLs, which a server turns into its own addresses
// (FHIR R4 3.1.0.11.2); ids are those UUIDs, so that PUT makes or updates.

namespace cxr::dicom {
namespace {

/// The statements of one document.
using Document = std::span<const Annotation>;

std::string_view document_uid(const Annotation& annotation) {
    return annotation.report.sop_instance_uid;
}

std::vector<Document> documents_of(std::span<const Annotation> annotations) {
    std::vector<Document> documents;
    for (std::size_t first = 0; first < annotations.size();) {
        std::size_t last = first + 1;
        while (last < annotations.size() &&
               document_uid(annotations[last]) == document_uid(annotations[first]) &&
               annotations[last].observer == annotations[first].observer) {
            ++last;
        }
        documents.push_back(annotations.subspan(first, last - first));
        first = last;
    }
    return documents;
}

class Bundle {
public:
    Bundle(const ImageRecord& record, const MappingOptions& options)
        : record_(record),
          options_(options),
          patient_(uuid_text(fmt::format("fhir|patient|{}", record.row.patient_id()))),
          study_(uuid_text(fmt::format("fhir|study|{}", record.row.image_index))) {}

    std::string write(std::span<const Annotation> annotations) {
        const std::vector<Document> documents = documents_of(annotations);
        json_.open_object();
        json_.key("resourceType").value("Bundle");
        json_.key("type").value("transaction");
        json_.key("entry").open_array();
        put_entry("Patient", patient_, [&] { put_patient(); });
        put_entry("ImagingStudy", study_, [&] { put_imaging_study(documents); });
        for (const Document& document : documents) {
            put_document(document);
        }
        json_.close_array();
        json_.close_object();
        text_ << '\n';
        return std::move(text_).str();
    }

private:
    template <typename PutMembers>
    void put_entry(std::string_view type, const std::string& id, const PutMembers& put_members) {
        json_.open_object();
        json_.key("fullUrl").value(fmt::format("urn:uuid:{}", id));
        json_.key("resource").open_object();
        json_.key("resourceType").value(type);
        json_.key("id").value(id);
        put_members();
        json_.close_object();
        json_.key("request").open_object();
        json_.key("method").value("PUT");
        json_.key("url").value(fmt::format("{}/{}", type, id));
        json_.close_object();
        json_.close_object();
    }

    void put_patient() {
        const PatientEntity patient = patient_entity(record_, options_);
        json_.key("meta").open_object();  // dates and names are not the patient's own
        json_.key("security").open_array();
        json_.open_object();
        json_.key("system").value("http://terminology.hl7.org/CodeSystem/v3-ObservationValue");
        json_.key("code").value("PSEUDED");
        json_.close_object();
        json_.close_array();
        json_.close_object();
        json_.key("identifier").open_array();
        json_.open_object();
        json_.key("system").value(collection_url);
        json_.key("value").value(patient.patient_id);
        json_.close_object();
        json_.close_array();
        json_.key("gender").value(patient.patient_sex == "M"   ? "male"
                                  : patient.patient_sex == "F" ? "female"
                                                               : "unknown");
        put_optional(json_, "birthDate", date_of(patient.patient_birth_date));
    }

    void put_imaging_study(const std::vector<Document>& documents) {
        const StudyEntity study = study_entity(record_, options_);
        const SeriesEntity image = series_entity(record_, DerivedKind::image, options_);
        put_dicom_identifier(json_, study.study_instance_uid);
        json_.key("status").value("available");
        json_.key("subject");
        put_reference(json_, patient_);
        put_optional(json_, "started", date_of(study.study_date));
        // A viewer may have put its report into a study of its own.
        std::vector<const ReportOrigin*> reports;
        for (const Document& document : documents) {
            const ReportOrigin& report = document.front().report;
            if (report.study_instance_uid == study.study_instance_uid) {
                reports.push_back(&report);
            }
        }
        json_.key("numberOfSeries").value(reports.size() + 1);
        json_.key("numberOfInstances").value(reports.size() + 1);
        json_.key("procedureCode").open_array();
        put_concept(json_, study.procedure_code);
        json_.close_array();
        json_.key("description").value(study.study_description);
        json_.key("series").open_array();
        const InstanceEntity instance = instance_entity(record_, DerivedKind::image, options_);
        put_series({image.series_instance_uid,
                    image.modality,
                    image.series_description,
                    instance.sop_instance_uid,
                    instance.sop_class_uid});
        for (const ReportOrigin* report : reports) {
            put_series({report->series_instance_uid,
                        "SR",
                        {},
                        report->sop_instance_uid,
                        report->sop_class_uid});
        }
        json_.close_array();
    }

    struct SeriesOfOne {
        std::string_view uid, modality, description, sop_instance_uid, sop_class_uid;
    };
    void put_series(const SeriesOfOne& series) {
        json_.open_object();
        json_.key("uid").value(series.uid);
        json_.key("modality");
        put_coding(json_, {std::string(series.modality), "DCM", {}});
        put_optional(json_, "description", series.description);
        json_.key("numberOfInstances").value(std::size_t{1});
        json_.key("instance").open_array();
        json_.open_object();
        json_.key("uid").value(series.sop_instance_uid);
        json_.key("sopClass").open_object();
        json_.key("system").value("urn:ietf:rfc:3986");
        json_.key("code").value(fmt::format("urn:oid:{}", series.sop_class_uid));
        json_.close_object();
        json_.close_object();
        json_.close_array();
        json_.close_object();
    }

    /// A report and its observations, whose ids outlive a change of what they say.
    void put_document(const Document& document) {
        const Annotation& first = document.front();
        const std::string name = unused(fmt::format("{}|{}|{}",
                                                    record_.row.image_index,
                                                    first.box ? "boxes" : "labels",
                                                    observer_key(first)));
        std::vector<std::string> observations;
        for (const Annotation& annotation : document) {
            const std::string& what = annotation.tracking_uid.empty() ? annotation.label_as_written
                                                                      : annotation.tracking_uid;
            observations.push_back(
                uuid_text(unused(fmt::format("fhir|observation|{}|{}", name, what))));
            put_entry("Observation", observations.back(), [&] {
                put_observation(json_, annotation, context());
            });
        }
        put_entry("DiagnosticReport", uuid_text(fmt::format("fhir|report|{}", name)), [&] {
            put_report(document, observations);
        });
    }

    /// One observer may have several documents of an image, and one document a label twice.
    std::string unused(const std::string& name) {
        const int uses = ++uses_of_[name];
        return uses == 1 ? name : fmt::format("{}|{}", name, uses);
    }

    [[nodiscard]] FhirContext context() const {
        return {.patient = patient_,
                .study = study_,
                .study_date = record_.dates.study_date,
                .codes = options_.reports.code_table()};
    }

    static std::string observer_key(const Annotation& annotation) {
        const Observer& observer = annotation.observer;
        return observer.device_uid.empty() ? observer.name : observer.device_uid;
    }

    void put_report(const Document& document, const std::vector<std::string>& observations) {
        const Annotation& first = document.front();
        if (!document_uid(first).empty()) {
            put_dicom_identifier(json_, document_uid(first));
        }
        json_.key("status").value("partial");
        json_.key("category").open_array();
        put_concept(json_, {"RAD", "0074", ""});
        json_.close_array();
        json_.key("code");
        put_concept(json_, {"18748-4", "LN", ""}, "Diagnostic imaging report");
        put_when_and_of_whom(json_, context());
        json_.key("performer").open_array();
        put_observer(json_, first.observer);
        json_.close_array();
        json_.key("result").open_array();
        for (const std::string& id : observations) {
            put_reference(json_, id);
        }
        json_.close_array();
        json_.key("imagingStudy").open_array();
        put_reference(json_, study_);
        json_.close_array();
        json_.key("conclusion").value(conclusion(document));
    }

    [[nodiscard]] std::string conclusion(const Document& document) const {
        std::string text;
        for (const Annotation& annotation : document) {
            text += text.empty() ? "" : ", ";
            text += annotation.label_as_written;
        }
        if (document.front().observer.type == ObserverType::device) {
            return text + " (said by a program, not verified on the image)";
        }
        return text + (document.front().box ? " (boxes drawn by a reader)" : "");
    }

    const ImageRecord& record_;
    const MappingOptions& options_;
    const std::string patient_, study_;
    std::map<std::string, int> uses_of_;
    std::ostringstream text_;
    JsonWriter json_{text_, JsonLayout::indented};
};

}  // namespace

std::string fhir_bundle(const ImageRecord& record,
                        std::span<const Annotation> annotations,
                        const MappingOptions& options) {
    return Bundle(record, options).write(annotations);
}

}  // namespace cxr::dicom
