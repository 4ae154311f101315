#include "dicom/query/matching.hpp"

#include "dicom/core/character_set.hpp"
#include "dicom/query/identifier.hpp"
#include "dicom/query/time_zone.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ctime>
#include <ostream>
#include <random>

using namespace cxr::dicom;

namespace {

struct Case {
    const char* says;
    const char* key;
    const char* value;
    bool matches;
};
std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << c.says;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_c_2_2_2_4_wild_card_matching)

const Case wild_cards[] = {
    {"F26 a value without wild cards matches itself", "EFFUSION", "EFFUSION", true},
    {"F26 case counts", "EFFUSION", "Effusion", false},
    {"F26 a key is no prefix", "EFF", "EFFUSION", false},
    {"F28 star spans any run", "EFF*", "EFFUSION", true},
    {"F28 star spans nothing", "EFFUSION*", "EFFUSION", true},
    {"F28 stars on both sides find the middle", "*FUS*", "EFFUSION", true},
    {"F28 question mark is exactly one", "00?", "001", true},
    {"F28 question mark is not none", "00?", "00", false},
    {"F28 question mark is not two", "00?", "0012", false},
    {"F28 a question mark is one character of two bytes", "J?r?me", "Jérôme", true},
    {"F28 a question mark is one character of three bytes", "山?", "山田", true},
    {"F28 a question mark is not a byte", "山???", "山田", false},
    {"F28 question marks after a star", "*?田", "山田", true},
    {"F28 a star between question marks", "?*?", "山田", true},
    {"F28 two characters are needed for two question marks", "?*?", "山", false},
    {"F28 a lone star is universal", "*", "", true},
    {"F27 underscore is literal", "A_C", "ABC", false},
    {"F27 underscore matches itself", "A_C*", "A_CD", true},
    {"F27 per cent is literal", "A%", "ABC", false},
    {"F27 a bracket is literal", "[AB]C", "AC", false},
    {"F27 a bracket matches itself", "[AB]*", "[AB]C", true},
    {"F27 a quote is literal", "O'Brien*", "O'Brien II", true},
    {"F30 trailing spaces do not count", "ABC ", "ABC", true},
    {"F30 embedded spaces count", "A  B", "A B", false},
    {"F39 any of several values may match", "SR", "DX\\SR", true},
    {"F40 any of several keys may match", "CT\\DX", "DX\\SR", true},
    {"F40 none of them need match", "CT\\MR", "DX\\SR", false},
    {"F39 a value is matched alone", "DX*SR", "DX\\SR", false},
    {"the last run takes the end", "*ab", "abxab", true},
    {"runs do not overlap", "ab*ba", "aba", false},
    {"the first run takes the beginning", "a*", "ba", false},
};
BOOST_DATA_TEST_CASE(matches_as_written, wild_cards, c) {
    BOOST_TEST(matches_wild_card(c.value, c.key) == c.matches);
}

/// The rule itself, told in the simplest way.
bool by_definition(std::string_view value, std::string_view key) {
    if (key.empty()) {
        return value.empty();
    }
    if (key[0] == '*') {
        return by_definition(value, key.substr(1)) ||
               (!value.empty() && by_definition(value.substr(1), key));
    }
    return !value.empty() && (key[0] == '?' || key[0] == value[0]) &&
           by_definition(value.substr(1), key.substr(1));
}

