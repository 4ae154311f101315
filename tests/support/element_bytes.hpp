#pragma once
/// Data sets written by hand, byte for byte, and the same by DCMTK.

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcostrmb.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::test {

inline std::span<const std::byte> as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

inline std::string as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::string little_endian(std::uint64_t value, int width) {
    std::string bytes;
    for (int i = 0; i < width; ++i) {
        bytes += static_cast<char>((value >> (8 * i)) & 0xFF);
    }
    return bytes;
}

inline std::string tag_bytes(std::uint32_t tag) {
    return little_endian(tag >> 16, 2) + little_endian(tag & 0xFFFF, 2);
}

inline constexpr std::uint32_t undefined = 0xFFFF'FFFF;

/// Implicit VR; `length` as said, whatever the value has.
inline std::string implicit_element(std::uint32_t tag,
                                    std::uint32_t length,
                                    std::string_view value) {
    return tag_bytes(tag) + little_endian(length, 4) + std::string(value);
}
inline std::string implicit_element(std::uint32_t tag, std::string_view value) {
    return implicit_element(tag, static_cast<std::uint32_t>(value.size()), value);
}

/// Explicit VR with a 16-bit length.
inline std::string short_element(std::uint32_t tag, std::string_view vr, std::string_view value) {
    return tag_bytes(tag) + std::string(vr) + little_endian(value.size(), 2) + std::string(value);
}
/// Explicit VR with a 32-bit length.
inline std::string long_element(std::uint32_t tag,
                                std::string_view vr,
                                std::uint32_t length,
                                std::string_view value) {
    return tag_bytes(tag) + std::string(vr) + std::string(2, '\0') + little_endian(length, 4) +
           std::string(value);
}
inline std::string long_element(std::uint32_t tag, std::string_view vr, std::string_view value) {
    return long_element(tag, vr, static_cast<std::uint32_t>(value.size()), value);
}

inline std::string item(std::string_view content) {
    return implicit_element(0xFFFE'E000, content);
}
inline std::string delimited_item(std::string_view content) {
    return implicit_element(0xFFFE'E000, undefined, content) + implicit_element(0xFFFE'E00D, "");
}
inline std::string sequence_delimiter() {
    return implicit_element(0xFFFE'E0DD, "");
}

/// What DCMTK makes of a data set in this syntax.
inline std::string dcmtk_bytes(DcmDataset& data_set,
                               E_TransferSyntax syntax,
                               E_EncodingType lengths = EET_ExplicitLength) {
    std::vector<char> buffer(std::size_t{1} << 20U);
    DcmOutputBufferStream stream(buffer.data(), static_cast<offile_off_t>(buffer.size()));
    data_set.transferInit();
    if (data_set.write(stream, syntax, lengths, nullptr, EGL_withoutGL).bad()) {
        throw std::runtime_error("DCMTK did not write the data set");
    }
    data_set.transferEnd();
    stream.flush();
    void* written = nullptr;
    offile_off_t length = 0;
    stream.flushBuffer(written, length);
    return {static_cast<const char*>(written), static_cast<std::size_t>(length)};
}

/// DCMTK reads what we wrote; throws if it does not like it.
inline void dcmtk_read(std::string_view bytes, E_TransferSyntax syntax, DcmDataset& data_set) {
    DcmInputBufferStream stream;
    stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    stream.setEos();
    data_set.transferInit();
    const OFCondition read = data_set.read(stream, syntax);
    data_set.transferEnd();
    if (read.bad()) {
        throw std::runtime_error(std::string("DCMTK cannot read it: ") + read.text());
    }
}

}  // namespace cxr::test
