// WADO-URI (PS3.18 §9): one object or its picture, by a query alone, for older viewers.

#include "bridge/web/conditional.hpp"
#include "bridge/web/problem.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "pictures.hpp"
#include "representation.hpp"
#include "stored_instances.hpp"

#include <algorithm>

namespace cxr::bridge::web {

namespace {

using storescp::InstanceReference;

Response wrong(const char* parameter, const char* why) {
    return problem(400, std::string(parameter) + ": " + why);
}

/// What is to be answered. `usual`: nothing was asked for.
struct Wanted {
    std::string_view type;  ///< empty: nothing that we have
    bool usual = false;
};

Wanted wanted_type(const Request& request) {
    static constexpr std::string_view object = "application/dicom";
    static constexpr std::string_view offers[] = {picture_types[0], picture_types[1], object};
    const std::string* const asked = request.parameter("contentType");
    const std::string text =
        asked == nullptr || asked->empty() ? joined(request.headers, "accept") : *asked;
    if (text.empty()) {
        return {.type = picture_types[0], .usual = true};
    }
    const auto ranges = parse_accept(text);
    for (const MediaType& range : ranges) {
        for (const std::string_view type : offers) {
            if (grants(ranges, range, type)) {
                return {.type = type, .usual = range.type == "*" && grants(ranges, range, object)};
            }
        }
    }
    return {};
}

Response object_response(const Request& request,
                         const InstanceReference& instance,
                         const WebPorts& ports) {
    MediaType range{.type = "application", .subtype = "dicom"};
    if (const std::string* const syntax = request.parameter("transferSyntax")) {
        range.parameters.push_back({.name = "transfer-syntax", .value = *syntax});
    }
    const auto available = ports.retrieve.transfer_syntaxes(instance);
    const auto chosen = choose_object_representation({range}, available, true);
    if (!chosen) {
        return problem(406, "transferSyntax: the object cannot be given in it");
    }
    const auto object = ports.retrieve.load(instance, chosen->transfer_syntax_uid);
    if (!object) {
        return problem_of(object.error());
    }
    tell_sent(request, {instance}, ports);
    std::vector<dicom::Segment> content{dicom::Segment::of(dicom::file_meta_information(*object))};
    content.insert(content.end(), object->segments.begin(), object->segments.end());
    Response response;
    response.set("Content-Type", "application/dicom");
    response.content = std::move(content);
    answer_conditionally(request, response);
    answer_range(request, response);
    return response;
}

Response answer_object(const Request& request,
                       const RenderingRequest& rendering,
                       const WebPorts& ports) {
    const Wanted wanted = wanted_type(request);
    if (wanted.type.empty()) {
        return problem(406, "contentType: is to be application/dicom, image/jpeg or image/png");
    }
    const auto instances = instances_of(request, ports.retrieve);
    if (!instances) {
        return problem_of(instances.error());
    }
    const InstanceReference& instance = instances->front();
    if (wanted.type == "application/dicom") {
        return object_response(request, instance, ports);
    }
    const auto drawn = draw(instance, request.capture("study"), rendering, ports.retrieve);
    if (drawn) {
        tell_sent(request, drawn->shown, ports);
        return picture_response(request, drawn->picture, wanted.type, rendering.quality);
    }
    // A document, of which nobody asked for a picture.
    const bool as_object = wanted.usual && drawn.error().kind == FaultKind::unsupported;
    return as_object ? object_response(request, instance, ports) : problem_of(drawn.error());
}

Response answer_wado_uri(const Request& asked, const WebPorts& ports) {
    const std::string* const type = asked.parameter("requestType");
    if (type == nullptr || *type != "WADO") {
        return wrong("requestType", "is to be WADO");
    }
    Request request = asked;
    struct Name {
        const char *parameter, *capture;
    };
    static constexpr Name names[] = {
        {"studyUID", "study"}, {"seriesUID", "series"}, {"objectUID", "instance"}};
    for (const Name& name : names) {
        const std::string* const uid = asked.parameter(name.parameter);
        if (uid == nullptr || !is_uid(*uid)) {
            return wrong(name.parameter, "is to be a UID");
        }
        request.captures.push_back({.name = name.capture, .value = *uid});
    }
    const auto rendering = parse_uri_rendering(request);
    if (!rendering) {
        return problem_of(rendering.error());
    }
    const std::string* const anonymous = request.parameter("anonymize");
    if (anonymous != nullptr) {
        return *anonymous == "yes" ? problem(406, "anonymize: objects are not anonymised here")
                                   : wrong("anonymize", "is to be yes, or not to be there");
    }
    return answer_object(request, *rendering, ports);
}

}  // namespace

void add_uri_resource(Router& router, const WebPorts& ports) {
    router.add({.method = "GET",
                .pattern = "/wado",
                .says = "Retrieve an object or its picture (WADO-URI)",
                .handler = Answer(
                    [&ports](const Request& request) { return answer_wado_uri(request, ports); }),
                .media_types = {"image/jpeg", "image/png", "application/dicom"},
                .parameters = {"annotation",
                               "columns",
                               "contentType",
                               "frameNumber",
                               "imageQuality",
                               "objectUID",
                               "presentationSeriesUID",
                               "presentationUID",
                               "region",
                               "requestType",
                               "rows",
                               "seriesUID",
                               "studyUID",
                               "transferSyntax",
                               "windowCenter",
                               "windowWidth"}});
}

}  // namespace cxr::bridge::web
