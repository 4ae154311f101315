#pragma once
/// What the data set's tables say of an image, as annotations: each label, mined by a program, and
/// each box, drawn by a reader, with the report that the product makes of it.

#include "dicom/annotation/annotation.hpp"
#include "dicom/mapping/image_record.hpp"

#include <vector>

namespace cxr::dicom {

/// In file order: a label report's statements (an image without findings has one, No Finding).
[[nodiscard]] std::vector<Annotation> label_annotations(const ImageRecord& record,
                                                        const MappingOptions& options);
/// In file order: a box report's statements; none for an image without boxes.
[[nodiscard]] std::vector<Annotation> box_annotations(const ImageRecord& record,
                                                      const MappingOptions& options);

/// What a further source says: its report's statements. @param source of record.sources.
[[nodiscard]] std::vector<Annotation> source_annotations(const ImageRecord& record,
                                                         std::size_t source,
                                                         const MappingOptions& options);

}  // namespace cxr::dicom
