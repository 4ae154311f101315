#pragma once
/// A grey picture written as RGBA, reduced to one byte a pixel while it is still filtered.

#include <cstddef>
#include <cstdint>

namespace cxr::dicom {

/// From rows as inflated, each its filter type and four bytes a pixel, to the same with one byte a
/// pixel. Filters work on each channel alone: channels are equal if and only if they are equal as
/// filtered. So grey is known, and one channel taken, before anything is unfiltered.
/// @return whether red, green and blue agree and alpha is opaque everywhere; what was written is
/// undefined otherwise
[[nodiscard]] bool reduce_to_plane(std::size_t rows,
                                   std::size_t columns,
                                   const std::uint8_t* rgba,
                                   std::uint8_t* plane);

}  // namespace cxr::dicom
