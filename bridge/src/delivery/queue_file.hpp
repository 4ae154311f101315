#pragma once
/// The database file of the delivery queue: its tables and their versions.

#include "catalogue/sqlite.hpp"

#include <filesystem>

namespace cxr::bridge {

/// Opens or creates, migrates or refuses. Faults: storage (newer version, not a database of ours,
/// damaged: with what to do).
[[nodiscard]] dicom::Result<sqlite::Connection> open_queue_file(const std::filesystem::path& file);

}  // namespace cxr::bridge
