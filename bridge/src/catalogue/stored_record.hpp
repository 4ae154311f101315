#pragma once
/// An ImageRecord as bytes in the catalogue: objects can be made without reading any table again,
/// and two records are equal when their bytes are. The image index is kept beside it.

#include "dicom/mapping/image_record.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace cxr::bridge {

/// Raised when the bytes change their meaning: part of what is_current() compares.
inline constexpr int stored_record_version = 2;

/// Without the revisions: those are the log's.
[[nodiscard]] std::vector<std::byte> store_record(const dicom::ImageRecord& record);
/// What version 1 wrote is read, too: it had no sources.
/// Faults: storage (not what store_record() wrote).
[[nodiscard]] dicom::Result<dicom::ImageRecord> restore_record(std::span<const std::byte> bytes,
                                                               std::string image_index);

}  // namespace cxr::bridge
