#include "dicom/image/rendering.hpp"

#include "codec/frame_samples.hpp"
#include "codec/pixel_frames.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/codec/object_layout.hpp"
#include "image/overlay.hpp"

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

Segment joined(const std::vector<Segment>& segments) {
    if (segments.size() == 1) {
        return segments.front();
    }
    std::vector<std::byte> bytes;
    for (const Segment& segment : segments) {
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
    return !options.window && !options.viewport && !options.state && !layout.encapsulated &&
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

/// One frame of a data set. What DCMTK has no codec for is decoded first.
Result<std::unique_ptr<DicomImage>> opened_frame(DcmDataset& data_set,
                                                 const ObjectLayout& layout,
                                                 const TransferSyntax& syntax,
                                                 std::uint32_t frame) {
    E_TransferSyntax read_as = data_set.getOriginalXfer();
    unsigned long index = frame - 1;
    if (const FrameCodec* const codec = frame_codec(syntax)) {
        const auto fragments = frame_of(layout, frame);
        if (!fragments) {
            return fragments.error();
        }
        const Segment stream = joined(*fragments);
        if (auto decoded = decompress_one_frame(data_set, *codec, stream.bytes); !decoded) {
            return decoded.error();
        }
        read_as = EXS_LittleEndianExplicit;
        index = 0;
    }
    auto image = std::make_unique<DicomImage>(
        &data_set, read_as, CIF_UsePartialAccessToPixelData, index, 1UL);
    if (image->getStatus() != EIS_Normal) {
        return not_shown(std::string("the pixels cannot be read: ") +
                         DicomImage::getString(image->getStatus()));
    }
    return image;
}

/// What of an image is shown, and how large at most.
struct Region {
    double left, top, width, height;
    double across_max, down_max;  ///< 0: as it is
};

/// A viewport's, else the displayed area of a presentation state, else all.
Region region_of(const DicomImage& image, const RenderingOptions& options) {
    const double columns = static_cast<double>(image.getWidth());
    const double rows = static_cast<double>(image.getHeight());
    Region region{
        .left = 0, .top = 0, .width = columns, .height = rows, .across_max = 0, .down_max = 0};
    if (options.state && options.state->displayed_area) {
        const auto& [corner, opposite] = *options.state->displayed_area;
        region.left = corner.x;
        region.top = corner.y;
        region.width = opposite.x - corner.x;
        region.height = opposite.y - corner.y;
    }
    if (options.viewport) {
        const Viewport& viewport = *options.viewport;
        const bool sideways = options.state && options.state->turned % 180 != 0;
        region.across_max = sideways ? viewport.height : viewport.width;
        region.down_max = sideways ? viewport.width : viewport.height;
        if (viewport.region) {
            const Viewport::Region& asked = *viewport.region;
            const double across = asked.relative ? columns : 1, down = asked.relative ? rows : 1;
            region.left = asked.x * across;
            region.top = asked.y * down;
            region.width = asked.width ? std::abs(*asked.width) * across : columns - region.left;
            region.height = asked.height ? std::abs(*asked.height) * down : rows - region.top;
        }
    }
    // Outside the image there is nothing to show.
    const double right = std::clamp(std::round(region.left + region.width), 1.0, columns);
    const double bottom = std::clamp(std::round(region.top + region.height), 1.0, rows);
    region.left = std::clamp(std::floor(region.left), 0.0, right - 1);
    region.top = std::clamp(std::floor(region.top), 0.0, bottom - 1);
    region.width = right - region.left;
    region.height = bottom - region.top;
    return region;
}

/// The region in its size, if that differs from the whole image in its own. Two steps: DCMTK does
/// not clip while it interpolates.
Result<void> fit(std::unique_ptr<DicomImage>& image, const Region& region, Placement& placement) {
    const auto become = [&image](DicomImage* made) {
        std::unique_ptr<DicomImage> next(made);
        const bool good = next && next->getStatus() == EIS_Normal;
        if (good) {
            image = std::move(next);
        }
        return good;
    };
    const auto columns = static_cast<unsigned long>(region.width);
    const auto rows = static_cast<unsigned long>(region.height);
    if (columns != image->getWidth() || rows != image->getHeight()) {
        const auto left = static_cast<long>(region.left), top = static_cast<long>(region.top);
        if (!become(image->createClippedImage(left, top, columns, rows))) {
            return not_shown("the region cannot be cut out");
        }
        placement.left = region.left;
        placement.top = region.top;
    }
    if (region.across_max == 0) {
        return {};
    }
    const double scale =
        std::min(region.across_max / region.width, region.down_max / region.height);
    const auto side = [scale](double length) {
        return static_cast<unsigned long>(std::max(1.0, std::round(length * scale)));
    };
    constexpr int interpolate = 1;
    const unsigned long width = side(region.width), height = side(region.height);
    if (!become(image->createScaledImage(width, height, interpolate, 0))) {
        return not_shown("the region cannot be scaled");
    }
    placement.across_scale = static_cast<double>(image->getWidth()) / region.width;
    placement.down_scale = static_cast<double>(image->getHeight()) / region.height;
    return {};
}

/// A region of negative width or height is seen in a mirror.
void mirror(DicomImage& image, const RenderingOptions& options, Placement& placement) {
    if (!options.viewport || !options.viewport->region) {
        return;
    }
    placement.mirrored_across = options.viewport->region->width.value_or(1) < 0;
    placement.mirrored_down = options.viewport->region->height.value_or(1) < 0;
    if (placement.mirrored_across) {
        image.flipImage(1, 0);
    }
    if (placement.mirrored_down) {
        image.flipImage(0, 1);
    }
}

void apply_window(DicomImage& image, const RenderingOptions& options) {
    if (image.isMonochrome() == 0) {
        return;
    }
    const bool stated = options.state && options.state->window;
    if (options.window || stated) {
        const Window& window = options.window ? *options.window : *options.state->window;
        image.setVoiLutFunction(window.sigmoid ? EFV_Sigmoid : EFV_Linear);
        image.setWindow(window.center, window.width);
    } else if (image.getWindowCount() > 0) {
        image.setWindow(0);
    }
}

/// A state's polarity stands in place of that of the photometric interpretation (PS3.3 C.11.6).
void apply_state(Picture& picture,
                 const SoftcopyState& state,
                 bool monochrome_1,
                 Placement& placement) {
    if (picture.samples == 1 && state.inverse != monochrome_1) {
        for (std::uint8_t& pixel : picture.pixels) {
            pixel = static_cast<std::uint8_t>(255 - pixel);
        }
    }
    turn(picture, state.turned, state.flipped);
    placement.turned = state.turned;
    placement.flipped = state.flipped;
    placement.columns = picture.columns;
    placement.rows = picture.rows;
    draw(picture, state, placement);
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

/// All but what is written over it.
Result<Picture> bare_picture(const EncodedObject& object,
                             const ObjectLayout& layout,
                             const RenderingOptions& options) {
    if (is_plain(layout, options)) {
        return plain_picture(layout, options);
    }
    if (options.frame == 0 || options.frame > layout.frames) {
        return Fault{.kind = FaultKind::not_found, .doing = "there is no such frame"};
    }
    if (auto possible = check_size(layout, options.frame); !possible) {
        return std::move(possible).error();
    }
    const TransferSyntax* const syntax = find_transfer_syntax(object.transfer_syntax_uid);
    const Segment bytes = joined(object.segments);
    auto data_set = parse_data_set(bytes.bytes, *syntax);
    if (!data_set) {
        return data_set.error();
    }
    auto image = opened_frame(**data_set, layout, *syntax, options.frame);
    if (!image) {
        return image.error();
    }
    Placement placement;
    if (auto fitted = fit(*image, region_of(**image, options), placement); !fitted) {
        return fitted.error();
    }
    mirror(**image, options, placement);
    apply_window(**image, options);
    auto picture = picture_of(**image);
    if (picture && options.state) {
        const bool monochrome_1 =
            value_of(layout.attributes, DCM_PhotometricInterpretation) == "MONOCHROME1";
        apply_state(*picture, *options.state, monochrome_1, placement);
    }
    return picture;
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
    auto picture = bare_picture(object, *layout, options);
    if (picture && (options.patient || options.technique)) {
        annotate(*picture,
                 options.patient ? patient_text(layout->attributes) : std::string(),
                 options.technique ? technique_text(layout->attributes, options) : std::string());
    }
    return picture;
}

}  // namespace cxr::dicom
