#include "dicom/core/check.hpp"

#include <fmt/format.h>

namespace cxr::dicom {

Result<void> check(const OFCondition& condition, std::string_view doing) {
    if (condition.good()) {
        return {};
    }
    return Fault{
        .kind = FaultKind::malformed,
        .doing = fmt::format(
            "{}: {} ({}:{})", doing, condition.text(), condition.module(), condition.code())};
}

}  // namespace cxr::dicom
