#pragma once
/// Pictures of instances: of images, and of presentation states, which show their first image.
/// Blocking.

#include "bridge/web/media_type.hpp"
#include "bridge/web/web.hpp"
#include "rendered.hpp"

#include <string_view>
#include <vector>

namespace cxr::bridge::web {

inline constexpr std::string_view picture_types[] = {"image/jpeg", "image/png"};

/// The type that is wanted first, also as the type of parts; empty: none of ours.
/// @param several pictures, which are parts
/// @param multipart is told whether it is one of parts
[[nodiscard]] std::string_view picture_type(const std::vector<MediaType>& accepted,
                                            bool several,
                                            bool& multipart);

struct Drawn {
    dicom::Picture picture;
    std::vector<storescp::InstanceReference> shown;  ///< whose contents are in it
};
/// @param study_instance_uid that it and what it refers to are in
/// Faults: those of load() and render(), malformed (a presentation state of something else).
[[nodiscard]] Result<Drawn> draw(const storescp::InstanceReference& instance,
                                 const std::string& study_instance_uid,
                                 const RenderingRequest& wanted,
                                 storescp::RetrievePort& port);

/// @param type one of picture_types
[[nodiscard]] dicom::Segment file_of(const dicom::Picture& picture,
                                     std::string_view type,
                                     int quality);

/// The picture by itself, with its ETag.
[[nodiscard]] Response picture_response(const Request& request,
                                        const dicom::Picture& picture,
                                        std::string_view type,
                                        int quality);

}  // namespace cxr::bridge::web
