// WADO-RS rendered resources and thumbnails (PS3.18 §10.4.1.1.3, .4).

#include "rendered.hpp"

#include "bridge/web/conditional.hpp"
#include "bridge/web/media_type.hpp"
#include "bridge/web/problem.hpp"
#include "multipart.hpp"
#include "stored_instances.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cxr::bridge::web {

namespace {

constexpr std::string_view offers[] = {"image/jpeg", "image/png"};
constexpr std::uint32_t thumbnail_side = 128;

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
                       *values[1] <= dicom::picture_side_max;
    if (!sized) {
        return wrong("viewport", "is to be width,height or width,height,x,y,width,height");
    }
    dicom::Viewport viewport{.width = static_cast<std::uint32_t>(*values[0]),
                             .height = static_cast<std::uint32_t>(*values[1])};
    if (values.size() == 6) {
        viewport.x = values[2].value_or(0);
        viewport.y = values[3].value_or(0);
        viewport.region_width = values[4];
        viewport.region_height = values[5];
    }
    return viewport;
}

/// The picture's type: what is wanted first, also as the type of parts.
std::string_view picture_type(const std::vector<MediaType>& accepted, bool& multipart) {
    for (const MediaType& range : accepted) {
        multipart = range.is("multipart/related");
        const std::string type = range.parameter("type");
        // Viewers ask for thumbnails with the field that they have for frames.
        const bool any = multipart && (type.empty() || type == "application/octet-stream");
        for (const std::string_view offer : offers) {
            if (multipart ? any || type == offer : range.takes(offer)) {
                return offer;
            }
        }
    }
    return {};
}

Response rendered(const Request& request,
                  const std::vector<storescp::InstanceReference>& instances,
                  const RenderingRequest& wanted,
                  storescp::RetrievePort& port) {
    bool multipart = false;
    const std::string_view type = picture_type(accepted(request), multipart);
    if (type.empty()) {
        return problem(406, "pictures are answered as image/jpeg or image/png");
    }
    Fault last{.kind = FaultKind::not_found, .doing = "there is no such object"};
    for (const storescp::InstanceReference& instance : instances) {
        const auto object = load_readable(instance, port);
        const auto picture = object ? dicom::render(*object, wanted.options)
                                    : Result<dicom::Picture>(object.error());
        if (!picture) {
            last = picture.error();
            if (concerns_one_object(last)) {
                continue;
            }
            break;
        }
        auto file = type == "image/png" ? dicom::png_of(*picture)
                                        : dicom::jpeg_of(*picture, wanted.quality);
        Response response;
        std::vector<dicom::Segment> content{dicom::Segment::of(std::move(file))};
        if (!multipart) {
            response.set("Content-Type", std::string(type));
            response.content = std::move(content);
            answer_conditionally(request, response);
            return response;
        }
        MultipartWriter writer((std::string(type)));
        std::vector<dicom::Segment> segments;
        writer.append(segments, type, {}, std::move(content));
        writer.finish(segments);
        response.set("Content-Type", writer.content_type());
        response.content = std::move(segments);
        return response;
    }
    return problem_of(last);
}

Response answer_rendered(const Request& request, const WebPorts& ports, bool thumbnail) {
    auto wanted = parse_rendering(request);
    if (!wanted) {
        return problem_of(wanted.error());
    }
    if (thumbnail && !wanted->options.viewport) {
        wanted->options.viewport = {.width = thumbnail_side, .height = thumbnail_side};
    }
    const auto instances = instances_of(request, ports.retrieve);
    if (!instances) {
        return problem_of(instances.error());
    }
    tell_sent(request, *instances, ports);
    return rendered(request, *instances, *wanted, ports.retrieve);
}

}  // namespace

Result<RenderingRequest> parse_rendering(const Request& request) {
    RenderingRequest wanted;
    if (const std::string* const frames = find(request.captures, "frames")) {
        const auto number = number_of(*frames);
        if (!number || *number < 1 || *number > UINT32_MAX || *number != std::floor(*number)) {
            return wrong("frames", "one frame is rendered at a time: a number from 1");
        }
        wanted.options.frame = static_cast<std::uint32_t>(*number);
    }
    if (const std::string* const text = request.parameter("window")) {
        const auto window = window_of(*text);
        if (!window) {
            return window.error();
        }
        wanted.options.window = *window;
    }
    if (const std::string* const text = request.parameter("viewport")) {
        const auto viewport = viewport_of(*text);
        if (!viewport) {
            return viewport.error();
        }
        wanted.options.viewport = *viewport;
    }
    if (const std::string* const text = request.parameter("quality")) {
        const auto quality = number_of(*text);
        if (!quality || *quality < 1 || *quality > 100) {
            return wrong("quality", "is to be a number from 1 to 100");
        }
        wanted.quality = static_cast<int>(*quality);
    }
    return wanted;
}

void add_rendered_resources(Router& router, const WebPorts& ports) {
    const std::string study = "/dicom-web/studies/{study}";
    const std::string series = study + "/series/{series}";
    const std::string instance = series + "/instances/{instance}";
    const auto add = [&](const std::string& pattern, const char* says, bool thumbnail) {
        router.add({.method = "GET",
                    .pattern = pattern,
                    .says = says,
                    .handler = Answer([&ports, thumbnail](const Request& request) {
                        return answer_rendered(request, ports, thumbnail);
                    }),
                    .media_types = {offers[0].data(), offers[1].data()},
                    .parameters = {"accept", "quality", "viewport", "window"}});
    };
    add(instance + "/rendered", "Retrieve a rendered instance", false);
    add(instance + "/frames/{frames}/rendered", "Retrieve a rendered frame", false);
    for (const std::string& of : {study, series, instance, instance + "/frames/{frames}"}) {
        add(of + "/thumbnail", "Retrieve a thumbnail", true);
    }
}

}  // namespace cxr::bridge::web
