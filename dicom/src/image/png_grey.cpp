#include "image/png_grey.hpp"

#include "image/png_inflate.hpp"
#include "image/png_planes.hpp"

#include <algorithm>

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

bool decode(const PngSurvey& survey, UnfilterWay way, Buffers& buffers, Frame& frame) {
    const PngHeader& header = survey.header;
    const auto packed = joined(survey.image_data, buffers.packed);
    const std::size_t bytes = filtered_bytes(header);
    const std::uint8_t* filtered = at_least(bytes + unfilter_margin_bytes, buffers.filtered);
    const bool rgba = header.colour_type == colour_type_rgba;
    if (!inflate_png(
            rgba ? PngStream::rgba : PngStream::grey, packed, {buffers.filtered.data(), bytes})) {
        return false;
    }
    if (rgba) {
        const std::size_t plane_bytes = header.height * (std::size_t{header.width} + 1);
        std::uint8_t* plane = at_least(plane_bytes + unfilter_margin_bytes, buffers.plane);
        if (!reduce_to_plane(header.height, header.width, filtered, plane)) {
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
