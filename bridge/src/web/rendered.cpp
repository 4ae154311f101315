// WADO-RS rendered resources and thumbnails (PS3.18 §10.4.1.1.3, .4).

#include "rendered.hpp"

#include "bridge/web/problem.hpp"
#include "multipart.hpp"
#include "pictures.hpp"
#include "stored_instances.hpp"
#include "streamed_parts.hpp"

namespace cxr::bridge::web {

namespace {

using storescp::InstanceReference;

constexpr std::uint32_t thumbnail_side = 128;

Response no_such_type() {
    return problem(406, "pictures are answered as image/jpeg or image/png");
}

/// Of a study or series: all there are.
Response all_of(const Request& request,
                std::vector<InstanceReference> instances,
                RenderingRequest wanted,
                const WebPorts& ports) {
    bool multipart = true;
    const std::string_view type = picture_type(accepted(request), true, multipart);
    if (type.empty()) {
        return problem(
            406, "several pictures are answered as multipart/related of image/jpeg or image/png");
    }
    tell_sent(request, instances, ports);
    MakePart make =
        [study = request.capture("study"),
         wanted = std::move(wanted),
         type = std::string(type),
         &port = ports.retrieve](const InstanceReference& instance) -> Result<StreamedPart> {
        const auto drawn = draw(instance, study, wanted, port);
        if (!drawn) {
            return drawn.error();
        }
        return StreamedPart{.content_type = type,
                            .content = {file_of(drawn->picture, type, wanted.quality)}};
    };
    auto response = streamed_parts(std::move(instances), std::string(type), std::move(make));
    return response ? *std::move(response) : problem_of(response.error());
}

/// The first that there is a picture of: alone, or as the only part.
Response one_of(const Request& request,
                const std::vector<InstanceReference>& instances,
                const RenderingRequest& wanted,
                const WebPorts& ports) {
    bool multipart = false;
    const std::string_view type = picture_type(accepted(request), false, multipart);
    if (type.empty()) {
        return no_such_type();
    }
    Fault last{.kind = FaultKind::not_found, .doing = "there is no such object"};
    for (const InstanceReference& instance : instances) {
        const auto drawn = draw(instance, request.capture("study"), wanted, ports.retrieve);
        if (!drawn) {
            last = drawn.error();
            if (concerns_one_object(last)) {
                continue;
            }
            break;
        }
        tell_sent(request, drawn->shown, ports);
        if (!multipart) {
            return picture_response(request, drawn->picture, type, wanted.quality);
        }
        MultipartWriter writer((std::string(type)));
        std::vector<dicom::Segment> segments;
        writer.append(segments, type, {}, {file_of(drawn->picture, type, wanted.quality)});
        writer.finish(segments);
        Response response;
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
    auto instances = instances_of(request, ports.retrieve);
    if (!instances) {
        return problem_of(instances.error());
    }
    const bool all = !thumbnail && find(request.captures, "instance") == nullptr;
    return all ? all_of(request, *std::move(instances), *std::move(wanted), ports)
               : one_of(request, *instances, *wanted, ports);
}

}  // namespace

void add_rendered_resources(Router& router, const WebPorts& ports) {
    const std::string study = "/dicom-web/studies/{study}";
    const std::string series = study + "/series/{series}";
    const std::string instance = series + "/instances/{instance}";
    const std::string frame = instance + "/frames/{frames}";
    const auto add = [&](const std::string& pattern, const char* says, bool thumbnail) {
        router.add({.method = "GET",
                    .pattern = pattern,
                    .says = says,
                    .handler = Answer([&ports, thumbnail](const Request& request) {
                        return answer_rendered(request, ports, thumbnail);
                    }),
                    .media_types = {picture_types[0].data(), picture_types[1].data()},
                    .parameters = {"accept",
                                   "annotation",
                                   "presentationSeriesUID",
                                   "presentationUID",
                                   "quality",
                                   "viewport",
                                   "window"}});
    };
    add(study + "/rendered", "Retrieve a study's rendered instances", false);
    add(series + "/rendered", "Retrieve a series' rendered instances", false);
    add(instance + "/rendered", "Retrieve a rendered instance", false);
    add(frame + "/rendered", "Retrieve a rendered frame", false);
    for (const std::string& of : {study, series, instance, frame}) {
        add(of + "/thumbnail", "Retrieve a thumbnail", true);
    }
}

}  // namespace cxr::bridge::web
