#include "export_state.hpp"

#include "bridge/daemon/state_folder.hpp"
#include "dicom/mapping/geometry.hpp"

#include <fmt/ostream.h>

namespace cxr::bridge::cli {

std::optional<NodeState> read_node_state(const CatalogueSettings& settings,
                                         const dicom::ReportReadingOptions& reading,
                                         DataSetFolder& folder,
                                         std::ostream& err) {
    const auto fails = [&err](const Fault& fault) {
        fmt::print(err, "export: {}\n", fault.doing);
        return std::nullopt;
    };
    const std::filesystem::path root = settings.file.parent_path();
    // While a node holds the folder, its catalogue is up to date, and it alone writes.
    const auto lock = StateFolder::lock(root);
    if (!lock && lock.error().kind != FaultKind::refused) {
        return fails(lock.error());
    }
    const auto catalogue = Catalogue::open(settings);
    if (!catalogue) {
        return fails(catalogue.error());
    }
    if (lock && !(*catalogue)->is_current(folder.fingerprint)) {
        if (const auto done = (*catalogue)->synchronise(folder); !done) {
            return fails(done.error());
        }
    }
    auto superseded = (*catalogue)->revise(folder.records);
    if (!superseded) {
        return fails(superseded.error());
    }
    auto received = read_received_reports(**catalogue,
                                          root / "received",
                                          settings.mapping,
                                          dicom::names_of_images(folder.records, settings.mapping),
                                          reading);
    if (!received) {
        return fails(received.error());
    }
    const dicom::StoredRegions regions(folder.records, settings.mapping);
    for (ReceivedReport& report : received->reports) {
        regions.restore(report.report.annotations);
    }
    for (const std::string& rejection : received->rejections) {
        fmt::print(err, "{}\n", rejection);
    }
    return NodeState{.superseded = *std::move(superseded),
                     .received = std::move(received->reports)};
}

}  // namespace cxr::bridge::cli