BOOST_AUTO_TEST_CASE(generated_patterns_match_as_the_definition_says) {
    std::mt19937 random(20170901);
    const auto text_of = [&random](std::string_view alphabet, std::size_t most) {
        std::string text;
        for (auto length = random() % (most + 1); length > 0; --length) {
            text += alphabet[random() % alphabet.size()];
        }
        return text;
    };
    int matched = 0;
    for (int round = 0; round < 50'000; ++round) {
        const std::string value = text_of("ab", 8);
        const std::string key = text_of("ab*?", 6);
        const bool expected = by_definition(value, key);
        BOOST_TEST_REQUIRE(matches_wild_card(value, key) == expected, key << " on " << value);
        matched += expected ? 1 : 0;
    }
    BOOST_TEST(matched > 5'000);
}

BOOST_AUTO_TEST_CASE(
    no_text_at_all_is_no_fault) {  // under the sanitizers; found by fuzz.identifier
    BOOST_TEST(matches_wild_card({}, "**"));
    BOOST_TEST(!matches_wild_card({}, "*a*"));
}

BOOST_AUTO_TEST_CASE(a_pattern_made_to_backtrack_is_fast) {
    const std::string value(64U << 10U, 'a');
    std::string stars;
    while (stars.size() < (64U << 10U)) {
        stars += "*a";
    }
    const std::string run(32U << 10U, 'a');
    const std::clock_t begin = std::clock();
    BOOST_TEST(!matches_wild_card(value, "*a*a*a*a*b"));
    BOOST_TEST(!matches_wild_card(value, stars + "*b"));
    BOOST_TEST(!matches_wild_card(value, "*" + run + "b*"));
    BOOST_TEST(!matches_wild_card(value, "*?a?a?a?a?a?a?a?b*"));
    BOOST_TEST(matches_wild_card(value, "*" + run + "*"));
    BOOST_TEST(std::clock() - begin < CLOCKS_PER_SEC);  // hours, if it backtracked
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_c_2_2_2_1_person_names)

const Case names[] = {
    {"F31 the name as it is written", "SMITH^JOHN", "SMITH^JOHN", true},
    {"F31 case does not count", "smith^john", "Smith^John", true},
    {"F31 a family name is not the whole name", "SMITH", "SMITH^JOHN", false},
    {"F31 a family name with a star", "SMITH*", "Smith^John", true},
    {"F31 trailing component delimiters of the key do not count", "SMITH^^^", "SMITH", true},
    {"F31 trailing component delimiters of the value do not count", "SMITH", "SMITH^^", true},
    {"F31 spaces before a delimiter do not count", "SMITH^JOHN", "Smith ^John ", true},
    {"F31 accents do not count in the key", "Jérôme*", "JEROME^A", true},
    {"F31 accents do not count in the value", "jerome*", "Jérôme^A", true},
    {"F31 a decomposed accent is the same", "Je\xCC\x81r\xC3\xB4me", "Jérôme", true},
    {"F31 Latin letters with strokes are folded", "lodz^soren", "Łódź^Søren", true},
    {"F31 Turkish dotted I", "istanbul", "İstanbul", true},
    {"F31 Greek case and accents", "ΔΙΟΝΥΣΙΟΣ", "Διονύσιος", true},
    {"F31 Cyrillic case and yo", "ЛЮКСЕМБУРГ^АЛЕНА", "Люксембург^Алёна", true},
    {"F31 another letter is another name", "SMYTH", "SMITH", false},
    {"F31 full-width letters are letters", "ＹＡＭＡＤＡ", "Yamada", true},
    {"F32 the alphabetic group matches",
     "Yamada^Tarou",
     "Yamada^Tarou=山田^太郎=やまだ^たろう",
     true},
    {"F32 the ideographic group matches",
     "山田^太郎",
     "Yamada^Tarou=山田^太郎=やまだ^たろう",
     true},
    {"F32 the phonetic group matches", "やまだ*", "Yamada^Tarou=山田^太郎=やまだ^たろう", true},
    {"F32 a key does not span groups", "Yamada*太郎", "Yamada^Tarou=山田^太郎", false},
    {"F32 groups in a key are matched in place", "=山田*", "Yamada^Tarou=山田^太郎", true},
    {"F32 a group in the wrong place", "=Yamada*", "Yamada^Tarou=山田^太郎", false},
    {"F32 every group named must match", "Yamada*=田中*", "Yamada^Tarou=山田^太郎", false},
    {"F32 the whole literal name matches",
     "Yamada^Tarou=山田^太郎",
     "Yamada^Tarou=山田^太郎",
     true},
    {"F28 a question mark is one kana with its mark", "や?だ^たろう", "=%=やまだ^たろう", true},
    {"kana with and without dakuten differ", "やまた", "==やまだ", false},
    {"F28 a question mark is one Hangul syllable", "?^길동", "=洪^吉洞=홍^길동", true},
    {"F27 per cent is a character of a name", "SM%", "SMITH", false},
    {"F40 any of several names may match", "SMITH*\\DOE*", "Doe^Jane", true},
};
BOOST_DATA_TEST_CASE(matches_without_case_and_accents, names, c) {
    BOOST_TEST(matches_person_name(c.value, c.key) == c.matches);
}

BOOST_AUTO_TEST_CASE(folding_twice_is_folding_once) {
    for (const Case& c : names) {
        const std::string folded = folded_person_name(c.value);
        BOOST_TEST(folded_person_name(folded) == folded);
        BOOST_TEST(is_valid_utf8(folded));
    }
    BOOST_TEST(folded_person_name("Buc^Jérôme^^=^=") == "buc^jerome");
    BOOST_TEST(folded_person_name("\xFF\xFE A") == "\xFF\xFE A");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_c_2_2_2_5_range_matching)

const Case dates[] = {
    {"F33 a single date", "20130615", "20130615", true},
    {"F33 another date", "20130615", "20130616", false},
    {"F33 from a date on, inclusive", "20130615-", "20130615", true},
    {"F33 from a date on", "20130615-", "20130614", false},
    {"F33 up to a date, inclusive", "-20130615", "20130615", true},
    {"F33 up to a date", "-20130615", "20130616", false},
    {"F33 between, inclusive below", "20130101-20131231", "20130101", true},
    {"F33 between, inclusive above", "20130101-20131231", "20131231", true},
    {"F33 outside", "20130101-20131231", "20140101", false},
    {"F33 an upside-down range matches nothing", "20131231-20130101", "20130615", false},
    {"F33 an absent date does not match", "19000101-", "", false},
    {"F34 the old form of a key", "2013.06.15", "20130615", true},
    {"F34 the old form of a value", "20130615", "2013.06.15", true},
    {"a leap day", "20120229", "20120229", true},
    {"F39 any of several dates", "20130615-", "20120101\\20130701", true},
};
BOOST_DATA_TEST_CASE(dates_match, dates, c) {
    BOOST_TEST(matches_range(c.value, c.key, VR::DA) == c.matches);
}

const Case times[] = {
    {"F35 to the second", "101010", "101010", true},
    {"F35 a second covers its fractions", "101010", "101010.999999", true},
    {"F35 an hour covers its minutes", "10", "105959.5", true},
    {"F35 an hour does not cover the next", "10", "110000", false},
    {"F35 a minute covers its seconds", "1010", "101059", true},
    {"F35 a range of minutes, inclusive above", "1000-1800", "180059", true},
    {"F35 a range of minutes", "1000-1800", "180100", false},
    {"F35 from a time on", "1000-", "095959.999999", false},
    {"F35 up to an hour covers that hour", "-10", "105959", true},
    {"F35 no range goes across midnight", "2200-0200", "230000", false},
    {"F35 a value of lower precision is its first instant", "1000-1030", "10", true},
    {"F35 a value of lower precision is not its last instant", "1030-1100", "10", false},
    {"F35 a fraction of lower precision", "101010.5", "101010.512345", true},
    {"F35 a leap second", "2359-", "235960", true},
    {"the old form of a key", "10:10:10", "101010", true},
};
BOOST_DATA_TEST_CASE(times_match, times, c) {
    BOOST_TEST(matches_range(c.value, c.key, VR::TM) == c.matches);
}

const Case date_times[] = {
    {"F37 a year covers its months", "2006", "20060705101010", true},
    {"F37 a month covers its last day", "200602", "20060228235959.9", true},
    {"F37 a range of years", "2006-2007", "20071231", true},
    {"F37 offsets are applied to the key", "20060705100000+0200", "20060705080000", true},
    {"F37 offsets are applied to the value", "20060705080000", "20060705100000+0200", true},
    {"F37 an offset is no range", "20060705-0500", "20060801", false},
    {"F37 a range of times with offsets",
     "20060705100000-0500-20060705120000-0500",
     "20060705160000",
     true},
    {"F37 an offset goes across midnight", "20060704", "20060705013000+0200", true},
};
BOOST_DATA_TEST_CASE(date_times_match, date_times, c) {
    BOOST_TEST(matches_range(c.value, c.key, VR::DT) == c.matches);
}

struct Malformed {
    VR vr;
    const char* key;
};
std::ostream& operator<<(std::ostream& out, const Malformed& c) {
    return out << "F34 '" << c.key << "'";
}
const Malformed malformed_keys[] = {{VR::DA, "20251301"},
                                    {VR::DA, "2025-01-01"},
                                    {VR::DA, "20250230"},
                                    {VR::DA, "2025"},
                                    {VR::DA, "-"},
                                    {VR::DA, "20250101-2025"},
                                    {VR::DA, "20250*"},
                                    {VR::DA, "20250101-20250102-"},
                                    {VR::DA, "202501011"},
                                    {VR::DA, "٢٠٢٥٠١٠١"},
                                    {VR::TM, "24"},
                                    {VR::TM, "1"},
                                    {VR::TM, "101"},
                                    {VR::TM, "10.5"},
                                    {VR::TM, "101010."},
                                    {VR::TM, "1060"},
                                    {VR::TM, "101010.1234567"},
                                    {VR::TM, "10-11-12"},
                                    {VR::TM, "-"},
                                    {VR::DT, "200613"},
                                    {VR::DT, "20060230"},
                                    {VR::DT, "2006.5"},
                                    {VR::DT, "20060705101010+1500"},
                                    {VR::DT, "20060705+05"}};
BOOST_DATA_TEST_CASE(what_is_no_range_is_refused, malformed_keys, c) {
    BOOST_TEST(!parse_range(c.key, c.vr).has_value());
}

BOOST_AUTO_TEST_CASE(comparable_texts_are_ordered_as_what_they_mean) {
    BOOST_TEST(comparable("2013.06.15", VR::DA).value() == "20130615");
    BOOST_TEST(comparable("10", VR::TM).value() == "100000.000000");
    BOOST_TEST(comparable("10:10", VR::TM).value() == "101000.000000");
    BOOST_TEST(comparable("101010.5", VR::TM).value() == "101010.500000");
    BOOST_TEST(comparable("+007", VR::IS).value() == "7");
    BOOST_TEST(comparable("-7", VR::IS).value() == "-7");
    BOOST_TEST(!comparable("+-7", VR::IS).has_value());
    BOOST_TEST(!comparable("7*", VR::IS).has_value());
    BOOST_TEST(!comparable("", VR::DA).has_value());
    BOOST_TEST(!comparable("someday", VR::DA).has_value());
}

BOOST_AUTO_TEST_CASE(F36_combined_ranges_are_one_range_of_instants) {
    const auto matches_at = [](const char* date, const char* time) {
        return matches_combined_range(date, time, "20060705-20060707", "1000-1800");
    };
    BOOST_TEST(matches_at("20060705", "1000"));
    BOOST_TEST(!matches_at("20060705", "0959"));
    BOOST_TEST(matches_at("20060706", "0300"));  // would not match independently
    BOOST_TEST(matches_at("20060707", "1800"));
    BOOST_TEST(!matches_at("20060707", "1801"));
    BOOST_TEST(matches_combined_range("20060708", "0100", "20060705-", "1000-"));
    BOOST_TEST(!matches_combined_range("20060705", "0100", "20060705-", "1000-"));
    BOOST_TEST(matches_combined_range("20060705", "1800", "-20060705", "-1800"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_c_2_2_2_other_matching)

BOOST_AUTO_TEST_CASE(F24_any_uid_of_a_list_matches) {
    BOOST_TEST(matches_uid_list("1.2.3", "1.2.3"));
    BOOST_TEST(matches_uid_list("1.2.3", "1.2\\1.2.3"));
    BOOST_TEST(!matches_uid_list("1.2.3", "1.2\\1.2.30"));
    BOOST_TEST(!matches_uid_list("", "1.2\\"));
    BOOST_TEST(!matches_uid_list("1.2.3", "1.2.*"));  // F25
}

BOOST_AUTO_TEST_CASE(F29_numbers_match_as_numbers) {
    BOOST_TEST(matches_single_value("7", "+007", VR::IS));
    BOOST_TEST(matches_single_value("007", "7", VR::IS));
    BOOST_TEST(!matches_single_value("70", "7", VR::IS));
    BOOST_TEST(!matches_single_value("7", "?", VR::IS));
    BOOST_TEST(matches_single_value("058Y", "058Y", VR::AS));
    BOOST_TEST(!matches_single_value("58Y", "058Y", VR::AS));
}

BOOST_AUTO_TEST_CASE(F38_every_key_in_the_item_must_match) {
    const CodedConcept chest{.value = "36643-5", .scheme = "LN", .meaning = "Chest X-ray 2 views"};
    Attributes keys;
    BOOST_TEST(matches_code(chest, keys));
    put(keys, DCM_CodeValue, "36643-5");
    BOOST_TEST(matches_code(chest, keys));
    put(keys, DCM_CodeMeaning, "Chest*");
    BOOST_TEST(matches_code(chest, keys));
    put(keys, DCM_CodingSchemeDesignator, "SCT");
    BOOST_TEST(!matches_code(chest, keys));
}

const Case fuzzy_names[] = {
    {"F32 as it is written", "smith^john", "Smith^John", true},
    {"F32 Soundex, PS3.4 leaves the algorithm open", "smyth", "Smith^John", true},
    {"F32 words in another order", "john^smith", "Smith^John", true},
    {"F32 one of two words", "jon", "Smith^John", true},
    {"F32 every word of the key counts", "smith^mary", "Smith^John", false},
    {"F32 the beginning of a word", "SMI", "Smith^John", true},
    {"F32 wild cards still do", "J*^S?ith", "Smith^John", true},
    {"F32 other sounds do not match", "jones", "Smith^John", false},
    {"F32 h and w do not part equal sounds: A261", "ashcroft", "Ashcraft", true},
    {"F32 a double letter is one sound", "guttierez", "Gutierrez", true},
    {"F32 accents do not count", "Muller", "M\u00fcller^J\u00fcrgen", true},
    {"F32 other scripts by beginning", "\u5c71", "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce", true},
    {"F32 other scripts have no sound", "\u5ddd", "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce", false},
    {"F32 Cyrillic by beginning",
     "\u0438\u0432\u0430\u043d",
     "\u0418\u0432\u0430\u043d\u043e\u0432^\u0418\u0432\u0430\u043d",
     true},
    {"F32 an empty name sounds like nothing", "smith", "", false},
};
BOOST_DATA_TEST_CASE(ps3_4_c_2_2_2_1_1_fuzzy_names, fuzzy_names, c) {
    BOOST_TEST(matches_fuzzy_person_name(c.value, c.key) == c.matches);
}

struct Moved {
    const char* says;
    LocalMoment from;
    int minutes;
    LocalMoment to;
};
std::ostream& operator<<(std::ostream& out, const Moved& c) {
    return out << c.says;
}
const Moved moved_moments[] = {
    {"F23 within a day", {"20200101", "101112.5"}, 90, {"20200101", "114112.5"}},
    {"F23 into the next year", {"20191231", "233000"}, 60, {"20200101", "003000"}},
    {"F23 back over a leap day", {"20200301", "0030"}, -60, {"20200229", "2330"}},
    {"F23 an hour alone by hours", {"20200101", "23"}, 120, {"20200102", "01"}},
    {"F23 an hour alone by minutes", {"20200101", "23"}, 30, {"20200101", "2330"}},
    {"F23 the old form of times", {"20200101", "10:11:12"}, 60, {"20200101", "111112.000000"}},
    {"F23 no time, no moment", {"20200101", ""}, 600, {"20200101", ""}},
    {"F23 no date, no moment", {"", "1011"}, 600, {"", "1011"}},
    {"F23 nothing to move", {"2020.01.01", "10"}, 0, {"2020.01.01", "10"}},
};
BOOST_DATA_TEST_CASE(ps3_4_c_5_1_moments_are_moved, moved_moments, c) {
    const LocalMoment moved = moved_east(c.from, c.minutes);
    BOOST_TEST(moved.date == c.to.date);
    BOOST_TEST(moved.time == c.to.time);
}

BOOST_AUTO_TEST_CASE(F23_an_offset_is_read_and_written) {  // PS3.3 C.12.1.1.8
    for (const char* text : {"+0000", "-1200", "+1400", "-0530", "+0545"}) {
        BOOST_TEST_REQUIRE(utc_offset_minutes(text).has_value());
        BOOST_TEST(utc_offset_text(*utc_offset_minutes(text)) == text);
    }
}

QueryKey key_of(const DcmTagKey& tag, std::string value) {
    return {.supported = find_supported_key(tag), .value = std::move(value), .sequence_keys = {}};
}

BOOST_AUTO_TEST_CASE(a_key_is_matched_by_its_kind) {
    BOOST_TEST(matches(key_of(DCM_PatientName, "smith*"), "Smith^John"));
    BOOST_TEST(!matches(key_of(DCM_StudyDescription, "chest*"), "Chest"));
    BOOST_TEST(matches(key_of(DCM_StudyDate, "2013.01.01-"), "20130101"));
    BOOST_TEST(matches(key_of(DCM_StudyTime, "10"), "103000"));
    BOOST_TEST(matches(key_of(DCM_SeriesNumber, "01"), "1"));
    BOOST_TEST(matches(key_of(DCM_Rows, "1024"), "1024"));
    BOOST_TEST(matches(key_of(DCM_ModalitiesInStudy, "SR"), "DX\\SR"));
    BOOST_TEST(matches(key_of(DCM_SOPInstanceUID, "1.2\\1.3"), "1.3"));
    BOOST_TEST(matches(key_of(DCM_StudyID, ""), "anything"));
    BOOST_TEST(matches(key_of(DCM_PatientWeight, "70"), ""));  // C.2.2.1.3: never matched
}

BOOST_AUTO_TEST_CASE(F41_an_empty_required_value_matches_where_that_is_wanted) {
    BOOST_TEST(!matches(key_of(DCM_StudyID, "7"), ""));
    QueryKey key = key_of(DCM_StudyID, "7");
    key.unknown_matches = true;
    BOOST_TEST(matches(key, ""));
    BOOST_TEST(!matches(key, "8"));
}

BOOST_AUTO_TEST_SUITE_END()
