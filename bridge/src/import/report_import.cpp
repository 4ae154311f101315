#include "bridge/import/report_import.hpp"

#include "dicom/annotation/current_statements.hpp"
#include "dicom/codec/codec.hpp"
#include "export/parallel_job.hpp"
#include "objects/mapped_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_set>

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

namespace {

Result<dicom::ReadReport> read_file(const std::filesystem::path& path, const ReportImport& job) {
    const auto file = map_file(path);
    if (!file) {
        return file.error();
    }
    const auto part10 = dicom::read_part10(file->bytes);
    if (!part10) {
        return part10.error();
    }
    const dicom::TransferSyntax* syntax = dicom::find_transfer_syntax(part10->transfer_syntax_uid);
    if (syntax == nullptr) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = "unknown transfer syntax " + part10->transfer_syntax_uid};
    }
    return dicom::read_report(
        part10->data_set, *syntax, job.mapping.reports.code_table(), job.images, job.reading);
}

/// What one file gave, until its turn comes.
struct OfFile {
    std::optional<dicom::ReadReport> report;
    std::string fault;
};

/// Puts together what the files gave, one after the other.
class Collection {
public:
    explicit Collection(const std::function<void(dicom::Annotation)>& told) : told_(told) {}

    void take(OfFile read, const std::string& file) {
        if (!read.report) {
            imported_.rejections.push_back(fmt::format("{}: {}", file, read.fault));
            return;
        }
        dicom::ReadReport& report = *read.report;
        if (!seen_.insert(report.origin.sop_instance_uid).second) {
            return;
        }
        ++imported_.reports;
        for (const std::string& uid : report.replaces) {
            statements_.replace(uid);
            replaced_.push_back(uid);
        }
        for (dicom::Annotation& statement : report.annotations) {
            statements_.add(statement.report, statement.tracking_uid);
            told_(std::move(statement));
        }
        for (dicom::RejectedStatement& rejected : report.rejected) {
            imported_.rejections.push_back(
                fmt::format("{}: {}: {}", file, rejected.where, rejected.reason));
            if (rejected.unmapped) {
                imported_.unmapped.push_back(*std::move(rejected.unmapped));
            }
        }
    }

    ImportedReports finish() {
        imported_.current = statements_.holding();
        imported_.unmapped = dicom::current_annotations(std::move(imported_.unmapped), replaced_);
        return std::move(imported_);
    }

private:
    const std::function<void(dicom::Annotation)>& told_;
    std::unordered_set<std::string> seen_;
    dicom::CurrentStatements statements_;
    std::vector<std::string> replaced_;
    ImportedReports imported_;
};

}  // namespace

Result<std::vector<std::filesystem::path>> report_files(
    std::span<const std::filesystem::path> named) {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (const fs::path& path : named) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            if (!fs::is_regular_file(path, error)) {  // a pipe would be waited for
                return Fault{.kind = FaultKind::not_found,
                             .doing = path.string() + ": no such file or folder"};
            }
            files.push_back(path);
            continue;
        }
        std::vector<fs::path> inside;
        for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end;
             entry.increment(error)) {
            if (!entry->is_symlink() && entry->is_regular_file()) {
                inside.push_back(entry->path());
            }
        }
        if (error) {
            return Fault{.kind = FaultKind::storage,
                         .doing = path.string() + ": " + error.message()};
        }
        std::ranges::sort(inside);
        std::ranges::move(inside, std::back_inserter(files));
    }
    return files;
}

ImportedReports import_reports(std::span<const std::filesystem::path> files,
                               const ReportImport& job,
                               const std::function<void(dicom::Annotation)>& told,
                               const std::function<void()>& finished) {
    Collection collection(told);
    for (; !files.empty(); files = files.subspan(std::min(reports_at_once, files.size()))) {
        const auto some = files.first(std::min(reports_at_once, files.size()));
        std::vector<OfFile> read(some.size());
        const auto work = [&](std::size_t index) -> std::vector<std::string> {
            auto report = read_file(some[index], job);
            if (report) {
                read[index].report = *std::move(report);
            } else {
                read[index].fault = report.error().doing;
            }
            return {};
        };
        static_cast<void>(for_each_in_parallel(some.size(), job.threads, work, finished));
        for (std::size_t i = 0; i < some.size(); ++i) {
            collection.take(std::move(read[i]), some[i].string());
        }
    }
    return collection.finish();
}

}  // namespace cxr::bridge
