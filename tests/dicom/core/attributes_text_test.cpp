#include "dicom/core/attributes.hpp"
#include "support/element_bytes.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/unit_test.hpp>

using namespace cxr::dicom;
using namespace cxr::test;

namespace {

Result<Attributes> decode_implicit(std::string_view bytes) {
    return decode_attributes(as_bytes(bytes), implicit_vr_little_endian);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_3_c_12_1_1_2_character_sets)

BOOST_AUTO_TEST_CASE(the_label_is_utf_8_only_where_a_value_needs_it) {  // F21
    Attributes attributes;
    put(attributes, DCM_SpecificCharacterSet, "ISO_IR 100");
    put(attributes, DCM_PatientName, "Buc^Jerome");
    const auto plain = as_text(encode_attributes(attributes, explicit_vr_little_endian));
    BOOST_TEST(plain == short_element(0x0010'0010, "PN", "Buc^Jerome"));
    put(attributes, DCM_PatientName, "Buc^Jérôme");
    const auto accented = as_text(encode_attributes(attributes, explicit_vr_little_endian));
    BOOST_TEST(accented == short_element(0x0008'0005, "CS", "ISO_IR 192") +
                               short_element(0x0010'0010, "PN", "Buc^Jérôme"));
}

BOOST_AUTO_TEST_CASE(an_esc_in_utf_8_text_reads_back) {
    Attributes attributes;
    put(attributes, DCM_AccessionNumber, "36642-\x1b");
    const auto bytes = encode_attributes(attributes, explicit_vr_little_endian);
    auto read = decode_attributes(bytes, explicit_vr_little_endian);
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(value_of(*read, DCM_AccessionNumber) == "36642-\x1b");
}

BOOST_AUTO_TEST_CASE(what_stands_before_the_set_is_not_of_it) {
    // (0008,0001) sent as text, behind the set that it precedes: written in order it would be read
    // in the default repertoire, which has no ESC and no umlauts.
    const std::string utf_8 = short_element(0x0008'0005, "CS", "ISO_IR 192");
    for (const char* text : {"36642-\x1b", "Gr\xC3\xBC\xC3\x9F"}) {
        const auto read = decode_attributes(
            as_bytes(utf_8 + short_element(0x0008'0001, "LO", text)), explicit_vr_little_endian);
        BOOST_TEST_REQUIRE(!read.has_value());
        BOOST_TEST((read.error().kind == FaultKind::malformed));
        BOOST_TEST((read.error().element == DcmTagKey(0x0008, 0x0001)));
    }
    const auto plain = decode_attributes(as_bytes(utf_8 + short_element(0x0008'0001, "LO", "36")),
                                         explicit_vr_little_endian);
    BOOST_TEST_REQUIRE(plain.has_value());
    const auto again = decode_attributes(encode_attributes(*plain, explicit_vr_little_endian),
                                         explicit_vr_little_endian);
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST(value_of(*again, DcmTagKey(0x0008, 0x0001)) == "36");
}

BOOST_AUTO_TEST_CASE(an_item_has_the_set_from_outside_for_all_of_it) {
    const std::string utf_8 = short_element(0x0008'0005, "CS", "ISO_IR 192");
    const auto read = decode_attributes(
        as_bytes(utf_8 + long_element(0x0008'1032,
                                      "SQ",
                                      item(short_element(0x0008'0001, "LO", "Gr\xC3\xBC\x1b")))),
        explicit_vr_little_endian);
    BOOST_TEST_REQUIRE(read.has_value());
    const auto again = decode_attributes(encode_attributes(*read, explicit_vr_little_endian),
                                         explicit_vr_little_endian);
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST(again->back().items.at(0).at(0).value == "Gr\xC3\xBC\x1b");
}

BOOST_AUTO_TEST_CASE(a_label_is_needed_for_text_inside_items_too) {
    Attributes code;
    put(code, DCM_CodeMeaning, "Épanchement");
    Attributes attributes;
    put_sequence(attributes, DCM_ProcedureCodeSequence, {code});
    const auto bytes = encode_attributes(attributes, implicit_vr_little_endian);
    auto read = decode_attributes(bytes, implicit_vr_little_endian);
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(value_of(*read, DCM_SpecificCharacterSet) == "ISO_IR 192");
    BOOST_TEST(value_of(read->at(1).items.at(0), DCM_CodeMeaning) == "Épanchement");
}

BOOST_AUTO_TEST_CASE(text_is_read_in_the_set_of_its_data_set) {  // F22
    auto read = decode_implicit(implicit_element(0x0008'0005, "ISO_IR 100") +
                                implicit_element(0x0010'0010, "Buc^J\xE9r\xF4me"));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(value_of(*read, DCM_PatientName) == "Buc^Jérôme");
    BOOST_TEST(value_of(*read, DCM_SpecificCharacterSet) == "ISO_IR 100");
}

BOOST_AUTO_TEST_CASE(an_item_inherits_the_set_unless_it_has_its_own) {
    const std::string cyrillic = implicit_element(0x0008'0005, "ISO_IR 144");
    const std::string greek = implicit_element(0x0008'0005, "ISO_IR 126");
    auto read = decode_implicit(
        cyrillic + implicit_element(0x0008'1032,
                                    item(implicit_element(0x0008'0104, "\xBB\xEE")) +
                                        item(greek + implicit_element(0x0008'0104, "\xC1\xE1"))));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(value_of(read->at(1).items.at(0), DCM_CodeMeaning) == "Лю");
    BOOST_TEST(value_of(read->at(1).items.at(1), DCM_CodeMeaning) == "Αα");
}

BOOST_AUTO_TEST_CASE(a_set_outside_the_table_is_a_fault_with_its_element) {  // F22
    auto read = decode_implicit(implicit_element(0x0008'0005, "ISO_IR 666"));
    BOOST_TEST_REQUIRE(!read.has_value());
    BOOST_TEST((read.error().kind == FaultKind::unsupported));
    BOOST_TEST((read.error().element == DCM_SpecificCharacterSet));
}

BOOST_AUTO_TEST_CASE(bytes_that_the_set_cannot_mean_are_a_fault_with_their_element) {
    auto read = decode_implicit(implicit_element(0x0010'0010, "Buc^J\xE9r\xF4me"));
    BOOST_TEST_REQUIRE(!read.has_value());
    BOOST_TEST((read.error().kind == FaultKind::malformed));
    BOOST_TEST((read.error().element == DCM_PatientName));
}

BOOST_AUTO_TEST_SUITE_END()
