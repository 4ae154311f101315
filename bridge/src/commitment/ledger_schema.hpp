#pragma once
/// The tables of the storage commitment ledger and their versions.

#include "catalogue/sqlite.hpp"

#include <filesystem>

namespace cxr::bridge::ledger_schema {

/// Raised with every change of the tables; upgrades from every earlier one are in
/// ledger_schema.cpp.
inline constexpr std::int64_t version = 1;

/// Creates, migrates or refuses. Faults: storage (newer version, not a database of ours, damaged:
/// with what to do).
[[nodiscard]] dicom::Result<void> prepare(sqlite::Connection& connection,
                                          const std::filesystem::path& file);

}  // namespace cxr::bridge::ledger_schema
