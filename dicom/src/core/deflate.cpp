// Deflated Explicit VR Little Endian (PS3.5 A.5): a raw deflate stream (RFC 1951), padded with one
// NUL to even length.
#include "dicom/core/data_set_scan.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace cxr::dicom {
namespace {

constexpr int raw_deflate = -MAX_WBITS;
constexpr std::size_t step_bytes = 1U << 30U;  ///< zlib counts in 32 bits

Fault broken(std::string why) {
    return Fault{.kind = FaultKind::malformed, .doing = "deflated data set: " + std::move(why)};
}

struct InflateEnd {
    z_stream& stream;
    ~InflateEnd() { inflateEnd(&stream); }
};
struct DeflateEnd {
    z_stream& stream;
    ~DeflateEnd() { deflateEnd(&stream); }
};

/// zlib does not write to what next_in points to, but has no const in its type.
Bytef* input_of(std::span<const std::byte> bytes) {
    return reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));  // NOLINT
}

void feed(z_stream& stream, std::span<const std::byte>& left) {
    const std::size_t step = std::min(left.size(), step_bytes);
    stream.next_in = input_of(left);
    stream.avail_in = static_cast<uInt>(step);
    left = left.subspan(step);
}

}  // namespace

Result<std::vector<std::byte>> inflate_data_set(std::span<const std::byte> bytes,
                                                std::size_t inflated_bytes_max) {
    z_stream stream{};
    if (inflateInit2(&stream, raw_deflate) != Z_OK) {
        throw std::bad_alloc();
    }
    const InflateEnd at_end{stream};
    std::vector<std::byte> inflated;
    std::vector<std::byte> chunk(64U << 10U);
    int state = Z_OK;
    while (state != Z_STREAM_END) {
        if (stream.avail_in == 0) {
            if (bytes.empty()) {
                return broken("it ends before its end");
            }
            feed(stream, bytes);
        }
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        state = inflate(&stream, Z_NO_FLUSH);
        if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) {
            return broken(stream.msg != nullptr ? stream.msg : "not a deflate stream");
        }
        const std::size_t made = chunk.size() - stream.avail_out;
        if (made > inflated_bytes_max - inflated.size()) {
            return Fault{.kind = FaultKind::exhausted,
                         .doing = "deflated data set: inflates to more than the limit"};
        }
        inflated.insert(inflated.end(), chunk.begin(), chunk.begin() + static_cast<long>(made));
    }
    if (stream.avail_in + bytes.size() > 1) {
        return broken("bytes follow its end");
    }
    return inflated;
}

std::vector<std::byte> deflate_data_set(std::span<const std::byte> bytes) {
    z_stream stream{};
    constexpr int memory_level = 8;  // zlib's default
    if (deflateInit2(&stream,
                     Z_DEFAULT_COMPRESSION,
                     Z_DEFLATED,
                     raw_deflate,
                     memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc();
    }
    const DeflateEnd at_end{stream};
    std::vector<std::byte> deflated;
    std::vector<std::byte> chunk(std::clamp<std::size_t>(bytes.size(), 256, 256U << 10U));
    int state = Z_OK;
    while (state != Z_STREAM_END) {
        if (stream.avail_in == 0) {
            feed(stream, bytes);
        }
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        state = deflate(&stream, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
        deflated.insert(
            deflated.end(), chunk.begin(), chunk.end() - static_cast<long>(stream.avail_out));
    }
    if (deflated.size() % 2 != 0) {
        deflated.push_back(std::byte{0});
    }
    return deflated;
}

}  // namespace cxr::dicom
