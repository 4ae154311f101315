// Person names without case and accents (PS3.4 C.2.2.2.1 leaves both to the SCP).
#include "core/utf8.hpp"
#include "dicom/core/ascii.hpp"
#include "dicom/core/character_set.hpp"
#include "dicom/query/matching.hpp"
#include "identifier_reading.hpp"

#include <algorithm>
#include <utf8proc.h>
#include <vector>

namespace cxr::dicom {
namespace {

/// Letters that Unicode does not take apart into a plain one and a mark.
char32_t without_stroke(char32_t letter) {
    switch (letter) {
        case 0x00F8:
            return 'o';  // ø
        case 0x0111:     // đ
        case 0x00F0:     // ð
            return 'd';
        case 0x0127:
            return 'h';  // ħ
        case 0x0131:
            return 'i';  // dotless
        case 0x0142:
            return 'l';  // ł
        case 0x0167:
            return 't';  // ŧ
        case 0x03C2:
            return 0x03C3;  // final sigma
        default:
            return letter;
    }
}

char32_t without_width(char32_t letter) {
    const bool full_width = (letter >= 0xFF10 && letter <= 0xFF19) ||  // digits
                            (letter >= 0xFF21 && letter <= 0xFF3A) ||  // upper case
                            (letter >= 0xFF41 && letter <= 0xFF5A);    // lower case
    return full_width ? letter - 0xFEE0 : letter;
}

bool is_combining_mark(char32_t code_point) {
    return code_point >= 0x0300 && code_point <= 0x036F;
}

/// Taken apart, marks dropped, in lower case, and put together again: what has no such marks (kana
/// with dakuten, Hangul) stays one character.
std::string folded_characters(std::string_view text) {
    std::vector<utf8proc_int32_t> characters(4 * text.size() + 1);
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const utf8proc_ssize_t taken_apart =
        utf8proc_decompose(bytes,
                           static_cast<utf8proc_ssize_t>(text.size()),
                           characters.data(),
                           static_cast<utf8proc_ssize_t>(characters.size()),
                           UTF8PROC_DECOMPOSE);
    if (taken_apart < 0 || static_cast<std::size_t>(taken_apart) > characters.size()) {
        return std::string(text);  // no UTF-8: compared as it is
    }
    characters.resize(static_cast<std::size_t>(taken_apart));
    std::erase_if(characters,
                  [](utf8proc_int32_t c) { return is_combining_mark(static_cast<char32_t>(c)); });
    for (utf8proc_int32_t& c : characters) {
        const char32_t plain = without_width(static_cast<char32_t>(c));
        c = utf8proc_tolower(static_cast<utf8proc_int32_t>(plain));
        c = static_cast<utf8proc_int32_t>(without_stroke(static_cast<char32_t>(c)));
    }
    const utf8proc_ssize_t together = utf8proc_normalize_utf32(
        characters.data(), static_cast<utf8proc_ssize_t>(characters.size()), UTF8PROC_COMPOSE);
    std::string folded;
    for (utf8proc_ssize_t i = 0; i < together; ++i) {
        append_utf8(folded, static_cast<char32_t>(characters[static_cast<std::size_t>(i)]));
    }
    return folded;
}

std::string folded_case(std::string_view text) {
    if (!is_ascii(text)) {
        return folded_characters(text);
    }
    return ascii::lowered(text);
}

/// Spaces around components and empty components at the end do not count.
std::string folded_group(std::string_view group) {
    std::string folded;
    while (true) {
        const std::size_t end = group.find('^');
        folded += trimmed_key(group.substr(0, end));
        if (end == std::string_view::npos) {
            break;
        }
        folded += '^';
        group.remove_prefix(end + 1);
    }
    folded.erase(folded.find_last_not_of('^') + 1);
    return folded;
}

}  // namespace

std::string folded_person_name(std::string_view name) {
    const std::string plain = folded_case(name);
    std::string folded;
    for_each_value(plain, [&folded, first = true](std::string_view value) mutable {
        if (!first) {
            folded += '\\';
        }
        first = false;
        const std::size_t begin = folded.size();
        while (true) {
            const std::size_t end = value.find('=');
            folded += folded_group(value.substr(0, end));
            if (end == std::string_view::npos) {
                break;
            }
            folded += '=';
            value.remove_prefix(end + 1);
        }
        while (folded.size() > begin && folded.back() == '=') {
            folded.pop_back();
        }
    });
    return folded;
}

}  // namespace cxr::dicom
