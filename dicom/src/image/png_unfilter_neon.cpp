// NEON is part of every 64-bit ARM processor.
#include "image/png_wavefront.hpp"

#include <arm_neon.h>

namespace cxr::dicom {
namespace {

struct Neon {
    using Bytes = uint8x16_t;
    static constexpr unsigned lanes = 16;

    static Bytes zero() { return vdupq_n_u8(0); }
    static Bytes load(const std::uint8_t* from) { return vld1q_u8(from); }
    static Bytes gather(const std::uint8_t* from, std::size_t) { return load(from); }
    static void scatter(std::uint8_t* to, std::size_t, Bytes v) { vst1q_u8(to, v); }
    static Bytes interleave_low(Bytes v, Bytes w) { return vzip1q_u8(v, w); }
    static Bytes interleave_high(Bytes v, Bytes w) { return vzip2q_u8(v, w); }
    static Bytes shifted(Bytes v, const std::uint8_t* carry) {
        return vextq_u8(load(carry), v, 15);
    }

    static Bytes add(Bytes v, Bytes w) { return vaddq_u8(v, w); }
    static Bytes subtract(Bytes v, Bytes w) { return vsubq_u8(v, w); }
    static Bytes minimum(Bytes v, Bytes w) { return vminq_u8(v, w); }
    static Bytes maximum(Bytes v, Bytes w) { return vmaxq_u8(v, w); }
    static Bytes difference(Bytes v, Bytes w) { return vabdq_u8(v, w); }
    static Bytes average(Bytes v, Bytes w) { return vhaddq_u8(v, w); }
    static Bytes both(Bytes v, Bytes w) { return vandq_u8(v, w); }
    static Bytes either(Bytes v, Bytes w) { return vorrq_u8(v, w); }
    static Bytes equal(Bytes v, Bytes w) { return vceqq_u8(v, w); }
    static Bytes not_less(Bytes v, Bytes w) { return vcgeq_u8(v, w); }
    static Bytes choose(Bytes mask, Bytes v, Bytes w) { return vbslq_u8(mask, v, w); }
};

}  // namespace

std::size_t unfilter_by_neon(const FilteredRows& filtered, std::uint8_t* pixels) {
    return unfilter_bands<Neon>(filtered, pixels);
}

}  // namespace cxr::dicom
