#include "dicom/image/rendering.hpp"

#include "codec/frame_samples.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/codec/object_layout.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmimage/diregist.h>
#include <dcmtk/dcmimgle/dcmimage.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

namespace cxr::dicom {

namespace {

Fault not_shown(std::string why) {
    return {.kind = FaultKind::unsupported, .doing = std::move(why)};
}

Segment joined(const EncodedObject& object) {
    if (object.segments.size() == 1) {
        return object.segments.front();
    }
    std::vector<std::byte> bytes;
    bytes.reserve(object.size_bytes());
    for (const Segment& segment : object.segments) {
        bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
    }
    return Segment::of(std::move(bytes));
}

/// One frame of 8-bit MONOCHROME2 that asks for nothing: its pixels are the picture.
bool is_plain(const ObjectLayout& layout, const RenderingOptions& options) {
    const auto is = [&layout](const DcmTagKey& tag, std::string_view value) {
        return value_of(layout.attributes, tag) == value;
    };
    const auto absent = [&layout](const DcmTagKey& tag) {
        return value_of(layout.attributes, tag).empty();
    };
    return !options.window && !options.viewport && !layout.encapsulated &&
           is(DCM_PhotometricInterpretation, "MONOCHROME2") && is(DCM_BitsAllocated, "8") &&
           is(DCM_BitsStored, "8") && is(DCM_PixelRepresentation, "0") &&
           is(DCM_SamplesPerPixel, "1") && absent(DCM_WindowCenter) && absent(DCM_RescaleSlope) &&
           find(layout.attributes, DCM_VOILUTSequence) == nullptr &&
           find(layout.attributes, DCM_ModalityLUTSequence) == nullptr;
}

/// 0: the attribute is absent, or no single number.
std::uint32_t number_in(const ObjectLayout& layout, const DcmTagKey& tag) {
    const std::string_view text = value_of(layout.attributes, tag);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

/// Before anything is allocated for what Rows and Columns claim.
Result<void> check_size(const ObjectLayout& layout, std::uint32_t frame) {
    const std::uint64_t pixels =
        std::uint64_t{number_in(layout, DCM_Rows)} * number_in(layout, DCM_Columns);
    if (pixels == 0 || pixels > samples_max) {
        return not_shown("Rows and Columns are no size that is shown");
    }
    if (layout.encapsulated) {
        return {};
    }
    const auto bytes = frame_of(layout, frame);
    return bytes ? Result<void>() : Result<void>(bytes.error());
}

Result<Picture> plain_picture(const ObjectLayout& layout, const RenderingOptions& options) {
    const auto frame = frame_of(layout, options.frame);
    if (!frame) {
        return frame.error();
    }
    Picture picture{.rows = number_in(layout, DCM_Rows),
                    .columns = number_in(layout, DCM_Columns),
                    .samples = 1,
                    .pixels = {}};
    for (const Segment& segment : *frame) {
        const auto* const bytes = reinterpret_cast<const std::uint8_t*>(segment.bytes.data());
        picture.pixels.insert(picture.pixels.end(), bytes, bytes + segment.bytes.size());
    }
    if (picture.pixels.size() != std::size_t{picture.rows} * picture.columns) {
        return not_shown("the pixels are not as many as Rows and Columns say");
    }
    return picture;
}

/// The region that a viewport names, scaled to fit it.
Result<std::unique_ptr<DicomImage>> fitted(const DicomImage& image, const Viewport& viewport) {
    const double columns = static_cast<double>(image.getWidth());
    const double rows = static_cast<double>(image.getHeight());
    const double width = std::abs(viewport.region_width.value_or(columns - viewport.x));
    const double height = std::abs(viewport.region_height.value_or(rows - viewport.y));
    const double left = std::clamp(viewport.x, 0.0, columns - 1);
    const double top = std::clamp(viewport.y, 0.0, rows - 1);
    const double region_width = std::clamp(std::round(width), 1.0, columns - left);
    const double region_height = std::clamp(std::round(height), 1.0, rows - top);
    const double scale = std::min(viewport.width / region_width, viewport.height / region_height);
    const auto side = [scale](double region) {
        return static_cast<unsigned long>(
            std::clamp(std::round(region * scale), 1.0, double{picture_side_max}));
    };
    constexpr int interpolate = 1;
    std::unique_ptr<DicomImage> scaled(
        image.createScaledImage(static_cast<long>(left),
                                static_cast<long>(top),
                                static_cast<unsigned long>(region_width),
                                static_cast<unsigned long>(region_height),
                                side(region_width),
                                side(region_height),
                                interpolate,
                                0));
    if (!scaled || scaled->getStatus() != EIS_Normal) {
        return not_shown("the region cannot be scaled");
    }
    if (viewport.region_width.value_or(1) < 0) {
        scaled->flipImage(1, 0);
    }
    if (viewport.region_height.value_or(1) < 0) {
        scaled->flipImage(0, 1);
    }
    return scaled;
}

void apply_window(DicomImage& image, const RenderingOptions& options) {
    if (image.isMonochrome() == 0) {
        return;
    }
    if (options.window) {
        image.setVoiLutFunction(options.window->sigmoid ? EFV_Sigmoid : EFV_Linear);
        image.setWindow(options.window->center, options.window->width);
    } else if (image.getWindowCount() > 0) {
        image.setWindow(0);
    }
}

Result<Picture> picture_of(DicomImage& image) {
    Picture picture{.rows = static_cast<std::uint32_t>(image.getHeight()),
                    .columns = static_cast<std::uint32_t>(image.getWidth()),
                    .samples = image.isMonochrome() != 0 ? 1U : 3U,
                    .pixels = {}};
    picture.pixels.resize(std::size_t{picture.rows} * picture.columns * picture.samples);
    constexpr int bits = 8;
    const int made = image.getOutputData(
        picture.pixels.data(), static_cast<unsigned long>(picture.pixels.size()), bits, 0, 0);
    return made != 0 ? Result<Picture>(std::move(picture))
                     : not_shown("the pixels cannot be shown");
}

}  // namespace

Result<Picture> render(const EncodedObject& object, const RenderingOptions& options) {
    const auto layout = layout_of(object);
    if (!layout) {
        return layout.error();
    }
    if (layout->frames == 0) {
        return not_shown("the object has no picture");
    }
    if (is_plain(*layout, options)) {
        return plain_picture(*layout, options);
    }
    if (options.frame == 0 || options.frame > layout->frames) {
        return Fault{.kind = FaultKind::not_found, .doing = "there is no such frame"};
    }
    if (auto possible = check_size(*layout, options.frame); !possible) {
        return std::move(possible).error();
    }
    const TransferSyntax* const syntax = find_transfer_syntax(object.transfer_syntax_uid);
    const Segment bytes = joined(object);
    auto data_set = parse_data_set(bytes.bytes, *syntax);
    if (!data_set) {
        return data_set.error();
    }
    auto image = std::make_unique<DicomImage>(data_set->get(),
                                              (*data_set)->getOriginalXfer(),
                                              CIF_UsePartialAccessToPixelData,
                                              options.frame - 1,
                                              1UL);
    if (image->getStatus() != EIS_Normal) {
        return not_shown(std::string("the pixels cannot be read: ") +
                         DicomImage::getString(image->getStatus()));
    }
    if (options.viewport) {
        auto scaled = fitted(*image, *options.viewport);
        if (!scaled) {
            return scaled.error();
        }
        image = *std::move(scaled);
    }
    apply_window(*image, options);
    return picture_of(*image);
}

}  // namespace cxr::dicom
