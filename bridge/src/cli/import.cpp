#include "bridge/cli/commands.hpp"
#include "bridge/cli/progress.hpp"
#include "bridge/import/report_import.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/mapping/geometry.hpp"
#include "output_place.hpp"

#include <fmt/ostream.h>

#include <utility>

namespace cxr::bridge::cli {

int run_import(const ImportOptions& options, std::ostream& out, std::ostream& err) {
    dicom::initialise_dcmtk();
    const auto files = report_files(options.reports);
    if (!files) {
        fmt::print(err, "import: {}\n", files.error().doing);
        return wrong_usage;
    }
    if (files->empty()) {
        fmt::print(err, "nothing to import: there is no file in what was named\n");
        return done_with_findings;
    }
    std::optional<DataSetFolder> folder;
    if (options.data_set) {
        if (!may_write(options.output, *options.data_set, err)) {
            return wrong_usage;
        }
        auto read = read_data_set(*options.data_set, options.mapping);
        if (!read) {
            fmt::print(err, "{}\n", read.error().doing);
            return wrong_usage;
        }
        folder = *std::move(read);
    }
    const ReportImport job{.mapping = options.mapping,
                           .images = folder
                                         ? dicom::names_of_images(folder->records, options.mapping)
                                         : dicom::derived_image_names(options.mapping),
                           .reading = options.reading,
                           .threads = options.threads};
    auto file = StatementFile::begin(options.format, options.output, folder ? &*folder : nullptr);
    if (!file) {
        fmt::print(err, "{}\n", file.error().doing);
        return wrong_usage;
    }
    const dicom::StoredRegions regions(folder ? std::span<const dicom::ImageRecord>(folder->records)
                                              : std::span<const dicom::ImageRecord>(),
                                       options.mapping);
    ImportedReports imported = [&] {
        Progress progress("reading", "reports", files->size());
        return import_reports(
            *files,
            job,
            [&](dicom::Annotation statement) {
                regions.restore(statement);
                (*file)->take(std::move(statement));
            },
            [&progress] { progress.advance(); });
    }();
    regions.restore(imported.unmapped);
    for (const std::string& rejection : imported.rejections) {
        fmt::print(err, "{}\n", rejection);
    }
    const auto written = (*file)->write(imported.current, imported.unmapped);
    if (!written) {
        fmt::print(err, "{}\n", written.error().doing);
        return wrong_usage;
    }
    fmt::print(out,
               "{} annotations of {} reports written to {}, {} not taken\n",
               *written,
               imported.reports,
               options.output.string(),
               imported.rejections.size());
    return imported.rejections.empty() ? done : done_with_findings;
}

}  // namespace cxr::bridge::cli
