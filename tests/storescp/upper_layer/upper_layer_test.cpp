#include "storescp/upper_layer/upper_layer.hpp"

#include "support/raw_peer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr::storescp;
using namespace cxr::test;

namespace {

constexpr std::uint32_t our_bytes_max = 16'384;

pdu::AssociateRQ request() {
    pdu::AssociateRQ rq;
    rq.contexts = {{1, "1.2.840.10008.1.1", {"1.2.840.10008.1.2"}},
                   {3, "1.2.840.10008.1.1", {"1.2.840.10008.1.2.1"}}};
    rq.user.pdu_bytes_max = our_bytes_max;
    return rq;
}
pdu::AssociateAC answer() {
    pdu::AssociateAC ac;
    ac.contexts = {{1, ContextResult::acceptance, "1.2.840.10008.1.2"},
                   {3, ContextResult::transfer_syntaxes_not_supported, ""}};
    return ac;
}

UpperLayer fresh() {
    return UpperLayer({.pdu_bytes_max = our_bytes_max, .lenient_pdu_bytes_max = 0});
}
UpperLayer awaiting_request() {
    UpperLayer layer = fresh();
    layer.transport_indicated();
    return layer;
}
UpperLayer asked() {
    UpperLayer layer = awaiting_request();
    layer.receive(pdu::encode(request()));
    return layer;
}
/// Sta6, nothing left to take.
UpperLayer accepted() {
    UpperLayer layer = asked();
    layer.accept(answer());
    static_cast<void>(layer.take_indications());
    static_cast<void>(layer.take_output());
    return layer;
}
UpperLayer requested() {
    UpperLayer layer = fresh();
    layer.request(request());
    layer.transport_confirmed();
    static_cast<void>(layer.take_output());
    layer.receive(pdu::encode(answer()));
    static_cast<void>(layer.take_indications());
    return layer;
}

template <typename Kind>
Kind only(UpperLayer& layer) {
    const auto indications = layer.take_indications();
    BOOST_TEST_REQUIRE(indications.size() == 1U);
    BOOST_TEST_REQUIRE(std::holds_alternative<Kind>(indications.front()));
    return std::get<Kind>(indications.front());
}

std::string abort_bytes(std::uint8_t source, std::uint8_t reason) {
    return hex(pdu::encode(AbortReason{source, reason}));
}

/// What a stranger may send, and how it is answered before and after the association stands.
struct Offence {
    const char* says;
    Bytes bytes;
    std::uint8_t reason_in_sta6;
};
std::ostream& operator<<(std::ostream& out, const Offence& offence) {
    return out << offence.says;
}
const Offence offences[] = {
    {"A27 an unknown PDU type", bytes({0x42, 0, 0, 0, 0, 0}), 1},
    {"A27 PDU type 0", bytes({0, 0, 0, 0, 0, 9}), 1},
    {"A29 A-ASSOCIATE-AC", pdu::encode(answer()), 2},
    {"A29 A-ASSOCIATE-RJ", pdu::encode(Rejection{1, 1, 1}), 2},
    {"A29 A-RELEASE-RP", pdu::encode_release_rp(), 2},
    {"A38 a release request of length 3", bytes({5, 0, 0, 0, 0, 3, 0, 0, 0}), 6},
    {"A38 an A-ABORT of length 5", bytes({7, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0}), 6},
    {"A39 P-DATA-TF announcing FFFFFFFFH", bytes({4, 0, 0xFF, 0xFF, 0xFF, 0xFF}), 6},
};
const Offence data_offences[] = {
    {"A38 a PDV of length 1", pdu_of(4, bytes({0, 0, 0, 1, 1, 3})), 6},
    {"A38 a PDV that overruns its PDU", pdu_of(4, bytes({0, 0, 0, 9, 1, 3, 0, 0})), 6},
    {"A38 a PDU shorter than a PDV header", pdu_of(4, bytes({0, 0, 0, 2})), 6},
    {"A38 bytes after the last PDV", pdu_of(4, pdv(1, 3, bytes({1, 2})) + bytes({0, 0, 0})), 6},
    {"A40 longer than we advertise", bytes({4, 0, 0, 0, 0x40, 1}), 6},
    {"A45 a context that was refused", p_data(3, 3, bytes({1, 2})), 6},
    {"A45 a context that was never offered", p_data(5, 3, bytes({1, 2})), 6},
    {"A45 an even context id", p_data(2, 3, bytes({1, 2})), 6},
};
const Offence first_pdus[] = {
    {"A28 P-DATA-TF first", p_data(1, 3, bytes({1, 2})), 0},
    {"A28 A-RELEASE-RQ first", pdu::encode_release_rq(), 0},
    {"A39 an A-ASSOCIATE-RQ announcing FFFFFFFFH", bytes({1, 0, 0xFF, 0xFF, 0xFF, 0xFF}), 0},
    {"A38 an A-ASSOCIATE-RQ of length 10", bytes({1, 0, 0, 0, 0, 3, 0, 1, 0}), 0},
    {"a TLS hello", bytes({0x16, 3, 1, 2, 0, 1, 0, 1}), 0},
    {"an HTTP request", bytes({'G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T', 'P'}), 0},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_9_2_association_establishment)

BOOST_AUTO_TEST_CASE(A1_a_request_is_indicated_and_the_answer_written) {
    UpperLayer layer = awaiting_request();
    BOOST_TEST(layer.artim_runs());
    layer.receive(pdu::encode(request()));
    BOOST_TEST(!layer.artim_runs());
    BOOST_TEST((only<AssociateIndication>(layer).request.contexts == request().contexts));
    BOOST_TEST(layer.accept(answer()));
    BOOST_TEST(hex(layer.take_output()) == hex(pdu::encode(answer())));
    BOOST_TEST((layer.state() == State::sta6));
}

BOOST_AUTO_TEST_CASE(A36_a_request_byte_by_byte_is_the_same_and_does_not_restart_artim) {
    UpperLayer layer = awaiting_request();
    const unsigned starts = layer.artim_starts();
    const Bytes encoded = pdu::encode(request());
    for (const std::byte& b : encoded) {
        BOOST_TEST(layer.artim_runs());
        BOOST_TEST(layer.artim_starts() == starts);
        layer.receive({&b, 1});
    }
    BOOST_TEST((only<AssociateIndication>(layer).request.contexts == request().contexts));
}

BOOST_AUTO_TEST_CASE(A35_artim_in_sta2_closes_without_a_word) {
    UpperLayer layer = awaiting_request();
    layer.artim_expired();
    BOOST_TEST(layer.wants_close());
    BOOST_TEST(layer.take_output().empty());
    BOOST_TEST(!layer.artim_runs());
}

BOOST_AUTO_TEST_CASE(a_rejection_is_written_and_artim_awaits_the_close) {
    UpperLayer layer = asked();
    BOOST_TEST(layer.reject({1, 1, 7}));
    BOOST_TEST(hex(layer.take_output()) == hex(pdu::encode(Rejection{1, 1, 7})));
    BOOST_TEST(layer.artim_runs());
    BOOST_TEST(!layer.wants_close());
    layer.transport_closed();
    BOOST_TEST(layer.wants_close());
}

BOOST_AUTO_TEST_CASE(as_requestor_an_answer_or_a_rejection_is_confirmed) {
    UpperLayer layer = fresh();
    BOOST_TEST(layer.request(request()));
    BOOST_TEST(layer.take_output().empty());
    layer.transport_confirmed();
    BOOST_TEST(hex(layer.take_output()) == hex(pdu::encode(request())));
    UpperLayer other = layer;
    layer.receive(pdu::encode(answer()));
    BOOST_TEST((only<AssociateConfirmation>(layer).answer.contexts == answer().contexts));
    BOOST_TEST(layer.may_send_data());
    other.receive(pdu::encode(Rejection{2, 3, 2}));
    BOOST_TEST((only<RejectConfirmation>(other).rejection == Rejection{2, 3, 2}));
    BOOST_TEST(other.wants_close());
}

BOOST_DATA_TEST_CASE(what_is_no_request_is_aborted_in_sta2_by_AA1, first_pdus, offence) {
    UpperLayer layer = awaiting_request();
    layer.receive(offence.bytes);
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(0, 0));
    BOOST_TEST(layer.artim_runs());
    BOOST_TEST((layer.state() == State::sta13));
}

