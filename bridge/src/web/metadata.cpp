// WADO-RS metadata (PS3.18 §10.4.1.1.2): everything of objects but their pixels, as DICOM
// JSON or XML.

#include "bridge/web/conditional.hpp"
#include "bridge/web/problem.hpp"
#include "model_writer.hpp"
#include "stored_instances.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

namespace cxr::bridge::web {

using storescp::InstanceReference;

namespace {

/// Shorter values stand in the text itself.
constexpr std::size_t inline_bytes_max = 1'024;
/// Of so many, the answer is made whole and can be asked for conditionally.
constexpr std::size_t whole_instances_max = 64;

Result<void> append_metadata(std::string& text,
                             ModelWriter& writer,
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
    if (dicom::find(layout->attributes, DCM_SpecificCharacterSet) != nullptr) {
        dicom::put(layout->attributes, DCM_SpecificCharacterSet, "ISO_IR 192");  // as it is told
    }
    writer.append(
        text,
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
                     ModelWriter writer,
                     storescp::RetrievePort& port,
                     std::string origin)
        : instances_(std::move(instances)),
          writer_(std::move(writer)),
          port_(port),
          origin_(std::move(origin)) {}

    Result<std::vector<dicom::Segment>> next() override {
        std::vector<dicom::Segment> pieces;
        constexpr std::size_t piece_bytes = 65'536;
        if (ended_) {
            return pieces;
        }
        std::string text;
        while (at_ < instances_.size() && text.size() < piece_bytes) {
            const auto written = append_metadata(text, writer_, instances_[at_++], port_, origin_);
            if (!written && !concerns_one_object(written.error())) {
                return written.error();
            }
        }
        ended_ = at_ == instances_.size();
        if (ended_) {
            writer_.finish(text);
        }
        pieces.push_back(segment_of(std::move(text)));
        return pieces;
    }

    [[nodiscard]] bool any() const { return writer_.any(); }

private:
    const std::vector<InstanceReference> instances_;
    ModelWriter writer_;
    storescp::RetrievePort& port_;
    const std::string origin_;
    std::size_t at_ = 0;
    bool ended_ = false;
};

/// All of them, in one piece.
Result<std::vector<dicom::Segment>> all_of(StreamedMetadata& objects) {
    std::vector<dicom::Segment> all;
    while (true) {
        auto some = objects.next();
        if (!some || some->empty()) {
            return some ? Result<std::vector<dicom::Segment>>(std::move(all)) : some;
        }
        all.insert(all.end(), some->begin(), some->end());
    }
}

Response answer_metadata(const Request& request, const WebPorts& ports) {
    storescp::RetrievePort& port = ports.retrieve;
    const bool single = find(request.captures, "instance") != nullptr;
    auto model = choose_model(accepted(request), single);
    if (!model) {
        return problem(406, model_types_told);
    }
    auto instances = instances_of(request, port);
    if (!instances) {
        return problem_of(instances.error());
    }
    tell_sent(request, *instances, ports);
    Response response;
    // Every body of several parts has a boundary of its own, and so would its tag.
    const bool has_tag = !model->multipart;
    ModelWriter writer(*std::move(model));
    response.set("Content-Type", writer.content_type());
    if (instances->size() == 1) {
        std::string text;
        if (auto written = append_metadata(text, writer, instances->front(), port, request.origin);
            !written) {
            return problem_of(written.error());
        }
        writer.finish(text);
        response.content = std::move(text);
        if (has_tag) {
            answer_conditionally(request, response);
        }
        return response;
    }
    const bool whole = instances->size() <= whole_instances_max;
    auto objects = std::make_shared<StreamedMetadata>(
        *std::move(instances), std::move(writer), port, request.origin);
    if (!whole) {
        response.content = std::shared_ptr<Pieces>(std::move(objects));
        return response;
    }
    auto all = all_of(*objects);
    if (!all) {
        return problem_of(all.error());
    }
    if (!objects->any()) {
        return problem(404, "none of the objects can be had at present");
    }
    response.content = *std::move(all);
    if (has_tag) {
        answer_conditionally(request, response);
    }
    return response;
}

}  // namespace

void add_metadata_resources(Router& router, const WebPorts& ports) {
    for (const char* const pattern :
         {"/dicom-web/studies/{study}/metadata",
          "/dicom-web/studies/{study}/series/{series}/metadata",
          "/dicom-web/studies/{study}/series/{series}/instances/{instance}/metadata"}) {
        std::vector<std::string> types(model_types.begin(), model_types.end());
        if (std::string_view(pattern).find("{instance}") != std::string_view::npos) {
            types.emplace_back("application/dicom+xml");
        }
        router.add({.method = "GET",
                    .pattern = pattern,
                    .says = "Retrieve metadata",
                    .handler = Answer([&ports](const Request& request) {
                        return answer_metadata(request, ports);
                    }),
                    .media_types = std::move(types),
                    .parameters = {"accept"}});
    }
}

}  // namespace cxr::bridge::web
