#pragma once
/// Values of a presentation state's attributes.

#include "dicom/core/attributes.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cxr::dicom {

/// None, where the sequence is absent.
[[nodiscard]] std::span<const Attributes> items_of(const Attributes& attributes,
                                                   const DcmTagKey& tag);
/// All of an attribute's values; none where one of them is no finite number.
[[nodiscard]] std::vector<double> numbers_of(const Attributes& attributes, const DcmTagKey& tag);

/// The image that is asked about.
struct StateOf {
    std::string_view sop_instance_uid;
    std::uint32_t frame;

    /// Is it one of the Referenced Image Sequence's, or is there none, which means all?
    [[nodiscard]] bool concerned_by(const Attributes& item) const;
};

}  // namespace cxr::dicom