BOOST_DATA_TEST_CASE(so_is_what_no_state_allows, offences, offence) {
    UpperLayer layer = awaiting_request();
    layer.receive(offence.bytes);
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(0, 0));
}

BOOST_AUTO_TEST_CASE(A19_A20_context_ids_that_are_even_or_used_twice_abort_in_sta2) {
    for (const std::uint8_t id : std::initializer_list<std::uint8_t>{0, 2, 1}) {
        pdu::AssociateRQ rq = request();
        rq.contexts[1].id = id;
        UpperLayer layer = awaiting_request();
        layer.receive(pdu::encode(rq));
        BOOST_TEST(hex(layer.take_output()) == abort_bytes(0, 0));
    }
}

BOOST_AUTO_TEST_CASE(data_before_the_answer_aborts_by_AA8) {
    UpperLayer layer = asked();
    layer.receive(p_data(1, 3, bytes({1, 2})));
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(2, 2));
}

BOOST_AUTO_TEST_CASE(requests_of_the_local_user_that_the_state_does_not_allow_do_nothing) {
    UpperLayer layer = awaiting_request();
    BOOST_TEST(!layer.accept(answer()));
    BOOST_TEST(!layer.reject({1, 1, 1}));
    BOOST_TEST(!layer.release());
    BOOST_TEST(!layer.answer_release());
    BOOST_TEST(!layer.abort());
    BOOST_TEST(!layer.may_send_data());
    BOOST_TEST(layer.take_output().empty());
    BOOST_TEST((layer.state() == State::sta2));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_9_2_data_transfer)

