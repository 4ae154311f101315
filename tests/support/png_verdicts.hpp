#pragma once
/// One PNG by libpng and by the quick decoder, each way of unfiltering that this processor has. To
/// be compiled with the dicom room's own include root.

#include "image/png_grey.hpp"
#include "image/png_reference.hpp"

#include <optional>
#include <string>

namespace cxr::test {

inline std::span<const std::byte> bytes_of(std::string_view file) {
    return std::as_bytes(std::span(file));
}

inline dicom::Frame empty_frame(const dicom::PngHeader& header) {
    dicom::Frame frame{.rows = header.height, .columns = header.width, .pixels = {}, .notes = {}};
    const std::size_t pixels = std::size_t{header.width} * header.height;
    // Not zero: a pixel that nobody writes is to be seen.
    frame.pixels.assign(pixels + pixels % 2, std::byte{0xa5});
    return frame;
}

inline std::optional<dicom::Frame> by_reference(std::string_view file,
                                                const dicom::PngHeader& header) {
    dicom::Frame frame = empty_frame(header);
    if (!decode_png_by_libpng(bytes_of(file), header, frame)) {
        return std::nullopt;
    }
    return frame;
}

struct PngVerdicts {
    std::size_t accepted = 0;  ///< by the quick decoder, counted once a way
    std::size_t left = 0;      ///< to the reference
    std::size_t refused = 0;   ///< of those, by the reference
    std::size_t wrong = 0;     ///< accepted, but not as the reference does
};

inline void compare(std::string_view file, const dicom::PngSurvey& survey, PngVerdicts& verdicts) {
    const auto reference = by_reference(file, survey.header);
    for (const dicom::UnfilterWay way : dicom::unfilter_ways()) {
        dicom::Frame frame = empty_frame(survey.header);
        if (!decode_grey_png(survey, way, frame)) {
            ++verdicts.left;
            verdicts.refused += reference ? 0 : 1;
            continue;
        }
        ++verdicts.accepted;
        const bool same =
            reference && frame.pixels == reference->pixels && frame.notes == reference->notes;
        verdicts.wrong += same ? 0 : 1;
    }
}

/// What survey_png() would say of a sound file of nothing but IHDR, IDAT and IEND, if it let pass
/// images that are narrower than any radiograph.
inline dicom::PngSurvey survey_of_any_size(std::string_view file) {
    const auto number_at = [file](std::size_t offset) {
        std::uint32_t number = 0;
        for (const char byte : file.substr(offset, 4)) {
            number = number << 8 | static_cast<std::uint8_t>(byte);
        }
        return number;
    };
    dicom::PngSurvey survey{.header = {.width = number_at(16),
                                       .height = number_at(20),
                                       .bit_depth = static_cast<std::uint8_t>(file[24]),
                                       .colour_type = static_cast<std::uint8_t>(file[25]),
                                       .interlace = static_cast<std::uint8_t>(file[28])},
                            .image_data = {},
                            .ordinary = true,
                            .notes = {}};
    for (std::size_t at = 33; file.substr(at + 4, 4) == "IDAT"; at += number_at(at) + 12) {
        survey.image_data.push_back(
            {.type = "IDAT",
             .type_and_data = bytes_of(file.substr(at + 4, number_at(at) + 4)),
             .crc = number_at(at + 8 + number_at(at))});
    }
    return survey;
}

}  // namespace cxr::test
