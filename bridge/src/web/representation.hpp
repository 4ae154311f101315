#pragma once
/// Which media type and transfer syntax a retrieval is answered in (PS3.18 §8.7.3, tables 8.7.3-1
/// to -5): pure.

#include "bridge/web/media_type.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge::web {

struct Representation {
    bool multipart = true;
    std::string media_type;           ///< of a part: "application/dicom", "image/jls", …
    std::string transfer_syntax_uid;  ///< that the object is to be loaded in
};

/// Of whole objects: application/dicom, Explicit VR Little Endian unless something else is said.
/// @param available that the object can be had in, the kept one first
/// @param single one object: it may be had without multipart
[[nodiscard]] std::optional<Representation> choose_object_representation(
    const std::vector<MediaType>& accepted, std::span<const std::string> available, bool single);

/// Of frames: octets, or a compressed image type. Deflated and Big Endian pixels are never sent.
[[nodiscard]] std::optional<Representation> choose_frame_representation(
    const std::vector<MediaType>& accepted, std::span<const std::string> available, bool single);

/// Of bulk data: octets. Pixel data are decoded unless another transfer syntax is asked for; of
/// what else there is, none is `available`, and none is chosen.
[[nodiscard]] std::optional<Representation> choose_bulk_representation(
    const std::vector<MediaType>& accepted, std::span<const std::string> available);

}  // namespace cxr::bridge::web
