#pragma once
/// The zlib stream (RFC 1950) of a PNG's image data, inflated in one go. Never more lenient than
/// zlib where an encoder or damage could tell (decision 0012); what it refuses, libpng judges.

#include <cstdint>
#include <span>

namespace cxr::dicom {

/// What a stream consists of decides who inflates it fastest: grey rows are nearly all literals,
/// which ISA-L takes three at a time; RGBA rows of a grey picture repeat themselves every pixel,
/// and libdeflate copies what is repeated faster.
enum class PngStream : std::uint8_t { grey, rgba };

/// @return whether the stream is sound, ends where `packed` ends and holds exactly `bytes`
[[nodiscard]] bool inflate_png(PngStream kind,
                               std::span<const std::uint8_t> packed,
                               std::span<std::uint8_t> bytes);

}  // namespace cxr::dicom
