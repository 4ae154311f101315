#include "dicom/core/uid.hpp"

// The digest of a short name is taken a million times when a catalogue is built. OpenSSL 3 spends
// six times the digest on finding the algorithm in its one-shot functions; these do not.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <openssl/sha.h>

#include <algorithm>
#include <cctype>
#include <charconv>

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
    SHA_CTX state;
    SHA1_Init(&state);
    SHA1_Update(&state, name_space.data(), name_space.size());
    SHA1_Update(&state, name.data(), name.size());
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1_Final(digest.data(), &state);
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
    // Two 64-bit numbers print five times as fast as one of 128: the upper digits, then 19 more.
    constexpr std::uint64_t ten_to_19 = 10'000'000'000'000'000'000U;
    std::array<char, 48> text{'2', '.', '2', '5', '.'};
    char* end = text.data() + 5;
    const auto print = [&](std::uint64_t number) {
        end = std::to_chars(end, text.data() + text.size(), number).ptr;
    };
    const auto print_19_digits = [&](std::uint64_t number) {
        for (int i = 18; i >= 0; --i, number /= 10) {
            end[i] = static_cast<char>('0' + number % 10);
        }
        end += 19;
    };
    const Uint128 upper = value / ten_to_19;
    const auto lower = static_cast<std::uint64_t>(value % ten_to_19);
    if (upper >= ten_to_19) {
        print(static_cast<std::uint64_t>(upper / ten_to_19));
        print_19_digits(static_cast<std::uint64_t>(upper % ten_to_19));
        print_19_digits(lower);
    } else if (upper != 0) {
        print(static_cast<std::uint64_t>(upper));
        print_19_digits(lower);
    } else {
        print(lower);
    }
    return {text.data(), end};
}

std::optional<std::string> sop_class_uid(std::string_view uid_or_keyword) {
    if (is_valid_uid(uid_or_keyword)) {
        return std::string(uid_or_keyword);
    }
    const char* const uid = dcmFindUIDFromName(std::string(uid_or_keyword).c_str());
    return uid == nullptr ? std::nullopt : std::optional<std::string>(uid);
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
