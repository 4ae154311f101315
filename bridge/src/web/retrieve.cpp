// WADO-RS objects (PS3.18 §10.4.1.1.1): Part 10 files of a study, a series or one instance, sent
// from where they lie.

#include "bridge/web/conditional.hpp"
#include "bridge/web/problem.hpp"
#include "dicom/codec/codec.hpp"
#include "multipart.hpp"
#include "representation.hpp"
#include "stored_instances.hpp"
#include "streamed_parts.hpp"

#include <algorithm>

namespace cxr::bridge::web {

using storescp::InstanceReference;

namespace {

std::vector<dicom::Segment> part_10(const dicom::EncodedObject& object) {
    std::vector<dicom::Segment> segments;
    segments.push_back(dicom::Segment::of(dicom::file_meta_information(object)));
    segments.insert(segments.end(), object.segments.begin(), object.segments.end());
    return segments;
}

/// A document has no pixels to compress: where images are wanted compressed, it comes as it is.
std::optional<Representation> representation_of(const InstanceReference& instance,
                                                storescp::RetrievePort& port,
                                                const std::vector<MediaType>& accepted,
                                                bool single) {
    const auto available = port.transfer_syntaxes(instance);
    auto chosen = choose_object_representation(accepted, available, single);
    const bool document = std::ranges::none_of(available, [](const std::string& uid) {
        const auto* const syntax = dicom::find_transfer_syntax(uid);
        return syntax == nullptr || syntax->encapsulated;
    });
    if (!chosen && document) {
        const std::vector<MediaType> plain{
            {.type = "multipart",
             .subtype = "related",
             .parameters = {{.name = "type", .value = "application/dicom"}}}};
        const bool compressed = std::ranges::any_of(accepted, [](const MediaType& range) {
            const auto* const wanted =
                dicom::find_transfer_syntax(range.parameter("transfer-syntax"));
            return (range.parameter("type") == "application/dicom" ||
                    range.is("application/dicom")) &&
                   range.q > 0 && wanted != nullptr && wanted->encapsulated;
        });
        if (compressed) {
            chosen = choose_object_representation(plain, available, single);
        }
    }
    return chosen;
}

MakePart object_part(storescp::RetrievePort& port, std::vector<MediaType> accepted) {
    return [&port, accepted = std::move(accepted)](
               const InstanceReference& instance) -> Result<StreamedPart> {
        const auto chosen = representation_of(instance, port, accepted, false);
        if (!chosen) {
            return Fault{.kind = FaultKind::unsupported,
                         .doing = "the objects cannot be given in what is accepted"};
        }
        const auto object = port.load(instance, chosen->transfer_syntax_uid);
        if (!object) {
            return object.error();
        }
        return StreamedPart{
            .content_type = "application/dicom;transfer-syntax=" + object->transfer_syntax_uid,
            .content = part_10(*object)};
    };
}

Response answer_one(const Request& request,
                    const InstanceReference& instance,
                    storescp::RetrievePort& port) {
    const auto chosen = representation_of(instance, port, accepted(request), true);
    if (!chosen) {
        return problem(406, "the object cannot be given in what is accepted");
    }
    const auto object = port.load(instance, chosen->transfer_syntax_uid);
    if (!object) {
        return problem_of(object.error());
    }
    const std::string type = "application/dicom;transfer-syntax=" + object->transfer_syntax_uid;
    Response response;
    if (!chosen->multipart) {
        response.set("Content-Type", type);
        response.content = part_10(*object);
        answer_conditionally(request, response);
        answer_range(request, response);
        return response;
    }
    MultipartWriter writer("application/dicom");
    std::vector<dicom::Segment> segments;
    writer.append(segments, type, {}, part_10(*object));
    writer.finish(segments);
    response.set("Content-Type", writer.content_type());
    response.content = std::move(segments);
    return response;
}

Response answer_retrieve(const Request& request, const WebPorts& ports) {
    storescp::RetrievePort& port = ports.retrieve;
    auto instances = instances_of(request, port);
    if (!instances) {
        return problem_of(instances.error());
    }
    tell_sent(request, *instances, ports);
    const bool one = find(request.captures, "instance") != nullptr;
    if (one) {
        return answer_one(request, instances->front(), port);
    }
    auto response = streamed_parts(
        *std::move(instances), "application/dicom", object_part(port, accepted(request)));
    return response ? *std::move(response) : problem_of(response.error());
}

}  // namespace

void add_retrieve_resources(Router& router, const WebPorts& ports) {
    struct Retrieval {
        const char* pattern;
        const char* says;
    };
    static constexpr Retrieval retrievals[] = {
        {"/dicom-web/studies/{study}", "Retrieve a study"},
        {"/dicom-web/studies/{study}/series/{series}", "Retrieve a series"},
        {"/dicom-web/studies/{study}/series/{series}/instances/{instance}",
         "Retrieve an instance"}};
    for (const Retrieval& retrieval : retrievals) {
        router.add(
            {.method = "GET",
             .pattern = retrieval.pattern,
             .says = retrieval.says,
             .handler = Answer(
                 [&ports](const Request& request) { return answer_retrieve(request, ports); }),
             .media_types = {"multipart/related; type=\"application/dicom\"", "application/dicom"},
             .parameters = {"accept"}});
    }
}

}  // namespace cxr::bridge::web
