#include "storescp/upper_layer/pdu.hpp"

#include "support/raw_peer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ostream>

using namespace cxr::storescp;
using namespace cxr::test;

namespace {

Bytes text(std::string_view value) {
    const auto view = std::as_bytes(std::span(value));
    return Bytes(view.begin(), view.end());
}
Bytes item(unsigned type, std::span<const std::byte> body) {
    const auto length = static_cast<unsigned>(body.size());
    return bytes({type, 0, length >> 8, length & 0xFF}) + body;
}
Bytes counted(std::string_view value) {
    return bytes({0, static_cast<unsigned>(value.size())}) + text(value);
}

Bytes head() {
    return bytes({0, 1, 0, 0}) + text("CXRBRIDGE       TESTER          ") + Bytes(32) +
           item(0x10, text(dicom_application_context));
}
Bytes context(unsigned id) {
    return item(0x20,
                bytes({id, 0, 0, 0}) + item(0x30, text("1.2.840.10008.1.1")) +
                    item(0x40, text("1.2.840.10008.1.2")));
}
Bytes max_length() {
    return item(0x51, bytes({0, 0, 0x40, 0}));
}

pdu::AssociateRQ everything() {
    pdu::AssociateRQ request;
    request.called = pdu::title_field("CXRBRIDGE");
    request.calling = pdu::title_field("TESTER");
    request.reserved[3] = std::byte{9};
    for (unsigned id = 1; id < 256; id += 2) {
        request.contexts.push_back(
            {.id = static_cast<std::uint8_t>(id),
             .abstract_syntax = "1.2.840.10008.1.1",
             .transfer_syntaxes = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"}});
    }
    request.user.pdu_bytes_max = 16'384;
    request.user.implementation_class_uid = "1.2.3";
    request.user.implementation_version_name = "V1";
    request.user.asynchronous_window.emplace();
    request.user.asynchronous_window->operations_performed_max = 0;
    request.user.roles = {{"1.2.3.4", {.scu = false, .scp = true}}};
    request.user.extended = {{"1.2.3.4", {1, 0, 2}}};
    request.user.common = {{"1.2.3.4", "1.2.840.10008.4.2", {"1.2.3.5", "1.2.3.6"}}};
    request.user.identity = pdu::UserIdentityItem{.type = 2,
                                                  .positive_response_requested = true,
                                                  .primary = text("u"),
                                                  .secondary = text("p")};
    return request;
}

struct Broken {
    const char* says;
    Bytes body;
    ProtocolError error;
};
std::ostream& operator<<(std::ostream& out, const Broken& broken) {
    return out << broken.says;
}
const Broken broken_requests[] = {
    {"A38 shorter than its fixed fields", Bytes(67), ProtocolError::invalid_parameter_value},
    {"A38 an item runs past the PDU",
     head() + bytes({0x20, 0, 0, 40, 1, 0, 0, 0}),
     ProtocolError::invalid_parameter_value},
    {"A38 half an item header", head() + bytes({0x20, 0}), ProtocolError::invalid_parameter_value},
    {"A38 a sub-item runs past its item",
     head() + item(0x20, bytes({1, 0, 0, 0, 0x30, 0, 0, 90, '1'})),
     ProtocolError::invalid_parameter_value},
    {"A38 a user information sub-item runs past its item",
     head() + context(1) + item(0x50, bytes({0x51, 0, 0, 9, 0, 0, 0, 0})),
     ProtocolError::invalid_parameter_value},
    {"A38 a maximum length of two bytes",
     head() + context(1) + item(0x50, item(0x51, bytes({0x40, 0}))),
     ProtocolError::invalid_parameter_value},
    {"A38 a role UID runs past its sub-item",
     head() + context(1) + item(0x50, item(0x54, bytes({0, 60, '1', 1, 1}))),
     ProtocolError::invalid_parameter_value},
    {"A38 a user identity runs past its sub-item",
     head() + context(1) + item(0x50, item(0x58, bytes({1, 0, 0xFF, 0xFF, 'u'}))),
     ProtocolError::invalid_parameter_value},
    {"A38 a related general SOP class runs past its list",
     head() + context(1) +
         item(0x50, item(0x57, counted("1.2") + counted("1.3") + bytes({0, 3, 0, 9, '1'}))),
     ProtocolError::invalid_parameter_value},
    {"A19 an even context id", head() + context(2), ProtocolError::invalid_parameter_value},
    {"A19 context id 0", head() + context(0), ProtocolError::invalid_parameter_value},
    {"A20 a context id used twice",
     head() + context(1) + context(3) + context(1),
     ProtocolError::invalid_parameter_value},
    {"two application contexts",
     head() + item(0x10, text("1.2.3")),
     ProtocolError::unexpected_parameter},
    {"two user information items",
     head() + context(1) + item(0x50, max_length()) + item(0x50, max_length()),
     ProtocolError::unexpected_parameter},
    {"two abstract syntaxes in a context",
     head() +
         item(0x20, bytes({1, 0, 0, 0}) + item(0x30, text("1.2.3")) + item(0x30, text("1.2.4"))),
     ProtocolError::unexpected_parameter},
};

pdu::AssociateRQ decoded(const Bytes& body) {
    auto result = pdu::decode_associate_rq(body);
    if (const auto* malformed = std::get_if<pdu::Malformed>(&result)) {
        BOOST_FAIL(malformed->why);
    }
    return std::get<pdu::AssociateRQ>(std::move(result));
}

bool remarked(const pdu::AssociateRQ& request, std::string_view what) {
    return std::ranges::any_of(request.remarks, [&](const std::string& remark) {
        return remark.find(what) != std::string::npos;
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_9_3_2_a_associate_rq)

BOOST_AUTO_TEST_CASE(A21_every_item_comes_back_as_it_was_written) {
    const pdu::AssociateRQ request = everything();
    const Bytes encoded = pdu::encode(request);
    BOOST_TEST(encoded.size() > 8'192U);
    const pdu::AssociateRQ back = decoded(Bytes(encoded.begin() + 6, encoded.end()));
    BOOST_TEST((back.contexts == request.contexts));
    BOOST_TEST((back.user == request.user));
    BOOST_TEST((back.called == request.called && back.calling == request.calling));
    BOOST_TEST((back.reserved == request.reserved));
    BOOST_TEST(back.application_context == dicom_application_context);
    BOOST_TEST(back.remarks.empty());
}

BOOST_DATA_TEST_CASE(a_broken_one_is_told_by_its_reason, broken_requests, broken) {
    const auto result = pdu::decode_associate_rq(broken.body);
    const auto* malformed = std::get_if<pdu::Malformed>(&result);
    BOOST_TEST_REQUIRE((malformed != nullptr));
    BOOST_TEST((malformed->error == broken.error), malformed->why);
    BOOST_TEST(!malformed->why.empty());
}

/// Robustness: whatever the length is cut to or a byte is turned into, decoding ends well.
BOOST_AUTO_TEST_CASE(every_truncation_of_a_full_request_is_malformed_or_an_earlier_end) {
    const Bytes encoded = pdu::encode(everything());
    const std::span<const std::byte> body = std::span(encoded).subspan(6);
    std::size_t malformed = 0;
    for (std::size_t length = 0; length < body.size(); ++length) {
        const auto result = pdu::decode_associate_rq(body.first(length));
        malformed += std::holds_alternative<pdu::Malformed>(result) ? 1 : 0;
    }
    BOOST_TEST(malformed > body.size() - 140);  // ends between items are whole requests
}

BOOST_AUTO_TEST_CASE(A25_unknown_items_and_sub_items_are_skipped) {
    const pdu::AssociateRQ request =
        decoded(head() + item(0x77, text("??")) + context(1) +
                item(0x50, max_length() + item(0x5F, text("???")) + item(0x52, text("1.2"))));
    BOOST_TEST(request.contexts.size() == 1U);
    BOOST_TEST(*request.user.pdu_bytes_max == 16'384U);
    BOOST_TEST(request.user.implementation_class_uid == "1.2");
    BOOST_TEST(remarked(request, "77H"));
    BOOST_TEST(remarked(request, "5FH"));
}

BOOST_AUTO_TEST_CASE(A26_reserved_bytes_are_not_tested) {
    Bytes body = head() + context(1) + item(0x50, max_length() + item(0x52, text("1.2")));
    for (const std::size_t reserved : {2U,
                                       3U,
                                       36U,
                                       67U,
                                       69U,
                                       68U + 4 + 21 + 1,
                                       68U + 4 + 21 + 5,
                                       68U + 4 + 21 + 6,
                                       68U + 4 + 21 + 7}) {
        body.at(reserved) = std::byte{0xA5};
    }
    const pdu::AssociateRQ request = decoded(body);
    BOOST_TEST(request.contexts.at(0).abstract_syntax == "1.2.840.10008.1.1");
    BOOST_TEST(request.remarks.empty());
}

BOOST_AUTO_TEST_CASE(A43_A48_missing_maximum_length_and_implementation_are_borne_and_remarked) {
    const pdu::AssociateRQ request = decoded(head() + context(1));
    BOOST_TEST(!request.user.pdu_bytes_max.has_value());
    BOOST_TEST(remarked(request, "51H"));
    BOOST_TEST(remarked(request, "52H"));
}

BOOST_AUTO_TEST_CASE(A54_uids_lose_trailing_padding_and_may_be_any_length) {
    const std::string long_uid(70, '1');
    const std::string padded("1.2.840.10008.1.1\0", 18);
    const pdu::AssociateRQ request = decoded(
        head() + item(0x20, bytes({1, 0, 0, 0}) + item(0x30, text(padded)) + item(0x40, text(""))) +
        item(0x20, bytes({3, 0, 0, 0}) + item(0x30, text(long_uid))) +
        item(0x20, bytes({5, 0, 0, 0})));
    BOOST_TEST(request.contexts.at(0).abstract_syntax == "1.2.840.10008.1.1");
    BOOST_TEST(request.contexts.at(0).transfer_syntaxes.at(0).empty());
    BOOST_TEST(request.contexts.at(1).abstract_syntax == long_uid);
    BOOST_TEST(request.contexts.at(2).abstract_syntax.empty());
    BOOST_TEST(remarked(request, "padded"));
    BOOST_TEST(remarked(request, "longer than 64"));
}

BOOST_AUTO_TEST_CASE(A8_title_fields_are_kept_as_sent_and_trimmed_when_read) {
    BOOST_TEST(pdu::title_of(pdu::title_field("  AB C ")) == "AB C");
    BOOST_TEST(pdu::title_of(pdu::title_field(std::string_view("AB\0\0", 4))) == "AB");
    BOOST_TEST(pdu::title_of(pdu::title_field("")).empty());
    BOOST_TEST(pdu::title_of(pdu::title_field("ABCDEFGHIJKLMNOPQ")) == "ABCDEFGHIJKLMNOP");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_9_3_3_to_9_3_8)

BOOST_AUTO_TEST_CASE(A18_the_transfer_syntax_of_a_refused_context_is_not_significant) {
    pdu::AssociateAC answer;
    answer.contexts = {{1, ContextResult::acceptance, "1.2.840.10008.1.2"},
                       {3, ContextResult::abstract_syntax_not_supported, "nonsense"}};
    const Bytes encoded = pdu::encode(answer);
    const auto result = pdu::decode_associate_ac(std::span(encoded).subspan(6));
    const auto* back = std::get_if<pdu::AssociateAC>(&result);
    BOOST_TEST_REQUIRE((back != nullptr));
    BOOST_TEST(back->contexts.at(0).transfer_syntax == "1.2.840.10008.1.2");
    BOOST_TEST(back->contexts.at(1).transfer_syntax.empty());
    BOOST_TEST((back->contexts.at(1).result == ContextResult::abstract_syntax_not_supported));
}

BOOST_AUTO_TEST_CASE(the_short_pdus_are_written_as_in_the_tables) {
    BOOST_TEST(hex(pdu::encode(Rejection{1, 1, 7})) == "03 00 00 00 00 04 00 01 01 07 ");
    BOOST_TEST(hex(pdu::encode(AbortReason{2, 6})) == "07 00 00 00 00 04 00 00 02 06 ");
    BOOST_TEST(hex(pdu::encode_release_rq()) == "05 00 00 00 00 04 00 00 00 00 ");
    BOOST_TEST(hex(pdu::encode_release_rp()) == "06 00 00 00 00 04 00 00 00 00 ");
}

BOOST_AUTO_TEST_CASE(they_are_read_back_and_refused_at_another_length) {
    const auto rejection = pdu::decode_associate_rj(bytes({9, 2, 3, 2}));
    BOOST_TEST((std::get<Rejection>(rejection) == Rejection{2, 3, 2}));
    const auto reason = pdu::decode_abort(bytes({9, 9, 2, 1}));
    BOOST_TEST((std::get<AbortReason>(reason) == AbortReason{2, 1}));
    BOOST_TEST(std::holds_alternative<pdu::Malformed>(pdu::decode_abort(bytes({0, 0, 0}))));
    BOOST_TEST(
        std::holds_alternative<pdu::Malformed>(pdu::decode_associate_rj(bytes({0, 0, 0, 1, 1}))));
}

BOOST_AUTO_TEST_CASE(reasons_are_told_in_words) {
    BOOST_TEST(describe(Rejection{1, 1, 7}) ==
               "rejected permanently by the service user: called AE title not recognized (1/1/7)");
    BOOST_TEST(describe(Rejection{2, 3, 2}) ==
               "rejected transiently by the service provider (presentation): local limit exceeded "
               "(2/3/2)");
    BOOST_TEST(describe(AbortReason{0, 0}) == "aborted by the service user (0/0)");
    BOOST_TEST(describe(AbortReason{2, 1}) ==
               "aborted by the service provider: unrecognized PDU (2/1)");
}

BOOST_AUTO_TEST_SUITE_END()
