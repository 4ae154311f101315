#pragma once
/// What a PNG's chunks say, before any decoder sees them: limits, truncation and the file's real
/// type are found here, without allocating anything for pixels (PNG 3rd edition §5).

#include "dicom/image/frame.hpp"

#include <span>
#include <string>
#include <vector>

namespace cxr::dicom {

inline constexpr std::uint32_t png_side_min = 64;
inline constexpr std::uint32_t png_side_max = 4096;
inline constexpr std::size_t png_chunks_before_image_max = 64;
inline constexpr std::size_t png_ancillary_bytes_max = std::size_t{1} << 20;

struct PngSurvey {
    PngHeader header;
    std::vector<std::string> notes;  ///< harmless: bytes after the end, a damaged comment
};

/// Walks all chunks to IEND. Faults: malformed (truncated, IEND missing, no chunk structure),
/// exhausted (too many or too large chunks); and those of read_png_header().
[[nodiscard]] Result<PngSurvey> survey_png(std::span<const std::byte> bytes);

}  // namespace cxr::dicom
