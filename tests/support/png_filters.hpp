#pragma once
/// PNG files of any pixels whose rows are filtered as the test says: what an encoder would choose
/// by itself is only some of what a decoder must undo.

#include "support/png_writer.hpp"

#include <cstdlib>
#include <random>
#include <span>

namespace cxr::test {

struct FilteredPicture {
    std::uint32_t width = 64;
    std::uint32_t height = 64;
    bool rgba = false;                                     ///< else grey; RGBA is grey and opaque
    std::vector<std::uint8_t> grey;                        ///< width * height
    std::vector<std::uint8_t> types;                       ///< one for each row
    std::size_t image_chunk_bytes = std::size_t{1} << 30;  ///< the longest IDAT

    [[nodiscard]] std::size_t pixel_bytes() const { return rgba ? 4 : 1; }

    /// One byte of the image as stored before filtering; 0 outside of it, as PNG has it.
    [[nodiscard]] int byte(long x_byte, long y) const {
        const auto bytes = static_cast<long>(pixel_bytes());
        if (x_byte < 0 || y < 0) {
            return 0;
        }
        if (rgba && x_byte % bytes == 3) {
            return 255;
        }
        return grey[static_cast<std::size_t>(y * long{width} + x_byte / bytes)];
    }
    [[nodiscard]] std::string rows() const {
        const auto row_bytes = static_cast<long>(width * pixel_bytes());
        const auto before = static_cast<long>(pixel_bytes());
        std::string bytes;
        for (long y = 0; y < long{height}; ++y) {
            const std::uint8_t type = types[static_cast<std::size_t>(y)];
            bytes += static_cast<char>(type);
            for (long x = 0; x < row_bytes; ++x) {
                const int left = byte(x - before, y);
                const int above = byte(x, y - 1);
                const int above_left = byte(x - before, y - 1);
                bytes += static_cast<char>(byte(x, y) - predicted(type, left, above, above_left));
            }
        }
        return bytes;
    }
    [[nodiscard]] std::string header() const {
        PngPicture picture;
        picture.width = width;
        picture.height = height;
        picture.colour_type = rgba ? 6 : 0;
        return picture.header();
    }
    [[nodiscard]] std::string file_of(std::string_view zlib_stream) const {
        std::string chunks;
        while (chunks.empty() || !zlib_stream.empty()) {
            chunks += png_chunk("IDAT", zlib_stream.substr(0, image_chunk_bytes));
            zlib_stream.remove_prefix(std::min(image_chunk_bytes, zlib_stream.size()));
        }
        return header() + chunks + png_chunk("IEND", "");
    }
    [[nodiscard]] std::string file() const { return file_of(zlib_compressed(rows())); }

    /// PNG §9.2 as it is written there, for an encoder.
    static int predicted(std::uint8_t type, int left, int above, int above_left) {
        const int p = left + above - above_left;
        const int pa = std::abs(p - left);
        const int pb = std::abs(p - above);
        const int pc = std::abs(p - above_left);
        const int paeth = pa <= pb && pa <= pc ? left : pb <= pc ? above : above_left;
        const int predictions[] = {0, left, above, (left + above) / 2, paeth};
        return type < std::size(predictions) ? predictions[type] : 0;
    }
};

/// Pixels of three kinds: noise, nearly flat, and of extremes that make predictors overflow.
inline std::vector<std::uint8_t> random_pixels(std::size_t count, std::mt19937& random) {
    std::vector<std::uint8_t> pixels(count);
    const auto kind = static_cast<unsigned>(random() % 3U);
    for (std::uint8_t& pixel : pixels) {
        const auto number = static_cast<unsigned>(random());
        pixel = static_cast<std::uint8_t>(kind == 0   ? number
                                          : kind == 1 ? 100U + number % 5U
                                                      : (number % 2U) * 255U + number / 2U % 3U);
    }
    return pixels;
}

}  // namespace cxr::test
