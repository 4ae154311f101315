#pragma once
/// Boxes as a COCO "instances" document, for detection tools. Coordinates are the data set's own:
/// continuous pixels of the 1024 × 1024 image, nothing added or rounded.

#include "dicom/annotation/annotation.hpp"

#include <span>
#include <string>

namespace cxr::dicom {

/// Categories 1 to 14 are the labels in NIH order. Images are those that a box names, and no
/// others: to COCO an image without boxes is one without findings, which the data set does not say.
/// An image's id is made of its patient and number (00000013_022: 13022), so it is the same in
/// every selection; annotation ids count from 1. Annotations without box or without one of the 14
/// labels are left out. Certainty becomes `score`, from 0 to 1.
[[nodiscard]] std::string coco_document(std::span<const Annotation> annotations);

}  // namespace cxr::dicom
