// JPEG 2000 by OpenJPEG, in memory. It also reads HTJ2K: what strangers send goes to the one
// decoder of the two that Debian keeps safe.
#include "codec/frame_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <new>
#include <openjpeg.h>
#include <string>

namespace cxr::dicom {
namespace {

// OpenJPEG's codec and stream are both void*.
struct DestroyCodec {
    void operator()(opj_codec_t* codec) const { opj_destroy_codec(codec); }
};
struct DestroyStream {
    void operator()(opj_stream_t* stream) const { opj_stream_destroy(stream); }
};
struct DestroyImage {
    void operator()(opj_image_t* image) const { opj_image_destroy(image); }
};
using Codec = std::unique_ptr<opj_codec_t, DestroyCodec>;
using Stream = std::unique_ptr<opj_stream_t, DestroyStream>;
using Image = std::unique_ptr<opj_image_t, DestroyImage>;

constexpr auto end_of_stream = static_cast<OPJ_SIZE_T>(-1);

/// A file in memory, as OpenJPEG's callbacks want it.
struct Memory {
    std::span<const std::byte> input;
    std::vector<std::byte> output;
    std::size_t at = 0;
};

OPJ_SIZE_T read_memory(void* buffer, OPJ_SIZE_T wanted, void* user) {
    auto& memory = *static_cast<Memory*>(user);
    const std::size_t count = std::min(wanted, memory.input.size() - memory.at);
    if (count == 0) {
        return end_of_stream;
    }
    std::memcpy(buffer, memory.input.data() + memory.at, count);
    memory.at += count;
    return count;
}

OPJ_SIZE_T write_memory(void* buffer, OPJ_SIZE_T count, void* user) {
    auto& memory = *static_cast<Memory*>(user);
    memory.output.resize(std::max(memory.output.size(), memory.at + count));
    std::memcpy(memory.output.data() + memory.at, buffer, count);
    memory.at += count;
    return count;
}

OPJ_BOOL seek_input(OPJ_OFF_T to, void* user) {
    auto& memory = *static_cast<Memory*>(user);
    if (to < 0 || static_cast<std::size_t>(to) > memory.input.size()) {
        return OPJ_FALSE;
    }
    memory.at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
}

OPJ_OFF_T skip_input(OPJ_OFF_T count, void* user) {
    const auto& memory = *static_cast<const Memory*>(user);
    return seek_input(static_cast<OPJ_OFF_T>(memory.at) + count, user) == OPJ_TRUE ? count : -1;
}

OPJ_BOOL seek_output(OPJ_OFF_T to, void* user) {
    static_cast<Memory*>(user)->at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
}

OPJ_OFF_T skip_output(OPJ_OFF_T count, void* user) {
    static_cast<Memory*>(user)->at += static_cast<std::size_t>(count);
    return count;
}

/// Throws std::bad_alloc where OpenJPEG gives none.
Stream stream_over(Memory& memory, bool reads) {
    Stream stream(opj_stream_default_create(reads ? OPJ_TRUE : OPJ_FALSE));
    if (!stream) {
        throw std::bad_alloc();
    }
    opj_stream_set_user_data(stream.get(), &memory, nullptr);
    if (reads) {
        opj_stream_set_user_data_length(stream.get(), memory.input.size());
        opj_stream_set_read_function(stream.get(), read_memory);
        opj_stream_set_seek_function(stream.get(), seek_input);
        opj_stream_set_skip_function(stream.get(), skip_input);
    } else {
        opj_stream_set_write_function(stream.get(), write_memory);
        opj_stream_set_seek_function(stream.get(), seek_output);
        opj_stream_set_skip_function(stream.get(), skip_output);
    }
    return stream;
}

/// The first thing that OpenJPEG complained of.
void keep_first_complaint(const char* message, void* user) {
    auto& first = *static_cast<std::string*>(user);
    if (first.empty() && message != nullptr) {
        first = message;
        first.erase(first.find_last_not_of(" \r\n") + 1);
    }
}

Fault fault_of(FaultKind kind, const std::string& complaint) {
    return {.kind = kind,
            .doing = "JPEG 2000: " + (complaint.empty() ? "not decodable" : complaint)};
}

bool is_jp2_file(std::span<const std::byte> stream) {
    constexpr std::array<unsigned char, 8> signature{0, 0, 0, 12, 'j', 'P', ' ', ' '};
    return stream.size() >= signature.size() &&
           std::memcmp(stream.data(), signature.data(), signature.size()) == 0;
}

/// Is the codestream's image the one that the data set describes?
bool is_of_shape(const opj_image_t& image, const FrameShape& shape) {
    if (image.numcomps != shape.samples_per_pixel) {
        return false;
    }
    return std::ranges::all_of(std::span(image.comps, image.numcomps), [&](const auto& component) {
        return component.dx == 1 && component.dy == 1 && component.w == shape.columns &&
               component.h == shape.rows && component.prec <= shape.bits_allocated;
    });
}

Image image_of(const FrameShape& shape, const FrameSamples& samples) {
    std::vector<opj_image_cmptparm_t> components(shape.samples_per_pixel);
    for (opj_image_cmptparm_t& component : components) {
        component = {};
        component.dx = component.dy = 1;
        component.w = shape.columns;
        component.h = shape.rows;
        component.prec = samples.precision;
        component.sgnd = shape.is_signed ? 1 : 0;
    }
    Image image(opj_image_create(shape.samples_per_pixel,
                                 components.data(),
                                 shape.samples_per_pixel == 1 ? OPJ_CLRSPC_GRAY : OPJ_CLRSPC_SRGB));
    if (image) {
        image->x1 = shape.columns;
        image->y1 = shape.rows;
        for (std::size_t plane = 0; plane < shape.samples_per_pixel; ++plane) {
            std::copy_n(samples.values.data() + plane * shape.pixels(),
                        shape.pixels(),
                        image->comps[plane].data);
        }
    }
    return image;
}

/// One tile, one layer, everything in it; the comment names no version: same pixels, same bytes.
opj_cparameters_t lossless_parameters(const FrameShape& shape, std::string& comment) {
    constexpr int resolutions_usual = 6;
    opj_cparameters_t parameters;
    opj_set_default_encoder_parameters(&parameters);
    parameters.tcp_numlayers = 1;
    parameters.tcp_rates[0] = 0;
    parameters.cp_disto_alloc = 1;
    parameters.irreversible = 0;
    parameters.tcp_mct = 0;
    parameters.cp_comment = comment.data();
    parameters.numresolution = std::min(
        resolutions_usual, static_cast<int>(std::bit_width(std::min(shape.rows, shape.columns))));
    return parameters;
}

}  // namespace

Result<std::vector<std::byte>> encode_jpeg_2000(const FrameShape& shape,
                                                std::span<const std::byte> frame) {
    const auto samples = samples_of(shape, frame);
    if (!samples) {
        return samples.error();
    }
    const Image image = image_of(shape, *samples);
    std::string complaint;
    std::string comment = "cxrbridge";
    auto parameters = lossless_parameters(shape, comment);
    const Codec encoder(opj_create_compress(OPJ_CODEC_J2K));
    if (!image || !encoder) {
        throw std::bad_alloc();
    }
    Memory memory;
    const Stream output = stream_over(memory, false);
    opj_set_error_handler(encoder.get(), keep_first_complaint, &complaint);
    if (opj_setup_encoder(encoder.get(), &parameters, image.get()) != OPJ_TRUE ||
        opj_start_compress(encoder.get(), image.get(), output.get()) != OPJ_TRUE ||
        opj_encode(encoder.get(), output.get()) != OPJ_TRUE ||
        opj_end_compress(encoder.get(), output.get()) != OPJ_TRUE) {
        return fault_of(FaultKind::unsupported, complaint);
    }
    return std::move(memory.output);
}

namespace {

std::uint32_t big_endian(std::span<const std::byte> bytes) {
    std::uint32_t value = 0;
    for (const std::byte byte : bytes) {
        value = value << 8U | std::to_integer<std::uint32_t>(byte);
    }
    return value;
}

/// PS3.5 A.4.4 wants a bare codestream; in a JP2 file it is the content of the box `jp2c`
/// (ISO/IEC 15444-1 I.4). Empty: there is none.
std::span<const std::byte> codestream_in(std::span<const std::byte> stream) {
    if (!is_jp2_file(stream)) {
        return stream;
    }
    constexpr std::size_t head = 8;
    constexpr std::uint32_t contiguous_codestream = 0x6A703263;
    while (stream.size() >= head) {
        const std::uint32_t length = big_endian(stream.first(4));
        const bool is_last = length == 0;
        if (big_endian(stream.subspan(4, 4)) == contiguous_codestream) {
            const std::size_t end = is_last ? stream.size() : std::size_t{length};
            return end < head || end > stream.size() ? std::span<const std::byte>()
                                                     : stream.first(end).subspan(head);
        }
        if (is_last || length < head || length > stream.size()) {
            break;
        }
        stream = stream.subspan(length);
    }
    return {};
}

/// What the image and tile size marker segment claims (ISO/IEC 15444-1 A.5.1), before OpenJPEG
/// allocates for every tile and component of it.
bool claims_shape(std::span<const std::byte> codestream, const FrameShape& shape) {
    constexpr std::size_t size_bytes = 42;
    constexpr std::uint32_t start_and_size = 0xFF4FFF51;
    if (codestream.size() < size_bytes || big_endian(codestream.first(4)) != start_and_size) {
        return false;
    }
    const auto field = [codestream](std::size_t at) -> std::uint64_t {
        return big_endian(codestream.subspan(at, 4));
    };
    const std::uint64_t right = field(8), bottom = field(12), left = field(16), top = field(20);
    const std::uint64_t tile_width = field(24), tile_height = field(28);
    const std::uint64_t first_left = field(32), first_top = field(36);
    if (tile_width == 0 || tile_height == 0 || right < left || bottom < top || first_left > left ||
        first_top > top) {
        return false;
    }
    const std::uint64_t across = (right - first_left + tile_width - 1) / tile_width;
    const std::uint64_t down = (bottom - first_top + tile_height - 1) / tile_height;
    constexpr std::uint64_t tiles_max = 4'096;
    return right - left == shape.columns && bottom - top == shape.rows &&
           big_endian(codestream.subspan(40, 2)) == shape.samples_per_pixel &&
           across <= tiles_max && down <= tiles_max && across * down <= tiles_max;
}

}  // namespace

Result<std::vector<std::byte>> decode_jpeg_2000(const FrameShape& shape,
                                                std::span<const std::byte> file) {
    const std::span<const std::byte> stream = codestream_in(file);
    if (auto possible = check_sample_shape(shape); !possible) {
        return std::move(possible).error();
    }
    if (!claims_shape(stream, shape)) {
        return fault_of(FaultKind::unsupported, "not the image that the data set describes");
    }
    std::string complaint;
    const Codec decoder(opj_create_decompress(OPJ_CODEC_J2K));
    if (!decoder) {
        throw std::bad_alloc();
    }
    Memory memory{.input = stream, .output = {}};
    const Stream input = stream_over(memory, true);
    opj_set_error_handler(decoder.get(), keep_first_complaint, &complaint);
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_image_t* read = nullptr;
    const bool has_header = opj_setup_decoder(decoder.get(), &parameters) == OPJ_TRUE &&
                            opj_read_header(input.get(), decoder.get(), &read) == OPJ_TRUE;
    const Image image(read);
    if (!has_header || !image) {
        return fault_of(FaultKind::malformed, complaint);
    }
    if (!is_of_shape(*image, shape)) {
        return fault_of(FaultKind::unsupported, "not the image that the data set describes");
    }
    if (opj_decode(decoder.get(), input.get(), image.get()) != OPJ_TRUE ||
        !is_of_shape(*image, shape)) {
        return fault_of(FaultKind::malformed, complaint);
    }
    std::vector<std::int32_t> values;
    values.reserve(shape.pixels() * shape.samples_per_pixel);
    for (const opj_image_comp_t& component : std::span(image->comps, image->numcomps)) {
        if (component.data == nullptr) {
            return fault_of(FaultKind::malformed, complaint);
        }
        values.insert(values.end(), component.data, component.data + shape.pixels());
    }
    return frame_of(shape, values);
}

}  // namespace cxr::dicom
