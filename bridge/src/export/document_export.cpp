#include "bridge/export/document_export.hpp"

#include "bridge/objects/made_object.hpp"
#include "export/parallel_job.hpp"

#include <fmt/format.h>

#include <atomic>
#include <utility>

namespace cxr::bridge {
namespace {

class Job {
public:
    Job(const DocumentExport& settings, DocumentSink& sink) : settings_(settings), sink_(sink) {}

    std::vector<std::string> export_image(const dicom::ImageRecord& record) {
        std::vector<std::string> failures;
        for (const dicom::DerivedKind kind : settings_.kinds) {
            if (!dicom::is_made_of(record, kind)) {
                continue;
            }
            if (const auto exported = export_one(record, kind); !exported) {
                failures.push_back(fmt::format("{} {}: {}",
                                               record.row.image_index,
                                               document_suffix(record, kind),
                                               exported.error().doing));
            }
        }
        return failures;
    }

    [[nodiscard]] std::uint64_t written() const { return written_; }
    [[nodiscard]] std::uint64_t unchanged() const { return unchanged_; }

private:
    Result<void> export_one(const dicom::ImageRecord& record, dicom::DerivedKind kind) {
        const auto document =
            make_document(record, kind, settings_.transfer_syntax, settings_.mapping);
        if (!document) {
            return document.error();
        }
        const auto kept = sink_.keep(record, kind, *document);
        if (!kept) {
            return kept.error();
        }
        (*kept == Kept::written ? written_ : unchanged_).fetch_add(1);
        return {};
    }

    const DocumentExport& settings_;
    DocumentSink& sink_;
    std::atomic<std::uint64_t> written_{0}, unchanged_{0};
};

}  // namespace

std::string document_suffix(const dicom::ImageRecord& record, dicom::DerivedKind kind) {
    if (dicom::is_source_report(kind)) {
        return "annotations_" + record.sources.at(dicom::source_of(kind)).source->name;
    }
    switch (kind) {
        case dicom::DerivedKind::image:
            return "image";
        case dicom::DerivedKind::label_report:
            return "labels";
        case dicom::DerivedKind::box_report:
            return "boxes";
        case dicom::DerivedKind::presentation_state:
            return "presentation";
        case dicom::DerivedKind::key_objects:
            return "key";
        case dicom::DerivedKind::first_source_report:
            break;  // above
    }
    return "";
}

Result<Kept> DocumentFolder::keep(const dicom::ImageRecord& record,
                                  dicom::DerivedKind kind,
                                  const dicom::EncodedObject& document) {
    return folder_.keep(record.row.patient_id(),
                        fmt::format("{}_{}", record.row.stem(), document_suffix(record, kind)),
                        document);
}

DocumentExportOutcome export_documents(std::span<const dicom::ImageRecord* const> records,
                                       const DocumentExport& job,
                                       DocumentSink& sink,
                                       const std::function<void()>& finished) {
    Job exporting(job, sink);
    auto failures = for_each_in_parallel(
        records.size(),
        job.threads,
        [&](std::size_t index) { return exporting.export_image(*records[index]); },
        finished);
    return {.written = exporting.written(),
            .unchanged = exporting.unchanged(),
            .failures = std::move(failures)};
}

}  // namespace cxr::bridge
