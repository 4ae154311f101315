#include "utf8.hpp"

#include "dicom/core/character_set.hpp"

#include <cstdint>
#include <cstring>

namespace cxr::dicom {

DecodedCharacter first_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) {
        return {.code_point = lead, .size = 1, .valid = true};
    }
    struct Form {
        unsigned char mask, mark;
        std::size_t size;
        char32_t least;
    };
    static constexpr Form forms[] = {
        {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}};
    for (const Form& form : forms) {
        if ((lead & form.mask) != form.mark) {
            continue;
        }
        char32_t code_point = lead & static_cast<unsigned char>(~form.mask);
        std::size_t size = 1;
        while (size < form.size && size < text.size() &&
               (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
            code_point = (code_point << 6) | (static_cast<unsigned char>(text[size]) & 0x3F);
            ++size;
        }
        const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
        const bool valid =
            size == form.size && code_point >= form.least && code_point <= 0x10FFFF && !surrogate;
        return {
            .code_point = valid ? code_point : replacement_character, .size = size, .valid = valid};
    }
    return {.code_point = replacement_character, .size = 1, .valid = false};
}

void append_utf8(std::string& text, char32_t code_point) {
    const auto put = [&text](char32_t byte) { text += static_cast<char>(byte); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | (code_point >> 6));
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | (code_point >> 12));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | (code_point >> 18));
        put(0x80 | ((code_point >> 12) & 0x3F));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

bool is_ascii(std::string_view text) {
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + i, 8);
        if ((eight & 0x8080'8080'8080'8080ULL) != 0) {
            return false;
        }
    }
    for (; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0x80) != 0) {
            return false;
        }
    }
    return true;
}

bool is_valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const DecodedCharacter character = first_character(text);
        if (!character.valid) {
            return false;
        }
        text.remove_prefix(character.size);
    }
    return true;
}

}  // namespace cxr::dicom
