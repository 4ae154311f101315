#include "bridge/export/part10_folder.hpp"

#include "dicom/codec/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

namespace cxr::bridge {
namespace {

bool is_plain_name(std::string_view name) {
    return !name.empty() && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '_' || c == '-' || c == '.';
           });
}

}  // namespace

Result<Kept> Part10Folder::keep(std::string_view patient_id,
                                std::string_view name,
                                const dicom::EncodedObject& object) const {
    if (!is_plain_name(patient_id) || !is_plain_name(name)) {
        return Fault{.kind = FaultKind::malformed,
                     .doing = fmt::format("{}/{} is no file name", patient_id, name)};
    }
    const std::vector<std::byte> meta_information = dicom::file_meta_information(object);
    std::vector<std::span<const std::byte>> parts{meta_information};
    for (const dicom::Segment& segment : object.segments) {
        parts.push_back(segment.bytes);
    }
    return keep_whole_file(root_ / patient_id / fmt::format("{}{}", name, extension_), parts);
}

}  // namespace cxr::bridge
