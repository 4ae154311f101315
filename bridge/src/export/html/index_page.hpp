#pragma once
/// The index of the pages: filters by patient, finding, split, view and text over the rows that it
/// carries. Works from a folder, without a server.

#include "dicom/core/result.hpp"
#include "dicom/mapping/image_record.hpp"

#include <filesystem>
#include <span>

namespace cxr::bridge::html {

/// Written row by row: memory does not grow with the number of images. Faults: storage.
[[nodiscard]] dicom::Result<void> write_index(const std::filesystem::path& path,
                                              std::span<const dicom::ImageRecord* const> records);

}  // namespace cxr::bridge::html
