// HTJ2K by OpenJPH, in memory: writing only (jpeg_2000.cpp reads).
//
// OpenJPH 0.9 looks at up to seven samples behind the end of a row that is no multiple of 8 long,
// whatever is there, to see whether a block has anything but zeros. So of such widths, at any
// resolution, an empty block at the edge may be coded or left out: the same pixels either way, but
// not always the same bytes. The collection's 1024 x 1024 has no such row.
#include "codec/frame_samples.hpp"

#include <algorithm>
#include <array>
#include <openjph/ojph_arch.h>
#include <openjph/ojph_base.h>
#include <openjph/ojph_codestream.h>
#include <openjph/ojph_file.h>
#include <openjph/ojph_mem.h>
#include <openjph/ojph_params.h>
#include <stdexcept>

namespace cxr::dicom {
namespace {

constexpr std::uint32_t decompositions_usual = 5;
constexpr std::uint32_t thumbnail_pixels_max = 64;
/// OpenJPH 0.9 never comes back from a picture of one pixel; it is not asked for any as small.
constexpr std::uint32_t too_small = 16;

/// At least the usual ones; so many that the smallest picture is a thumbnail.
std::uint32_t decompositions(const FrameShape& shape) {
    std::uint32_t count = decompositions_usual;
    while ((std::max(shape.rows, shape.columns) >> count) > thumbnail_pixels_max) {
        ++count;
    }
    return count;
}

void set_parameters(ojph::codestream& stream, const FrameShape& shape, std::uint32_t precision) {
    ojph::param_siz size = stream.access_siz();
    size.set_image_extent(ojph::point(shape.columns, shape.rows));
    size.set_num_components(shape.samples_per_pixel);
    for (std::uint32_t plane = 0; plane < shape.samples_per_pixel; ++plane) {
        size.set_component(plane, ojph::point(1, 1), precision, shape.is_signed);
    }
    ojph::param_cod coding = stream.access_cod();
    coding.set_num_decomposition(decompositions(shape));
    coding.set_progression_order("RPCL");
    coding.set_color_transform(false);
    coding.set_reversible(true);
    stream.set_planar(false);
}

/// OpenJPH asks for one row of one component after the other, and says which.
void feed_rows(ojph::codestream& stream, const FrameShape& shape, const FrameSamples& samples) {
    std::vector<std::uint32_t> next_row(shape.samples_per_pixel, 0);
    std::uint32_t plane = 0;
    ojph::line_buf* line = stream.exchange(nullptr, plane);
    const std::size_t rows = std::size_t{shape.rows} * shape.samples_per_pixel;
    for (std::size_t fed = 0; fed < rows; ++fed) {
        const std::size_t row = next_row.at(plane)++;
        std::copy_n(samples.values.data() + plane * shape.pixels() + row * shape.columns,
                    shape.columns,
                    line->i32);
        line = stream.exchange(line, plane);
    }
}

std::uint32_t big_endian(std::span<const std::byte> bytes) {
    std::uint32_t value = 0;
    for (const std::byte byte : bytes) {
        value = (value << 8U) | std::to_integer<std::uint32_t>(byte);
    }
    return value;
}

/// Where the first tile-part begins (ISO/IEC 15444-1 Annex A): behind the main header's segments.
std::size_t first_tile_part(std::span<const std::byte> stream) {
    constexpr std::uint32_t start_of_tile_part = 0xFF90;
    std::size_t at = 2;  // behind SOC
    while (big_endian(stream.subspan(at, 2)) != start_of_tile_part) {
        at += 2 + big_endian(stream.subspan(at + 2, 2));
    }
    return at;
}

/// A TLM segment for the one tile-part, in front of it: OpenJPH 0.9 writes none. Its length is what
/// the tile-part itself says (Psot).
void insert_tile_part_length(std::vector<std::byte>& stream) {
    const std::size_t at = first_tile_part(stream);
    std::array<std::byte, 11> segment{std::byte{0xFF},
                                      std::byte{0x55},
                                      std::byte{0},
                                      std::byte{9},     // length of the segment
                                      std::byte{0},     // the first TLM
                                      std::byte{0x50},  // tile index of 8 bits, length of 32
                                      std::byte{0}};    // tile 0
    std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at) + 6, 4, segment.begin() + 7);
    stream.insert(stream.begin() + static_cast<std::ptrdiff_t>(at), segment.begin(), segment.end());
}

}  // namespace

Result<std::vector<std::byte>> encode_htj2k(const FrameShape& shape,
                                            std::span<const std::byte> frame) {
    const auto samples = samples_of(shape, frame);
    if (!samples) {
        return samples.error();
    }
    if (std::max(shape.rows, shape.columns) <= too_small) {
        return Fault{.kind = FaultKind::unsupported, .doing = "HTJ2K: too small an image"};
    }
    try {
        ojph::codestream stream;
        set_parameters(stream, shape, samples->precision);
        ojph::mem_outfile file;
        file.open(shape.bytes());
        stream.write_headers(&file);
        feed_rows(stream, shape, *samples);
        stream.flush();
        const auto* begin = reinterpret_cast<const std::byte*>(file.get_data());
        std::vector<std::byte> bytes(begin, begin + file.tell());
        stream.close();
        return bytes;
    } catch (const std::runtime_error& error) {  // how OpenJPH refuses
        return Fault{.kind = FaultKind::unsupported,
                     .doing = std::string("HTJ2K: ") + error.what()};
    }
}

Result<std::vector<std::byte>> encode_htj2k_rpcl(const FrameShape& shape,
                                                 std::span<const std::byte> frame) {
    auto stream = encode_htj2k(shape, frame);
    if (stream) {
        insert_tile_part_length(*stream);
    }
    return stream;
}

}  // namespace cxr::dicom
