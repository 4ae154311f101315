#pragma once
/// Names of files that are named by a SHA-256: 64 hexadecimal digits and ".dcm".

#include <cstddef>
#include <string_view>

namespace cxr::bridge {

inline constexpr std::size_t hash_digits = 64;
inline constexpr std::string_view hashed_extension = ".dcm";

[[nodiscard]] constexpr bool is_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

[[nodiscard]] constexpr bool is_hashed_name(std::string_view name) {
    return name.size() == hash_digits + hashed_extension.size() &&
           name.ends_with(hashed_extension) && is_hex(name.substr(0, hash_digits));
}

}  // namespace cxr::bridge
