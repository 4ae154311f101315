#pragma once
/// Graphic Annotation and Graphic Layer modules (PS3.3 C.10.5, C.10.7) of one image.

#include "dicom/presentation/softcopy_state.hpp"
#include "presentation/state_values.hpp"

namespace cxr::dicom {

/// Adds to graphics and texts. Faults: malformed, unsupported (more than are drawn).
[[nodiscard]] Result<void> read_graphics(const Attributes& state,
                                         const StateOf& image,
                                         SoftcopyState& read);

}  // namespace cxr::dicom
