#include "bridge/cli/commands.hpp"
#include "bridge/cli/progress.hpp"
#include "bridge/export/report_export.hpp"
#include "bridge/export/transmission.hpp"
#include "bridge/objects/folder_source.hpp"
#include "dicom/codec/codec.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>

namespace cxr::bridge::cli {
namespace {

using Records = std::vector<const dicom::ImageRecord*>;

/// A full disk would else print a line for each of 113,000 documents.
constexpr std::size_t failures_shown = 20;

void print_failures(const std::vector<std::string>& failures, std::ostream& err) {
    const std::size_t shown = std::min(failures.size(), failures_shown);
    for (std::size_t i = 0; i < shown; ++i) {
        fmt::print(err, "{}\n", failures[i]);
    }
    if (shown < failures.size()) {
        fmt::print(err, "and {} more failures\n", failures.size() - shown);
    }
}

bool export_to_folder(const Records& records,
                      const ExportOptions& options,
                      std::ostream& out,
                      std::ostream& err) {
    Progress progress("exporting the reports of", "images", records.size());
    ReportFolder folder(*options.output);
    const ReportExportOutcome outcome =
        export_reports(records,
                       {.mapping = options.data_set.mapping, .threads = options.threads},
                       folder,
                       [&progress] { progress.advance(); });
    print_failures(outcome.failures, err);
    fmt::print(out,
               "{} reports of {} images written to {}, {} were there already, {} failed\n",
               outcome.written,
               records.size(),
               options.output->string(),
               outcome.unchanged,
               outcome.failures.size());
    return outcome.complete();
}

bool export_to_peer(const DataSetFolder& folder,
                    const Records& records,
                    const ExportOptions& options,
                    std::ostream& out,
                    std::ostream& err) {
    constexpr std::array kinds{dicom::DerivedKind::label_report, dicom::DerivedKind::box_report};
    FolderSource source(folder, options.data_set.mapping);
    const auto instances = source.references(records, kinds);
    Progress progress("sending", "reports", instances.size());
    const TransmissionReport report =
        transmit(source,
                 instances,
                 {.peer = options.to->peer, .calling_ae_title = options.to->calling_ae_title},
                 [&progress] { progress.advance(); });
    print_failures(report.failures, err);
    fmt::print(out,
               "{} of {} reports stored at {} ({} with a warning), {} failed\n",
               report.stored + report.stored_with_warning,
               instances.size(),
               options.to->peer.aet,
               report.stored_with_warning,
               report.failures.size());
    return report.complete();
}

}  // namespace

int run_export(const ExportOptions& options, std::ostream& out, std::ostream& err) {
    dicom::initialise_dcmtk();
    if (!options.output && !options.to) {
        fmt::print(err, "export: say where to: -o DIR or --to AE@host:port\n");
        return wrong_usage;
    }
    const auto folder = read_data_set(options.data_set.path, options.data_set.mapping);
    if (!folder) {
        fmt::print(err, "{}\n", folder.error().doing);
        return wrong_usage;
    }
    const Records records = select(*folder, options.data_set.selection);
    if (records.empty()) {
        fmt::print(err,
                   "nothing to export: the selection matches no image that is there "
                   "(--missing-images list exports reports of absent images, too)\n");
        return done_with_findings;
    }
    bool complete = true;
    if (options.output) {
        complete = export_to_folder(records, options, out, err) && complete;
    }
    if (options.to) {
        complete = export_to_peer(*folder, records, options, out, err) && complete;
    }
    return complete ? done : done_with_findings;
}

}  // namespace cxr::bridge::cli
