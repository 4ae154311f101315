#pragma once
/// Everything that the catalogue offers, one by one.

#include "bridge/catalogue/catalogue.hpp"
#include "catalogue/sqlite.hpp"

namespace cxr::bridge {

/// @param with_records also what made objects are made from. @param visit false ends it.
[[nodiscard]] Result<void> for_each_offered_row(
    sqlite::Connection& connection,
    bool with_records,
    const std::function<bool(const OfferedObject&)>& visit);

}  // namespace cxr::bridge
