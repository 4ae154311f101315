#include "image/png_survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <isa-l/crc.h>
#include <string_view>

namespace cxr::dicom {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t signature_bytes = 8;
constexpr std::size_t chunk_overhead_bytes = 12;  // length, type, CRC
constexpr std::size_t header_bytes = signature_bytes + chunk_overhead_bytes + 13;

Fault malformed(std::string doing) {
    return {.kind = FaultKind::malformed, .doing = std::move(doing)};
}

Fault exhausted(std::string doing) {
    return {.kind = FaultKind::exhausted, .doing = std::move(doing)};
}

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint32_t u32_at(std::span<const std::byte> bytes, std::size_t offset) {
    std::uint32_t value = 0;
    for (const std::byte byte : bytes.subspan(offset, 4)) {
        value = (value << 8) | std::to_integer<std::uint32_t>(byte);
    }
    return value;
}

struct Magic {
    std::size_t offset;
    std::string_view bytes;
    std::string_view type;
};
constexpr std::array magics{
    Magic{0, "\xff\xd8\xff"sv, "a JPEG file"},
    Magic{0, "GIF8"sv, "a GIF file"},
    Magic{0, "BM"sv, "a BMP file"},
    Magic{0, "II*\0"sv, "a TIFF file"},
    Magic{0, "MM\0*"sv, "a TIFF file"},
    Magic{8, "WEBP"sv, "a WebP file"},
    Magic{4, "jP  \r\n"sv, "a JPEG 2000 file"},
    Magic{128, "DICM"sv, "a DICOM file"},
    Magic{0, "\x1f\x8b"sv, "a gzip file"},
    Magic{0, "PK\3\4"sv, "a ZIP archive"},
    Magic{0, "%PDF"sv, "a PDF file"},
    Magic{0, "version https://git-lfs"sv, "a git-lfs pointer: the image was not downloaded"},
    Magic{0, "<!DOCTYPE"sv, "an HTML page"},
    Magic{0, "<html"sv, "an HTML page"},
    Magic{0, "\x89PNG"sv, "one damaged by a text-mode transfer"},
};

Fault not_a_png(std::span<const std::byte> bytes) {
    if (bytes.empty()) {
        return malformed("the file is empty");
    }
    const std::string_view text = text_of(bytes);
    for (const Magic& magic : magics) {
        if (text.size() > magic.offset && text.substr(magic.offset).starts_with(magic.bytes)) {
            return malformed(fmt::format("not a PNG file but {}", magic.type));
        }
    }
    return malformed("not a PNG file: no PNG signature");
}

std::uint32_t crc_of(std::span<const std::byte> bytes) {
    return crc32_gzip_refl(0, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

/// Colour types and the bit depths that go with them (PNG §11.2.1).
bool depth_fits(std::uint8_t colour_type, std::uint8_t bit_depth) {
    const auto one_of = [bit_depth](std::initializer_list<int> depths) {
        return std::find(depths.begin(), depths.end(), bit_depth) != depths.end();
    };
    switch (colour_type) {
        case 0:
            return one_of({1, 2, 4, 8, 16});
        case 3:
            return one_of({1, 2, 4, 8});
        case 2:
        case 4:
        case 6:
            return one_of({8, 16});
        default:
            return false;
    }
}

Result<void> check_size(const PngHeader& header) {
    if (header.width == 0 || header.height == 0) {
        return malformed("IHDR: the image has no pixels");
    }
    if (header.width > png_side_max || header.height > png_side_max) {
        return exhausted(fmt::format("{0} x {1} pixels are more than the {2} x {2} allowed",
                                     header.width,
                                     header.height,
                                     png_side_max));
    }
    if (header.width < png_side_min || header.height < png_side_min) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = fmt::format("{0} x {1} pixels are fewer than a radiograph has (at "
                                          "least {2} x {2})",
                                          header.width,
                                          header.height,
                                          png_side_min)};
    }
    return {};
}

std::size_t whole_length(const PngChunk& chunk) {
    return chunk.length() + chunk_overhead_bytes;
}

/// Lower-case first letter (PNG §5.4). tRNS changes what pixels are: not to be ignored.
bool is_ignored(const PngChunk& chunk) {
    return (chunk.type[0] & 0x20) != 0 && chunk.type != "tRNS";
}

Result<PngChunk> chunk_at(std::span<const std::byte> bytes, std::size_t offset) {
    if (bytes.size() - offset < chunk_overhead_bytes) {
        return malformed(fmt::format("truncated: the chunk at byte {} is cut off", offset));
    }
    const std::size_t length = u32_at(bytes, offset);
    const std::string_view type = text_of(bytes.subspan(offset + 4, 4));
    const bool letters = std::all_of(type.begin(), type.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    if (!letters) {
        return malformed(fmt::format("damaged: there is no chunk at byte {}", offset));
    }
    const std::size_t present = bytes.size() - offset - chunk_overhead_bytes;
    if (length > present) {
        return malformed(fmt::format(
            "truncated: {} at byte {} has {} of its {} bytes", type, offset, present, length));
    }
    return PngChunk{.type = type,
                    .type_and_data = bytes.subspan(offset + 4, length + 4),
                    .crc = u32_at(bytes, offset + 8 + length)};
}

/// Longer ones are doubtful to libpng, too. An image that does not shrink when compressed is a
/// little longer than its rows, each with its filter type (PNG §7.2).
std::size_t image_chunk_bytes_max(const PngHeader& header) {
    static constexpr std::array<std::size_t, 7> channels{1, 0, 3, 1, 2, 0, 4};
    const std::size_t row_bits = header.width * channels.at(header.colour_type) * header.bit_depth;
    const std::size_t row_bytes = (row_bits + 7) / 8 + 1;
    return std::max(png_ancillary_bytes_max, header.height * row_bytes);
}

/// Keeps the image data and whether the file is ordinary.
/// @param previous the type of the chunk before
void note_order(const PngChunk& chunk, std::string_view previous, PngSurvey& survey) {
    if (chunk.type == "IDAT") {
        const bool goes_on = survey.image_data.empty() || previous == "IDAT";
        survey.ordinary = survey.ordinary && goes_on &&
                          survey.image_data.size() < png_image_chunks_max &&
                          chunk.length() <= image_chunk_bytes_max(survey.header);
        if (survey.ordinary) {
            survey.image_data.push_back(chunk);
        }
    } else if (chunk.type == "IEND") {
        survey.ordinary = survey.ordinary && !survey.image_data.empty() && chunk.length() == 0 &&
                          chunk.crc_is_right();
    } else {
        survey.ordinary = survey.ordinary && is_ignored(chunk);
    }
}

}  // namespace

bool PngChunk::crc_is_right() const {
    return crc_of(type_and_data) == crc;
}

Result<PngHeader> read_png_header(std::span<const std::byte> bytes) {
    if (!text_of(bytes).starts_with("\x89PNG\r\n\x1a\n"sv)) {
        return not_a_png(bytes);
    }
    if (bytes.size() < header_bytes) {
        return malformed(fmt::format("truncated: {} bytes, not even a header", bytes.size()));
    }
    if (u32_at(bytes, 8) != 13 || text_of(bytes.subspan(12, 4)) != "IHDR") {
        return malformed("the first chunk is not IHDR");
    }
    if (crc_of(bytes.subspan(12, 17)) != u32_at(bytes, 29)) {
        return malformed("IHDR: CRC error");
    }
    const auto byte_at = [bytes](std::size_t offset) {
        return std::to_integer<std::uint8_t>(bytes[offset]);
    };
    const PngHeader header{.width = u32_at(bytes, 16),
                           .height = u32_at(bytes, 20),
                           .bit_depth = byte_at(24),
                           .colour_type = byte_at(25),
                           .interlace = byte_at(28)};
    if (!depth_fits(header.colour_type, header.bit_depth)) {
        return malformed(fmt::format(
            "IHDR: colour type {} does not go with {} bits", header.colour_type, header.bit_depth));
    }
    if (byte_at(26) != 0 || byte_at(27) != 0 || header.interlace > 1) {
        return malformed("IHDR: unknown compression, filter or interlace method");
    }
    if (auto size = check_size(header); !size) {
        return std::move(size).error();
    }
    return header;
}

Result<PngSurvey> survey_png(std::span<const std::byte> bytes) {
    auto header = read_png_header(bytes);
    if (!header) {
        return std::move(header).error();
    }
    PngSurvey survey{.header = *header, .image_data = {}, .ordinary = true, .notes = {}};
    std::string_view previous;
    std::size_t chunks_before_image = 0;
    bool image_seen = false;
    for (std::size_t offset = signature_bytes; offset < bytes.size();) {
        const auto chunk = chunk_at(bytes, offset);
        if (!chunk) {
            return chunk.error();
        }
        if (offset != signature_bytes) {
            note_order(*chunk, previous, survey);
        }
        previous = chunk->type;
        offset += whole_length(*chunk);
        if (chunk->type == "IEND") {
            if (offset < bytes.size()) {
                survey.notes.push_back(
                    fmt::format("{} bytes after IEND ignored", bytes.size() - offset));
            }
            return survey;
        }
        image_seen = image_seen || chunk->type == "IDAT";
        chunks_before_image += image_seen ? 0 : 1;
        if (chunks_before_image > png_chunks_before_image_max) {
            return exhausted(fmt::format("more than {} chunks before the image data",
                                         png_chunks_before_image_max));
        }
        if (chunk->type != "IDAT" && chunk->length() > png_ancillary_bytes_max) {
            return exhausted(fmt::format("{} of {} bytes is more than the {} allowed",
                                         chunk->type,
                                         chunk->length(),
                                         png_ancillary_bytes_max));
        }
        if (is_ignored(*chunk) && !chunk->crc_is_right()) {
            survey.ordinary = false;
            survey.notes.push_back(fmt::format("{}: CRC error, chunk ignored", chunk->type));
        }
    }
    return malformed("IEND is missing: an incomplete download");
}

}  // namespace cxr::dicom
