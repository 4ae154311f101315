#pragma once
/// What a PNG's chunks say, before any decoder sees them: limits, truncation and the file's real
/// type are found here, without allocating anything for pixels (PNG 3rd edition §5).

#include "dicom/image/frame.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::dicom {

inline constexpr std::uint32_t png_side_min = 64;
inline constexpr std::uint32_t png_side_max = 4096;
inline constexpr std::size_t png_chunks_before_image_max = 64;
inline constexpr std::size_t png_image_chunks_max = 4096;
inline constexpr std::size_t png_ancillary_bytes_max = std::size_t{1} << 20;

struct PngChunk {
    std::string_view type;
    std::span<const std::byte> type_and_data;  ///< what the CRC is of
    std::uint32_t crc;

    [[nodiscard]] std::size_t length() const { return type_and_data.size() - 4; }
    [[nodiscard]] std::span<const std::byte> data() const { return type_and_data.subspan(4); }
    [[nodiscard]] bool crc_is_right() const;
};

struct PngSurvey {
    PngHeader header;
    std::vector<PngChunk> image_data;  ///< the IDAT, whose CRCs were not looked at; see `ordinary`
    /// Nothing but IHDR, undamaged chunks that change no pixel, IDAT one after the other, at most
    /// png_image_chunks_max and none longer than the image, and IEND. Else image_data is
    /// incomplete.
    bool ordinary;
    std::vector<std::string> notes;  ///< harmless: bytes after the end, a damaged comment
};

/// Walks all chunks to IEND. Faults: malformed (truncated, IEND missing, no chunk structure),
/// exhausted (too many or too large chunks); and those of read_png_header().
[[nodiscard]] Result<PngSurvey> survey_png(std::span<const std::byte> bytes);

}  // namespace cxr::dicom
