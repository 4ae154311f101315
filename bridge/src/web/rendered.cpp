// WADO-RS rendered resources and thumbnails (PS3.18 §10.4.1.1.3, .4).

#include "rendered.hpp"

#include "bridge/web/problem.hpp"
#include "multipart.hpp"
#include "pictures.hpp"
#include "stored_instances.hpp"

namespace cxr::bridge::web {

namespace {

using storescp::InstanceReference;

constexpr std::uint32_t thumbnail_side = 128;

Response no_such_type() {
    return problem(406, "pictures are answered as image/jpeg or image/png");
}

/// One after the other. What has no picture, or none that can be had, is left out.
class StreamedPictures final : public Pieces {
public:
    StreamedPictures(std::vector<InstanceReference> instances,
                     std::string study_instance_uid,
                     RenderingRequest wanted,
                     std::string_view type,
                     storescp::RetrievePort& port)
        : instances_(std::move(instances)),
          study_instance_uid_(std::move(study_instance_uid)),
          wanted_(std::move(wanted)),
          type_(type),
          port_(port),
          writer_(type_) {}

    [[nodiscard]] std::string content_type() const { return writer_.content_type(); }

    /// Makes the first one, so that it can still be told that there is none.
    Result<void> begin() {
        auto first = next();
        if (!first) {
            return first.error();
        }
        if (parts_ == 0) {
            return last_fault_;
        }
        first_ = *std::move(first);
        return {};
    }

    Result<std::vector<dicom::Segment>> next() override {
        std::vector<dicom::Segment> segments = std::exchange(first_, {});
        while (segments.empty() && !ended_) {
            if (at_ == instances_.size()) {
                ended_ = true;
                writer_.finish(segments);
                break;
            }
            const auto drawn = draw(instances_[at_++], study_instance_uid_, wanted_, port_);
            if (drawn) {
                writer_.append(
                    segments, type_, {}, {file_of(drawn->picture, type_, wanted_.quality)});
                ++parts_;
            } else if (last_fault_ = drawn.error(); !concerns_one_object(last_fault_)) {
                return last_fault_;
            }
        }
        return segments;
    }

private:
    const std::vector<InstanceReference> instances_;
    const std::string study_instance_uid_;
    const RenderingRequest wanted_;
    const std::string type_;
    storescp::RetrievePort& port_;
    MultipartWriter writer_;
    std::vector<dicom::Segment> first_;
    std::size_t at_ = 0, parts_ = 0;
    bool ended_ = false;
    Fault last_fault_{.kind = FaultKind::not_found, .doing = "there is no such object"};
};

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
    auto pictures = std::make_shared<StreamedPictures>(
        std::move(instances), request.capture("study"), std::move(wanted), type, ports.retrieve);
    if (auto begun = pictures->begin(); !begun) {
        return problem_of(begun.error());
    }
    Response response;
    response.set("Content-Type", pictures->content_type());
    response.content = std::shared_ptr<Pieces>(std::move(pictures));
    return response;
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
