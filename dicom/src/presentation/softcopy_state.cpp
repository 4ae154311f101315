#include "dicom/presentation/softcopy_state.hpp"

#include "presentation/state_graphics.hpp"
#include "presentation/state_values.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>

namespace cxr::dicom {

namespace {

constexpr std::size_t items_max = 10'000;

void read_window(const Attributes& state, const StateOf& image, SoftcopyState& read) {
    for (const Attributes& item : items_of(state, DCM_SoftcopyVOILUTSequence)) {
        const auto center = numbers_of(item, DCM_WindowCenter);
        const auto width = numbers_of(item, DCM_WindowWidth);
        if (!image.concerned_by(item) || center.empty() || width.empty() || width.front() < 1) {
            continue;
        }
        read.window = Window{.center = center.front(),
                             .width = width.front(),
                             .sigmoid = value_of(item, DCM_VOILUTFunction) == "SIGMOID"};
        return;
    }
}

/// Corners are pixels, from 1, counted from the corner that is at the top left once it is turned:
/// either may have the greater numbers.
Result<void> read_displayed_area(const Attributes& state,
                                 const StateOf& image,
                                 SoftcopyState& read) {
    for (const Attributes& item : items_of(state, DCM_DisplayedAreaSelectionSequence)) {
        if (!image.concerned_by(item)) {
            continue;
        }
        const auto one = numbers_of(item, DCM_DisplayedAreaTopLeftHandCorner);
        const auto other = numbers_of(item, DCM_DisplayedAreaBottomRightHandCorner);
        if (one.size() != 2 || other.size() != 2) {
            return Fault{.kind = FaultKind::malformed,
                         .doing = "the presentation state's displayed area has no corners",
                         .element = DCM_DisplayedAreaTopLeftHandCorner};
        }
        const auto [left, right] = std::minmax(one[0], other[0]);
        const auto [top, bottom] = std::minmax(one[1], other[1]);
        read.displayed_area = {Point{left - 1, top - 1}, Point{right, bottom}};
        return {};
    }
    return {};
}

}  // namespace

std::vector<StatedImage> images_of(const Attributes& state) {
    std::vector<StatedImage> images;
    for (const Attributes& series : items_of(state, DCM_ReferencedSeriesSequence)) {
        for (const Attributes& image : items_of(series, DCM_ReferencedImageSequence)) {
            if (images.size() < items_max) {
                images.push_back(
                    {.series_instance_uid = std::string(value_of(series, DCM_SeriesInstanceUID)),
                     .sop_instance_uid =
                         std::string(value_of(image, DCM_ReferencedSOPInstanceUID))});
            }
        }
    }
    return images;
}

Result<SoftcopyState> read_softcopy_state(const Attributes& state,
                                          std::string_view sop_instance_uid,
                                          std::uint32_t frame) {
    const StateOf image{.sop_instance_uid = sop_instance_uid, .frame = frame};
    const auto stated = images_of(state);
    if (std::ranges::find(stated, sop_instance_uid, &StatedImage::sop_instance_uid) ==
        stated.end()) {
        return Fault{.kind = FaultKind::malformed,
                     .doing = "the presentation state is not of this image",
                     .element = DCM_ReferencedSeriesSequence};
    }
    SoftcopyState read;
    read_window(state, image, read);
    read.inverse = value_of(state, DCM_PresentationLUTShape) == "INVERSE";
    if (const auto turned = numbers_of(state, DCM_ImageRotation); !turned.empty()) {
        const double degrees = turned.front();
        if (degrees != 0 && degrees != 90 && degrees != 180 && degrees != 270) {
            return Fault{.kind = FaultKind::malformed,
                         .doing = "the presentation state turns by no right angle",
                         .element = DCM_ImageRotation};
        }
        read.turned = static_cast<unsigned>(degrees);
    }
    read.flipped = value_of(state, DCM_ImageHorizontalFlip) == "Y";
    if (auto area = read_displayed_area(state, image, read); !area) {
        return area.error();
    }
    if (auto drawn = read_graphics(state, image, read); !drawn) {
        return drawn.error();
    }
    return read;
}

}  // namespace cxr::dicom
