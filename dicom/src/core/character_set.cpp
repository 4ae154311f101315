#include "dicom/core/character_set.hpp"

#include "coded_set.hpp"
#include "utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cxr::dicom {

/// One conversion of one text: the state of PS3.5 6.1.2.5 and what to do with bytes that mean
/// nothing.
class CharacterSetConversion {
public:
    CharacterSetConversion(const CharacterSet& set, VR vr, bool lossy)
        : set_(set),
          lossy_(lossy),
          person_name_(vr == VR::PN),
          multiple_(vr != VR::ST && vr != VR::LT && vr != VR::UT) {
        reset();
    }

    /// False: stopped at bytes without meaning (never when lossy).
    bool run(std::string_view text) {
        switch (set_.kind_) {
            case CharacterSet::Kind::utf_8:
                return run_utf8(text);
            case CharacterSet::Kind::gb18030:
                return run_whole("GB18030", text);
            case CharacterSet::Kind::gbk:
                return run_whole("GBK", text);
            case CharacterSet::Kind::iso_2022:
                break;
        }
        return run_iso_2022(text);
    }

    [[nodiscard]] static bool is_identity(const CharacterSet& set, std::string_view text) {
        return is_ascii(text) &&
               (set.kind_ != CharacterSet::Kind::iso_2022 ||
                (set.g0_ == CodedSet::ascii && text.find('\x1B') == std::string_view::npos));
    }

    std::string utf8;
    std::size_t unconvertible = 0;

private:
    void reset() {
        g0_ = set_.g0_;
        g1_ = set_.g1_;
    }

    bool meaningless() {
        append_utf8(utf8, replacement_character);
        ++unconvertible;
        return lossy_;
    }

    bool run_utf8(std::string_view text) {
        while (!text.empty()) {
            const DecodedCharacter character = first_character(text);
            if (character.valid) {
                utf8 += text.substr(0, character.size);
            } else if (!meaningless()) {
                return false;
            }
            text.remove_prefix(character.size);
        }
        return true;
    }

    bool run_whole(const char* charset, std::string_view text) {
        while (true) {
            convert_prefix(charset, text, utf8);
            if (text.empty()) {
                return true;
            }
            if (!meaningless()) {
                return false;
            }
            text.remove_prefix(1);
        }
    }

    bool run_iso_2022(std::string_view text) {
        while (!text.empty()) {
            const auto byte = static_cast<unsigned char>(text[0]);
            std::size_t used = 1;
            bool understood = true;
            if (byte == 0x1B) {
                understood = designate(text, used);
            } else if (byte < 0x20 || is_delimiter(byte)) {
                reset();
                utf8 += text[0];
            } else if (byte < 0x80) {
                understood = lower_half(text, byte, used);
            } else {
                understood = upper_half(text, byte, used);
            }
            if (!understood && !meaningless()) {
                return false;
            }
            text.remove_prefix(used);
        }
        return true;
    }

    /// In a two-byte G0 set these bytes are halves of characters.
    [[nodiscard]] bool is_delimiter(unsigned char byte) const {
        return !is_two_byte(g0_) &&
               ((multiple_ && byte == '\\') || (person_name_ && (byte == '^' || byte == '=')));
    }

    bool designate(std::string_view text, std::size_t& used) {
        const Designation* designation = set_.code_extensions_ ? find_designation(text) : nullptr;
        if (designation == nullptr) {
            return false;
        }
        used = designation->escape.size();
        (designation->upper_half ? g1_ : g0_) = designation->set;
        return true;
    }

    bool lower_half(std::string_view text, unsigned char byte, std::size_t& used) {
        if (is_two_byte(g0_) && byte != ' ') {
            return two_bytes(g0_, text, 0x21, 0x7E, used);
        }
        if (g0_ == CodedSet::romaji && byte == '\\') {
            append_utf8(utf8, 0x00A5);
        } else if (g0_ == CodedSet::romaji && byte == '~') {
            append_utf8(utf8, 0x203E);
        } else {
            utf8 += text[0];
        }
        return true;
    }

    bool upper_half(std::string_view text, unsigned char byte, std::size_t& used) {
        if (is_two_byte(g1_)) {
            return two_bytes(g1_, text, 0xA1, 0xFE, used);
        }
        const auto character = upper_half_character(g1_, byte);
        if (character) {
            append_utf8(utf8, *character);
        }
        return character.has_value();
    }

    bool two_bytes(CodedSet set,
                   std::string_view text,
                   unsigned char least,
                   unsigned char most,
                   std::size_t& used) {
        const auto within = [least, most](unsigned char c) { return c >= least && c <= most; };
        const auto first = static_cast<unsigned char>(text[0]);
        const auto second = static_cast<unsigned char>(text.size() > 1 ? text[1] : 0);
        if (!within(first) || !within(second)) {
            return false;
        }
        used = 2;
        return append_two_byte_character(set, first, second, utf8);
    }

    const CharacterSet& set_;
    bool lossy_, person_name_, multiple_;
    CodedSet g0_ = CodedSet::ascii, g1_ = CodedSet::none;
};

