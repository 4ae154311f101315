#pragma once
/// What the JSON and the XML form of a data set have in common (PS3.18 Annex F, PS3.19 Annex A).

#include "dicom/core/attributes.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace cxr::dicom {

/// Backslashes are part of the one value.
[[nodiscard]] constexpr bool is_single_valued(VR vr) {
    return vr == VR::LT || vr == VR::ST || vr == VR::UT || vr == VR::UR;
}

/// Kept as the bytes that were sent.
[[nodiscard]] bool is_binary(VR vr);

/// visit(number from 1, value); of an attribute that has no value: never.
template <typename Visitor>
void for_each_value(const Attribute& attribute, Visitor visit) {
    if (attribute.value.empty()) {
        return;
    }
    std::string_view left = attribute.value;
    for (std::size_t number = 1;; ++number) {
        const std::size_t end =
            is_single_valued(attribute.vr) ? left.size() : std::min(left.find('\\'), left.size());
        visit(number, left.substr(0, end));
        if (end == left.size()) {
            return;
        }
        left.remove_prefix(end + 1);
    }
}

/// RFC 4648, without line ends.
void append_base64(std::string& text, std::string_view bytes);

}  // namespace cxr::dicom
