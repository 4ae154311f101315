#include "rendered.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace cxr::bridge::web {

namespace {

Fault wrong(std::string_view parameter, std::string_view why) {
    return {.kind = FaultKind::malformed, .doing = fmt::format("{}: {}", parameter, why)};
}

std::vector<std::string_view> listed(std::string_view text) {
    std::vector<std::string_view> values;
    while (true) {
        const std::string_view each = text.substr(0, text.find(','));
        values.push_back(each);
        if (each.size() == text.size()) {
            return values;
        }
        text.remove_prefix(each.size() + 1);
    }
}

std::optional<double> number_of(std::string_view text) {
    double value = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && at == text.data() + text.size();
    return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Faults: malformed.
Result<std::uint32_t> integer_of(std::string_view parameter,
                                 std::string_view text,
                                 std::uint32_t greatest) {
    const auto number = number_of(text);
    if (!number || *number < 1 || *number > greatest || *number != std::floor(*number)) {
        return wrong(parameter, fmt::format("is to be a number from 1 to {}", greatest));
    }
    return static_cast<std::uint32_t>(*number);
}

Result<dicom::Window> window_of(std::string_view text) {
    const auto values = listed(text);
    const auto center = number_of(values[0]);
    const auto width = values.size() > 1 ? number_of(values[1]) : std::nullopt;
    const std::string_view function = values.size() > 2 ? values[2] : "linear";
    const bool known = function == "linear" || function == "linear-exact" || function == "sigmoid";
    if (values.size() < 2 || values.size() > 3 || !center || !width || *width < 1 || !known) {
        return wrong("window", "is to be center,width,function (linear, linear-exact, sigmoid)");
    }
    return dicom::Window{.center = *center, .width = *width, .sigmoid = function == "sigmoid"};
}

Result<dicom::Viewport> viewport_of(std::string_view text) {
    const auto texts = listed(text);
    std::vector<std::optional<double>> values;
    for (const std::string_view each : texts) {
        values.push_back(number_of(each));
        if (!values.back() && !(each.empty() && values.size() > 2)) {
            values.clear();
            break;
        }
    }
    const bool sized = (values.size() == 2 || values.size() == 6) && *values[0] >= 1 &&
                       *values[1] >= 1 && *values[0] <= dicom::picture_side_max &&
                       *values[1] <= dicom::picture_side_max &&
                       *values[0] * *values[1] <= double{dicom::picture_pixels_max};
    if (!sized) {
        return wrong("viewport",
                     fmt::format("is to be width,height or width,height,x,y,width,height, of up to "
                                 "{} pixels on a side and {} in all",
                                 dicom::picture_side_max,
                                 dicom::picture_pixels_max));
    }
    dicom::Viewport viewport{.width = static_cast<std::uint32_t>(*values[0]),
                             .height = static_cast<std::uint32_t>(*values[1])};
    if (values.size() == 6) {
        viewport.region = dicom::Viewport::Region{.x = values[2].value_or(0),
                                                  .y = values[3].value_or(0),
                                                  .width = values[4],
                                                  .height = values[5]};
    }
    return viewport;
}

/// "xmin,ymin,xmax,ymax", from 0 to 1.
Result<dicom::Viewport::Region> part_of(std::string_view text) {
    std::vector<double> values;
    for (const std::string_view each : listed(text)) {
        values.push_back(number_of(each).value_or(-1));
    }
    const auto within = [](double value) { return value >= 0 && value <= 1; };
    if (values.size() != 4 || !within(values[0]) || !within(values[1]) || !within(values[2]) ||
        !within(values[3]) || values[0] >= values[2] || values[1] >= values[3]) {
        return wrong("region", "is to be xmin,ymin,xmax,ymax, each from 0 to 1");
    }
    return dicom::Viewport::Region{.x = values[0],
                                   .y = values[1],
                                   .width = values[2] - values[0],
                                   .height = values[3] - values[1],
                                   .relative = true};
}

Result<void> read_annotation(const Request& request, RenderingRequest& wanted) {
    if (const std::string* const text = request.parameter("annotation")) {
        for (const std::string_view each : listed(*text)) {
            if (each == "patient") {
                wanted.options.patient = true;
            } else if (each == "technique") {
                wanted.options.technique = true;
            } else {
                return wrong("annotation", "is to be patient, technique, or both");
            }
        }
    }
    return {};
}

Result<void> read_state(const Request& request, RenderingRequest& wanted) {
    const std::string* const series = request.parameter("presentationSeriesUID");
    const std::string* const instance = request.parameter("presentationUID");
    if ((series == nullptr) != (instance == nullptr)) {
        return wrong("presentationUID", "and presentationSeriesUID are to be given together");
    }
    if (instance != nullptr) {
        wanted.state = {.series_instance_uid = *series, .sop_instance_uid = *instance};
    }
    return {};
}

Result<void> read_quality(const Request& request, const char* name, RenderingRequest& wanted) {
    if (const std::string* const text = request.parameter(name)) {
        const auto quality = integer_of(name, *text, 100);
        if (!quality) {
            return quality.error();
        }
        wanted.quality = static_cast<int>(*quality);
    }
    return {};
}

Result<void> read_frame(const std::string* text, const char* name, RenderingRequest& wanted) {
    if (text != nullptr) {
        const auto frame = integer_of(name, *text, UINT32_MAX);
        if (!frame) {
            return frame.error();
        }
        wanted.options.frame = *frame;
    }
    return {};
}

Result<void> read_window(const Request& request, RenderingRequest& wanted) {
    if (const std::string* const text = request.parameter("window")) {
        const auto window = window_of(*text);
        if (!window) {
            return window.error();
        }
        wanted.options.window = *window;
    }
    return {};
}

Result<void> read_viewport(const Request& request, RenderingRequest& wanted) {
    if (const std::string* const text = request.parameter("viewport")) {
        const auto viewport = viewport_of(*text);
        if (!viewport) {
            return viewport.error();
        }
        wanted.options.viewport = *viewport;
    }
    return {};
}

Result<void> read_window_values(const Request& request, RenderingRequest& wanted) {
    const std::string* const center = request.parameter("windowCenter");
    const std::string* const width = request.parameter("windowWidth");
    if (center == nullptr && width == nullptr) {
        return {};
    }
    const auto middle = center == nullptr ? std::nullopt : number_of(*center);
    const auto extent = width == nullptr ? std::nullopt : number_of(*width);
    if (!middle || !extent || *extent < 1) {
        return wrong("windowWidth", "and windowCenter are to be two numbers, the width from 1");
    }
    wanted.options.window = dicom::Window{.center = *middle, .width = *extent};
    return {};
}

/// Of one of them alone the other follows by the proportions.
Result<void> read_size_and_region(const Request& request, RenderingRequest& wanted) {
    dicom::Viewport viewport;
    for (const auto& [name, side] :
         {std::pair{"columns", &viewport.width}, std::pair{"rows", &viewport.height}}) {
        if (const std::string* const text = request.parameter(name)) {
            const auto number = integer_of(name, *text, dicom::picture_side_max);
            if (!number) {
                return number.error();
            }
            *side = *number;
        }
    }
    const bool sized = viewport.width > 0 || viewport.height > 0;
    if (sized) {
        const auto other = [](std::uint32_t side) {
            return std::min(dicom::picture_side_max, dicom::picture_pixels_max / side);
        };
        viewport.width = viewport.width == 0 ? other(viewport.height) : viewport.width;
        viewport.height = std::min(viewport.height == 0 ? other(viewport.width) : viewport.height,
                                   dicom::picture_pixels_max / viewport.width);
    }
    if (const std::string* const text = request.parameter("region")) {
        const auto region = part_of(*text);
        if (!region) {
            return region.error();
        }
        viewport.region = *region;
    }
    if (sized || viewport.region) {
        wanted.options.viewport = viewport;
    }
    return {};
}

}  // namespace

Result<RenderingRequest> parse_rendering(const Request& request) {
    RenderingRequest wanted;
    const Result<void> steps[] = {
        read_frame(find(request.captures, "frames"), "the path's frame", wanted),
        read_window(request, wanted),
        read_viewport(request, wanted),
        read_quality(request, "quality", wanted),
        read_annotation(request, wanted),
        read_state(request, wanted)};
    for (const Result<void>& step : steps) {
        if (!step) {
            return step.error();
        }
    }
    return wanted;
}

Result<RenderingRequest> parse_uri_rendering(const Request& request) {
    RenderingRequest wanted;
    const Result<void> steps[] = {
        read_frame(request.parameter("frameNumber"), "frameNumber", wanted),
        read_window_values(request, wanted),
        read_size_and_region(request, wanted),
        read_quality(request, "imageQuality", wanted),
        read_annotation(request, wanted),
        read_state(request, wanted)};
    for (const Result<void>& step : steps) {
        if (!step) {
            return step.error();
        }
    }
    return wanted;
}

}  // namespace cxr::bridge::web
