#pragma once
/// Before a data set's changes are catalogued: which reports on offer they replace.

#include "catalogue/made_rows.hpp"
#include "catalogue/revisions.hpp"

#include <deque>
#include <vector>

namespace cxr::bridge {

/// The revision log with what the offered images and options replace, written.
/// @param settings of now: options, and the kinds of document that are offered.
[[nodiscard]] Result<RevisionLog> look_at_revisions(sqlite::Connection& connection,
                                                    const std::vector<OfferedImage>& offered,
                                                    const CatalogueSettings& settings);

/// Puts records with their revisions in place of those that the log knows. The copies stay where
/// they are: `offered` points to them.
[[nodiscard]] std::deque<dicom::ImageRecord> with_revisions(std::vector<OfferedImage>& offered,
                                                            const RevisionLog& log);

}  // namespace cxr::bridge
