#include "pictures.hpp"

#include "bridge/web/conditional.hpp"
#include "dicom/presentation/presentation_state.hpp"
#include "stored_instances.hpp"

namespace cxr::bridge::web {

namespace {

using storescp::InstanceReference;

bool is_state(const InstanceReference& instance) {
    return instance.sop_class_uid == dicom::presentation_state_sop_class_uid;
}

Result<InstanceReference> instance_in(const std::string& study_instance_uid,
                                      const std::string& series_instance_uid,
                                      const std::string& sop_instance_uid,
                                      storescp::RetrievePort& port) {
    dicom::RetrieveIdentifier identifier;
    identifier.level = dicom::QueryLevel::image;
    identifier.study_instance_uids = {study_instance_uid};
    identifier.series_instance_uids = {series_instance_uid};
    identifier.sop_instance_uids = {sop_instance_uid};
    auto found = port.instances(identifier);
    if (!found) {
        return found.error();
    }
    if (found->empty()) {
        return Fault{.kind = FaultKind::not_found, .doing = "there is no such object"};
    }
    return std::move(found->front());
}

Result<dicom::Attributes> attributes_of(const InstanceReference& state,
                                        storescp::RetrievePort& port) {
    const auto object = load_readable(state, port);
    if (!object) {
        return object.error();
    }
    auto layout = dicom::layout_of(*object);
    if (!layout) {
        return layout.error();
    }
    return std::move(layout->attributes);
}

Result<Drawn> draw_with_state(const InstanceReference& image,
                              const InstanceReference& state,
                              const dicom::Attributes& said,
                              const RenderingRequest& wanted,
                              storescp::RetrievePort& port) {
    auto read = dicom::read_softcopy_state(said, image.sop_instance_uid, wanted.options.frame);
    if (!read) {
        return read.error();
    }
    const auto object = load_readable(image, port);
    if (!object) {
        return object.error();
    }
    dicom::RenderingOptions options = wanted.options;
    options.state = *std::move(read);
    auto picture = dicom::render(*object, options);
    if (!picture) {
        return picture.error();
    }
    return Drawn{.picture = *std::move(picture), .shown = {image, state}};
}

/// A presentation state is seen on the first of its images.
Result<Drawn> draw_state(const InstanceReference& state,
                         const std::string& study_instance_uid,
                         const RenderingRequest& wanted,
                         storescp::RetrievePort& port) {
    const auto said = attributes_of(state, port);
    if (!said) {
        return said.error();
    }
    const auto images = dicom::images_of(*said);
    if (images.empty()) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = "the presentation state is of no image"};
    }
    const auto image = instance_in(study_instance_uid,
                                   images.front().series_instance_uid,
                                   images.front().sop_instance_uid,
                                   port);
    return image ? draw_with_state(*image, state, *said, wanted, port)
                 : Result<Drawn>(image.error());
}

/// Does a range mean pictures of that type in parts?
bool takes_parts(const MediaType& range, std::string_view picture) {
    const std::string type = range.parameter("type");
    // Viewers ask for thumbnails with the field that they have for frames.
    const bool any = type.empty() || type == "application/octet-stream";
    return range.takes("multipart/related") && (any || type == picture);
}

}  // namespace

std::string_view picture_type(const std::vector<MediaType>& accepted,
                              bool several,
                              bool& multipart) {
    for (const MediaType& range : accepted) {
        for (const bool parts : {false, true}) {
            for (const std::string_view offer : picture_types) {
                const auto means = [parts, offer](const MediaType& each) {
                    return parts ? takes_parts(each, offer) : each.takes(offer);
                };
                if ((parts || !several) && grants(accepted, range, means)) {
                    multipart = parts;
                    return offer;
                }
            }
        }
    }
    return {};
}

Result<Drawn> draw(const InstanceReference& instance,
                   const std::string& study_instance_uid,
                   const RenderingRequest& wanted,
                   storescp::RetrievePort& port) {
    if (is_state(instance)) {
        return draw_state(instance, study_instance_uid, wanted, port);
    }
    if (wanted.state) {
        const auto state = instance_in(study_instance_uid,
                                       wanted.state->series_instance_uid,
                                       wanted.state->sop_instance_uid,
                                       port);
        if (!state) {
            return state.error();
        }
        if (!is_state(*state)) {
            return Fault{.kind = FaultKind::malformed,
                         .doing =
                             "presentationUID: is to be that of a grayscale softcopy "
                             "presentation state"};
        }
        const auto said = attributes_of(*state, port);
        return said ? draw_with_state(instance, *state, *said, wanted, port)
                    : Result<Drawn>(said.error());
    }
    const auto object = load_readable(instance, port);
    if (!object) {
        return object.error();
    }
    auto picture = dicom::render(*object, wanted.options);
    if (!picture) {
        return picture.error();
    }
    return Drawn{.picture = *std::move(picture), .shown = {instance}};
}

dicom::Segment file_of(const dicom::Picture& picture, std::string_view type, int quality) {
    return dicom::Segment::of(type == "image/png" ? dicom::png_of(picture)
                                                  : dicom::jpeg_of(picture, quality));
}

Response picture_response(const Request& request,
                          const dicom::Picture& picture,
                          std::string_view type,
                          int quality) {
    Response response;
    response.set("Content-Type", std::string(type));
    response.content = std::vector<dicom::Segment>{file_of(picture, type, quality)};
    answer_conditionally(request, response);
    return response;
}

}  // namespace cxr::bridge::web
