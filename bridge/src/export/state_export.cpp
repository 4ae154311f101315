#include "bridge/export/state_export.hpp"

#include "bridge/export/document_export.hpp"
#include "bridge/objects/made_object.hpp"
#include "dicom/annotation/current_statements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <unordered_set>

namespace cxr::bridge {
namespace {

std::string_view stem_of(std::string_view image_index) {
    return image_index.substr(0, image_index.rfind('.'));
}

using Names = std::unordered_set<std::string>;

Names names_of(std::span<const dicom::ImageRecord* const> records) {
    Names names;
    for (const dicom::ImageRecord* record : records) {
        names.insert(record->row.image_index);
    }
    return names;
}

class Export {
public:
    Export(Names images, const Part10Folder& folder)
        : images_(std::move(images)), folder_(folder) {}

    void add(const SupersededReport& report) {
        const dicom::ImageRecord& record = report.record;
        if (!images_.contains(record.row.image_index)) {
            return;
        }
        const dicom::Revision* revision = dicom::revision_of(record, report.kind);
        const std::string name = fmt::format("{}_{}.{}",
                                             record.row.stem(),
                                             document_suffix(record, report.kind),
                                             revision == nullptr ? 1 : revision->number);
        const auto document =
            make_document(record, report.kind, dicom::explicit_vr_little_endian, report.options);
        if (!document) {
            outcome_.failures.push_back(fmt::format("{}: {}", name, document.error().doing));
            return;
        }
        keep(std::string(record.row.patient_id()), name, *document);
    }

    void add(const ReceivedReport& received) {
        std::set<std::string> spoken_of;
        for (const dicom::Annotation& annotation : received.report.annotations) {
            if (images_.contains(annotation.image_index)) {
                spoken_of.insert(annotation.image_index);
            }
        }
        for (const std::string& image : spoken_of) {
            const std::string name =
                fmt::format("{}_{}", stem_of(image), file_name_of(received.report.observer.name));
            const int number = ++names_[name];
            keep(image.substr(0, image.find('_')),
                 number == 1 ? name : fmt::format("{}.{}", name, number),
                 received.encoded);
        }
    }

    StateExportOutcome take() { return std::move(outcome_); }

private:
    void keep(const std::string& patient,
              const std::string& name,
              const dicom::EncodedObject& object) {
        const auto kept = folder_.keep(patient, name, object);
        if (!kept) {
            outcome_.failures.push_back(fmt::format("{}: {}", name, kept.error().doing));
            return;
        }
        ++(*kept == Kept::written ? outcome_.written : outcome_.unchanged);
    }

    Names images_;
    const Part10Folder& folder_;
    std::map<std::string, int> names_;
    StateExportOutcome outcome_;
};

}  // namespace

StateExportOutcome export_state(std::span<const SupersededReport> superseded,
                                std::span<const ReceivedReport> received,
                                std::span<const dicom::ImageRecord* const> records,
                                const Part10Folder& folder) {
    Export job(names_of(records), folder);
    for (const SupersededReport& report : superseded) {
        job.add(report);
    }
    for (const ReceivedReport& report : received) {
        job.add(report);
    }
    return job.take();
}

AnnotationsByImage received_annotations(std::span<const ReceivedReport> received) {
    std::vector<dicom::Annotation> all;
    std::vector<std::string> replaced;
    for (const ReceivedReport& report : received) {
        std::ranges::copy(report.report.replaces, std::back_inserter(replaced));
        std::ranges::copy(report.report.annotations, std::back_inserter(all));
    }
    AnnotationsByImage by_image;
    for (dicom::Annotation& annotation : dicom::current_annotations(std::move(all), replaced)) {
        by_image[annotation.image_index].push_back(std::move(annotation));
    }
    return by_image;
}

}  // namespace cxr::bridge
