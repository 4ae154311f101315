#include "dicom/core/attributes.hpp"

#include "support/element_bytes.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <ostream>
#include <random>

using namespace cxr::dicom;
using namespace cxr::test;

namespace {

struct Syntax {
    const char* name;
    const TransferSyntax& ours;
    E_TransferSyntax dcmtk;
};
std::ostream& operator<<(std::ostream& out, const Syntax& syntax) {
    return out << syntax.name;
}
const Syntax little_endian_syntaxes[] = {
    {"Implicit VR", implicit_vr_little_endian, EXS_LittleEndianImplicit},
    {"Explicit VR", explicit_vr_little_endian, EXS_LittleEndianExplicit},
    {"Deflated", deflated_explicit_vr_little_endian, EXS_DeflatedLittleEndianExplicit},
};

Attributes item_of(const char* code) {
    Attributes attributes;
    put(attributes, DCM_CodeValue, code);
    put(attributes, DCM_CodingSchemeDesignator, "DCM");
    return attributes;
}

/// One attribute of every kind of value that identifiers and responses have.
Attributes of_every_kind() {
    Attributes attributes;
    put(attributes, DCM_PatientName, "Yamada^Tarou=山田^太郎");
    put(attributes, DCM_ModalitiesInStudy, "DX\\SR\\OT");
    put(attributes, DCM_StudyInstanceUID, "2.25.123");
    put(attributes, DCM_StudyDate, "20130101");
    put(attributes, DCM_Rows, "1024");
    put(attributes, DCM_NumberOfStudyRelatedInstances, "7");
    put(attributes, DCM_ReferencedFrameNumber, "1\\2");
    put(attributes, DcmTagKey(0x0018, 0x9074), "20130101101010.5");
    put(attributes, DCM_RecommendedDisplayFrameRateInFloat, "12.5");
    put(attributes, DCM_TextValue, "two\\lines and a  backslash");
    put(attributes, DCM_FrameIncrementPointer, "00181063\\00200013");
    put_sequence(attributes, DCM_ProcedureCodeSequence, {item_of("36643-5"), Attributes{}});
    put_sequence(attributes, DCM_ReferencedStudySequence, {});
    return attributes;
}

bool equal(const Attributes& a, const Attributes& b);
bool equal(const Attribute& a, const Attribute& b) {
    return a.tag == b.tag && a.vr == b.vr && a.value == b.value &&
           std::equal(a.items.begin(),
                      a.items.end(),
                      b.items.begin(),
                      b.items.end(),
                      [](const Attributes& x, const Attributes& y) { return equal(x, y); });
}
bool equal(const Attributes& a, const Attributes& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return equal(x, y);
    });
}

Result<Attributes> decode_explicit(std::string_view bytes) {
    return decode_attributes(as_bytes(bytes), explicit_vr_little_endian);
}
Result<Attributes> decode_implicit(std::string_view bytes) {
    return decode_attributes(as_bytes(bytes), implicit_vr_little_endian);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_data_set_as_a_value)

BOOST_AUTO_TEST_CASE(elements_stay_in_tag_order_however_they_are_put) {
    Attributes attributes;
    put(attributes, DCM_StudyInstanceUID, "1.2");
    put(attributes, DCM_PatientID, "7");
    put(attributes, DCM_Modality, "DX");
    put(attributes, DCM_PatientID, "8");
    BOOST_TEST(attributes.size() == 3U);
    BOOST_TEST(value_of(attributes, DCM_PatientID) == "8");
    BOOST_TEST((attributes[0].tag == DCM_Modality));
    BOOST_TEST((attributes[2].tag == DCM_StudyInstanceUID));
    BOOST_TEST(find(attributes, DCM_StudyDate) == nullptr);
    BOOST_TEST(value_of(attributes, DCM_StudyDate) == "");
}

