#pragma once
/// What others say of the data set's images: the further sources of the configuration, and the
/// reports that a node received. Flat files and pages have it under the observer's name beside the
/// data set's own labels and boxes, never instead of them.

#include "dicom/annotation/annotation.hpp"
#include "dicom/mapping/image_record.hpp"

#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace cxr::bridge {

/// By image index; those of one document together.
using AnnotationsByImage = std::unordered_map<std::string, std::vector<dicom::Annotation>>;

/// A file name's part: letters, digits, '_', '-' and '.'; '-' for anything else.
[[nodiscard]] std::string file_name_of(std::string_view text);

/// Visits what each document says, sources first, in their order.
/// @param visit gets the name that files of this observer have ("annotations_SOURCE" or the
/// observer's own) and the statements of one document, never none.
void for_each_further_document(
    const dicom::ImageRecord& record,
    const dicom::MappingOptions& mapping,
    const AnnotationsByImage& received,
    const std::function<void(const std::string&, std::span<const dicom::Annotation>)>& visit);

/// The same, all in one.
[[nodiscard]] std::vector<dicom::Annotation> further_annotations(
    const dicom::ImageRecord& record,
    const dicom::MappingOptions& mapping,
    const AnnotationsByImage& received);

}  // namespace cxr::bridge
