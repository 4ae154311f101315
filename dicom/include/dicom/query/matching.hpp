#pragma once
/// The rules by which values match keys (PS3.4 C.2.2.2), one function per kind: the oracle for the
/// catalogue's SQL, and the normal forms that make SQL comparisons possible. `value` and `key` are
/// UTF-8; of several values, separated by backslash on either side, any may match (C.2.2.3). A key
/// that is empty is universal and never comes here.

#include "dicom/core/attributes.hpp"
#include "dicom/mapping/entities.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cxr::dicom {

/// PS3.4 C.2.2.2: which matching a key supports. Range includes single value; wild card includes
/// single and universal; any key matches universally.
enum class Matching : std::uint8_t {
    single_value,
    uid_list,
    wild_card,
    person_name,
    range,
    sequence,
    return_only
};

/// '*' any run, '?' exactly one character (code point); everything else is literal and case counts.
/// No backtracking blow-up: the length of the value times that of the longest run without '*' at
/// worst.
[[nodiscard]] bool matches_wild_card(std::string_view value, std::string_view key);

/// Equal as written; IS and US as numbers ("+007" is 7, PS3.4 C.2.2.2.1).
[[nodiscard]] bool matches_single_value(std::string_view value, std::string_view key, VR vr);

/// Person names: case- and accent-insensitive, with wild cards. A key without '=' may match any of
/// the value's component groups; one with '=' must match each group it names. Trailing '^' do not
/// count, on either side.
[[nodiscard]] bool matches_person_name(std::string_view value, std::string_view key);
/// Case and accents folded, character by character: what matches_person_name compares and the
/// catalogue stores beside names. Letters of Latin, Greek and Cyrillic lose their marks; full-width
/// letters become plain ones; kana, kanji and Hangul stay.
[[nodiscard]] std::string folded_person_name(std::string_view name);
/// The same as matches_person_name for names that are folded already.
[[nodiscard]] bool matches_folded_person_name(std::string_view value, std::string_view key);

/// Fuzzy semantic matching (C.2.2.2.1.1, negotiated by C.5.1 byte 3): as matches_person_name(), or
/// every word of the key, whatever its component, sounds like a word of the value (Soundex) or is
/// the beginning of one. Words without Latin letters must be equal or a beginning.
[[nodiscard]] bool matches_fuzzy_person_name(std::string_view value, std::string_view key);

/// The normal form of one stored value, in which text order is the order of meaning:
/// DA yyyymmdd; TM hhmmss.ffffff; DT yyyymmddhhmmss.ffffff at UTC (an absent offset counts as UTC);
/// IS and US without sign and leading zeros. A value of lower precision stands for its first
/// instant. Nothing if it is no such value. A second of 60 is kept.
[[nodiscard]] std::optional<std::string> comparable(std::string_view value, VR vr);

/// What a DA, TM or DT key asks for: comparable texts, both inclusive; empty: open on that side. A
/// single value of lower precision covers its whole interval (10 is 100000.000000 to
/// 105960.999999). low > high matches nothing.
struct Range {
    std::string low, high;
    friend bool operator==(const Range&, const Range&) = default;
};
/// Nothing if it is malformed. "a", "a-", "-b", "a-b"; yyyy.mm.dd and hh:mm:ss are read as well.
[[nodiscard]] std::optional<Range> parse_range(std::string_view key, VR vr);
/// comparable(value) within parse_range(key); a value or key that is malformed does not match.
[[nodiscard]] bool matches_range(std::string_view value, std::string_view key, VR vr);
/// Combined matching of a date and a time key (C.2.2.2.5, negotiated by C.5.1 byte 2): one range of
/// instants, from the date's beginning with the time's beginning to the date's end with the time's
/// end. Both keys are DA and TM ranges and not empty.
[[nodiscard]] std::optional<Range> combined_range(std::string_view date_key,
                                                  std::string_view time_key);
/// Of comparable DA and TM texts, in the form of combined_range(): they are joined.
[[nodiscard]] bool matches_combined_range(std::string_view date_value,
                                          std::string_view time_value,
                                          std::string_view date_key,
                                          std::string_view time_key);

/// Every UID in the key's list is compared as a whole; padding does not count.
[[nodiscard]] bool matches_uid_list(std::string_view value, std::string_view key);

/// A code sequence key (C.2.2.2.6): each of CodeValue, CodingSchemeDesignator and CodeMeaning that
/// is present and not empty must match.
[[nodiscard]] bool matches_code(const CodedConcept& concept_code, const Attributes& sequence_keys);

}  // namespace cxr::dicom
