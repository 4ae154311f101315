#pragma once
/// Letters of ASCII, whatever the locale: names that protocols and tables compare without case.

#include <algorithm>
#include <string>
#include <string_view>

namespace cxr::dicom::ascii {

[[nodiscard]] constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string lowered(std::string_view text) {
    std::string small(text);
    std::ranges::transform(small, small.begin(), lower);
    return small;
}

[[nodiscard]] constexpr bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace cxr::dicom::ascii
