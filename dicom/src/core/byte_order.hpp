#pragma once
/// Numbers as they stand in a stream, at any alignment.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace cxr::dicom {

template <typename T>
[[nodiscard]] T load_number(const std::byte* at, bool big_endian) {
    static_assert(std::is_arithmetic_v<T>);
    std::byte ordered[sizeof(T)];
    const bool swap = big_endian != (std::endian::native == std::endian::big);
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        ordered[i] = at[swap ? sizeof(T) - 1 - i : i];
    }
    T value;
    std::memcpy(&value, ordered, sizeof(T));
    return value;
}

[[nodiscard]] inline std::uint16_t load_u16(const std::byte* at, bool big_endian) {
    return load_number<std::uint16_t>(at, big_endian);
}
[[nodiscard]] inline std::uint32_t load_u32(const std::byte* at, bool big_endian) {
    return load_number<std::uint32_t>(at, big_endian);
}

}  // namespace cxr::dicom
