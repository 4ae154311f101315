#pragma once
/// One frame's pixels to and from its compressed stream, for the syntaxes that DCMTK has no codec
/// for: JPEG 2000 and HTJ2K (PS3.5 8.2.4, 8.2.18), Deflated Image Frame (PS3.5 8.2.16). Pure.

#include "dicom/core/result.hpp"
#include "dicom/core/transfer_syntax.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cxr::dicom {

/// What the Image Pixel module says of a frame (PS3.3 C.7.6.3).
struct FrameShape {
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
    std::uint32_t samples_per_pixel = 1;
    std::uint32_t bits_allocated = 8;
    std::uint32_t bits_stored = 8;
    std::uint32_t high_bit = 7;
    bool is_signed = false;
    bool by_plane = false;  ///< Planar Configuration 1

    [[nodiscard]] std::size_t pixels() const { return std::size_t{rows} * columns; }
    [[nodiscard]] std::size_t bytes() const {
        return (pixels() * samples_per_pixel * bits_allocated + 7) / 8;
    }
};

using FrameFunction = Result<std::vector<std::byte>> (*)(const FrameShape&,
                                                         std::span<const std::byte>);

/// Shape of the uncompressed frame: as FrameShape says, little endian. What decode gives is by
/// pixel where it is JPEG 2000's, as it was where it is deflated. Faults: unsupported (a shape that
/// the codec cannot have), malformed (decode).
struct FrameCodec {
    FrameFunction encode;  ///< null: only read
    FrameFunction decode;
    bool by_pixel;  ///< its streams know no planes
};

/// Null: DCMTK's, or nobody's.
[[nodiscard]] const FrameCodec* frame_codec(const TransferSyntax& transfer_syntax);

/// Lossless, one tile, one layer, no colour transform: Photometric Interpretation stays.
[[nodiscard]] Result<std::vector<std::byte>> encode_jpeg_2000(const FrameShape& shape,
                                                              std::span<const std::byte> frame);
/// Any Part 1 or Part 15 codestream, also within a JP2 file.
[[nodiscard]] Result<std::vector<std::byte>> decode_jpeg_2000(const FrameShape& shape,
                                                              std::span<const std::byte> stream);
[[nodiscard]] Result<std::vector<std::byte>> encode_htj2k(const FrameShape& shape,
                                                          std::span<const std::byte> frame);
/// Resolution by resolution down to 64 pixels or less, with Tile-part Lengths (PS3.5 10.18).
[[nodiscard]] Result<std::vector<std::byte>> encode_htj2k_rpcl(const FrameShape& shape,
                                                               std::span<const std::byte> frame);

}  // namespace cxr::dicom
