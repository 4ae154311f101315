#pragma once
/// `export --to`: sends with patience, and goes on where an earlier run to the same place ended.

#include "bridge/cli/commands.hpp"
#include "storescp/ports.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace cxr::bridge::cli {

/// @param noun what the objects are called. False when some of them were not delivered; they, and
/// why, are on `err`.
[[nodiscard]] bool export_to_peer(storescp::RetrievePort& source,
                                  std::vector<storescp::InstanceReference> instances,
                                  const ExportOptions& options,
                                  const std::string& noun,
                                  std::ostream& out,
                                  std::ostream& err);

}  // namespace cxr::bridge::cli
