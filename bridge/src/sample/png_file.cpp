#include "sample/png_file.hpp"

#include <png.h>

#include <csetjmp>
#include <cstring>
#include <stdexcept>

namespace cxr::bridge::sample {
namespace {

struct Writer {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png != nullptr ? png_create_info_struct(png) : nullptr;
    Writer() = default;
    ~Writer() { png_destroy_write_struct(&png, &info); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
};

/// Where libpng writes. Its size is set before: nothing may throw through libpng's C frames.
struct Output {
    std::span<std::uint8_t> room;
    std::size_t used = 0;
};

void append(png_structp png, png_bytep bytes, std::size_t count) {
    auto* output = static_cast<Output*>(png_get_io_ptr(png));
    if (count > output->room.size() - output->used) {
        png_error(png, "no room");
    }
    std::memcpy(output->room.data() + output->used, bytes, count);
    output->used += count;
}

void write_head(png_structp png, png_infop info, std::uint32_t size, bool rgba) {
    png_set_IHDR(png,
                 info,
                 size,
                 size,
                 8,
                 rgba ? PNG_COLOR_TYPE_RGBA : PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(png, 6);
    if (rgba) {
        png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
        png_set_gAMA_fixed(png, info, 45455);
        // 96 dots an inch: the resolution of a screen, which no reader may take for a spacing.
        png_set_pHYs(png, info, 3780, 3780, PNG_RESOLUTION_METER);
    }
    png_time written{};
    written.year = 2016;
    written.month = 9;
    written.day = 23;
    png_set_tIME(png, info, &written);
    png_write_info(png, info);
}

/// libpng jumps back here when it fails: only values without destructors live in between.
bool write_all(png_structp png,
               png_infop info,
               const std::uint8_t* grey,
               std::uint32_t size,
               std::uint8_t* rgba_row) {
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    write_head(png, info, size, rgba_row != nullptr);
    for (std::uint32_t y = 0; y < size; ++y) {
        const std::uint8_t* line = grey + std::size_t{y} * size;
        for (std::size_t x = 0; rgba_row != nullptr && x < size; ++x) {
            rgba_row[4 * x] = rgba_row[4 * x + 1] = rgba_row[4 * x + 2] = line[x];
            rgba_row[4 * x + 3] = 255;
        }
        png_write_row(png, rgba_row != nullptr ? rgba_row : line);
    }
    png_write_end(png, info);
    return true;
}

}  // namespace

std::vector<std::uint8_t> encode_png(std::span<const std::uint8_t> grey,
                                     std::uint32_t size,
                                     bool rgba) {
    const std::size_t row_bytes = std::size_t{size} * (rgba ? 4 : 1) + 1;
    // Deflate never grows what it cannot shrink by more than a few bytes a block.
    std::vector<std::uint8_t> file(row_bytes * size * 101 / 100 + 65'536);
    std::vector<std::uint8_t> rgba_row(rgba ? row_bytes : 0);
    const Writer writer;
    Output output{.room = file};
    if (writer.info == nullptr) {
        throw std::bad_alloc();
    }
    png_set_write_fn(writer.png, &output, append, nullptr);
    if (!write_all(writer.png, writer.info, grey.data(), size, rgba ? rgba_row.data() : nullptr)) {
        throw std::runtime_error("libpng could not encode an image");
    }
    file.resize(output.used);
    return file;
}

}  // namespace cxr::bridge::sample
