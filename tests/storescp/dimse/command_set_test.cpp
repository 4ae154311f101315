#include "storescp/dimse/command_set.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr::storescp;

namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> out;
    for (const int value : values) {
        out.push_back(static_cast<std::byte>(value));
    }
    return out;
}

CommandSet full() {
    CommandSet command;
    command.affected_sop_class_uid = "1.2.840.10008.5.1.4.1.2.2.2";
    command.requested_sop_class_uid = "1.2.840.10008.5.1.4.1.1.7";
    command.command_field = static_cast<std::uint16_t>(CommandField::c_move_rsp);
    command.message_id = 7;
    command.message_id_being_responded_to = 65'535;
    command.move_destination = "ODD";
    command.priority = 2;
    command.data_set_type = no_data_set;
    command.status = 0xA702;
    command.offending_elements = {0x00080052, 0x0020000D};
    command.error_comment = "destination refused";
    command.error_id = 9;
    command.affected_sop_instance_uid = "1.2.3";
    command.requested_sop_instance_uid = "1.2.34";
    command.event_type_id = 1;
    command.action_type_id = 2;
    command.remaining_suboperations = 3;
    command.completed_suboperations = 4;
    command.failed_suboperations = 5;
    command.warning_suboperations = 6;
    command.move_originator_ae_title = "VIEWER";
    command.move_originator_message_id = 11;
    return command;
}

struct Broken {
    const char* says;
    std::vector<std::byte> bytes;
};
std::ostream& operator<<(std::ostream& out, const Broken& broken) {
    return out << broken.says;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_7_6_3_1_command_set_structure)

BOOST_AUTO_TEST_CASE(every_element_survives_encoding_and_decoding) {
    const CommandSet command = full();
    const auto decoded = decode_command_set(encode_command_set(command));
    BOOST_REQUIRE(decoded.has_value());
    BOOST_TEST((*decoded == command));
}

BOOST_AUTO_TEST_CASE(v2_is_implicit_little_endian_with_the_group_length_first_and_even_values) {
    CommandSet command;
    command.affected_sop_class_uid = "1.2.3";
    command.command_field = 0x0030;
    command.move_destination = "ODD";
    const auto expected =
        bytes({0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x24, 0,    0,    0,
               0x00, 0x00, 0x02, 0x00, 0x06, 0x00, 0x00, 0x00, '1',  '.',  '2',  '.',
               '3',  0x00, 0x00, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x30, 0x00,
               0x00, 0x00, 0x00, 0x06, 0x04, 0x00, 0x00, 0x00, 'O',  'D',  'D',  ' '});
    BOOST_TEST((encode_command_set(command) == expected));
}

BOOST_AUTO_TEST_CASE(v7_a_wrong_or_missing_group_length_is_no_matter) {
    auto encoded = encode_command_set(full());
    encoded[8] = std::byte{0xFF};
    BOOST_TEST((*decode_command_set(encoded) == full()));
    encoded.erase(encoded.begin(), encoded.begin() + 12);
    BOOST_TEST((*decode_command_set(encoded) == full()));
}

BOOST_AUTO_TEST_CASE(v11_unknown_retired_and_disordered_elements_are_tolerated) {
    const auto encoded =
        bytes({0x00, 0x00, 0x10, 0x01, 2, 0, 0, 0, 0x05, 0x00,        // message id
               0x00, 0x00, 0x01, 0x00, 4, 0, 0, 0, 1,    2,    3, 4,  // retired length
               0x00, 0x00, 0xEE, 0x7E, 2, 0, 0, 0, 'x',  'y',         // unknown
               0x00, 0x00, 0x00, 0x01, 2, 0, 0, 0, 0x30, 0x00});      // command field
    const auto decoded = decode_command_set(encoded);
    BOOST_REQUIRE(decoded.has_value());
    BOOST_TEST(decoded->message_id.value() == 5);
    BOOST_TEST(decoded->is(CommandField::c_echo_rq));
}

BOOST_AUTO_TEST_CASE(padding_is_not_part_of_a_value) {
    const auto decoded = decode_command_set(
        bytes({0, 0, 0x02, 0x00, 6, 0, 0, 0, '1', '.', '2', '.', '3', 0,        // UID, NUL
               0, 0, 0x00, 0x10, 6, 0, 0, 0, '1', '.', '2', '.', '4', ' ',      // UID, space
               0, 0, 0x00, 0x06, 6, 0, 0, 0, ' ', 'A', ' ', 'B', ' ', '\0'}));  // AE
    BOOST_REQUIRE(decoded.has_value());
    BOOST_TEST(decoded->affected_sop_class_uid.value() == "1.2.3");
    BOOST_TEST(decoded->affected_sop_instance_uid.value() == "1.2.4");
    BOOST_TEST(decoded->move_destination.value() == "A B");
}

BOOST_AUTO_TEST_CASE(v6_an_empty_value_is_an_absent_element) {
    const auto decoded =
        decode_command_set(bytes({0, 0, 0x02, 0x00, 0, 0, 0, 0, 0, 0, 0x10, 0x01, 0, 0, 0, 0}));
    BOOST_REQUIRE(decoded.has_value());
    BOOST_TEST(!decoded->affected_sop_class_uid.has_value());
    BOOST_TEST(!decoded->message_id.has_value());
    const auto padding = decode_command_set(bytes({0, 0, 0x02, 0x00, 2, 0, 0, 0, ' ', ' '}));
    BOOST_REQUIRE(padding.has_value());
    BOOST_TEST(!padding->affected_sop_class_uid.has_value());
}

BOOST_AUTO_TEST_CASE(v8_every_type_but_0101_says_that_a_data_set_follows) {
    CommandSet command;
    BOOST_TEST(!command.has_data_set());
    for (const std::uint16_t type : std::initializer_list<std::uint16_t>{0, 1, 0x0102, 0xFFFF}) {
        command.data_set_type = type;
        BOOST_TEST(command.has_data_set());
    }
    command.data_set_type = no_data_set;
    BOOST_TEST(!command.has_data_set());
}

BOOST_AUTO_TEST_CASE(v16_an_error_comment_has_at_most_64_characters) {
    CommandSet command;
    command.error_comment = std::string(100, 'x');
    BOOST_TEST(decode_command_set(encode_command_set(command))->error_comment->size() == 64);
}

const Broken broken_sets[] = {
    {"a header cut short", bytes({0, 0, 0x00, 0x01, 2})},
    {"a value past the end", bytes({0, 0, 0x00, 0x01, 4, 0, 0, 0, 0x30, 0x00})},
    {"a length of 4 GiB", bytes({0, 0, 0x02, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, '1'})},
    {"a US of four bytes", bytes({0, 0, 0x00, 0x01, 4, 0, 0, 0, 0x30, 0x00, 0, 0})},
    {"an AT of three bytes", bytes({0, 0, 0x01, 0x09, 3, 0, 0, 0, 1, 2, 3})},
    {"an element of group 0008", bytes({8, 0, 0x16, 0x00, 2, 0, 0, 0, '1', 0})},
};

BOOST_DATA_TEST_CASE(lengths_that_do_not_add_up_are_a_fault, broken_sets, broken) {
    const auto decoded = decode_command_set(broken.bytes);
    BOOST_REQUIRE(!decoded.has_value());
    BOOST_TEST((decoded.error().kind == FaultKind::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
