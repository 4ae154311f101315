#pragma once
/// What the PNG fuzzers share: nearly all random changes die at the first CRC.

#include "support/png_writer.hpp"

#include <span>
#include <string>

namespace cxr::fuzz {

inline std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Each chunk's CRC as it should be; what is no chunk stays.
inline std::string with_right_crcs(std::string file) {
    constexpr std::size_t signature = 8;
    constexpr std::size_t around = 12;  // length, type, CRC
    for (std::size_t at = signature; at + around <= file.size();) {
        std::uint32_t length = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            length = (length << 8U) | static_cast<std::uint8_t>(file[at + i]);
        }
        if (length > file.size() - at - around) {
            break;
        }
        const auto crc = crc32_z(
            0, reinterpret_cast<const Bytef*>(file.data() + at + 4), std::size_t{length} + 4);
        file.replace(at + 8 + length, 4, test::big_endian(static_cast<std::uint32_t>(crc)));
        at += length + around;
    }
    return file;
}

}  // namespace cxr::fuzz
