#include "attribute_value.hpp"

#include "byte_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace cxr::dicom {
namespace {

/// Calls `use` with a zero of the C++ type of a numeric VR.
template <typename Use>
auto with_number_type(VR vr, Use use) {
    switch (vr) {
        case VR::US:
            return use(std::uint16_t{});
        case VR::SS:
            return use(std::int16_t{});
        case VR::UL:
            return use(std::uint32_t{});
        case VR::SL:
            return use(std::int32_t{});
        case VR::FL:
            return use(float{});
        case VR::FD:
            return use(double{});
        case VR::SV:
            return use(std::int64_t{});
        default:
            return use(std::uint64_t{});
    }
}

template <typename T>
void append_little_endian(T value, std::vector<std::byte>& bytes) {
    std::byte raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    if (std::endian::native == std::endian::big) {
        std::reverse(std::begin(raw), std::end(raw));
    }
    bytes.insert(bytes.end(), std::begin(raw), std::end(raw));
}

bool append_tag(std::string_view text, std::vector<std::byte>& bytes) {
    std::uint32_t tag = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tag, 16);
    if (error != std::errc{} || end != text.data() + text.size() || text.size() != 8) {
        return false;
    }
    append_little_endian(static_cast<std::uint16_t>(tag >> 16), bytes);
    append_little_endian(static_cast<std::uint16_t>(tag & 0xFFFF), bytes);
    return true;
}

bool append_number(VR vr, std::string_view text, std::vector<std::byte>& bytes) {
    return with_number_type(vr, [text, &bytes](auto value) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size()) {
            return false;
        }
        append_little_endian(value, bytes);
        return true;
    });
}

bool is_padded_in_front(VR vr) {
    return vr == VR::AE || vr == VR::CS || vr == VR::DS || vr == VR::IS || vr == VR::LO ||
           vr == VR::SH;
}

bool is_single_valued_text(VR vr) {
    return vr == VR::LT || vr == VR::ST || vr == VR::UT || vr == VR::UR;
}

std::string_view trimmed(VR vr, std::string_view value) {
    while (!value.empty() && (value.back() == ' ' || value.back() == '\0')) {
        value.remove_suffix(1);
    }
    while (is_padded_in_front(vr) && !value.empty() && value.front() == ' ') {
        value.remove_prefix(1);
    }
    return value;
}

}  // namespace

bool is_number(VR vr) {
    switch (vr) {
        case VR::US:
        case VR::SS:
        case VR::UL:
        case VR::SL:
        case VR::FL:
        case VR::FD:
        case VR::UV:
        case VR::SV:
        case VR::AT:
            return true;
        default:
            return false;
    }
}

std::size_t number_bytes(VR vr) {
    return vr == VR::AT ? 4 : with_number_type(vr, [](auto value) { return sizeof(value); });
}

std::optional<std::string> number_text(VR vr, std::span<const std::byte> bytes, bool big_endian) {
    const std::size_t width = number_bytes(vr);
    if (bytes.size() % width != 0) {
        return std::nullopt;
    }
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += width) {
        const std::byte* number = bytes.data() + at;
        if (at != 0) {
            text += '\\';
        }
        if (vr == VR::AT) {
            fmt::format_to(std::back_inserter(text),
                           "{:04X}{:04X}",
                           load_u16(number, big_endian),
                           load_u16(number + 2, big_endian));
        } else {
            with_number_type(vr, [&](auto zero) {
                fmt::format_to(std::back_inserter(text),
                               "{}",
                               load_number<decltype(zero)>(number, big_endian));
            });
        }
    }
    return text;
}

bool append_numbers(VR vr, std::string_view text, std::vector<std::byte>& bytes) {
    const std::size_t before = bytes.size();
    while (!text.empty()) {
        const std::size_t end = text.find('\\');
        const std::string_view one = text.substr(0, end);
        if (!(vr == VR::AT ? append_tag(one, bytes) : append_number(vr, one, bytes))) {
            bytes.resize(before);
            return false;
        }
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return true;
}

std::string without_padding(VR vr, std::string text) {
    if (is_single_valued_text(vr) || text.find('\\') == std::string::npos) {
        const std::string_view value = trimmed(vr, text);
        if (value.size() == text.size()) {
            return text;
        }
        return std::string(value);
    }
    std::string result;
    result.reserve(text.size());
    std::string_view rest(text);
    while (true) {
        const std::size_t end = rest.find('\\');
        result += trimmed(vr, rest.substr(0, end));
        if (end == std::string_view::npos) {
            return result;
        }
        result += '\\';
        rest.remove_prefix(end + 1);
    }
}

}  // namespace cxr::dicom
