#pragma once
/// Undoes PNG's adaptive filters (PNG §9) for rows of one byte a pixel. Average and Paeth are
/// serial along a row, so as many rows as a vector has lanes are undone at once, each one pixel
/// behind the row above it: a wavefront. Which vectors there are is found out when the program
/// runs.

#include <cstddef>
#include <cstdint>
#include <span>

namespace cxr::dicom {

/// Rows as inflated: each its filter type, then `columns` bytes.
struct FilteredRows {
    /// Readable are `unfilter_margin_bytes` more than the rows, whatever they hold.
    const std::uint8_t* bytes;
    std::uint32_t rows;
    std::uint32_t columns;

    [[nodiscard]] std::size_t stride() const { return std::size_t{columns} + 1; }
    [[nodiscard]] const std::uint8_t* row(std::size_t number) const {
        return bytes + number * stride();
    }
};
inline constexpr std::size_t unfilter_margin_bytes = 64;

enum class UnfilterWay : std::uint8_t { scalar, sse41, avx2, neon };

/// Those that were compiled in and that this processor has, the fastest last; scalar is always
/// first.
[[nodiscard]] std::span<const UnfilterWay> unfilter_ways();
[[nodiscard]] const char* name_of(UnfilterWay way);

/// Writes rows * columns pixels. The result is the same by every way.
/// @return false when a row's filter type is none of the five; the pixels are then undefined.
[[nodiscard]] bool unfilter(UnfilterWay way, const FilteredRows& filtered, std::uint8_t* pixels);

}  // namespace cxr::dicom
