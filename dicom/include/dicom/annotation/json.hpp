#pragma once
/// Annotations as JSON, one object a line within one array, as docs/annotations.schema.json
/// describes it. A document is the header, the entries joined by ",\n", and the footer, so that any
/// number of annotations can be written without holding them.

#include "dicom/annotation/annotation.hpp"

#include <string>
#include <string_view>

namespace cxr::dicom {

inline constexpr std::string_view json_header =
    "{\"format\": \"cxrbridge annotations\", \"version\": 1, \"annotations\": [\n";
inline constexpr std::string_view json_footer = "\n]}\n";

/// On one line, without a line end.
[[nodiscard]] std::string json_entry(const Annotation& annotation);

}  // namespace cxr::dicom
