#pragma once
/// One image as a page that stands alone: the picture at its true proportions with its boxes, what
/// is said of it and by whom, and where all that comes from.

#include "dicom/annotation/annotation.hpp"
#include "dicom/mapping/image_record.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace cxr::bridge::html {

/// @param annotations the data set's own of this image: labels, then boxes.
/// @param further what others say of it, those of one document together.
/// @param png the picture's own bytes; empty where the PNG is absent, which the page says.
[[nodiscard]] std::string image_page(const dicom::ImageRecord& record,
                                     std::span<const dicom::Annotation> annotations,
                                     std::span<const dicom::Annotation> further,
                                     const dicom::MappingOptions& mapping,
                                     std::span<const std::byte> png);

}  // namespace cxr::bridge::html
