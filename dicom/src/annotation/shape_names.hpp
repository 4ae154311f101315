#pragma once
/// What the flat formats call the shapes that boxes were drawn as.

#include "dicom/annotation/annotation.hpp"

#include <string_view>

namespace cxr::dicom {

[[nodiscard]] constexpr std::string_view name_of(SourceShape shape) {
    switch (shape) {
        case SourceShape::circle:
            return "circle";
        case SourceShape::ellipse:
            return "ellipse";
        case SourceShape::polygon:
            return "polygon";
        case SourceShape::rectangle:
            break;
    }
    return "rectangle";
}

}  // namespace cxr::dicom
