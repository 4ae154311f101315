#pragma once
/// Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 §6.1 and Annexes H to K): a closed table,
/// conversion to UTF-8. Names and escape sequences from outside it are faults, never guesses.
/// Safe from any thread; no locale, no setting of the process is read or changed.

#include "dicom/core/result.hpp"
#include "dicom/core/vr.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cxr::dicom {

/// A set of characters that an escape sequence can bring into use (PS3.3 tables C.12-2 to C.12-4).
enum class CodedSet : std::uint8_t {
    none,
    ascii,     ///< ISO-IR 6
    romaji,    ///< ISO-IR 14, JIS X 0201: yen sign and overline in ASCII
    katakana,  ///< ISO-IR 13, JIS X 0201, upper half
    latin_1,
    latin_2,
    latin_3,
    latin_4,
    latin_5,
    latin_9,
    cyrillic,
    arabic,
    greek,
    hebrew,
    thai,
    jis_x_0208,  ///< ISO-IR 87, two bytes, lower half
    jis_x_0212,  ///< ISO-IR 159, two bytes, lower half
    ks_x_1001,   ///< ISO-IR 149, two bytes, upper half
    gb_2312,     ///< ISO-IR 58, two bytes, upper half
};

/// A data set's (0008,0005) value: "", "ISO_IR 192", "\ISO 2022 IR 149", …
class CharacterSet {
public:
    /// The default repertoire: ISO_IR 6, no code extensions.
    CharacterSet() = default;

    /// Values are separated by backslash; spaces around them do not count. More than one value, or
    /// an "ISO 2022" term, allows code extensions: every escape sequence of the table, declared or
    /// not. Faults: unsupported (a term not in the table, or one that stands alone beside others).
    [[nodiscard]] static Result<CharacterSet> parse(std::string_view specific_character_set);

    /// @param vr decides the delimiters that reset code extensions (PS3.5 §6.1.2.5.3): '\' where
    /// values are multiple, '^' and '=' in PN. Faults: malformed (bytes without meaning in this
    /// set).
    [[nodiscard]] Result<std::string> to_utf8(std::string_view text, VR vr) const;
    /// The same, with U+FFFD for what has no meaning. *unconvertible is increased by the number of
    /// replacements.
    [[nodiscard]] std::string to_utf8_lossy(std::string_view text,
                                            VR vr,
                                            std::size_t* unconvertible = nullptr) const;

    friend bool operator==(const CharacterSet&, const CharacterSet&) = default;

private:
    enum class Kind : std::uint8_t { iso_2022, utf_8, gb18030, gbk };
    friend class CharacterSetConversion;

    Kind kind_ = Kind::iso_2022;
    CodedSet g0_ = CodedSet::ascii, g1_ = CodedSet::none;
    bool code_extensions_ = false;
};

/// Every defined term that parse() knows, for the conformance statement.
[[nodiscard]] std::span<const std::string_view> supported_character_sets();

[[nodiscard]] bool is_ascii(std::string_view text);
/// Shortest forms only, no surrogates, at most U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

}  // namespace cxr::dicom
