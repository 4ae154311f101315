#include "bridge/export/report_export.hpp"

#include "dicom/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace cxr::bridge {
namespace {

/// Records are dealt out in runs, so that the threads seldom meet and each stays in a few folders.
constexpr std::size_t run_length = 32;

std::string_view suffix_of(dicom::DerivedKind kind) {
    return kind == dicom::DerivedKind::label_report ? "labels" : "boxes";
}

class Job {
public:
    Job(std::span<const dicom::ImageRecord* const> records,
        const ReportExport& settings,
        ReportSink& sink,
        const std::function<void()>& finished)
        : records_(records), settings_(settings), sink_(sink), finished_(finished) {}

    ReportExportOutcome run() {
        const std::size_t wanted =
            settings_.threads > 0 ? settings_.threads
                                  : std::max<std::size_t>(1, std::thread::hardware_concurrency());
        const std::size_t runs = (records_.size() + run_length - 1) / run_length;
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < std::min(wanted, runs); ++i) {
                threads.emplace_back([this] { work(); });
            }
        }
        if (broken_) {
            std::rethrow_exception(broken_);
        }
        ReportExportOutcome outcome{.written = written_, .unchanged = unchanged_, .failures = {}};
        std::sort(failures_.begin(), failures_.end());
        for (auto& [index, failure] : failures_) {
            outcome.failures.push_back(std::move(failure));
        }
        return outcome;
    }

private:
    void work() {
        try {
            for (std::size_t begin = next_.fetch_add(run_length); begin < records_.size();
                 begin = next_.fetch_add(run_length)) {
                const std::size_t end = std::min(begin + run_length, records_.size());
                for (std::size_t index = begin; index < end; ++index) {
                    export_image(index);
                    finished_();
                }
            }
        } catch (...) {
            const std::lock_guard lock(failing_);
            broken_ = std::current_exception();
        }
    }

    void export_image(std::size_t index) {
        const dicom::ImageRecord& record = *records_[index];
        export_report(index, dicom::DerivedKind::label_report);
        if (!record.boxes.empty()) {
            export_report(index, dicom::DerivedKind::box_report);
        }
    }

    void export_report(std::size_t index, dicom::DerivedKind kind) {
        const dicom::ImageRecord& record = *records_[index];
        const auto report =
            dicom::encode_report(record, kind, settings_.transfer_syntax, settings_.mapping);
        if (!report) {
            return fail(index, kind, report.error());
        }
        const auto kept = sink_.keep(record, kind, *report);
        if (!kept) {
            return fail(index, kind, kept.error());
        }
        (*kept == Kept::written ? written_ : unchanged_).fetch_add(1);
    }

    void fail(std::size_t index, dicom::DerivedKind kind, const Fault& fault) {
        const std::lock_guard lock(failing_);
        failures_.emplace_back(
            index,
            fmt::format(
                "{} {}: {}", records_[index]->row.image_index, suffix_of(kind), fault.doing));
    }

    const std::span<const dicom::ImageRecord* const> records_;
    const ReportExport& settings_;
    ReportSink& sink_;
    const std::function<void()>& finished_;
    std::atomic<std::size_t> next_{0};
    std::atomic<std::uint64_t> written_{0}, unchanged_{0};
    std::mutex failing_;
    std::vector<std::pair<std::size_t, std::string>> failures_;  // guarded by failing_
    std::exception_ptr broken_;                                  // guarded by failing_
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
    return Job(records, job, sink, finished).run();
}

}  // namespace cxr::bridge
