#include "dicom/image/frame.hpp"

#include "image/png_grey.hpp"
#include "image/png_reference.hpp"
#include "image/png_survey.hpp"

#include <fmt/format.h>

namespace cxr::dicom {

Result<Frame> decode_png(std::span<const std::byte> bytes) {
    auto survey = survey_png(bytes);
    if (!survey) {
        return std::move(survey).error();
    }
    const PngHeader& header = survey->header;
    Frame frame{.rows = header.height,
                .columns = header.width,
                .pixels = {},
                .notes = std::move(survey->notes)};
    const std::size_t pixel_count = std::size_t{header.width} * header.height;
    frame.pixels.resize(pixel_count + pixel_count % 2);
    if (!decode_grey_png(*survey, unfilter_ways().back(), frame)) {
        if (auto decoded = decode_png_by_libpng(bytes, header, frame); !decoded) {
            return std::move(decoded).error();
        }
    }
    if (header.width != 1024 || header.height != 1024) {
        frame.notes.push_back(
            fmt::format("{} x {} pixels instead of 1024 x 1024", header.width, header.height));
    }
    return frame;
}

}  // namespace cxr::dicom
