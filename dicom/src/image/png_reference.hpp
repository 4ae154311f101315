#pragma once
/// The reference decoder: libpng, for every PNG that the survey let pass and that is none of the
/// collection's own forms, and for the verdict on every one that is damaged.

#include "dicom/image/frame.hpp"

namespace cxr::dicom {

/// Fills `frame.pixels` (already rows × columns long) and adds notes. Faults as decode_png().
[[nodiscard]] Result<void> decode_png_by_libpng(std::span<const std::byte> bytes,
                                                const PngHeader& header,
                                                Frame& frame);

}  // namespace cxr::dicom
