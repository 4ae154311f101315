#include "dicom/core/character_set.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <ostream>
#include <random>
#include <thread>

using namespace cxr::dicom;

namespace {

struct Text {
    const char* says;
    std::string_view set;
    std::string_view bytes;
    std::string_view utf8;
    VR vr = VR::PN;
};
std::ostream& operator<<(std::ostream& out, const Text& text) {
    return out << text.says;
}

CharacterSet set_of(std::string_view terms) {
    auto set = CharacterSet::parse(terms);
    BOOST_TEST_REQUIRE(set.has_value(), "no character set " << terms);
    return *set;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_5_annexes_h_to_k_examples)

const Text examples[] = {
    {"H.3.1 kanji by code extensions",
     "\\ISO 2022 IR 87",
     "Yamada^Tarou=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B=\x1B$B$d$^$@\x1B(B^\x1B$B$?$m$&\x1B(B",
     "Yamada^Tarou=山田^太郎=やまだ^たろう"},
    {"H.3.2 half-width katakana with kanji",
     "ISO 2022 IR 13\\ISO 2022 IR 87",
     "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\x1B$B;3ED\x1B(J^\x1B$BB@O:\x1B(J="
     "\x1B$B$d$^$@\x1B(J^\x1B$B$?$m$&\x1B(J",
     "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"},
    {"I.2 Hangul and hanja in the upper half",
     "\\ISO 2022 IR 149",
     "Hong^Gildong=\x1B$)C\xFB\xF3^\x1B$)C\xD1\xCE\xD4\xD7=\x1B$)C\xC8\xAB^\x1B$)C\xB1\xE6\xB5\xBF",
     "Hong^Gildong=洪^吉洞=홍^길동"},
    {"J.1 Chinese in UTF-8",
     "ISO_IR 192",
     "Wang^XiaoDong=\xE7\x8E\x8B^\xE5\xB0\x8F\xE6\x9D\xB1=",
     "Wang^XiaoDong=王^小東="},
    {"J.3 Chinese in GB18030",
     "GB18030",
     "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB=",
     "Wang^XiaoDong=王^小东="},
    {"J.4 Chinese in GBK",
     "GBK",
     "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB=",
     "Wang^XiaoDong=王^小东="},
    {"K.2 GB 2312 by code extensions",
     "\\ISO 2022 IR 58",
     "Zhang^XiaoDong=\x1B$)A\xD5\xC5^\x1B$)A\xD0\xA1\xB6\xAB=",
     "Zhang^XiaoDong=张^小东="},
};
BOOST_DATA_TEST_CASE(mean_what_the_standard_says, examples, c) {
    const auto utf8 = set_of(c.set).to_utf8(c.bytes, c.vr);
    BOOST_TEST_REQUIRE(utf8.has_value());
    BOOST_TEST(*utf8 == c.utf8);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_3_c_12_1_1_2_defined_terms)

const Text texts[] = {
    {"the default repertoire", "", "Smith^John", "Smith^John"},
    {"ISO_IR 6 is the default repertoire", "ISO_IR 6", "Smith^John", "Smith^John"},
    {"Latin 1", "ISO_IR 100", "Buc^J\xE9r\xF4me", "Buc^Jérôme"},
    {"Latin 2", "ISO_IR 101", "Wa\xB3\xEAsa", "Wałęsa"},
    {"Latin 3", "ISO_IR 109", "anta\xFDnomo", "antaŭnomo"},
    {"Latin 4", "ISO_IR 110", "v\xE0rds", "vārds"},
    {"Cyrillic", "ISO_IR 144", "\xBB\xEE\xDA\xE1\xD5\xDC\xD1\xE3\xE0\xD3", "Люксембург"},
    {"Arabic", "ISO_IR 127", "\xE2\xC8\xC7\xE6\xEA^\xE4\xE6\xD2\xC7\xD1", "قباني^لنزار"},
    {"Greek", "ISO_IR 126", "\xC4\xE9\xEF\xED\xF5\xF3\xE9\xEF\xF2", "Διονυσιος"},
    {"Hebrew", "ISO_IR 138", "\xF9\xF8\xE5\xEF^\xE3\xE1\xE5\xF8\xE4", "שרון^דבורה"},
    {"Latin 5",
     "ISO_IR 148",
     "\xC7"
     "avu\xFEo\xF0lu",
     "Çavuşoğlu"},
    {"Thai", "ISO_IR 166", "\xB9\xD2\xC1\xCA\xA1\xD8\xC5", "นามสกุล"},
    {"Latin 9", "ISO_IR 203", "\xA4 \xBD", "€ œ"},
    {"katakana", "ISO_IR 13", "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3", "ﾔﾏﾀﾞ^ﾀﾛｳ"},
    {"UTF-8 of four bytes", "ISO_IR 192", "\xF0\x9F\xA9\xBB", "🩻"},
    {"GB18030 of four bytes", "GB18030", "\x81\x30\x81\x30", "\u0080"},
    {"a set that is sent with code extensions but needs none",
     "ISO 2022 IR 100",
     "J\xE9r\xF4me",
     "Jérôme"},
    {"spaces around terms do not count", " ISO_IR 100 ", "J\xE9r\xF4me", "Jérôme"},
    {"JIS X 0212", "\\ISO 2022 IR 159", "\x1B$(D0!\x1B(B", "丂"},
    {"Latin 1 and Cyrillic", "ISO 2022 IR 100\\ISO 2022 IR 144", "J\xE9 \x1B-L\xBB\xEE", "Jé Лю"},
    {"Latin 1 and Greek, with the older terms", "ISO_IR 100\\ISO_IR 126", "\xE9\x1B-F\xC4", "éΔ"},
};
BOOST_DATA_TEST_CASE(are_converted, texts, c) {
    const auto utf8 = set_of(c.set).to_utf8(c.bytes, c.vr);
    BOOST_TEST_REQUIRE(utf8.has_value());
    BOOST_TEST(*utf8 == c.utf8);
    std::size_t unconvertible = 0;
    BOOST_TEST(set_of(c.set).to_utf8_lossy(c.bytes, c.vr, &unconvertible) == c.utf8);
    BOOST_TEST(unconvertible == 0U);
}

BOOST_AUTO_TEST_CASE(every_listed_term_is_known_and_reads_ascii) {
    for (const std::string_view term : supported_character_sets()) {
        BOOST_TEST(set_of(term).to_utf8("Smith^John", VR::PN).value() == "Smith^John");
    }
}

const char* const unknown_terms[] = {"ISO_IR 666",
                                     "ISO_IR 87",
                                     "ISO IR 100",
                                     "iso_ir 100",
                                     "UTF-8",
                                     "../../etc/passwd",
                                     "ISO_IR 100//TRANSLIT",
                                     "ISO_IR 192\\ISO 2022 IR 87",
                                     "ISO 2022 IR 87\\GB18030",
                                     "ISO 2022 IR 6\\ISO_IR 10000"};
BOOST_DATA_TEST_CASE(what_is_not_in_the_table_is_unsupported, unknown_terms, term) {
    const auto set = CharacterSet::parse(term);
    BOOST_TEST_REQUIRE(!set.has_value());
    BOOST_TEST((set.error().kind == FaultKind::unsupported));
    BOOST_TEST((set.error().element == DcmTagKey(0x0008, 0x0005)));
}

BOOST_AUTO_TEST_CASE(a_term_of_64_kib_is_unsupported) {
    const auto set = CharacterSet::parse(std::string(64U << 10U, '\xFF'));
    BOOST_TEST_REQUIRE(!set.has_value());
    BOOST_TEST(set.error().doing.size() < 100U);
    BOOST_TEST(is_ascii(set.error().doing));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_5_6_1_2_5_code_extensions)

const Text resets[] = {
    {"a backslash ends the upper half",
     "\\ISO 2022 IR 149",
     "\x1B$)C\xFB\xF3\\\xFB\xF3",
     "洪\\",
     VR::LO},
    {"a caret ends it in names", "\\ISO 2022 IR 149", "\x1B$)C\xFB\xF3^\xFB\xF3", "洪^", VR::PN},
    {"an equals sign ends it in names",
     "\\ISO 2022 IR 149",
     "\x1B$)C\xFB\xF3=\xFB\xF3",
     "洪=",
     VR::PN},
    {"a line break ends it", "\\ISO 2022 IR 149", "\x1B$)C\xFB\xF3\r\n\xFB\xF3", "洪\r\n", VR::LT},
    {"a tab ends it", "\\ISO 2022 IR 149", "\x1B$)C\xFB\xF3\t\xFB\xF3", "洪\t", VR::LT},
};
BOOST_DATA_TEST_CASE(delimiters_return_to_the_first_set, resets, c) {
    BOOST_TEST(!set_of(c.set).to_utf8(c.bytes, c.vr).has_value());
    const std::string lossy = set_of(c.set).to_utf8_lossy(c.bytes, c.vr);
    BOOST_TEST(lossy == std::string(c.utf8) + "\uFFFD\uFFFD");
}

const Text continued[] = {
    {"a caret is no delimiter in a description",
     "\\ISO 2022 IR 149",
     "\x1B$)C\xFB\xF3^\xFB\xF3",
     "洪^洪",
     VR::LO},
    {"a backslash is no delimiter in a comment",
     "\\ISO 2022 IR 149",
     "\x1B$)C\xFB\xF3\\\xFB\xF3",
     "洪\\洪",
     VR::LT},
    {"5CH may be half a kanji", "\\ISO 2022 IR 87", "\x1B$B0\\\x1B(B\\A", "移\\A", VR::LO},
    {"5EH and 3DH may be halves of kana and kanji",
     "\\ISO 2022 IR 87",
     "\x1B$B$^=<\x1B(B^A",
     "ま充^A",
     VR::PN},
    {"a space needs no escape", "\\ISO 2022 IR 87", "\x1B$B;3 ED\x1B(B", "山 田", VR::LO},
    {"5CH may be half a GBK character", "GBK", "\x95\x5C^A", "昞^A", VR::PN},
    {"5CH is a delimiter in ISO-IR 14", "ISO_IR 13", "A\\B~", "A\\B‾", VR::LO},
    {"5CH is the yen sign where values are single", "ISO_IR 13", "5\\", "5¥", VR::LT},
};
BOOST_DATA_TEST_CASE(what_is_no_delimiter_stays, continued, c) {
    const auto utf8 = set_of(c.set).to_utf8(c.bytes, c.vr);
    BOOST_TEST_REQUIRE(utf8.has_value());
    BOOST_TEST(*utf8 == c.utf8);
}

const Text meaningless[] = {
    {"bytes above 7FH in the default repertoire", "", "J\xE9", "J\uFFFD"},
    {"an escape where no code extensions are declared", "ISO_IR 100", "\x1B-L\xBB", "\uFFFD-L»"},
    {"an escape that is not in the table", "\\ISO 2022 IR 87", "\x1B$@A", "\uFFFD$@A"},
    {"half a kanji", "\\ISO 2022 IR 87", "\x1B$B;", "\uFFFD"},
    {"a kanji that does not exist", "\\ISO 2022 IR 87", "\x1B$B\x7E\x7E", "\uFFFD"},
    {"a byte that Thai does not have", "ISO_IR 166", "\xFF", "\uFFFD"},
    {"a control of the upper half", "ISO_IR 100", "\x80", "\uFFFD"},
    {"overlong UTF-8", "ISO_IR 192", "\xC0\xAF", "\uFFFD"},
    {"a surrogate in UTF-8", "ISO_IR 192", "\xED\xA0\x80", "\uFFFD"},
    {"truncated UTF-8", "ISO_IR 192", "a\xE7\x8E", "a\uFFFD"},
    {"half a GBK character", "GBK", "a\x95", "a\uFFFD"},
    {"no GB18030 character",
     "GB18030",
     "\xFF"
     "a",
     "\uFFFDa"},
};
BOOST_DATA_TEST_CASE(bytes_without_meaning_are_a_fault_or_replaced, meaningless, c) {
    const auto utf8 = set_of(c.set).to_utf8(c.bytes, c.vr);
    BOOST_TEST_REQUIRE(!utf8.has_value());
    BOOST_TEST((utf8.error().kind == FaultKind::malformed));
    std::size_t unconvertible = 0;
    BOOST_TEST(set_of(c.set).to_utf8_lossy(c.bytes, c.vr, &unconvertible) == c.utf8);
    BOOST_TEST(unconvertible == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(strangers)

BOOST_AUTO_TEST_CASE(random_bytes_become_valid_utf_8_in_every_set_on_every_thread) {
    constexpr std::string_view escapes[] = {
        "\x1B$B", "\x1B(B", "\x1B$)C", "\x1B$(D", "\x1B-L", "^"};
    const auto convert = [&escapes](unsigned seed, std::size_t& invalid) {
        std::mt19937 random(seed);
        for (int round = 0; round < 200; ++round) {
            for (const std::string_view term : supported_character_sets()) {
                std::string bytes;
                for (auto length = random() % 40; length > 0; --length) {
                    bytes += random() % 8 == 0 ? std::string(escapes[random() % 6])
                                               : std::string(1, static_cast<char>(random()));
                }
                const CharacterSet set = *CharacterSet::parse(term);
                std::size_t unconvertible = 0;
                const std::string lossy = set.to_utf8_lossy(bytes, VR::PN, &unconvertible);
                const auto strict = set.to_utf8(bytes, VR::PN);
                const bool consistent =
                    strict.has_value() == (unconvertible == 0) && (!strict || *strict == lossy);
                invalid += is_valid_utf8(lossy) && consistent ? 0 : 1;
            }
        }
    };
    std::array<std::size_t, 4> invalid{};
    {
        std::array<std::jthread, 4> threads;
        for (unsigned i = 0; i < threads.size(); ++i) {
            threads[i] = std::jthread([&convert, &invalid, i] { convert(i, invalid[i]); });
        }
    }
    for (const std::size_t count : invalid) {
        BOOST_TEST(count == 0U);
    }
}

BOOST_AUTO_TEST_CASE(ascii_and_utf_8_are_told_apart) {
    BOOST_TEST(is_ascii(""));
    BOOST_TEST(is_ascii("twelve bytes"));
    BOOST_TEST(!is_ascii("twelve byt\xC3\xA9"));
    BOOST_TEST(
        !is_ascii("\xFF"
                  "elve bytes"));
    BOOST_TEST(is_valid_utf8("山田🩻é"));
    BOOST_TEST(!is_valid_utf8("\x80"));
    BOOST_TEST(!is_valid_utf8("\xF4\x90\x80\x80"));
    BOOST_TEST(!is_valid_utf8("\xF8\x88\x80\x80\x80"));
}

BOOST_AUTO_TEST_SUITE_END()
