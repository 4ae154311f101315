#pragma once
/// What `export --state DIR` takes from a node's state folder.

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/export/state_export.hpp"

#include <iosfwd>
#include <optional>
#include <vector>

namespace cxr::bridge::cli {

struct NodeState {
    std::vector<SupersededReport> superseded;
    std::vector<ReceivedReport> received;
};

/// Brings the state's catalogue up to date, unless a running node holds the folder, and gives the
/// records their revisions. Nothing, and why on `err`, when the state cannot be used.
[[nodiscard]] std::optional<NodeState> read_node_state(const CatalogueSettings& settings,
                                                       const dicom::ReportReadingOptions& reading,
                                                       DataSetFolder& folder,
                                                       std::ostream& err);

}  // namespace cxr::bridge::cli
