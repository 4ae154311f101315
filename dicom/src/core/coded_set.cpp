#include "coded_set.hpp"

#include "utf8.hpp"

#include <array>
#include <iconv.h>
#include <map>
#include <memory>
#include <stdexcept>

namespace cxr::dicom {
namespace {

constexpr Designation designations[] = {
    {"\x1B(B", CodedSet::ascii, false},
    {"\x1B(J", CodedSet::romaji, false},
    {"\x1B)I", CodedSet::katakana, true},
    {"\x1B-A", CodedSet::latin_1, true},
    {"\x1B-B", CodedSet::latin_2, true},
    {"\x1B-C", CodedSet::latin_3, true},
    {"\x1B-D", CodedSet::latin_4, true},
    {"\x1B-M", CodedSet::latin_5, true},
    {"\x1B-b", CodedSet::latin_9, true},
    {"\x1B-L", CodedSet::cyrillic, true},
    {"\x1B-G", CodedSet::arabic, true},
    {"\x1B-F", CodedSet::greek, true},
    {"\x1B-H", CodedSet::hebrew, true},
    {"\x1B-T", CodedSet::thai, true},
    {"\x1B$B", CodedSet::jis_x_0208, false},
    {"\x1B$(D", CodedSet::jis_x_0212, false},
    {"\x1B$)C", CodedSet::ks_x_1001, true},
    {"\x1B$)A", CodedSet::gb_2312, true},
};

/// One direction of iconv(3), to UTF-8. Not shared between threads: it has a shift state.
class Converter {
public:
    explicit Converter(const char* charset) : handle_(iconv_open("UTF-8", charset)) {
        if (reinterpret_cast<std::intptr_t>(handle_) == -1) {
            throw std::runtime_error(std::string("iconv lacks the character set ") + charset);
        }
    }
    ~Converter() { iconv_close(handle_); }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    /// Converts the well-formed beginning of `text` and removes it.
    void convert_prefix(std::string_view& text, std::string& utf8) {
        iconv(handle_, nullptr, nullptr, nullptr, nullptr);
        std::array<char, 1024> buffer{};
        while (!text.empty()) {
            char* in = const_cast<char*>(text.data());  // NOLINT: iconv's signature; it only reads
            std::size_t in_left = text.size();
            char* out = buffer.data();
            std::size_t out_left = buffer.size();
            const std::size_t outcome = iconv(handle_, &in, &in_left, &out, &out_left);
            const bool stuck = outcome == static_cast<std::size_t>(-1) && in == text.data();
            utf8.append(buffer.data(), buffer.size() - out_left);
            text.remove_prefix(text.size() - in_left);
            if (stuck) {
                return;
            }
        }
    }

private:
    iconv_t handle_;
};

Converter& thread_converter(const char* charset) {
    thread_local std::map<std::string_view, Converter> converters;
    return converters.try_emplace(charset, charset).first->second;
}

const char* charset_of(CodedSet set) {
    switch (set) {
        case CodedSet::latin_1:
            return "ISO-8859-1";
        case CodedSet::latin_2:
            return "ISO-8859-2";
        case CodedSet::latin_3:
            return "ISO-8859-3";
        case CodedSet::latin_4:
            return "ISO-8859-4";
        case CodedSet::latin_5:
            return "ISO-8859-9";
        case CodedSet::latin_9:
            return "ISO-8859-15";
        case CodedSet::cyrillic:
            return "ISO-8859-5";
        case CodedSet::arabic:
            return "ISO-8859-6";
        case CodedSet::greek:
            return "ISO-8859-7";
        case CodedSet::hebrew:
            return "ISO-8859-8";
        case CodedSet::thai:
            return "TIS-620";
        case CodedSet::jis_x_0208:
        case CodedSet::jis_x_0212:
            return "EUC-JP";
        case CodedSet::ks_x_1001:
            return "EUC-KR";
        case CodedSet::gb_2312:
            return "EUC-CN";
        case CodedSet::none:
        case CodedSet::ascii:
        case CodedSet::katakana:
        case CodedSet::romaji:
            break;
    }
    return nullptr;
}

using UpperHalf = std::array<char32_t, 128>;  ///< 0: no character

UpperHalf read_upper_half(CodedSet set) {
    UpperHalf characters{};
    if (set == CodedSet::katakana) {
        for (unsigned byte = 0xA1; byte <= 0xDF; ++byte) {  // Unicode kept the order of JIS X 0201
            characters[byte - 0x80] = 0xFF61 + (byte - 0xA1);
        }
        return characters;
    }
    Converter converter(charset_of(set));
    for (unsigned byte = 0xA0; byte <= 0xFF; ++byte) {
        const char one = static_cast<char>(byte);
        std::string_view text(&one, 1);
        std::string utf8;
        converter.convert_prefix(text, utf8);
        if (text.empty() && !utf8.empty()) {
            characters[byte - 0x80] = first_character(utf8).code_point;
        }
    }
    return characters;
}

}  // namespace

const Designation* find_designation(std::string_view text) {
    for (const Designation& designation : designations) {
        if (text.starts_with(designation.escape)) {
            return &designation;
        }
    }
    return nullptr;
}

bool is_two_byte(CodedSet set) {
    return set == CodedSet::jis_x_0208 || set == CodedSet::jis_x_0212 ||
           set == CodedSet::ks_x_1001 || set == CodedSet::gb_2312;
}

std::optional<char32_t> upper_half_character(CodedSet set, unsigned char byte) {
    static const std::map<CodedSet, UpperHalf> halves = [] {
        std::map<CodedSet, UpperHalf> all;
        for (const Designation& designation : designations) {
            if (designation.upper_half && !is_two_byte(designation.set)) {
                all.emplace(designation.set, read_upper_half(designation.set));
            }
        }
        return all;
    }();
    const auto half = halves.find(set);
    if (half == halves.end() || byte < 0x80 || half->second[byte - 0x80U] == 0) {
        return std::nullopt;
    }
    return half->second[byte - 0x80U];
}

bool append_two_byte_character(CodedSet set,
                               unsigned char first,
                               unsigned char second,
                               std::string& utf8) {
    // EUC places each set in the upper half; JIS X 0212 behind a single shift (8FH).
    std::string euc;
    if (set == CodedSet::jis_x_0212) {
        euc += '\x8F';
    }
    euc += static_cast<char>(first | 0x80);
    euc += static_cast<char>(second | 0x80);
    std::string_view text(euc);
    std::string character;
    thread_converter(charset_of(set)).convert_prefix(text, character);
    if (!text.empty() || character.empty()) {
        return false;
    }
    utf8 += character;
    return true;
}

void convert_prefix(const char* charset, std::string_view& text, std::string& utf8) {
    thread_converter(charset).convert_prefix(text, utf8);
}

}  // namespace cxr::dicom
