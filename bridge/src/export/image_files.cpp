#include "bridge/export/image_files.hpp"

#include "bridge/objects/made_object.hpp"
#include "dicom/annotation/fhir.hpp"
#include "dicom/annotation/record_annotations.hpp"
#include "export/html/image_page.hpp"
#include "export/html/index_page.hpp"
#include "export/parallel_job.hpp"

#include <fmt/format.h>

#include <atomic>
#include <iterator>

namespace cxr::bridge {
namespace {

using dicom::Annotation;

std::vector<Annotation> annotations_of(const dicom::ImageRecord& record,
                                       const dicom::MappingOptions& mapping) {
    std::vector<Annotation> annotations = dicom::label_annotations(record, mapping);
    std::ranges::move(dicom::box_annotations(record, mapping), std::back_inserter(annotations));
    return annotations;
}

/// Makes the text of every image's file on several threads and keeps it.
ImageFileOutcome write_each(
    const ImageFileJob& job,
    std::string_view ending,
    const std::function<Result<std::string>(const dicom::ImageRecord&)>& text_of,
    const std::function<void()>& finished) {
    std::atomic<std::uint64_t> written{0};
    std::atomic<std::uint64_t> unchanged{0};
    const auto write_one = [&](const dicom::ImageRecord& record) -> Result<void> {
        const auto text = text_of(record);
        if (!text) {
            return text.error();
        }
        const auto path =
            job.output / record.row.patient_id() / fmt::format("{}{}", record.row.stem(), ending);
        const auto kept = keep_whole_file(path, *text);
        if (!kept) {
            return kept.error();
        }
        (*kept == Kept::written ? written : unchanged).fetch_add(1);
        return {};
    };
    auto failures = for_each_in_parallel(
        job.records.size(),
        job.threads,
        [&](std::size_t index) -> std::vector<std::string> {
            const dicom::ImageRecord& record = *job.records[index];
            if (const auto done = write_one(record); !done) {
                return {fmt::format("{}: {}", record.row.image_index, done.error().doing)};
            }
            return {};
        },
        finished);
    return {.written = written, .unchanged = unchanged, .failures = std::move(failures)};
}

std::string bundle_of(const dicom::ImageRecord& record, const ImageFileJob& job) {
    std::vector<Annotation> annotations = annotations_of(record, job.mapping);
    std::ranges::move(further_annotations(record, job.mapping, job.received),
                      std::back_inserter(annotations));
    return dicom::fhir_bundle(record, annotations, job.mapping);
}

}  // namespace

ImageFileOutcome write_fhir(const ImageFileJob& job, const std::function<void()>& finished) {
    return write_each(
        job,
        ".fhir.json",
        [&](const dicom::ImageRecord& record) -> Result<std::string> {
            return bundle_of(record, job);
        },
        finished);
}

ImageFileOutcome write_html(const ImageFileJob& job, const std::function<void()>& finished) {
    ImageFileOutcome outcome = write_each(
        job,
        ".html",
        [&](const dicom::ImageRecord& record) -> Result<std::string> {
            std::vector<std::byte> png;
            if (const auto file = job.folder.images.find(record.row.image_index);
                file != job.folder.images.end()) {
                auto bytes = read_image_file(job.folder.root, file->second);
                if (!bytes) {
                    return bytes.error();
                }
                png = *std::move(bytes);
            }
            return html::image_page(record,
                                    annotations_of(record, job.mapping),
                                    further_annotations(record, job.mapping, job.received),
                                    job.mapping,
                                    png);
        },
        finished);
    if (auto index = html::write_index(job.output / "index.html", job.records); !index) {
        outcome.failures.push_back(index.error().doing);
    }
    return outcome;
}

}  // namespace cxr::bridge
