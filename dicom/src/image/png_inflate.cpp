#include "image/png_inflate.hpp"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <memory>
#include <new>

namespace cxr::dicom {
namespace {

/// zlib refuses distances beyond the window that the stream announces (RFC 1950 2.2), the others do
/// not; with the largest window there is no such distance.
bool announces_largest_window(std::span<const std::uint8_t> packed) {
    constexpr unsigned deflate_32k = 0x78;
    constexpr unsigned preset_dictionary = 0x20;
    return packed.size() >= 2 && packed[0] == deflate_32k && (packed[1] & preset_dictionary) == 0 &&
           (packed[0] * 256U + packed[1]) % 31U == 0;
}

bool inflate_by_isal(std::span<const std::uint8_t> packed, std::span<std::uint8_t> bytes) {
    thread_local const auto state = std::make_unique<inflate_state>();
    isal_inflate_init(state.get());
    state->crc_flag = ISAL_ZLIB;
    state->next_in = const_cast<std::uint8_t*>(packed.data());  // which ISA-L only reads
    state->avail_in = static_cast<std::uint32_t>(packed.size());
    state->next_out = bytes.data();
    state->avail_out = static_cast<std::uint32_t>(bytes.size());
    return isal_inflate_stateless(state.get()) == ISAL_DECOMP_OK && state->avail_in == 0 &&
           state->read_in_length == 0 && state->total_out == bytes.size();
}

struct FreeDecompressor {
    void operator()(libdeflate_decompressor* decompressor) const {
        libdeflate_free_decompressor(decompressor);
    }
};

bool inflate_by_libdeflate(std::span<const std::uint8_t> packed, std::span<std::uint8_t> bytes) {
    thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
        libdeflate_alloc_decompressor());
    if (!decompressor) {
        throw std::bad_alloc();
    }
    std::size_t read = 0;
    // Without a place for the number of bytes written, others than all are a failure.
    return libdeflate_zlib_decompress_ex(decompressor.get(),
                                         packed.data(),
                                         packed.size(),
                                         bytes.data(),
                                         bytes.size(),
                                         &read,
                                         nullptr) == LIBDEFLATE_SUCCESS &&
           read == packed.size();
}

}  // namespace

bool inflate_png(PngStream kind,
                 std::span<const std::uint8_t> packed,
                 std::span<std::uint8_t> bytes) {
    if (!announces_largest_window(packed)) {
        return false;
    }
    return kind == PngStream::rgba ? inflate_by_libdeflate(packed, bytes)
                                   : inflate_by_isal(packed, bytes);
}

}  // namespace cxr::dicom
