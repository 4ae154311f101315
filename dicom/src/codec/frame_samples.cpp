#include "codec/frame_samples.hpp"

#include <algorithm>

namespace cxr::dicom {
namespace {

std::int32_t sample_at(const FrameShape& shape, std::span<const std::byte> frame, std::size_t at) {
    if (shape.bits_allocated == 8) {
        const auto value = std::to_integer<std::uint8_t>(frame[at]);
        return shape.is_signed ? static_cast<std::int8_t>(value) : std::int32_t{value};
    }
    const auto value =
        static_cast<std::uint16_t>(std::to_integer<unsigned>(frame[2 * at]) |
                                   (std::to_integer<unsigned>(frame[2 * at + 1]) << 8U));
    return shape.is_signed ? static_cast<std::int16_t>(value) : std::int32_t{value};
}

bool are_within_the_stored_bits(const FrameShape& shape, std::span<const std::int32_t> values) {
    if (shape.high_bit + 1 != shape.bits_stored || shape.bits_stored > shape.bits_allocated) {
        return false;
    }
    const std::int32_t end = 1 << (shape.is_signed ? shape.bits_stored - 1 : shape.bits_stored);
    const std::int32_t begin = shape.is_signed ? -end : 0;
    return std::ranges::all_of(
        values, [begin, end](std::int32_t value) { return value >= begin && value < end; });
}

}  // namespace

Result<void> check_sample_shape(const FrameShape& shape) {
    if (shape.bits_allocated != 8 && shape.bits_allocated != 16) {
        return Fault{.kind = FaultKind::unsupported, .doing = "neither 8 nor 16 bits allocated"};
    }
    if (shape.samples_per_pixel != 1 && shape.samples_per_pixel != 3) {
        return Fault{.kind = FaultKind::unsupported, .doing = "neither 1 nor 3 samples per pixel"};
    }
    if (shape.pixels() == 0 || shape.pixels() * shape.samples_per_pixel > samples_max) {
        return Fault{.kind = FaultKind::unsupported, .doing = "a frame of no or too many pixels"};
    }
    return {};
}

Result<FrameSamples> samples_of(const FrameShape& shape, std::span<const std::byte> frame) {
    if (auto possible = check_sample_shape(shape); !possible) {
        return std::move(possible).error();
    }
    if (frame.size() < shape.bytes()) {
        return Fault{.kind = FaultKind::malformed, .doing = "fewer pixels than rows and columns"};
    }
    FrameSamples samples;
    const std::size_t planes = shape.samples_per_pixel;
    const std::size_t pixels = shape.pixels();
    samples.values.resize(planes * pixels);
    for (std::size_t plane = 0; plane < planes; ++plane) {
        const std::size_t first = shape.by_plane ? plane * pixels : plane;
        const std::size_t step = shape.by_plane ? 1 : planes;
        std::int32_t* value = samples.values.data() + plane * pixels;
        for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
            *value++ = sample_at(shape, frame, first + pixel * step);
        }
    }
    samples.precision = are_within_the_stored_bits(shape, samples.values) ? shape.bits_stored
                                                                          : shape.bits_allocated;
    return samples;
}

std::vector<std::byte> frame_of(const FrameShape& shape, std::span<const std::int32_t> values) {
    const std::size_t planes = shape.samples_per_pixel;
    const std::size_t pixels = shape.pixels();
    const std::size_t width = shape.bits_allocated / 8;
    std::vector<std::byte> frame(shape.bytes());
    for (std::size_t plane = 0; plane < planes; ++plane) {
        const std::int32_t* value = values.data() + plane * pixels;
        for (std::size_t pixel = 0; pixel < pixels; ++pixel, ++value) {
            const auto bits = static_cast<std::uint32_t>(*value);
            std::byte* at = frame.data() + (pixel * planes + plane) * width;
            at[0] = static_cast<std::byte>(bits & 0xFFU);
            if (width == 2) {
                at[1] = static_cast<std::byte>((bits >> 8U) & 0xFFU);
            }
        }
    }
    return frame;
}

}  // namespace cxr::dicom
