#pragma once
/// How this implementation names itself in every file (PS3.10 7.1) and association (PS3.7
/// D.3.3.2): constants of one's own, distinct from every object's UID.

#include <string_view>

namespace cxr::dicom {

/// uid_of(uuid_v5(collection_namespace(), "implementation/cxrbridge")).
inline constexpr std::string_view implementation_class_uid =
    "2.25.80504193058621031453660360664392365208";
/// At most 16 characters.
inline constexpr std::string_view implementation_version_name = "CXRBRIDGE_0.1";

}  // namespace cxr::dicom
