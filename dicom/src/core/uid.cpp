#include "dicom/core/uid.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <cctype>

namespace cxr::dicom {
namespace {

constexpr Uuid namespace_url{
    0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

}  // namespace

const Uuid& collection_namespace() {
    static const Uuid uuid = uuid_v5(namespace_url, "https://nihcc.app.box.com/v/ChestXray-NIHCC");
    return uuid;
}

Uuid uuid_v5(const Uuid& name_space, std::string_view name) {
    std::string message(name_space.begin(), name_space.end());
    message += name;
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data());
    Uuid uuid{};
    std::copy_n(digest.begin(), uuid.size(), uuid.begin());
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x50);
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);
    return uuid;
}

std::uint32_t seed_of(std::string_view name) {
    const Uuid uuid = uuid_v5(collection_namespace(), name);
    return (std::uint32_t{uuid[0]} << 24) | (std::uint32_t{uuid[1]} << 16) |
           (std::uint32_t{uuid[2]} << 8) | uuid[3];
}

std::string uid_of(const Uuid& uuid) {
    __extension__ using Uint128 = unsigned __int128;
    Uint128 value = 0;
    for (const std::uint8_t byte : uuid) {
        value = (value << 8) | byte;
    }
    std::string digits;
    do {
        digits += static_cast<char>('0' + static_cast<int>(value % 10));
        value /= 10;
    } while (value != 0);
    std::reverse(digits.begin(), digits.end());
    return "2.25." + digits;
}

bool is_valid_uid(std::string_view uid) {
    if (uid.empty() || uid.size() > 64) {
        return false;
    }
    std::size_t component_begin = 0;
    while (true) {
        const std::size_t component_end = std::min(uid.find('.', component_begin), uid.size());
        const std::string_view component =
            uid.substr(component_begin, component_end - component_begin);
        const bool digits_only = std::all_of(component.begin(),
                                             component.end(),
                                             [](unsigned char c) { return std::isdigit(c) != 0; });
        if (component.empty() || !digits_only || (component.size() > 1 && component[0] == '0')) {
            return false;
        }
        if (component_end == uid.size()) {
            return true;
        }
        component_begin = component_end + 1;
    }
}

UIDSource::UIDSource(std::string_view profile)
    : namespace_(profile.empty()
                     ? collection_namespace()
                     : uuid_v5(collection_namespace(), "profile/" + std::string(profile))) {}

}  // namespace cxr::dicom
