#include "bridge/export/report_export.hpp"

#include "dicom/report/report.hpp"
#include "export/parallel_job.hpp"

#include <fmt/format.h>

#include <atomic>
#include <utility>

namespace cxr::bridge {
namespace {

std::string_view suffix_of(dicom::DerivedKind kind) {
    return kind == dicom::DerivedKind::label_report ? "labels" : "boxes";
}

class Job {
public:
    Job(const ReportExport& settings, ReportSink& sink) : settings_(settings), sink_(sink) {}

    std::vector<std::string> export_image(const dicom::ImageRecord& record) {
        std::vector<std::string> failures;
        const auto export_one = [&](dicom::DerivedKind kind) {
            if (const auto exported = export_report(record, kind); !exported) {
                failures.push_back(fmt::format(
                    "{} {}: {}", record.row.image_index, suffix_of(kind), exported.error().doing));
            }
        };
        export_one(dicom::DerivedKind::label_report);
        if (!record.boxes.empty()) {
            export_one(dicom::DerivedKind::box_report);
        }
        return failures;
    }

    [[nodiscard]] std::uint64_t written() const { return written_; }
    [[nodiscard]] std::uint64_t unchanged() const { return unchanged_; }

private:
    Result<void> export_report(const dicom::ImageRecord& record, dicom::DerivedKind kind) {
        const auto report =
            dicom::encode_report(record, kind, settings_.transfer_syntax, settings_.mapping);
        if (!report) {
            return report.error();
        }
        const auto kept = sink_.keep(record, kind, *report);
        if (!kept) {
            return kept.error();
        }
        (*kept == Kept::written ? written_ : unchanged_).fetch_add(1);
        return {};
    }

    const ReportExport& settings_;
    ReportSink& sink_;
    std::atomic<std::uint64_t> written_{0}, unchanged_{0};
};

}  // namespace

Result<Kept> ReportFolder::keep(const dicom::ImageRecord& record,
                                dicom::DerivedKind kind,
                                const dicom::EncodedObject& report) {
    return folder_.keep(
        record.row.patient_id(), fmt::format("{}_{}", record.row.stem(), suffix_of(kind)), report);
}

ReportExportOutcome export_reports(std::span<const dicom::ImageRecord* const> records,
                                   const ReportExport& job,
                                   ReportSink& sink,
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
