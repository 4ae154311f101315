#pragma once
/// Pixel Data of a data set between the codecs of frame_codec.hpp and DCMTK's elements.

#include "codec/frame_codec.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

namespace cxr::dicom {

/// What DCMTK 3.6.7 is told where it does not know the syntax: any encapsulated one of no codec is
/// read and written alike (PS3.5 A.4).
inline constexpr E_TransferSyntax encapsulated_stand_in = EXS_JPEG2000LosslessOnly;

/// Uncompressed pixels become one fragment a frame behind an empty Basic Offset Table; without
/// Pixel Data nothing happens. Faults: unsupported, malformed.
[[nodiscard]] Result<void> compress_frames(DcmDataset& image,
                                           const FrameCodec& codec,
                                           E_TransferSyntax written_as);

/// And back. A frame may have several fragments where there is one frame, or a Basic Offset Table.
/// YBR_RCT and YBR_ICT become RGB. Faults: unsupported, malformed.
[[nodiscard]] Result<void> decompress_frames(DcmDataset& image, const FrameCodec& codec);
/// The same of one frame: its stream takes the place of all. Faults: those.
[[nodiscard]] Result<void> decompress_one_frame(DcmDataset& image,
                                                const FrameCodec& codec,
                                                std::span<const std::byte> stream);

}  // namespace cxr::dicom
