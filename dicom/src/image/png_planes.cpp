#include "image/png_planes.hpp"

#include "image/png_filter.hpp"

#include <span>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace cxr::dicom {
namespace {

constexpr std::size_t rgba_bytes = 4;

/// What opaque alpha is as filtered: 255 less what a filter predicts where all is 255.
struct OpaqueAlpha {
    std::uint8_t first;   ///< in the row's first pixel
    std::uint8_t others;  ///< in its others

    OpaqueAlpha(std::uint8_t type, bool topmost_row)
        : first(filtered(type, 0, topmost_row ? 0 : 255, 0)),
          others(filtered(type, 255, topmost_row ? 0 : 255, topmost_row ? 0 : 255)) {}

private:
    static std::uint8_t filtered(std::uint8_t type, int left, int above, int above_left) {
        return static_cast<std::uint8_t>(255 - predicted(type, left, above, above_left));
    }
};

/// @return 0 when red, green and blue agree and alpha is as announced in all pixels
std::uint32_t take_red(std::span<const std::uint8_t> rgba, std::uint8_t alpha, std::uint8_t* red) {
    std::uint32_t differences = 0;
    for (std::size_t x = 0; x < rgba.size() / rgba_bytes; ++x) {
        const std::uint8_t* pixel = rgba.data() + x * rgba_bytes;
        differences |= static_cast<std::uint32_t>((pixel[0] ^ pixel[1]) | (pixel[0] ^ pixel[2]) |
                                                  (pixel[3] ^ alpha));
        red[x] = pixel[0];
    }
    return differences;
}

#ifdef __SSE2__
constexpr std::size_t group_pixels = 16;

/// As take_red() of as many groups of 16 pixels as there are; `done`: their pixels. Every x86-64
/// processor has SSE2.
std::uint32_t take_red_of_groups(std::span<const std::uint8_t> rgba,
                                 std::uint8_t alpha,
                                 std::uint8_t* red,
                                 std::size_t& done) {
    const __m128i low_byte = _mm_set1_epi32(0xff);
    const __m128i alphas = _mm_set1_epi32(static_cast<int>(std::uint32_t{alpha} << 24U));
    __m128i differences = _mm_setzero_si128();
    for (done = 0; done + group_pixels <= rgba.size() / rgba_bytes; done += group_pixels) {
        __m128i reds[4];
        for (std::size_t i = 0; i < 4; ++i) {
            const __m128i pixels = _mm_loadu_si128(
                reinterpret_cast<const __m128i*>(rgba.data() + rgba_bytes * done + 16 * i));
            reds[i] = _mm_and_si128(pixels, low_byte);
            // What the pixel is when its red is its green and blue, and its alpha as announced.
            const __m128i grey = _mm_or_si128(_mm_or_si128(reds[i], _mm_slli_epi32(reds[i], 8)),
                                              _mm_or_si128(_mm_slli_epi32(reds[i], 16), alphas));
            differences = _mm_or_si128(differences, _mm_xor_si128(pixels, grey));
        }
        const __m128i packed =
            _mm_packus_epi16(_mm_packs_epi32(reds[0], reds[1]), _mm_packs_epi32(reds[2], reds[3]));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(red + done), packed);
    }
    const __m128i none = _mm_cmpeq_epi8(differences, _mm_setzero_si128());
    return _mm_movemask_epi8(none) == 0xffff ? 0 : 1;
}
#endif

std::uint32_t take_red_of_row(std::span<const std::uint8_t> rgba,
                              std::uint8_t alpha,
                              std::uint8_t* red) {
    std::size_t done = 0;
    std::uint32_t differences = 0;
#ifdef __SSE2__
    differences = take_red_of_groups(rgba, alpha, red, done);
#endif
    return differences | take_red(rgba.subspan(done * rgba_bytes), alpha, red + done);
}

}  // namespace

bool reduce_to_plane(std::size_t rows,
                     std::size_t columns,
                     const std::uint8_t* rgba,
                     std::uint8_t* plane) {
    const std::size_t row_bytes = columns * rgba_bytes;
    std::uint32_t differences = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::uint8_t type = *rgba++;
        *plane++ = type;
        const OpaqueAlpha alpha(type, row == 0);
        differences |= take_red({rgba, rgba_bytes}, alpha.first, plane);
        differences |=
            take_red_of_row({rgba + rgba_bytes, row_bytes - rgba_bytes}, alpha.others, plane + 1);
        rgba += row_bytes;
        plane += columns;
    }
    return differences == 0;
}

}  // namespace cxr::dicom
