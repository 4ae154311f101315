#pragma once
/// The attributes of the objects that are made from a data set (PS3.2 annex "IOD contents"), read
/// from objects that are built here: from several made-up rows, so that what every one of them has
/// alike is told from what comes from the data set.

#include "dicom/mapping/image_record.hpp"
#include "statement/document.hpp"

#include <string>

namespace cxr::bridge {

/// Every kind, a further source's report being one.
inline constexpr std::size_t created_kind_count = dicom::derived_kind_count + 1;

struct CreatedObject {
    std::string name;  ///< "Image", "Report of the labels", …
    std::string sop_class_uid;
    TextTable attributes;  ///< keyword, tag, VR, presence, value; items indented by '>'
};

[[nodiscard]] CreatedObject created_object(dicom::DerivedKind kind,
                                           const dicom::MappingOptions& mapping);

}  // namespace cxr::bridge
