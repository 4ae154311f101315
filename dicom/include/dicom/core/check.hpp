#pragma once
/// DCMTK's OFCondition looked at once, where it appears, with module, code and text.

#include "dicom/core/result.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/ofstd/ofcond.h>

#include <string_view>

namespace cxr::dicom {

/// @param doing what was being done: "insert referenced image".
[[nodiscard]] Result<void> check(const OFCondition& condition, std::string_view doing);

}  // namespace cxr::dicom
