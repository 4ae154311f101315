#pragma once
/// The quick decoder for the two forms that the collection has: 8-bit grey, and 8-bit RGBA whose
/// colours agree and that is opaque; not interlaced. It says yes only where nothing is in doubt,
/// and leaves every other PNG, and every refusal, to the reference.

#include "image/png_survey.hpp"
#include "image/png_unfilter.hpp"

namespace cxr::dicom {

/// Fills `frame.pixels` (already rows × columns long) and adds notes, as the reference would.
/// Chunk CRCs, the Adler-32 and the length of the image data are checked.
/// @return false: another form, damaged, coloured or transparent; the pixels are then undefined.
/// May be called by any thread; each keeps its buffers for the next image.
[[nodiscard]] bool decode_grey_png(const PngSurvey& survey, UnfilterWay way, Frame& frame);

}  // namespace cxr::dicom
