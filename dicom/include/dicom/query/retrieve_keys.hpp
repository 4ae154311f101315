#pragma once
/// Keys that a retrieval has and does without (PS3.4 C.4.2.1.4.1).

#include "dicom/query/identifier.hpp"

#include <vector>

namespace cxr::dicom {

/// Attributes of an identifier that are neither unique keys of the model down to this level nor
/// control attributes: what parse_retrieve_identifier() ignores when it is not strict (R18).
[[nodiscard]] std::vector<DcmTagKey> ignored_retrieve_keys(const Attributes& identifier,
                                                           InformationModel model,
                                                           QueryLevel level);

}  // namespace cxr::dicom
