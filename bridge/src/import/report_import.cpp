#include "bridge/import/report_import.hpp"

#include "dicom/annotation/box_table.hpp"
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

/// What one file gave, until all are put together.
struct OfFile {
    std::optional<dicom::ReadReport> report;
    std::string fault;
};

void take(dicom::ReadReport& report, const std::string& file, ImportedReports& imported) {
    std::ranges::move(report.annotations, std::back_inserter(imported.annotations));
    for (dicom::RejectedStatement& rejected : report.rejected) {
        imported.rejections.push_back(
            fmt::format("{}: {}: {}", file, rejected.where, rejected.reason));
        if (rejected.unmapped) {
            imported.unmapped.push_back(*std::move(rejected.unmapped));
        }
    }
}

}  // namespace

Result<std::vector<std::filesystem::path>> report_files(
    std::span<const std::filesystem::path> named) {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (const fs::path& path : named) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            if (!fs::exists(path, error)) {
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
                               const std::function<void()>& finished) {
    std::vector<OfFile> read(files.size());
    const auto work = [&](std::size_t index) -> std::vector<std::string> {
        auto report = read_file(files[index], job);
        if (report) {
            read[index].report = *std::move(report);
        } else {
            read[index].fault = report.error().doing;
        }
        return {};
    };
    static_cast<void>(for_each_in_parallel(files.size(), job.threads, work, finished));

    ImportedReports imported;
    std::unordered_set<std::string> seen;
    std::vector<std::string> replaced;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!read[i].report) {
            imported.rejections.push_back(fmt::format("{}: {}", files[i].string(), read[i].fault));
            continue;
        }
        dicom::ReadReport& report = *read[i].report;
        if (!seen.insert(report.origin.sop_instance_uid).second) {
            continue;
        }
        ++imported.reports;
        std::ranges::copy(report.replaces, std::back_inserter(replaced));
        take(report, files[i].string(), imported);
        read[i].report.reset();
    }
    imported.annotations = dicom::current_annotations(std::move(imported.annotations), replaced);
    imported.unmapped = dicom::current_annotations(std::move(imported.unmapped), replaced);
    return imported;
}

}  // namespace cxr::bridge
