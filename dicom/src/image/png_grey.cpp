#include "image/png_grey.hpp"

#include "image/png_filter.hpp"

#include <algorithm>
#include <cstring>
#include <isa-l/igzip_lib.h>
#include <memory>

namespace cxr::dicom {
namespace {

constexpr std::uint8_t colour_type_grey = 0;
constexpr std::uint8_t colour_type_rgba = 6;
constexpr std::size_t rgba_bytes = 4;
/// Grey of any size that the survey lets pass; RGBA up to 2048 × 2048.
constexpr std::size_t filtered_bytes_max =
    std::size_t{png_side_max} * (std::size_t{png_side_max} + 1);
constexpr std::size_t kept_bytes_max = std::size_t{8} << 20;

/// What one thread's decodings write to, one after the other.
struct Buffers {
    std::vector<std::uint8_t> packed;    ///< the zlib stream, when several IDAT hold it
    std::vector<std::uint8_t> filtered;  ///< inflated
    std::vector<std::uint8_t> plane;     ///< one channel of what was inflated
    std::unique_ptr<inflate_state> inflating = std::make_unique<inflate_state>();

    /// A rare large image is not to hold memory for ever.
    void shrink() {
        for (auto* buffer : {&packed, &filtered, &plane}) {
            if (buffer->size() > kept_bytes_max) {
                std::vector<std::uint8_t>().swap(*buffer);
            }
        }
    }
};

std::uint8_t* at_least(std::size_t bytes, std::vector<std::uint8_t>& buffer) {
    if (buffer.size() < bytes) {
        buffer.resize(bytes);
    }
    return buffer.data();
}

std::size_t filtered_bytes(const PngHeader& header) {
    const std::size_t pixel_bytes = header.colour_type == colour_type_rgba ? rgba_bytes : 1;
    return header.height * (header.width * pixel_bytes + 1);
}

bool is_of_the_collection(const PngSurvey& survey) {
    const PngHeader& header = survey.header;
    return survey.ordinary && header.bit_depth == 8 && header.interlace == 0 &&
           (header.colour_type == colour_type_grey || header.colour_type == colour_type_rgba) &&
           filtered_bytes(header) <= filtered_bytes_max;
}

/// The zlib stream in one piece; empty when a CRC is wrong.
std::span<const std::uint8_t> joined(std::span<const PngChunk> image_data,
                                     std::vector<std::uint8_t>& packed) {
    std::size_t total = 0;
    for (const PngChunk& chunk : image_data) {
        if (!chunk.crc_is_right()) {
            return {};
        }
        total += chunk.length();
    }
    const auto bytes_of = [](const PngChunk& chunk) {
        return std::span(reinterpret_cast<const std::uint8_t*>(chunk.data().data()),
                         chunk.length());
    };
    if (image_data.size() == 1) {
        return bytes_of(image_data.front());
    }
    std::uint8_t* to = at_least(total, packed);
    for (const PngChunk& chunk : image_data) {
        to = std::copy_n(bytes_of(chunk).data(), chunk.length(), to);
    }
    return {packed.data(), total};
}

/// zlib refuses distances beyond the window that the stream announces (RFC 1950 2.2), ISA-L does
/// not; with the largest window there is no such distance.
bool announces_largest_window(std::span<const std::uint8_t> packed) {
    constexpr unsigned deflate_32k = 0x78;
    constexpr unsigned preset_dictionary = 0x20;
    return packed.size() >= 2 && packed[0] == deflate_32k && (packed[1] & preset_dictionary) == 0 &&
           (packed[0] * 256U + packed[1]) % 31U == 0;
}

/// @return whether the stream is sound, ends where the IDAT ends and holds exactly `bytes`
bool inflate(std::span<const std::uint8_t> packed,
             inflate_state& state,
             std::span<std::uint8_t> bytes) {
    if (!announces_largest_window(packed)) {
        return false;
    }
    isal_inflate_init(&state);
    state.crc_flag = ISAL_ZLIB;
    state.next_in = const_cast<std::uint8_t*>(packed.data());  // which ISA-L only reads
    state.avail_in = static_cast<std::uint32_t>(packed.size());
    state.next_out = bytes.data();
    state.avail_out = static_cast<std::uint32_t>(bytes.size());
    return isal_inflate_stateless(&state) == ISAL_DECOMP_OK && state.avail_in == 0 &&
           state.read_in_length == 0 && state.total_out == bytes.size();
}

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

/// Filters work on each channel alone: channels are equal if and only if they are equal as
/// filtered. So grey is known, and one channel taken, before anything is unfiltered.
bool reduce_to_plane(const PngHeader& header, const std::uint8_t* rgba, std::uint8_t* plane) {
    const std::size_t row_bytes = header.width * rgba_bytes;
    std::uint32_t differences = 0;
    for (std::uint32_t row = 0; row < header.height; ++row) {
        const std::uint8_t type = *rgba++;
        *plane++ = type;
        const OpaqueAlpha alpha(type, row == 0);
        differences |= take_red({rgba, rgba_bytes}, alpha.first, plane);
        differences |=
            take_red({rgba + rgba_bytes, row_bytes - rgba_bytes}, alpha.others, plane + 1);
        rgba += row_bytes;
        plane += header.width;
    }
    return differences == 0;
}

bool decode(const PngSurvey& survey, UnfilterWay way, Buffers& buffers, Frame& frame) {
    const PngHeader& header = survey.header;
    const auto packed = joined(survey.image_data, buffers.packed);
    const std::size_t bytes = filtered_bytes(header);
    const std::uint8_t* filtered = at_least(bytes + unfilter_margin_bytes, buffers.filtered);
    if (!inflate(packed, *buffers.inflating, {buffers.filtered.data(), bytes})) {
        return false;
    }
    const bool rgba = header.colour_type == colour_type_rgba;
    if (rgba) {
        const std::size_t plane_bytes = header.height * (std::size_t{header.width} + 1);
        std::uint8_t* plane = at_least(plane_bytes + unfilter_margin_bytes, buffers.plane);
        if (!reduce_to_plane(header, filtered, plane)) {
            return false;
        }
        filtered = plane;
    }
    if (!unfilter(way,
                  {.bytes = filtered, .rows = header.height, .columns = header.width},
                  reinterpret_cast<std::uint8_t*>(frame.pixels.data()))) {
        return false;
    }
    if (rgba) {
        frame.notes.emplace_back("RGBA reduced to grey");
    }
    return true;
}

}  // namespace

bool decode_grey_png(const PngSurvey& survey, UnfilterWay way, Frame& frame) {
    if (!is_of_the_collection(survey)) {
        return false;
    }
    thread_local Buffers buffers;
    const bool decoded = decode(survey, way, buffers, frame);
    buffers.shrink();
    return decoded;
}

}  // namespace cxr::dicom