BOOST_DATA_TEST_CASE(an_offence_aborts_by_AA8_with_its_reason, offences, offence) {
    UpperLayer layer = accepted();
    layer.receive(offence.bytes);
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(2, offence.reason_in_sta6));
    const auto indicated = only<ProviderAbortIndication>(layer);
    BOOST_TEST((indicated.reason == AbortReason{2, offence.reason_in_sta6}));
    BOOST_TEST(!indicated.why.empty());
    BOOST_TEST(layer.artim_runs());
}

BOOST_DATA_TEST_CASE(so_does_broken_data, data_offences, offence) {
    UpperLayer layer = accepted();
    layer.receive(offence.bytes);
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(2, offence.reason_in_sta6));
    BOOST_TEST((layer.state() == State::sta13));
}

BOOST_AUTO_TEST_CASE(A29_a_second_request_aborts_when_its_header_has_come) {
    UpperLayer layer = accepted();
    const Bytes second = pdu::encode(request());
    layer.receive(std::span(second).first(6));
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(2, 2));
}

BOOST_AUTO_TEST_CASE(A40_more_than_advertised_may_be_borne) {
    UpperLayer layer({.pdu_bytes_max = 4'096, .lenient_pdu_bytes_max = 8'192});
    layer.transport_indicated();
    layer.receive(pdu::encode(request()));
    layer.accept(answer());
    static_cast<void>(layer.take_indications());
    static_cast<void>(layer.take_output());
    layer.receive(p_data(1, 2, Bytes(8'186)));
    BOOST_TEST(only<DataIndication>(layer).bytes.size() == 8'186U);
    layer.receive(p_data(1, 2, Bytes(8'188)));
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(2, 6));
}

/// A44: all ways to cut the same message are the same message.
BOOST_AUTO_TEST_CASE(A44_fragments_may_share_a_pdu_or_be_cut_anywhere) {
    const Bytes command = bytes({1, 2, 3, 4, 5, 6});
    const Bytes data = bytes({9, 8, 7, 6});
    const std::vector<Bytes> streams{
        p_data(1, 3, command) + p_data(1, 2, data),
        pdu_of(4, pdv(1, 3, command) + pdv(1, 2, data)),
        pdu_of(4,
               pdv(1, 1, bytes({1, 2})) + pdv(1, 1, bytes({3, 4})) + pdv(1, 3, bytes({5, 6})) +
                   pdv(1, 0, bytes({9, 8})) + pdv(1, 0, {}) + pdv(1, 2, bytes({7, 6}))),
        p_data(1, 1, bytes({1, 2})) + p_data(1, 3, bytes({3, 4, 5, 6})) + p_data(1, 0, data) +
            p_data(1, 2, {})};
    for (const Bytes& stream : streams) {
        for (std::size_t step = 1; step <= stream.size(); ++step) {
            UpperLayer layer = accepted();
            Bytes got_command, got_data;
            unsigned lasts = 0;
            for (std::size_t at = 0; at < stream.size(); at += step) {
                layer.receive(std::span(stream).subspan(at, std::min(step, stream.size() - at)));
                for (const Indication& indication : layer.take_indications()) {
                    const auto& part = std::get<DataIndication>(indication);
                    Bytes& got = part.command ? got_command : got_data;
                    got = std::move(got) + part.bytes;
                    lasts += part.last ? 1 : 0;
                }
            }
            BOOST_TEST((got_command == command && got_data == data));
            BOOST_TEST(lasts == 2U);
        }
    }
}

BOOST_AUTO_TEST_CASE(data_is_not_copied) {
    UpperLayer layer = accepted();
    const Bytes stream = p_data(1, 2, Bytes(1'000));
    layer.receive(stream);
    BOOST_TEST(only<DataIndication>(layer).bytes.data() == stream.data() + 12);
}

BOOST_AUTO_TEST_CASE(A46_other_bits_of_the_message_control_header_are_not_tested) {
    UpperLayer layer = accepted();
    layer.receive(p_data(1, 0xFC, bytes({1, 2})));
    const auto part = only<DataIndication>(layer);
    BOOST_TEST(!part.command);
    BOOST_TEST(!part.last);
}

BOOST_AUTO_TEST_CASE(empty_values_without_end_are_cut_off) {
    UpperLayer layer = accepted();
    unsigned sent = 0;
    while (!layer.has_output() && sent < 1'000) {
        layer.receive(p_data(1, 0, {}));
        ++sent;
    }
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(2, 6));
    BOOST_TEST(sent == 17U);
}

BOOST_AUTO_TEST_CASE(an_announced_length_allocates_nothing) {
    UpperLayer layer({.pdu_bytes_max = 0xFFFF'FFFE, .lenient_pdu_bytes_max = 0});
    layer.transport_indicated();
    layer.receive(pdu::encode(request()));
    layer.accept(answer());
    static_cast<void>(layer.take_indications());
    static_cast<void>(layer.take_output());
    layer.receive(bytes({4, 0, 0xFF, 0xFF, 0xFF, 0xF0, 0xFF, 0xFF, 0xFF, 0xEC, 1, 0, 7}));
    BOOST_TEST(only<DataIndication>(layer).bytes.size() == 1U);
    BOOST_TEST(layer.take_output().empty());
}

BOOST_AUTO_TEST_CASE(A33_an_abort_is_indicated_and_nothing_sent) {
    UpperLayer layer = accepted();
    layer.receive(pdu::encode(AbortReason{0, 0}));
    BOOST_TEST((only<AbortIndication>(layer).reason == AbortReason{0, 0}));
    BOOST_TEST(layer.take_output().empty());
    BOOST_TEST(layer.wants_close());
}

BOOST_AUTO_TEST_CASE(A34_a_close_without_release_is_a_provider_abort) {
    UpperLayer layer = accepted();
    layer.transport_closed();
    BOOST_TEST(!only<ProviderAbortIndication>(layer).reason.has_value());
    BOOST_TEST(layer.wants_close());
}

BOOST_AUTO_TEST_CASE(A37_after_an_abort_everything_is_ignored_but_a_new_request) {
    UpperLayer layer = accepted();
    BOOST_TEST(layer.abort());
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(0, 0));
    layer.receive(p_data(1, 3, bytes({1, 2})) + pdu::encode_release_rq());
    BOOST_TEST(layer.take_output().empty());
    layer.receive(pdu::encode(request()));
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(2, 2));
    layer.receive(pdu::encode(request()));
    BOOST_TEST(layer.take_output().empty());
    BOOST_TEST(layer.take_indications().empty());
    layer.artim_expired();
    BOOST_TEST(layer.wants_close());
}

BOOST_AUTO_TEST_CASE(what_comes_in_the_middle_of_a_pdu_after_our_abort_is_dropped) {
    UpperLayer layer = accepted();
    const Bytes stream = p_data(1, 2, Bytes(100));
    layer.receive(std::span(stream).first(50));
    static_cast<void>(layer.take_indications());
    layer.abort({2, 5});
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(2, 5));
    layer.receive(std::span(stream).subspan(50));
    BOOST_TEST(layer.take_indications().empty());
    layer.receive(pdu::encode(AbortReason{0, 0}));
    BOOST_TEST(layer.wants_close());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_9_2_association_release)

BOOST_AUTO_TEST_CASE(A30_a_release_is_indicated_answered_and_artim_awaits_the_close) {
    UpperLayer layer = accepted();
    layer.receive(pdu::encode_release_rq());
    only<ReleaseIndication>(layer);
    BOOST_TEST(layer.take_output().empty());
    BOOST_TEST(layer.answer_release());
    BOOST_TEST(hex(layer.take_output()) == hex(pdu::encode_release_rp()));
    BOOST_TEST(layer.artim_runs());
    BOOST_TEST(!layer.wants_close());
    BOOST_TEST(!layer.may_send_data());
}

BOOST_AUTO_TEST_CASE(A31_data_may_still_be_sent_before_a_release_is_answered) {
    UpperLayer layer = accepted();
    layer.receive(pdu::encode_release_rq());
    BOOST_TEST(layer.may_send_data());
    layer.receive(p_data(1, 3, bytes({1, 2})));
    BOOST_TEST(hex(layer.take_output()) == abort_bytes(2, 2));
}

BOOST_AUTO_TEST_CASE(our_release_still_takes_data_and_ends_with_the_answer) {
    UpperLayer layer = requested();
    BOOST_TEST(layer.release());
    BOOST_TEST(hex(layer.take_output()) == hex(pdu::encode_release_rq()));
    BOOST_TEST(!layer.may_send_data());
    layer.receive(p_data(1, 3, bytes({1, 2})));
    BOOST_TEST(only<DataIndication>(layer).last);
    layer.receive(pdu::encode_release_rp());
    only<ReleaseConfirmation>(layer);
    BOOST_TEST(layer.wants_close());
}

BOOST_AUTO_TEST_CASE(A32_a_collision_as_requestor_goes_through_sta9_and_sta11) {
    UpperLayer layer = requested();
    layer.release();
    static_cast<void>(layer.take_output());
    layer.receive(pdu::encode_release_rq());
    only<ReleaseIndication>(layer);
    BOOST_TEST((layer.state() == State::sta9));
    BOOST_TEST(layer.answer_release());
    BOOST_TEST(hex(layer.take_output()) == hex(pdu::encode_release_rp()));
    BOOST_TEST((layer.state() == State::sta11));
    layer.receive(pdu::encode_release_rp());
    only<ReleaseConfirmation>(layer);
    BOOST_TEST(layer.wants_close());
}

BOOST_AUTO_TEST_CASE(A32_a_collision_as_acceptor_goes_through_sta10_and_sta12) {
    UpperLayer layer = accepted();
    layer.release();
    static_cast<void>(layer.take_output());
    layer.receive(pdu::encode_release_rq());
    only<ReleaseIndication>(layer);
    BOOST_TEST((layer.state() == State::sta10));
    BOOST_TEST(!layer.answer_release());
    layer.receive(pdu::encode_release_rp());
    only<ReleaseConfirmation>(layer);
    BOOST_TEST((layer.state() == State::sta12));
    BOOST_TEST(layer.answer_release());
    BOOST_TEST(hex(layer.take_output()) == hex(pdu::encode_release_rp()));
    BOOST_TEST(layer.artim_runs());
}

BOOST_AUTO_TEST_SUITE_END()
