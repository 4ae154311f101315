// Compiled with -msse4.1.
#include "image/png_wavefront.hpp"

#include <immintrin.h>

namespace cxr::dicom {
namespace {

struct Sse41 {
    using Bytes = __m128i;
    static constexpr unsigned lanes = 16;

    static Bytes zero() { return _mm_setzero_si128(); }
    static Bytes load(const std::uint8_t* from) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    }
    static Bytes gather(const std::uint8_t* from, std::size_t) { return load(from); }
    static void scatter(std::uint8_t* to, std::size_t, Bytes v) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v);
    }
    static Bytes interleave_low(Bytes v, Bytes w) { return _mm_unpacklo_epi8(v, w); }
    static Bytes interleave_high(Bytes v, Bytes w) { return _mm_unpackhi_epi8(v, w); }
    static Bytes shifted(Bytes v, const std::uint8_t* carry) {
        return _mm_alignr_epi8(v, load(carry), 15);
    }

    static Bytes add(Bytes v, Bytes w) { return _mm_add_epi8(v, w); }
    static Bytes subtract(Bytes v, Bytes w) { return _mm_sub_epi8(v, w); }
    static Bytes minimum(Bytes v, Bytes w) { return _mm_min_epu8(v, w); }
    static Bytes maximum(Bytes v, Bytes w) { return _mm_max_epu8(v, w); }
    static Bytes difference(Bytes v, Bytes w) {
        return _mm_or_si128(_mm_subs_epu8(v, w), _mm_subs_epu8(w, v));
    }
    /// Rounded down; the instruction rounds up.
    static Bytes average(Bytes v, Bytes w) {
        const Bytes odd = _mm_and_si128(_mm_xor_si128(v, w), _mm_set1_epi8(1));
        return _mm_sub_epi8(_mm_avg_epu8(v, w), odd);
    }
    static Bytes both(Bytes v, Bytes w) { return _mm_and_si128(v, w); }
    static Bytes either(Bytes v, Bytes w) { return _mm_or_si128(v, w); }
    static Bytes equal(Bytes v, Bytes w) { return _mm_cmpeq_epi8(v, w); }
    static Bytes not_less(Bytes v, Bytes w) { return _mm_cmpeq_epi8(maximum(v, w), v); }
    static Bytes choose(Bytes mask, Bytes v, Bytes w) { return _mm_blendv_epi8(w, v, mask); }
};

/// ISA-L's AVX code leaves the upper halves of the registers in use; each SSE instruction would
/// then wait for them.
__attribute__((target("avx"))) void clear_upper_halves() {
    _mm256_zeroupper();
}

}  // namespace

std::size_t unfilter_by_sse41(const FilteredRows& filtered, std::uint8_t* pixels) {
    static const bool has_upper_halves = __builtin_cpu_supports("avx") != 0;
    if (has_upper_halves) {
        clear_upper_halves();
    }
    return unfilter_bands<Sse41>(filtered, pixels);
}

}  // namespace cxr::dicom
