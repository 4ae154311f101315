#pragma once
/// Steps a compiled statement in batches. The connection is lent at the first batch and given back
/// with the last row, or when the cursor dies; a search for named studies, series or instances
/// knows its last row when it has it. An open statement is a snapshot: it blocks neither the writer
/// nor other readers, and sees none of what is written meanwhile; all that it holds back is the
/// reuse of the write-ahead log. (Paging by key instead would cost a search per batch and show one
/// entity twice, or not at all, when rows change between pages.)

#include "catalogue/query_compiler.hpp"
#include "catalogue/reader_pool.hpp"
#include "storescp/ports.hpp"

#include <memory>
#include <optional>

namespace cxr::bridge {

/// @param pool must outlive the cursor.
[[nodiscard]] dicom::Result<std::unique_ptr<storescp::MatchCursor>> open_cursor(
    ReaderPool& pool, dicom::QueryIdentifier identifier, const QueryContext& context);

}  // namespace cxr::bridge
