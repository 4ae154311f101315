// PNG files: a grey frame of the size announced, or a reason. Nearly all random changes die at the
// first CRC; so the first byte may ask for right ones, or for rows that are compressed here.
#include "dicom/image/frame.hpp"
#include "fuzzer.hpp"
#include "png_files.hpp"

#include <string>
#include <string_view>

using namespace cxr::dicom;
using cxr::fuzz::promise;

namespace {

using cxr::fuzz::text_of;
using cxr::fuzz::with_right_crcs;

/// A header and rows of the input's choice, everything around them right.
std::string with_packed_rows(cxr::fuzz::Input& input) {
    cxr::test::PngPicture picture;
    picture.width = 1U + input.byte() % 40U;
    picture.height = 1U + input.byte() % 40U;
    picture.bit_depth = static_cast<std::uint8_t>(1U << (input.byte() % 5U));
    picture.colour_type = input.byte() % 7U;
    return picture.file_of(cxr::test::zlib_compressed(text_of(input.rest())));
}

std::string file_of(cxr::fuzz::Input& input) {
    switch (input.byte() % 3) {
        case 0:
            return text_of(input.rest());
        case 1:
            return with_right_crcs(text_of(input.rest()));
        default:
            return with_packed_rows(input);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cxr::fuzz::Input input(data, size);
    const std::string file = file_of(input);
    const auto bytes = std::as_bytes(std::span(file));
    const auto header = read_png_header(bytes);
    const auto frame = decode_png(bytes);
    if (frame) {
        promise(header.has_value(), "what decodes has a header");
        // Pixel Data has an even length (PS3.5 8.1.1).
        const std::size_t pixels = std::size_t{frame->rows} * frame->columns;
        promise(frame->pixels.size() == pixels + pixels % 2, "rows times columns pixels");
    } else {
        promise(!frame.error().doing.empty(), "a fault says why");
    }
    return 0;
}
