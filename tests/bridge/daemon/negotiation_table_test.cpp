#include "bridge/daemon/negotiation_table.hpp"

#include "support/association_requests.hpp"

#include <boost/test/unit_test.hpp>

using namespace cxr::bridge;
using namespace cxr::storescp;
using namespace cxr::test;

namespace {

std::string table_of(const pdu::AssociateRQ& request) {
    AccessPolicy access;
    access.ae_titles = {"CXRBRIDGE"};
    const std::string address = "192.0.2.7:40112";
    const auto outcome = negotiate(request, acceptable_contexts(), access, 65'536, 4);
    return negotiation_table({address, request, outcome});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_9_3_a_negotiation_as_a_table)

BOOST_AUTO_TEST_CASE(shows_what_was_offered_and_what_became_of_it) {
    pdu::AssociateRQ request = association_request(
        {{1, secondary_capture, {jpeg_ls, explicit_little}}, {3, "1.2.3", {implicit_little}}});
    request.user.asynchronous_window = pdu::AsynchronousWindow{8, 1};
    request.user.roles = {{secondary_capture, {true, true}}};
    request.user.extended = {{secondary_capture, {2, 0}}};
    BOOST_TEST(
        table_of(request) ==
        "192.0.2.7:40112: 'TESTER' asks 'CXRBRIDGE' for an association\n"
        "  implementation        1.2.3.4 TESTER\n"
        "  maximum length        16384 bytes\n"
        "  operations            8 invoked, 1 performed\n"
        "  extended              SecondaryCaptureImageStorage: 02 00\n"
        "   id  result               roles             abstract syntax: offered transfer syntaxes, "
        "[the agreed one]\n"
        "    1  accepted             SCU+SCP > SCU+SCP SecondaryCaptureImageStorage: "
        "[JPEGLSLossless], LittleEndianExplicit\n"
        "    3  3 abstract syntax    SCU               1.2.3: LittleEndianImplicit\n"
        "  accepted\n"
        "  maximum length        65536 bytes\n"
        "  operations            4 invoked, 1 performed\n"
        "  extended              SecondaryCaptureImageStorage: 02 00\n"
        "\n");
}

BOOST_AUTO_TEST_CASE(a_rejection_says_why_and_where_the_standard_has_it) {
    pdu::AssociateRQ request = association_request();
    request.application_context = "1.2\x1b[2J";
    const std::string table = table_of(request);
    BOOST_TEST(
        table.find("  rejected permanently by the service user: application context name not "
                   "supported (1/1/2): application context '1.2\\x1b[2J' (PS3.7 A.2.1)\n") !=
            std::string::npos,
        table);
    BOOST_TEST(table.find("    1  -                    SCU               VerificationSOPClass: "
                          "LittleEndianImplicit\n") != std::string::npos,
               table);
}

BOOST_AUTO_TEST_CASE(what_strangers_send_cannot_write_on_the_terminal) {
    pdu::AssociateRQ request = association_request({{1, "1.2\x1b[31m", {"\x07"}}});
    request.calling = pdu::title_field("A\x1b[0mB");
    request.user.implementation_version_name = "\r\n";
    const std::string table = table_of(request);
    BOOST_TEST(table.find_first_of("\x1b\x07\r") == std::string::npos, table);
}

BOOST_AUTO_TEST_SUITE_END()
