#pragma once
/// What an encoded object consists of, without copying its pixels: attributes, and where the pixel
/// data and its frames lie (PS3.5 §8, A.4).

#include "dicom/core/attributes.hpp"
#include "dicom/core/encoded_object.hpp"
#include "dicom/core/vr.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace cxr::dicom {

struct ObjectLayout {
    /// Up to pixel data, bulk of other attributes included; text is UTF-8.
    Attributes attributes;
    /// The value of Pixel Data, Float or Double Float Pixel Data: of native ones the pixels, of
    /// encapsulated ones the fragments' contents, offset table first.
    std::vector<Segment> pixel_data;
    std::optional<DcmTagKey> pixel_data_tag;
    VR pixel_data_vr = VR::OW;
    bool encapsulated = false;
    std::uint32_t frames = 0;  ///< 0: there is no pixel data
};

/// Scans the object first. Faults: malformed, unsupported, exhausted (deflated to too much).
[[nodiscard]] Result<ObjectLayout> layout_of(const EncodedObject& object);

/// One frame, as it is encoded: native pixels, or one codestream in one or several segments.
/// @param number from 1. Faults: not_found (no such frame), malformed (pixel data too short,
/// fragments that cannot be told apart), unsupported (frames that do not begin at a byte).
[[nodiscard]] Result<std::vector<Segment>> frame_of(const ObjectLayout& layout,
                                                    std::uint32_t number);

}  // namespace cxr::dicom
