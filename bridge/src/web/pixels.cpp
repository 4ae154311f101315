// WADO-RS frames and bulk data (PS3.18 §10.4.1.1.5, .6): from where they lie.

#include "bridge/web/conditional.hpp"
#include "bridge/web/problem.hpp"
#include "dicom/core/keyword.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "multipart.hpp"
#include "representation.hpp"
#include "stored_instances.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <charconv>

namespace cxr::bridge::web {

namespace {

constexpr std::size_t frames_max = 10'000;

/// "1,2,3". Faults: malformed.
Result<std::vector<std::uint32_t>> frame_list(std::string_view text) {
    std::vector<std::uint32_t> frames;
    const Fault malformed{.kind = FaultKind::malformed,
                          .doing = "the path's frames are no list of numbers from 1"};
    while (true) {
        const std::string_view each = text.substr(0, text.find(','));
        std::uint32_t number = 0;
        const auto [at, error] = std::from_chars(each.data(), each.data() + each.size(), number);
        if (error != std::errc{} || at != each.data() + each.size() || number == 0 ||
            frames.size() == frames_max) {
            return malformed;
        }
        frames.push_back(number);
        if (each.size() == text.size()) {
            return frames;
        }
        text.remove_prefix(each.size() + 1);
    }
}

Response whole(std::string type, std::vector<dicom::Segment> content) {
    Response response;
    response.set("Content-Type", std::move(type));
    response.content = std::move(content);
    return response;
}

Response in_parts(const std::string& whole_type,
                  const std::string& part_type,
                  const std::vector<std::string>& locations,
                  std::vector<std::vector<dicom::Segment>> parts) {
    MultipartWriter writer(whole_type);
    std::vector<dicom::Segment> segments;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        writer.append(segments, part_type, locations[i], std::move(parts[i]));
    }
    writer.finish(segments);
    return whole(writer.content_type(), std::move(segments));
}

/// The boundary is not part of what is tagged: the parts are the same, whatever is between them.
/// Their type is: who has a frame alone, or in another syntax, has not this.
std::string tag_of_parts(const std::string& part_type,
                         const std::vector<std::vector<dicom::Segment>>& parts) {
    std::vector<dicom::Segment> all{segment_of(part_type)};
    for (const auto& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return entity_tag(all);
}

Response answer_frames(const Request& request, const WebPorts& ports) {
    storescp::RetrievePort& port = ports.retrieve;
    const auto frames = frame_list(request.capture("frames"));
    if (!frames) {
        return problem_of(frames.error());
    }
    const auto instances = instances_of(request, port);
    if (!instances) {
        return problem_of(instances.error());
    }
    tell_sent(request, *instances, ports);
    const auto available = port.transfer_syntaxes(instances->front());
    const auto chosen =
        choose_frame_representation(accepted(request), available, frames->size() == 1);
    if (!chosen) {
        return problem(406, "the frames cannot be given in what is accepted");
    }
    const auto object = port.load(instances->front(), chosen->transfer_syntax_uid);
    if (!object) {
        return problem_of(object.error());
    }
    const auto layout = dicom::layout_of(*object);
    if (!layout) {
        return problem_of(layout.error());
    }
    std::vector<std::vector<dicom::Segment>> parts;
    std::vector<std::string> locations;
    const std::string url = instance_url(request.origin, layout->attributes) + "/frames/";
    for (const std::uint32_t number : *frames) {
        auto frame = dicom::frame_of(*layout, number);
        if (!frame) {
            return problem_of(frame.error());
        }
        parts.push_back(*std::move(frame));
        locations.push_back(url + std::to_string(number));
    }
    const std::string type =
        chosen->media_type + "; transfer-syntax=" + object->transfer_syntax_uid;
    if (!chosen->multipart) {
        Response response = whole(type, std::move(parts.front()));
        answer_conditionally(request, response);
        answer_range(request, response);
        return response;
    }
    const std::string tag = tag_of_parts(type, parts);
    Response response = in_parts(chosen->media_type, type, locations, std::move(parts));
    answer_with_tag(request, tag, response);
    return response;
}

/// The bytes of an attribute at the top level, or of the pixel data.
Result<std::vector<dicom::Segment>> bulk_data_of(const dicom::ObjectLayout& layout,
                                                 const DcmTagKey& tag) {
    if (layout.pixel_data_tag == tag) {
        const bool has_offset_table = layout.encapsulated && !layout.pixel_data.empty();
        return std::vector<dicom::Segment>(layout.pixel_data.begin() + (has_offset_table ? 1 : 0),
                                           layout.pixel_data.end());
    }
    const dicom::Attribute* const attribute = dicom::find(layout.attributes, tag);
    if (attribute == nullptr || attribute->vr == dicom::VR::SQ) {
        return Fault{.kind = FaultKind::not_found, .doing = "the object has no such bulk data"};
    }
    return std::vector<dicom::Segment>{segment_of(attribute->value)};
}

Response answer_bulk_data(const Request& request, const WebPorts& ports) {
    storescp::RetrievePort& port = ports.retrieve;
    const auto tag = dicom::tag_of(request.capture("tag"));
    if (!tag) {
        return problem(400, "the path's last segment is no attribute");
    }
    const auto instances = instances_of(request, port);
    if (!instances) {
        return problem_of(instances.error());
    }
    tell_sent(request, *instances, ports);
    const bool pixels = *tag == DCM_PixelData;
    const auto chosen = choose_bulk_representation(
        accepted(request),
        pixels ? port.transfer_syntaxes(instances->front()) : std::vector<std::string>());
    if (!chosen) {
        return problem(406, "bulk data are answered as application/octet-stream");
    }
    const auto object = chosen->transfer_syntax_uid.empty()
                            ? load_readable(instances->front(), port)
                            : port.load(instances->front(), chosen->transfer_syntax_uid);
    if (!object) {
        return problem_of(object.error());
    }
    const auto layout = dicom::layout_of(*object);
    auto content =
        layout ? bulk_data_of(*layout, *tag) : Result<std::vector<dicom::Segment>>(layout.error());
    if (!content) {
        return problem_of(content.error());
    }
    const std::string type =
        chosen->media_type +
        (pixels ? "; transfer-syntax=" + object->transfer_syntax_uid : std::string());
    if (!chosen->multipart) {
        Response response = whole(type, *std::move(content));
        answer_conditionally(request, response);
        answer_range(request, response);
        return response;
    }
    const std::string url = request.origin + request.target.raw_path;
    return in_parts(chosen->media_type, type, {url}, {*std::move(content)});
}

}  // namespace

void add_pixel_resources(Router& router, const WebPorts& ports) {
    const std::string instance = "/dicom-web/studies/{study}/series/{series}/instances/{instance}";
    router.add({.method = "GET",
                .pattern = instance + "/frames/{frames}",
                .says = "Retrieve frames",
                .handler = Answer(
                    [&ports](const Request& request) { return answer_frames(request, ports); }),
                .media_types = {"multipart/related; type=\"application/octet-stream\"",
                                "multipart/related; type=\"image/jls\"",
                                "multipart/related; type=\"image/jpeg\"",
                                "multipart/related; type=\"image/dicom-rle\"",
                                "application/octet-stream"},
                .parameters = {"accept"}});
    router.add({.method = "GET",
                .pattern = instance + "/bulkdata/{tag}",
                .says = "Retrieve bulk data",
                .handler = Answer(
                    [&ports](const Request& request) { return answer_bulk_data(request, ports); }),
                .media_types = {"application/octet-stream",
                                "multipart/related; type=\"application/octet-stream\""},
                .parameters = {"accept"}});
}

}  // namespace cxr::bridge::web
