#include "image/png_unfilter.hpp"

#include "image/png_filter.hpp"

#include <array>
#include <vector>

namespace cxr::dicom {
namespace {

template <std::uint8_t type>
void unfilter_row(std::span<const std::uint8_t> filtered,
                  const std::uint8_t* above,
                  std::uint8_t* pixels) {
    std::uint8_t left = 0;
    std::uint8_t above_left = 0;
    for (std::size_t x = 0; x < filtered.size(); ++x) {
        left = static_cast<std::uint8_t>(filtered[x] + predicted(type, left, above[x], above_left));
        above_left = above[x];
        pixels[x] = left;
    }
}

constexpr std::array unfilter_row_of_type{unfilter_row<filter_none>,
                                          unfilter_row<filter_sub>,
                                          unfilter_row<filter_up>,
                                          unfilter_row<filter_average>,
                                          unfilter_row<filter_paeth>};

void unfilter_rows(const FilteredRows& filtered, std::size_t first, std::uint8_t* pixels) {
    const std::vector<std::uint8_t> nothing(first == 0 ? filtered.columns : 0);
    const std::uint8_t* above =
        first == 0 ? nothing.data() : pixels + (first - 1) * filtered.columns;
    for (std::size_t row = first; row < filtered.rows; ++row) {
        const std::uint8_t* source = filtered.row(row);
        std::uint8_t* to = pixels + row * filtered.columns;
        unfilter_row_of_type.at (*source)({source + 1, filtered.columns}, above, to);
        above = to;
    }
}

std::vector<UnfilterWay> find_ways() {
    std::vector<UnfilterWay> ways{UnfilterWay::scalar};
#if defined(CXR_UNFILTER_X86)
    if (__builtin_cpu_supports("sse4.1") != 0) {
        ways.push_back(UnfilterWay::sse41);
    }
    if (__builtin_cpu_supports("avx2") != 0) {
        ways.push_back(UnfilterWay::avx2);
    }
#elif defined(CXR_UNFILTER_NEON)
    ways.push_back(UnfilterWay::neon);
#endif
    return ways;
}

std::size_t unfilter_bands(UnfilterWay way,
                           [[maybe_unused]] const FilteredRows& filtered,
                           [[maybe_unused]] std::uint8_t* pixels) {
    switch (way) {
#if defined(CXR_UNFILTER_X86)
        case UnfilterWay::sse41:
            return unfilter_by_sse41(filtered, pixels);
        case UnfilterWay::avx2:
            return unfilter_by_avx2(filtered, pixels);
#elif defined(CXR_UNFILTER_NEON)
        case UnfilterWay::neon:
            return unfilter_by_neon(filtered, pixels);
#endif
        default:
            return 0;
    }
}

}  // namespace

std::span<const UnfilterWay> unfilter_ways() {
    static const std::vector<UnfilterWay> ways = find_ways();
    return ways;
}

const char* name_of(UnfilterWay way) {
    static constexpr std::array names{"scalar", "sse4.1", "avx2", "neon"};
    return names.at(static_cast<std::size_t>(way));
}

bool unfilter(UnfilterWay way, const FilteredRows& filtered, std::uint8_t* pixels) {
    for (std::size_t row = 0; row < filtered.rows; ++row) {
        if (*filtered.row(row) > filter_paeth) {
            return false;
        }
    }
    // Bands are whole; the rows that are left over are undone one by one.
    unfilter_rows(filtered, unfilter_bands(way, filtered, pixels), pixels);
    return true;
}

}  // namespace cxr::dicom
