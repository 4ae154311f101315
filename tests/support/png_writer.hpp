#pragma once
/// PNG files made by hand, chunk by chunk, so that each of them can be wrong in one place only.

#include <zlib.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::test {

inline std::string big_endian(std::uint32_t value) {
    return {static_cast<char>(value >> 24),
            static_cast<char>(value >> 16),
            static_cast<char>(value >> 8),
            static_cast<char>(value)};
}

inline std::string png_chunk(std::string_view type, std::string_view data) {
    const std::string body = std::string(type).append(data);
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
    return big_endian(static_cast<std::uint32_t>(data.size())) + body +
           big_endian(static_cast<std::uint32_t>(crc));
}

inline std::string zlib_compressed(std::string_view bytes) {
    std::string packed(compressBound(bytes.size()), '\0');
    uLongf length = packed.size();
    compress2(reinterpret_cast<Bytef*>(packed.data()),
              &length,
              reinterpret_cast<const Bytef*>(bytes.data()),
              bytes.size(),
              6);
    packed.resize(length);
    return packed;
}

/// A picture of `channels` samples a pixel; sample(x, y, channel) gives them, at full depth.
struct PngPicture {
    std::uint32_t width = 64;
    std::uint32_t height = 64;
    std::uint8_t bit_depth = 8;
    std::uint8_t colour_type = 0;
    std::function<unsigned(unsigned x, unsigned y, unsigned channel)> sample =
        [](unsigned x, unsigned y, unsigned) { return (x * 3 + y * 5) & 0xffU; };
    std::string before_image;  ///< chunks between IHDR and IDAT
    std::string after_image;   ///< chunks between IDAT and IEND

    [[nodiscard]] unsigned channels() const {
        switch (colour_type) {
            case 2:
                return 3;
            case 4:
                return 2;
            case 6:
                return 4;
            default:
                return 1;
        }
    }
    /// Rows as PNG stores them, filter type 0 before each.
    [[nodiscard]] std::string rows() const {
        std::string bytes;
        for (unsigned y = 0; y < height; ++y) {
            bytes += '\0';
            unsigned bits = 0;
            unsigned bit_count = 0;
            for (unsigned x = 0; x < width; ++x) {
                for (unsigned c = 0; c < channels(); ++c) {
                    bits = (bits << bit_depth) | sample(x, y, c);
                    for (bit_count += bit_depth; bit_count >= 8; bit_count -= 8) {
                        bytes += static_cast<char>((bits >> (bit_count - 8)) & 0xff);
                    }
                }
            }
            if (bit_count > 0) {
                bytes += static_cast<char>((bits << (8 - bit_count)) & 0xff);
            }
        }
        return bytes;
    }
    [[nodiscard]] std::string header(std::uint8_t interlace = 0) const {
        std::string data = big_endian(width) + big_endian(height);
        data += static_cast<char>(bit_depth);
        data += static_cast<char>(colour_type);
        data += std::string(2, '\0');
        data += static_cast<char>(interlace);
        return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", data);
    }
    /// @param compressed_rows what IDAT holds
    [[nodiscard]] std::string file_of(std::string_view compressed_rows) const {
        return header() + before_image + png_chunk("IDAT", compressed_rows) + after_image +
               png_chunk("IEND", "");
    }
    [[nodiscard]] std::string file() const { return file_of(zlib_compressed(rows())); }
};

}  // namespace cxr::test
