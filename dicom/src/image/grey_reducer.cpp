#include "image/grey_reducer.hpp"

#include <algorithm>
#include <cstring>

namespace cxr::dicom {
namespace {

Reduction reduce_palette(const PngColours& colours,
                         const std::uint8_t* raw,
                         std::span<std::uint8_t> grey) {
    for (std::uint8_t& pixel : grey) {
        const std::uint8_t index = *raw++;
        if (index >= colours.palette.size()) {
            return Reduction::no_entry;
        }
        const PngColours::PaletteEntry& entry = colours.palette[index];
        if (entry.alpha != 255) {
            return Reduction::transparent;
        }
        if (entry.red != entry.green || entry.green != entry.blue) {
            return Reduction::not_grey;
        }
        pixel = entry.red;
    }
    return Reduction::lossless;
}

/// 1 to 8 bits, one sample a pixel. A transparent colour is given at the image's own depth.
Reduction reduce_grey(const PngColours& colours,
                      const std::uint8_t* raw,
                      std::span<std::uint8_t> grey) {
    if (colours.transparent_colour && (*colours.transparent_colour)[0] < 256 &&
        std::memchr(raw, (*colours.transparent_colour)[0], grey.size()) != nullptr) {
        return Reduction::transparent;
    }
    const unsigned factor = 255U / ((1U << colours.bit_depth) - 1U);
    std::transform(raw, raw + grey.size(), grey.begin(), [factor](std::uint8_t sample) {
        return static_cast<std::uint8_t>(sample * factor);
    });
    return Reduction::lossless;
}

/// Any other: 8 or 16 bits, several samples a pixel, alpha the last.
Reduction reduce_samples(const PngColours& colours,
                         const std::uint8_t* raw,
                         std::span<std::uint8_t> grey) {
    const bool colour = (colours.colour_type & 2) != 0;
    const bool alpha = (colours.colour_type & 4) != 0;
    const std::size_t colour_channels = colour ? 3 : 1;
    const std::size_t channels = colour_channels + (alpha ? 1 : 0);
    const bool wide = colours.bit_depth == 16;
    const std::uint16_t opaque = wide ? 0xffff : 0xff;
    for (std::uint8_t& pixel : grey) {
        std::array<std::uint16_t, 4> samples{};
        bool fits_in_8_bits = true;  // both bytes of every sample are equal
        for (std::size_t c = 0; c < channels; ++c) {
            samples[c] = *raw++;
            if (wide) {
                fits_in_8_bits = fits_in_8_bits && samples[c] == *raw;
                samples[c] = static_cast<std::uint16_t>((samples[c] << 8) | *raw++);
            }
        }
        const bool is_key =
            colours.transparent_colour && std::equal(samples.data(),
                                                     samples.data() + colour_channels,
                                                     colours.transparent_colour->data());
        if (is_key || (alpha && samples[channels - 1] != opaque)) {
            return Reduction::transparent;
        }
        if (colour && (samples[0] != samples[1] || samples[1] != samples[2])) {
            return Reduction::not_grey;
        }
        if (!fits_in_8_bits) {
            return Reduction::sixteen_bits;
        }
        pixel = static_cast<std::uint8_t>(samples[0] & 0xff);
    }
    return Reduction::lossless;
}

}  // namespace

Reduction reduce_to_grey(const PngColours& colours,
                         const std::uint8_t* raw,
                         std::span<std::uint8_t> grey) {
    if (colours.colour_type == 3) {
        return reduce_palette(colours, raw, grey);
    }
    if (colours.colour_type == 0 && colours.bit_depth <= 8) {
        return reduce_grey(colours, raw, grey);
    }
    return reduce_samples(colours, raw, grey);
}

}  // namespace cxr::dicom
