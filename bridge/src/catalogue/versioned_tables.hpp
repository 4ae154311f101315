#pragma once
/// A database file of ours whose tables have versions: created, migrated step by step, or refused
/// with what to do. The version is SQLite's user_version, whose file it is its application_id.

#include "catalogue/sqlite.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace cxr::bridge::sqlite {

/// migrations[n] turns version n into n + 1; version 0 is an empty file.
using Migration = Result<void> (*)(Connection&);

struct VersionedTables {
    std::int64_t application_id;
    std::span<const Migration> migrations;
    const char* what;         ///< "catalogue", as faults call the file
    const char* consequence;  ///< of moving the file away: "it is rebuilt from …"

    /// In one transaction, since several programs may come at once: whoever has it looks and
    /// changes. Faults: storage (newer version, not a database of ours, damaged: with what to do).
    [[nodiscard]] Result<void> prepare(Connection& connection,
                                       const std::filesystem::path& file) const;
};

}  // namespace cxr::bridge::sqlite
