#include "bridge/data_set/annotation_files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string_view>
#include <sys/stat.h>
#include <unordered_map>

namespace cxr::bridge {
namespace {

Result<std::string> content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
        return Fault{.kind = FaultKind::not_found,
                     .doing = path.string() + ": cannot read it (see [[annotations]])"};
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
}

using RecordNumbers = std::unordered_map<std::string_view, std::size_t>;

/// Rows of one file to their records, each record's together and in the file's order.
void give(DataSetFolder& folder,
          const AnnotationFile& file,
          const RecordNumbers& numbers,
          std::vector<dicom::SourceRow> rows) {
    for (dicom::SourceRow& row : rows) {
        const auto found = numbers.find(row.image_index);
        if (found == numbers.end()) {
            folder.faults.push_back({.file = file.file.string(),
                                     .line = row.line,
                                     .column = "image",
                                     .reason = row.image_index + " is no image of the data set"});
            continue;
        }
        auto& sources = folder.records[found->second].sources;
        if (sources.empty() || sources.back().source != file.source) {
            sources.push_back({.source = file.source, .statements = {}});
        }
        sources.back().statements.push_back(std::move(row.statement));
    }
}

}  // namespace

Result<void> add_annotations(DataSetFolder& folder, std::span<const AnnotationFile> files) {
    if (files.empty()) {
        return {};
    }
    RecordNumbers numbers;
    numbers.reserve(folder.records.size());
    for (std::size_t i = 0; i < folder.records.size(); ++i) {
        numbers.emplace(folder.records[i].row.image_index, i);
    }
    folder.fingerprint = with_annotations(std::move(folder.fingerprint), files);
    for (const AnnotationFile& file : files) {
        const auto content = content_of(file.file);
        if (!content) {
            return content.error();
        }
        auto table = dicom::parse_statements(*content, file.file.string(), file.table);
        if (!table) {
            return table.error();
        }
        std::ranges::move(table->faults, std::back_inserter(folder.faults));
        give(folder, file, numbers, std::move(table->rows));
    }
    return {};
}

FolderFingerprint with_annotations(FolderFingerprint fingerprint,
                                   std::span<const AnnotationFile> files) {
    for (const AnnotationFile& file : files) {
        struct stat status {};
        const bool is_there = ::stat(file.file.c_str(), &status) == 0;
        const dicom::Observer& observer = file.source->observer;
        fingerprint.tables += fmt::format("\n{}\x1f{}\x1f{}\x1f{}.{}\x1f{}",
                                          file.source->name,
                                          file.file.string(),
                                          is_there ? status.st_size : -1,
                                          std::int64_t{status.st_mtim.tv_sec},
                                          std::int64_t{status.st_mtim.tv_nsec},
                                          static_cast<int>(file.table.format));
        fingerprint.tables += fmt::format("\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}",
                                          file.table.certainty_column,
                                          static_cast<int>(file.table.certainty_unit),
                                          static_cast<int>(observer.type),
                                          observer.name,
                                          observer.organization,
                                          observer.manufacturer,
                                          observer.model_name,
                                          observer.software_version);
    }
    return fingerprint;
}

}  // namespace cxr::bridge
