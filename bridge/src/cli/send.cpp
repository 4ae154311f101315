#include "bridge/cli/commands.hpp"
#include "bridge/cli/progress.hpp"
#include "bridge/export/transmission.hpp"
#include "bridge/objects/folder_source.hpp"
#include "dicom/codec/codec.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

namespace cxr::bridge::cli {

int run_send(const SendOptions& options, std::ostream& out, std::ostream& err) {
    dicom::initialise_dcmtk();
    const auto folder = read_data_set(options.data_set.path, options.data_set.mapping);
    if (!folder) {
        fmt::print(err, "{}\n", folder.error().doing);
        return wrong_usage;
    }
    FolderSource source(*folder, options.data_set.mapping);
    const auto selected = select(*folder, options.data_set.selection);
    if (!selected) {
        fmt::print(err, "{}\n", selected.error().doing);
        return wrong_usage;
    }
    const auto& records = *selected;
    std::vector<dicom::DerivedKind> kinds{dicom::DerivedKind::image};
    if (options.reports) {
        kinds.insert(kinds.end(),
                     {dicom::DerivedKind::label_report, dicom::DerivedKind::box_report});
    }
    const auto instances = source.references(records, kinds);
    if (instances.empty()) {
        fmt::print(err, "nothing to send: the selection matches no image that is there\n");
        return done_with_findings;
    }
    Progress progress("sending", "objects", instances.size());
    const TransmissionReport report = transmit(source,
                                               instances,
                                               {.peer = options.to.peer,
                                                .calling_ae_title = options.to.calling_ae_title,
                                                .rate = options.rate},
                                               [&progress] { progress.advance(); });
    for (const std::string& failure : report.failures) {
        fmt::print(err, "{}\n", failure);
    }
    fmt::print(out,
               "{} of {} objects stored at {} ({} with a warning), {} failed\n",
               report.stored + report.stored_with_warning,
               instances.size(),
               options.to.peer.aet,
               report.stored_with_warning,
               report.failures.size());
    return report.complete() ? done : done_with_findings;
}

}  // namespace cxr::bridge::cli
