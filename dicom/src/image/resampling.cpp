#include "image/resampling.hpp"

#include <algorithm>
#include <cmath>

namespace cxr::dicom {
namespace {

constexpr std::uint32_t one = 4096;  // weights are parts of it; one * one * 255.5 fits 32 bits

/// Which two pixels of a line a pixel of the stretched line lies between.
struct Tap {
    std::uint32_t first, second;
    std::uint32_t weight;  ///< of the second
};

std::vector<Tap> taps(std::uint32_t from, std::uint32_t to, double scale) {
    std::vector<Tap> line(to);
    for (std::uint32_t i = 0; i < to; ++i) {
        const double at = std::clamp((i + 0.5) / scale - 0.5, 0.0, from - 1.0);
        const auto first = static_cast<std::uint32_t>(at);
        line[i] = {.first = first,
                   .second = std::min(first + 1, from - 1),
                   .weight = static_cast<std::uint32_t>(std::lround((at - first) * one))};
    }
    return line;
}

}  // namespace

Frame resampled(const Frame& frame, const PixelScale& scale) {
    const ImageSize size = scaled_size({.rows = frame.rows, .columns = frame.columns}, scale);
    Frame stretched{.rows = size.rows, .columns = size.columns, .pixels = {}, .notes = frame.notes};
    const std::size_t count = std::size_t{size.rows} * size.columns;
    stretched.pixels.resize(count + count % 2);
    const auto columns = taps(frame.columns, size.columns, scale.x);
    const auto rows = taps(frame.rows, size.rows, scale.y);
    std::byte* out = stretched.pixels.data();
    for (const Tap& row : rows) {
        const std::byte* const upper = frame.pixels.data() + std::size_t{row.first} * frame.columns;
        const std::byte* const lower =
            frame.pixels.data() + std::size_t{row.second} * frame.columns;
        for (const Tap& column : columns) {
            const auto between = [&column](const std::byte* line) {
                return std::to_integer<std::uint32_t>(line[column.first]) * (one - column.weight) +
                       std::to_integer<std::uint32_t>(line[column.second]) * column.weight;
            };
            const std::uint32_t sum =
                between(upper) * (one - row.weight) + between(lower) * row.weight;
            *out++ = static_cast<std::byte>((sum + one * one / 2) / (one * one));
        }
    }
    return stretched;
}

}  // namespace cxr::dicom