namespace {

struct Term {
    std::string_view number;  ///< "100" of "ISO_IR 100" and "ISO 2022 IR 100"
    CodedSet g0, g1;
    bool without_extensions;  ///< has an "ISO_IR" term
};

// The two-byte sets begin unused: only an escape sequence brings them in.
constexpr Term terms[] = {
    {"6", CodedSet::ascii, CodedSet::none, true},
    {"13", CodedSet::romaji, CodedSet::katakana, true},
    {"100", CodedSet::ascii, CodedSet::latin_1, true},
    {"101", CodedSet::ascii, CodedSet::latin_2, true},
    {"109", CodedSet::ascii, CodedSet::latin_3, true},
    {"110", CodedSet::ascii, CodedSet::latin_4, true},
    {"126", CodedSet::ascii, CodedSet::greek, true},
    {"127", CodedSet::ascii, CodedSet::arabic, true},
    {"138", CodedSet::ascii, CodedSet::hebrew, true},
    {"144", CodedSet::ascii, CodedSet::cyrillic, true},
    {"148", CodedSet::ascii, CodedSet::latin_5, true},
    {"166", CodedSet::ascii, CodedSet::thai, true},
    {"203", CodedSet::ascii, CodedSet::latin_9, true},
    {"58", CodedSet::ascii, CodedSet::none, false},
    {"87", CodedSet::ascii, CodedSet::none, false},
    {"149", CodedSet::ascii, CodedSet::none, false},
    {"159", CodedSet::ascii, CodedSet::none, false},
};

constexpr std::string_view plain_prefix = "ISO_IR ", extension_prefix = "ISO 2022 IR ";

const Term* find_term(std::string_view value, bool& extension) {
    extension = value.starts_with(extension_prefix);
    if (!extension && !value.starts_with(plain_prefix)) {
        return nullptr;
    }
    value.remove_prefix((extension ? extension_prefix : plain_prefix).size());
    const auto* term =
        std::find_if(std::begin(terms), std::end(terms), [value, extension](const Term& candidate) {
            return candidate.number == value && (extension || candidate.without_extensions);
        });
    return term == std::end(terms) ? nullptr : term;
}

std::string_view trimmed(std::string_view value) {
    const std::size_t begin = value.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
        return {};
    }
    return value.substr(begin, value.find_last_not_of(std::string_view(" \0", 2)) + 1 - begin);
}

Fault unsupported_term(std::string_view value) {
    // The stranger's bytes go no further than they can be read.
    std::string shown(value.substr(0, 16));
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return Fault{.kind = FaultKind::unsupported,
                 .doing = fmt::format("Specific Character Set '{}' is not supported", shown),
                 .element = DcmTagKey(0x0008, 0x0005)};
}

}  // namespace

Result<CharacterSet> CharacterSet::parse(std::string_view specific_character_set) {
    specific_character_set = trimmed(specific_character_set);
    CharacterSet set;
    if (specific_character_set == "ISO_IR 192") {
        set.kind_ = Kind::utf_8;
        return set;
    }
    if (specific_character_set == "GB18030") {
        set.kind_ = Kind::gb18030;
        return set;
    }
    if (specific_character_set == "GBK") {
        set.kind_ = Kind::gbk;
        return set;
    }
    bool first = true;
    while (true) {
        const std::size_t end = specific_character_set.find('\\');
        const std::string_view value = trimmed(specific_character_set.substr(0, end));
        bool extension = false;
        const Term* term = value.empty() ? &terms[0] : find_term(value, extension);
        if (term == nullptr) {
            return unsupported_term(value);
        }
        if (first) {
            set.g0_ = term->g0;
            set.g1_ = term->g1;
        }
        first = false;
        set.code_extensions_ = set.code_extensions_ || extension;
        if (end == std::string_view::npos) {
            return set;
        }
        set.code_extensions_ = true;
        specific_character_set.remove_prefix(end + 1);
    }
}

Result<std::string> CharacterSet::to_utf8(std::string_view text, VR vr) const {
    if (CharacterSetConversion::is_identity(*this, text)) {
        return std::string(text);
    }
    CharacterSetConversion conversion(*this, vr, false);
    if (!conversion.run(text)) {
        return Fault{.kind = FaultKind::malformed,
                     .doing = "text has bytes without meaning in its Specific Character Set"};
    }
    return std::move(conversion.utf8);
}

std::string CharacterSet::to_utf8_lossy(std::string_view text,
                                        VR vr,
                                        std::size_t* unconvertible) const {
    if (CharacterSetConversion::is_identity(*this, text)) {
        return std::string(text);
    }
    CharacterSetConversion conversion(*this, vr, true);
    conversion.run(text);
    if (unconvertible != nullptr) {
        *unconvertible += conversion.unconvertible;
    }
    return std::move(conversion.utf8);
}

std::span<const std::string_view> supported_character_sets() {
    static constexpr std::array<std::string_view, 33> names{
        "ISO_IR 6",        "ISO_IR 13",       "ISO_IR 100",      "ISO_IR 101",
        "ISO_IR 109",      "ISO_IR 110",      "ISO_IR 126",      "ISO_IR 127",
        "ISO_IR 138",      "ISO_IR 144",      "ISO_IR 148",      "ISO_IR 166",
        "ISO_IR 192",      "ISO_IR 203",      "GB18030",         "GBK",
        "ISO 2022 IR 6",   "ISO 2022 IR 13",  "ISO 2022 IR 58",  "ISO 2022 IR 87",
        "ISO 2022 IR 100", "ISO 2022 IR 101", "ISO 2022 IR 109", "ISO 2022 IR 110",
        "ISO 2022 IR 126", "ISO 2022 IR 127", "ISO 2022 IR 138", "ISO 2022 IR 144",
        "ISO 2022 IR 148", "ISO 2022 IR 149", "ISO 2022 IR 159", "ISO 2022 IR 166",
        "ISO 2022 IR 203"};
    return names;
}

}  // namespace cxr::dicom
