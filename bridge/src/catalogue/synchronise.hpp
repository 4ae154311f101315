#pragma once
/// Brings the made objects of the catalogue in line with a data set folder. What did not change
/// keeps its rows; received objects keep theirs always. One transaction.

#include "bridge/catalogue/catalogue.hpp"
#include "catalogue/sqlite.hpp"

namespace cxr::bridge {

/// What the made rows are a function of, beside the folder's contents.
struct MadeFrom {
    FolderFingerprint fingerprint;
    std::string mapping;  ///< profile of the options and versions of the code
    bool list_missing_images = false;
    friend bool operator==(const MadeFrom&, const MadeFrom&) = default;
};
[[nodiscard]] MadeFrom made_from(const FolderFingerprint& fingerprint,
                                 const CatalogueSettings& settings);
/// What the catalogue was last made from; nothing when it never was.
[[nodiscard]] Result<std::optional<MadeFrom>> last_made_from(sqlite::Connection& connection);

[[nodiscard]] Result<SyncReport> synchronise(sqlite::Connection& connection,
                                             const DataSetFolder& folder,
                                             const CatalogueSettings& settings);

}  // namespace cxr::bridge
