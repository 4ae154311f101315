#pragma once
/// Rows of received objects, inside the caller's transaction.

#include "bridge/catalogue/catalogue.hpp"
#include "catalogue/sqlite.hpp"

namespace cxr::bridge {

/// The instance's row with this SOP Instance UID; 0: none.
[[nodiscard]] Result<std::int64_t> find_instance_row(sqlite::Connection& connection,
                                                     const std::string& sop_instance_uid);
/// Faults: exhausted (no room for another series or instance), refused (the UID is taken).
[[nodiscard]] Result<void> add_received_rows(sqlite::Connection& connection,
                                             const ReceivedObject& object,
                                             bool replace);
[[nodiscard]] Result<void> remove_received_rows(sqlite::Connection& connection,
                                                const std::string& file);
[[nodiscard]] Result<std::vector<std::string>> received_file_names(sqlite::Connection& connection);

[[nodiscard]] Result<std::vector<KeptObject>> received_report_rows(sqlite::Connection& connection);

/// Where a catalogued instance's bytes come from. Faults: not_found.
[[nodiscard]] Result<ObjectOrigin> origin_of_row(sqlite::Connection& connection,
                                                 std::int64_t instance);

}  // namespace cxr::bridge
