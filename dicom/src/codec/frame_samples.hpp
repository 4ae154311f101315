#pragma once
/// A frame's bytes as the integers that wavelet codecs work on, and back.

#include "codec/frame_codec.hpp"

namespace cxr::dicom {

struct FrameSamples {
    std::uint32_t precision = 8;       ///< bits that each sample needs
    std::vector<std::int32_t> values;  ///< plane after plane, row by row
};

/// Faults: unsupported (neither 8 nor 16 bits allocated; more samples than samples_max), malformed
/// (fewer bytes than the shape says).
/// Precision is Bits Stored, or Bits Allocated where anything stands beside the stored bits: then
/// they are kept, too.
[[nodiscard]] Result<FrameSamples> samples_of(const FrameShape& shape,
                                              std::span<const std::byte> frame);

/// By pixel, little endian; values wrap to Bits Allocated.
[[nodiscard]] std::vector<std::byte> frame_of(const FrameShape& shape,
                                              std::span<const std::int32_t> values);

/// Of one frame: what a header claims is bounded before anything is allocated for it.
inline constexpr std::size_t samples_max = std::size_t{1} << 27U;

/// Is it a shape that can be decoded to? Faults: unsupported.
[[nodiscard]] Result<void> check_sample_shape(const FrameShape& shape);

}  // namespace cxr::dicom
