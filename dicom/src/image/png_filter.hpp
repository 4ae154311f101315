#pragma once
/// The filter types (PNG §9.2), and the ways of undoing them that are compiled for one processor's
/// instructions. Those do whole bands of rows from the first one on and say how many rows that was.

#include "image/png_unfilter.hpp"

namespace cxr::dicom {

inline constexpr std::uint8_t filter_none = 0;
inline constexpr std::uint8_t filter_sub = 1;
inline constexpr std::uint8_t filter_up = 2;
inline constexpr std::uint8_t filter_average = 3;
inline constexpr std::uint8_t filter_paeth = 4;

/// PNG §9.4.
constexpr std::uint8_t paeth_predictor(int left, int above, int above_left) {
    const auto distance = [](int from, int to) { return from < to ? to - from : from - to; };
    const int to_left = distance(above, above_left);
    const int to_above = distance(left, above_left);
    const int to_above_left = distance(left + above, 2 * above_left);
    if (to_left <= to_above && to_left <= to_above_left) {
        return static_cast<std::uint8_t>(left);
    }
    return static_cast<std::uint8_t>(to_above <= to_above_left ? above : above_left);
}

/// What a filter expects of a byte with these neighbours; 0 for a type that is none of the five.
constexpr std::uint8_t predicted(std::uint8_t type, int left, int above, int above_left) {
    switch (type) {
        case filter_sub:
            return static_cast<std::uint8_t>(left);
        case filter_up:
            return static_cast<std::uint8_t>(above);
        case filter_average:
            return static_cast<std::uint8_t>((left + above) / 2);
        case filter_paeth:
            return paeth_predictor(left, above, above_left);
        default:
            return 0;
    }
}

[[nodiscard]] std::size_t unfilter_by_sse41(const FilteredRows& filtered, std::uint8_t* pixels);
[[nodiscard]] std::size_t unfilter_by_avx2(const FilteredRows& filtered, std::uint8_t* pixels);
[[nodiscard]] std::size_t unfilter_by_neon(const FilteredRows& filtered, std::uint8_t* pixels);

}  // namespace cxr::dicom