BOOST_AUTO_TEST_CASE(the_vr_is_the_dictionarys) {
    BOOST_TEST((dictionary_vr(DCM_PatientName) == VR::PN));
    BOOST_TEST((dictionary_vr(DCM_ProcedureCodeSequence) == VR::SQ));
    BOOST_TEST((dictionary_vr(DcmTagKey(0x0028, 0x0106)) == VR::US));  // US or SS
    BOOST_TEST((dictionary_vr(DcmTagKey(0x7FE0, 0x0010)) == VR::OW));  // OB or OW
    BOOST_TEST((dictionary_vr(DcmTagKey(0x6002, 0x0010)) == VR::US));  // repeating group
    BOOST_TEST((dictionary_vr(DcmTagKey(0x0009, 0x0010)) == VR::LO));  // private creator
    BOOST_TEST((dictionary_vr(DcmTagKey(0x0009, 0x1001)) == VR::UN));
    BOOST_TEST((dictionary_vr(DcmTagKey(0x0010, 0x0000)) == VR::UL));  // group length
    BOOST_TEST((dictionary_vr(DcmTagKey(0x0044, 0xFFF1)) == VR::UN));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_5_7_encoding)

BOOST_DATA_TEST_CASE(what_is_written_is_read_back, little_endian_syntaxes, syntax) {
    const Attributes written = of_every_kind();
    auto read = decode_attributes(encode_attributes(written, syntax.ours), syntax.ours);
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(value_of(*read, DCM_SpecificCharacterSet) == "ISO_IR 192");
    Attributes expected = written;
    put(expected, DCM_SpecificCharacterSet, "ISO_IR 192");
    BOOST_TEST(equal(*read, expected));
}

BOOST_DATA_TEST_CASE(dcmtk_reads_what_we_write, little_endian_syntaxes, syntax) {
    const std::string bytes = as_text(encode_attributes(of_every_kind(), syntax.ours));
    DcmDataset data_set;
    dcmtk_read(bytes, syntax.dcmtk, data_set);
    OFString text;
    BOOST_TEST(data_set.findAndGetOFStringArray(DCM_PatientName, text).good());
    BOOST_TEST(text == "Yamada^Tarou=山田^太郎");
    data_set.findAndGetOFStringArray(DCM_ModalitiesInStudy, text);
    BOOST_TEST(text == "DX\\SR\\OT");
    Uint16 rows = 0;
    BOOST_TEST(data_set.findAndGetUint16(DCM_Rows, rows).good());
    BOOST_TEST(rows == 1024);
    Float32 rate = 0;
    data_set.findAndGetFloat32(DCM_RecommendedDisplayFrameRateInFloat, rate);
    BOOST_TEST(rate == 12.5F);
    DcmItem* code = nullptr;
    BOOST_TEST(data_set.findAndGetSequenceItem(DCM_ProcedureCodeSequence, code, 0).good());
    code->findAndGetOFString(DCM_CodeValue, text);
    BOOST_TEST(text == "36643-5");
    DcmSequenceOfItems* sequence = nullptr;
    data_set.findAndGetSequence(DCM_ProcedureCodeSequence, sequence);
    BOOST_TEST(sequence->card() == 2U);
}

BOOST_DATA_TEST_CASE(we_read_what_dcmtk_writes,
                     little_endian_syntaxes* boost::unit_test::data::make({EET_ExplicitLength,
                                                                           EET_UndefinedLength}),
                     syntax,
                     lengths) {
    const Attributes expected = of_every_kind();
    DcmDataset data_set;
    const std::string bytes = as_text(encode_attributes(expected, explicit_vr_little_endian));
    dcmtk_read(bytes, EXS_LittleEndianExplicit, data_set);
    auto read =
        decode_attributes(as_bytes(dcmtk_bytes(data_set, syntax.dcmtk, lengths)), syntax.ours);
    BOOST_TEST_REQUIRE(read.has_value());
    for (const Attribute& attribute : expected) {
        const Attribute* found = find(*read, attribute.tag);
        BOOST_TEST_REQUIRE(found != nullptr);
        BOOST_TEST(equal(*found, attribute));
    }
}

