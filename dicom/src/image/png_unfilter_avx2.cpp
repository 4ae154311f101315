// Compiled with -mavx2.
#include "image/png_wavefront.hpp"

#include <immintrin.h>

namespace cxr::dicom {
namespace {

/// Rows 0 to 15 of a band are in the lower half, 16 to 31 in the upper one.
struct Avx2 {
    using Bytes = __m256i;
    static constexpr unsigned lanes = 32;

    static __m128i load_half(const std::uint8_t* from) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    }
    static Bytes zero() { return _mm256_setzero_si256(); }
    static Bytes load(const std::uint8_t* from) {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    }
    static Bytes gather(const std::uint8_t* from, std::size_t stride) {
        return _mm256_inserti128_si256(
            _mm256_castsi128_si256(load_half(from)), load_half(from + 16 * stride), 1);
    }
    static void scatter(std::uint8_t* to, std::size_t stride, Bytes v) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(v));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 16 * stride),
                         _mm256_extracti128_si256(v, 1));
    }
    static Bytes interleave_low(Bytes v, Bytes w) { return _mm256_unpacklo_epi8(v, w); }
    static Bytes interleave_high(Bytes v, Bytes w) { return _mm256_unpackhi_epi8(v, w); }
    static Bytes shifted(Bytes v, const std::uint8_t* carry) {
        const Bytes below = _mm256_permute2x128_si256(
            _mm256_castsi128_si256(load_half(carry)), v, 0x20);  // carry | lower half
        return _mm256_alignr_epi8(v, below, 15);
    }

    static Bytes add(Bytes v, Bytes w) { return _mm256_add_epi8(v, w); }
    static Bytes subtract(Bytes v, Bytes w) { return _mm256_sub_epi8(v, w); }
    static Bytes minimum(Bytes v, Bytes w) { return _mm256_min_epu8(v, w); }
    static Bytes maximum(Bytes v, Bytes w) { return _mm256_max_epu8(v, w); }
    static Bytes difference(Bytes v, Bytes w) {
        return _mm256_or_si256(_mm256_subs_epu8(v, w), _mm256_subs_epu8(w, v));
    }
    /// Rounded down; the instruction rounds up.
    static Bytes average(Bytes v, Bytes w) {
        const Bytes odd = _mm256_and_si256(_mm256_xor_si256(v, w), _mm256_set1_epi8(1));
        return _mm256_sub_epi8(_mm256_avg_epu8(v, w), odd);
    }
    static Bytes both(Bytes v, Bytes w) { return _mm256_and_si256(v, w); }
    static Bytes either(Bytes v, Bytes w) { return _mm256_or_si256(v, w); }
    static Bytes equal(Bytes v, Bytes w) { return _mm256_cmpeq_epi8(v, w); }
    static Bytes not_less(Bytes v, Bytes w) { return _mm256_cmpeq_epi8(maximum(v, w), v); }
    static Bytes choose(Bytes mask, Bytes v, Bytes w) { return _mm256_blendv_epi8(w, v, mask); }
};

}  // namespace

std::size_t unfilter_by_avx2(const FilteredRows& filtered, std::uint8_t* pixels) {
    return unfilter_bands<Avx2>(filtered, pixels);
}

}  // namespace cxr::dicom
