// WADO-RS metadata (PS3.18 §10.4.1.1.2): everything of objects but their pixels, as DICOM JSON.

#include "bridge/web/conditional.hpp"
#include "bridge/web/media_type.hpp"
#include "bridge/web/problem.hpp"
#include "dicom/core/json_model.hpp"
#include "stored_instances.hpp"

namespace cxr::bridge::web {

using storescp::InstanceReference;

namespace {

constexpr std::string_view offers[] = {"application/dicom+json", "application/json"};
/// Shorter values stand in the text itself.
constexpr std::size_t inline_bytes_max = 1'024;
/// Of so many, the answer is made whole and can be asked for conditionally.
constexpr std::size_t whole_instances_max = 64;

Result<void> append_metadata(std::string& json,
                             const InstanceReference& instance,
                             storescp::RetrievePort& port,
                             const std::string& origin) {
    const auto object = load_readable(instance, port);
    if (!object) {
        return object.error();
    }
    auto layout = dicom::layout_of(*object);
    if (!layout) {
        return layout.error();
    }
    const std::string url = instance_url(origin, layout->attributes) + "/bulkdata/";
    if (layout->pixel_data_tag) {
        // Its value is told by address; the one here only says that there is one.
        dicom::put(layout->attributes,
                   *layout->pixel_data_tag,
                   layout->pixel_data_vr,
                   std::string(inline_bytes_max + 1, '\0'));
    }
    dicom::append_json(
        json,
        layout->attributes,
        {.bulk_data_uri = [&url](const dicom::Attribute& attribute) -> std::optional<std::string> {
            if (attribute.value.size() <= inline_bytes_max) {
                return std::nullopt;
            }
            std::string uri = url;
            dicom::append_tag(uri, attribute.tag);
            return uri;
        }});
    return {};
}

/// Objects while they are sent. What cannot be had of one alone is left out.
class StreamedMetadata final : public Pieces {
public:
    StreamedMetadata(std::vector<InstanceReference> instances,
                     storescp::RetrievePort& port,
                     std::string origin)
        : instances_(std::move(instances)), port_(port), origin_(std::move(origin)) {}

    Result<std::vector<dicom::Segment>> next() override {
        std::vector<dicom::Segment> pieces;
        constexpr std::size_t piece_bytes = 65'536;
        if (ended_) {
            return pieces;
        }
        std::string json = at_ == 0 ? "[" : "";
        while (at_ < instances_.size() && json.size() < piece_bytes) {
            std::string one;
            const auto written = append_metadata(one, instances_[at_++], port_, origin_);
            if (written) {
                json += any_ ? ",\n" : "\n";
                json += one;
                any_ = true;
            } else if (!concerns_one_object(written.error())) {
                return written.error();
            }
        }
        ended_ = at_ == instances_.size();
        json += ended_ ? "]\n" : "";
        pieces.push_back(segment_of(std::move(json)));
        return pieces;
    }

    [[nodiscard]] bool any() const { return any_; }

private:
    const std::vector<InstanceReference> instances_;
    storescp::RetrievePort& port_;
    const std::string origin_;
    std::size_t at_ = 0;
    bool any_ = false, ended_ = false;
};

Response answer_metadata(const Request& request, const WebPorts& ports) {
    storescp::RetrievePort& port = ports.retrieve;
    const std::string_view media_type = choose(accepted(request), offers);
    if (media_type.empty()) {
        return problem(406, "metadata are answered as application/dicom+json");
    }
    auto instances = instances_of(request, port);
    if (!instances) {
        return problem_of(instances.error());
    }
    tell_sent(request, *instances, ports);
    Response response;
    response.set("Content-Type", std::string(media_type));
    if (instances->size() == 1) {
        std::string json = "[\n";
        if (auto written = append_metadata(json, instances->front(), port, request.origin);
            !written) {
            return problem_of(written.error());
        }
        response.content = std::move(json += "]\n");
        answer_conditionally(request, response);
        return response;
    }
    const bool whole = instances->size() <= whole_instances_max;
    auto objects = std::make_shared<StreamedMetadata>(*std::move(instances), port, request.origin);
    if (!whole) {
        response.content = std::shared_ptr<Pieces>(std::move(objects));
        return response;
    }
    std::vector<dicom::Segment> all;
    while (true) {
        auto some = objects->next();
        if (!some) {
            return problem_of(some.error());
        }
        if (some->empty()) {
            break;
        }
        all.insert(all.end(), some->begin(), some->end());
    }
    if (!objects->any()) {
        return problem(404, "none of the objects can be had at present");
    }
    response.content = std::move(all);
    answer_conditionally(request, response);
    return response;
}

}  // namespace

void add_metadata_resources(Router& router, const WebPorts& ports) {
    for (const char* const pattern :
         {"/dicom-web/studies/{study}/metadata",
          "/dicom-web/studies/{study}/series/{series}/metadata",
          "/dicom-web/studies/{study}/series/{series}/instances/{instance}/metadata"}) {
        router.add({.method = "GET",
                    .pattern = pattern,
                    .says = "Retrieve metadata",
                    .handler = Answer([&ports](const Request& request) {
                        return answer_metadata(request, ports);
                    }),
                    .media_types = {offers[0].data(), offers[1].data()},
                    .parameters = {"accept"}});
    }
}

}  // namespace cxr::bridge::web