BOOST_AUTO_TEST_CASE(values_have_even_length_and_their_padding) {
    Attributes attributes;
    put(attributes, DCM_PatientID, "123");
    put(attributes, DCM_StudyInstanceUID, "1.2.3");
    const std::string expected = short_element(0x0010'0020, "LO", "123 ") +
                                 short_element(0x0020'000D, "UI", std::string_view("1.2.3\0", 6));
    BOOST_TEST(as_text(encode_attributes(attributes, explicit_vr_little_endian)) == expected);
}

BOOST_AUTO_TEST_CASE(a_value_too_long_for_its_length_field_is_written_as_un) {  // R35
    std::string uids = "1.2";
    while (uids.size() <= 0xFFFF) {
        uids += "\\1.2.840.10008.1";
    }
    Attributes attributes;
    put(attributes, DCM_FailedSOPInstanceUIDList, uids);
    const auto bytes = encode_attributes(attributes, explicit_vr_little_endian);
    BOOST_TEST(as_text(bytes).substr(4, 2) == "UN");
    auto read = decode_attributes(bytes, explicit_vr_little_endian);
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST((find(*read, DCM_FailedSOPInstanceUIDList)->vr == VR::UI));
    BOOST_TEST(value_of(*read, DCM_FailedSOPInstanceUIDList) == uids);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_are_written_as_zero_length) {
    Attributes attributes;
    put(attributes, DCM_Rows, "many");
    put(attributes, DCM_Columns, "70000");
    const std::string expected =
        short_element(0x0028'0010, "US", "") + short_element(0x0028'0011, "US", "");
    BOOST_TEST(as_text(encode_attributes(attributes, explicit_vr_little_endian)) == expected);
}

BOOST_AUTO_TEST_CASE(big_endian_is_not_written) {
    const TransferSyntax* big_endian = find_transfer_syntax("1.2.840.10008.1.2.2");
    BOOST_CHECK_THROW(static_cast<void>(encode_attributes({}, *big_endian)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_5_6_2_values)

struct Padded {
    const char* says;
    std::uint32_t tag;
    std::string_view sent;
    std::string_view read;
};
std::ostream& operator<<(std::ostream& out, const Padded& padded) {
    return out << padded.says;
}
const Padded padded_values[] = {
    {"F30 a trailing space of LO is not significant", 0x0010'0020, "12 ", "12"},
    {"F30 leading spaces of LO are not significant", 0x0010'0020, "  12", "12"},
    {"F30 embedded spaces of LO are significant", 0x0010'0020, "1  2", "1  2"},
    {"each value is trimmed", 0x0008'0061, "DX \\ SR ", "DX\\SR"},
    {"empty values between others stay", 0x0008'0061, "DX\\\\SR", "DX\\\\SR"},
    {"a NUL pads a UID", 0x0020'000D, std::string_view("1.2.3\0", 6), "1.2.3"},
    {"a space that pads a UID is removed too", 0x0020'000D, "1.2.3 ", "1.2.3"},
    {"spaces before a comment stay", 0x0010'4000, "  as said ", "  as said"},
    {"a backslash is a character of LT", 0x0010'4000, "a \\ b", "a \\ b"},
    {"only padding is nothing", 0x0010'0010, "  ", ""},
    {"odd length is tolerated", 0x0010'0020, "123", "123"},
};
BOOST_DATA_TEST_CASE(padding_is_removed, padded_values, c) {
    auto read = decode_implicit(implicit_element(c.tag, c.sent));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(read->at(0).value == c.read);
}

BOOST_AUTO_TEST_CASE(an_attribute_sent_as_un_is_read_by_the_dictionary) {
    auto read = decode_explicit(long_element(0x0010'0020, "UN", "12") +
                                long_element(0x0028'0010, "UN", std::string_view("\x00\x04", 2)) +
                                long_element(0x0029'1001, "UN", "ab"));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(read->at(0).value == "12");
    BOOST_TEST((read->at(0).vr == VR::LO));
    BOOST_TEST(read->at(1).value == "1024");
    BOOST_TEST((read->at(2).vr == VR::UN));
}

BOOST_AUTO_TEST_CASE(un_of_undefined_length_holds_implicit_vr_items) {
    const std::string code = implicit_element(0x0008'0100, "36643-5 ");
    auto read = decode_explicit(
        long_element(0x0008'1032, "UN", undefined, delimited_item(code) + sequence_delimiter()) +
        short_element(0x0010'0020, "LO", "12"));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST((read->at(0).vr == VR::SQ));
    BOOST_TEST(value_of(read->at(0).items.at(0), DCM_CodeValue) == "36643-5");
    BOOST_TEST(read->at(1).value == "12");
}

BOOST_AUTO_TEST_CASE(an_empty_private_sequence_of_undefined_length_is_a_sequence) {
    auto read = decode_implicit(implicit_element(0x0009'1001, undefined, sequence_delimiter()));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST((read->at(0).vr == VR::SQ));
}

BOOST_AUTO_TEST_CASE(big_endian_data_sets_are_read) {
    const std::string_view bytes("\x00\x28\x00\x10US\x00\x02\x04\x00", 10);
    auto read = decode_attributes(as_bytes(bytes), *find_transfer_syntax("1.2.840.10008.1.2.2"));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(value_of(*read, DCM_Rows) == "1024");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(strangers)

struct Broken {
    const char* says;
    std::string bytes;
    DcmTagKey element;
};
std::ostream& operator<<(std::ostream& out, const Broken& broken) {
    return out << broken.says;
}
const std::string nothing_but_an_item = implicit_element(0xFFFE'E000, undefined, "");
const Broken broken_data_sets[] = {
    {"a length runs past the end",
     tag_bytes(0x0010'0010) + "PN" + little_endian(200, 2) + "A^B ",
     DCM_PatientName},
    {"a 32-bit length near 4 GiB",
     long_element(0x0040'A160, "UT", 0xFFFF'FFFE, "abcd"),
     DCM_TextValue},
    {"undefined length where none may be",
     long_element(0x0040'A160, "UT", undefined, "abcd"),
     DCM_TextValue},
    {"an unknown value representation", short_element(0x0010'0010, "ZZ", "A^B "), DCM_PatientName},
    {"half a header follows", short_element(0x0010'0010, "PN", "A^B ") + "abc", DCM_PatientName},
    {"a long header is cut", tag_bytes(0x0040'A160) + "UT" + "ab", DCM_TextValue},
    {"a sequence has no delimiter",
     long_element(0x0008'1032, "SQ", undefined, ""),
     DCM_ProcedureCodeSequence},
    {"an item has no delimiter",
     long_element(0x0008'1032, "SQ", undefined, nothing_but_an_item),
     DcmTagKey(0xFFFE, 0xE000)},
    {"an element stands where an item is due",
     long_element(0x0008'1032, "SQ", short_element(0x0008'0100, "SH", "ab")),
     DCM_CodeValue},
    {"an item delimiter in an item of known length",
     long_element(0x0008'1032, "SQ", item(implicit_element(0xFFFE'E00D, ""))),
     DcmTagKey(0xFFFE, 0xE00D)},
    {"a delimiter with a length",
     long_element(0x0008'1032, "SQ", undefined, implicit_element(0xFFFE'E0DD, "ab")),
     DcmTagKey(0xFFFE, 0xE0DD)},
    {"an item longer than its sequence",
     long_element(0x0008'1032, "SQ", implicit_element(0xFFFE'E000, 64, "")) +
         short_element(0x0010'0010, "PN", std::string(64, 'a')),
     DcmTagKey(0xFFFE, 0xE000)},
    {"an item outside of a sequence", item(""), DcmTagKey(0xFFFE, 0xE000)},
    {"a tag twice",
     short_element(0x0010'0020, "LO", "12") + short_element(0x0010'0020, "LO", "13"),
     DCM_PatientID},
    {"three bytes of US", short_element(0x0028'0010, "US", "abc"), DCM_Rows},
    {"encapsulated pixel data",
     long_element(0x7FE0'0010, "OB", undefined, item("")),
     DCM_PixelData},
};
BOOST_DATA_TEST_CASE(what_does_not_add_up_is_malformed, broken_data_sets, c) {
    auto read = decode_explicit(c.bytes);
    BOOST_TEST_REQUIRE(!read.has_value());
    BOOST_TEST((read.error().kind == FaultKind::malformed));
    BOOST_TEST_REQUIRE(read.error().element.has_value());
    BOOST_TEST(read.error().element->toString() == c.element.toString());
}

std::string nested(int depth, bool delimited) {
    std::string bytes;
    for (int i = 0; i < depth; ++i) {
        bytes = delimited ? long_element(0x0040'A730, "SQ", undefined, delimited_item(bytes)) +
                                sequence_delimiter()
                          : long_element(0x0040'A730, "SQ", item(bytes));
    }
    return bytes;
}

BOOST_AUTO_TEST_CASE(sixty_four_nested_sequences_are_read) {
    BOOST_TEST(decode_explicit(nested(64, true)).has_value());
    BOOST_TEST(decode_explicit(nested(64, false)).has_value());
}

BOOST_AUTO_TEST_CASE(sixty_five_nested_sequences_are_refused) {
    BOOST_TEST(!decode_explicit(nested(65, true)).has_value());
    BOOST_TEST(!decode_explicit(nested(65, false)).has_value());
}

BOOST_AUTO_TEST_CASE(ten_thousand_nested_sequences_are_refused_whatever_else_is_wrong) {
    std::string openings;
    for (int i = 0; i < 10'000; ++i) {
        openings += long_element(0x0040'A730, "SQ", undefined, nothing_but_an_item);
    }
    auto read = decode_explicit(openings);
    BOOST_TEST_REQUIRE(!read.has_value());
    BOOST_TEST((read.error().element == DCM_ContentSequence));
    // A limit of our own making does not bring the stack down either.
    const AttributesLimits generous{.depth_max = 100'000, .elements_max = 100'000};
    BOOST_TEST(!decode_attributes(as_bytes(openings), explicit_vr_little_endian, generous));
}

BOOST_AUTO_TEST_CASE(items_and_elements_are_counted) {
    std::string items;
    for (int i = 0; i < 10'000; ++i) {
        items += item("");
    }
    BOOST_TEST(!decode_explicit(long_element(0x0040'A730, "SQ", items)).has_value());
    BOOST_TEST(decode_explicit(long_element(0x0040'A730, "SQ", items.substr(8))).has_value());
}

BOOST_AUTO_TEST_CASE(a_deflate_bomb_is_exhausted_not_memory) {
    const TransferSyntax& deflated = deflated_explicit_vr_little_endian;
    Attributes attributes;
    put(attributes, DCM_TextValue, std::string(32U << 20U, '.'));
    auto read = decode_attributes(encode_attributes(attributes, deflated), deflated);
    BOOST_TEST_REQUIRE(!read.has_value());
    BOOST_TEST((read.error().kind == FaultKind::exhausted));
}

BOOST_AUTO_TEST_CASE(random_bytes_never_do_more_than_fail) {
    constexpr unsigned seed = 20130101;
    std::mt19937 random(seed);
    const std::string seeds[] = {
        as_text(encode_attributes(of_every_kind(), explicit_vr_little_endian)),
        as_text(encode_attributes(of_every_kind(), implicit_vr_little_endian)),
        nested(5, true)};
    int read_back = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes = seeds[random() % 3];
        for (auto changes = random() % 6; changes > 0; --changes) {
            bytes[random() % bytes.size()] = static_cast<char>(random());
        }
        bytes.resize(random() % 4 == 0 ? random() % bytes.size() : bytes.size());
        for (const Syntax& syntax : little_endian_syntaxes) {
            auto read = decode_attributes(as_bytes(bytes), syntax.ours);
            if (read) {
                const auto again =
                    decode_attributes(encode_attributes(*read, syntax.ours), syntax.ours);
                BOOST_TEST_REQUIRE(again.has_value(), (again ? "" : again.error().doing) << syntax);
                ++read_back;
            }
        }
    }
    BOOST_TEST(read_back > 1'000);
}

BOOST_AUTO_TEST_SUITE_END()
