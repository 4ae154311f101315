#pragma once
/// What others than the data set say of an image, on its page: their sections and their boxes'
/// names.

#include "dicom/annotation/annotation.hpp"

#include <span>
#include <string>

namespace cxr::bridge::html {

/// "Mass 87.5 %, chestnet-121": what a box is called that is not the data set's.
[[nodiscard]] std::string name_of_box(const dicom::Annotation& annotation);

/// A section a document. @param annotations those of one document together.
/// @param boxes_before how many boxes are drawn before theirs: a statement links to its box.
[[nodiscard]] std::string further_sections(std::span<const dicom::Annotation> annotations,
                                           std::size_t boxes_before);

}  // namespace cxr::bridge::html
