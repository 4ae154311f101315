#pragma once
/// A file's bytes in memory, read-only, for as long as somebody holds them.

#include "dicom/core/encoded_object.hpp"
#include "dicom/core/result.hpp"

#include <filesystem>

namespace cxr::bridge {

/// Symbolic links are not followed. Faults: not_found, storage.
[[nodiscard]] dicom::Result<dicom::Segment> map_file(const std::filesystem::path& file);

}  // namespace cxr::bridge
