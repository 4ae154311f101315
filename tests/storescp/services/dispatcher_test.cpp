#include "support/commitment_requests.hpp"
#include "support/service_bench.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;

namespace {

/// Contexts 1 Verification, 3 storage, 5 query, 7 move, 9 get.
Agreement everything() {
    return agreement_of({accepted(1, verification),
                         accepted(3, secondary_capture),
                         accepted(5, study_root_find),
                         accepted(7, study_root_move),
                         accepted(9, study_root_get)});
}

CommandSet echo_request(std::uint16_t message_id = 1) {
    return request(CommandField::c_echo_rq, verification, message_id);
}

std::vector<std::uint16_t> statuses(const ServiceBench& bench) {
    std::vector<std::uint16_t> all;
    for (const SentMessage& message : bench.peer.sent) {
        all.push_back(message.command.status.value());
    }
    return all;
}

struct Refused {
    const char* says;
    std::uint8_t context_id;
    CommandSet command;
    std::uint16_t status;
};
std::ostream& operator<<(std::ostream& out, const Refused& refused) {
    return out << refused.says;
}

CommandSet without_class(CommandSet command) {
    command.affected_sop_class_uid.reset();
    return command;
}

CommandSet with_field(std::uint16_t field) {
    CommandSet command = echo_request();
    command.command_field = field;
    return command;
}

const Refused refused_requests[] = {
    {"V4 a C-ECHO of another class", 1, request(CommandField::c_echo_rq, "1.2.3"), 0x0122},
    {"V4 S2 a C-STORE of another class",
     3,
     with_data_set(request(CommandField::c_store_rq, "1.2.840.10008.5.1.4.1.1.2")),
     0x0122},
    {"V4 F8 a C-FIND of another class",
     5,
     with_data_set(request(CommandField::c_find_rq, study_root_move)),
     0x0122},
    {"V4 R31 a C-MOVE of another class",
     7,
     with_data_set(request(CommandField::c_move_rq, study_root_find)),
     0x0122},
    {"V4 R31 a C-GET of another class",
     9,
     with_data_set(request(CommandField::c_get_rq, study_root_find)),
     0x0122},
    {"V5 an unknown command field", 1, with_field(0x0FF0), 0x0211},
    {"V12 an N-GET", 1, with_field(0x0110), 0x0211},
    {"V12 an N-SET with a data set", 3, with_data_set(with_field(0x0120)), 0x0211},
    {"V12 a C-ECHO on a query context",
     5,
     request(CommandField::c_echo_rq, study_root_find),
     0x0211},
    {"V12 a C-FIND on a storage context",
     3,
     with_data_set(request(CommandField::c_find_rq, secondary_capture)),
     0x0211},
    {"V12 a C-STORE on the Verification context",
     1,
     with_data_set(request(CommandField::c_store_rq, verification)),
     0x0211},
    {"V6 no Affected SOP Class UID", 1, without_class(echo_request()), 0x0212},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_7_9_3_5_c_echo)

BOOST_AUTO_TEST_CASE(v1_is_answered_with_success_its_id_and_its_class) {
    ServiceBench bench(everything());
    bench.peer.deliver(echo_request(65'535));
    bench.serve();
    const SentMessage& response = bench.final_response();
    BOOST_TEST(response.presentation_context_id == 1);
    BOOST_TEST(response.command.is(CommandField::c_echo_rsp));
    BOOST_TEST(response.command.status.value() == 0x0000);
    BOOST_TEST(response.command.message_id_being_responded_to.value() == 65'535);
    BOOST_TEST(response.command.affected_sop_class_uid.value() == verification);
    BOOST_TEST(!response.command.message_id.has_value());
    BOOST_TEST(!response.command.error_comment.has_value());
    BOOST_TEST(!response.has_data_set);
}

BOOST_AUTO_TEST_CASE(v3_v13_requests_are_served_in_order_and_an_id_may_be_used_again) {
    ServiceBench bench(everything());
    for (const std::uint16_t id : {std::uint16_t{0}, std::uint16_t{9}, std::uint16_t{9}}) {
        bench.peer.deliver(echo_request(id));
    }
    bench.serve();
    BOOST_REQUIRE(bench.peer.sent.size() == 3);
    BOOST_TEST(bench.peer.sent[0].command.message_id_being_responded_to.value() == 0);
    BOOST_TEST(bench.peer.sent[2].command.message_id_being_responded_to.value() == 9);
    BOOST_TEST((statuses(bench) == std::vector<std::uint16_t>{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(v3_s13_the_id_of_an_outstanding_request_is_0210) {
    ServiceBench bench(everything());
    bench.peer.deliver(echo_request(4));
    bench.peer.deliver(echo_request(4), {}, 1, true);
    bench.serve();
    BOOST_TEST((statuses(bench) == std::vector<std::uint16_t>{0x0000, 0x0210}));
    const std::vector<std::uint32_t> expected{0x00000110};
    BOOST_TEST((bench.peer.sent.back().command.offending_elements == expected));
}

BOOST_AUTO_TEST_CASE(v10_a_data_set_with_it_is_read_over) {
    ServiceBench bench(everything());
    bench.peer.deliver(with_data_set(echo_request()), {Bytes(100), Bytes(100)});
    bench.peer.deliver(echo_request(2));
    bench.serve();
    BOOST_TEST((statuses(bench) == std::vector<std::uint16_t>{0, 0}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_7_annex_c_requests_that_no_service_takes)

BOOST_DATA_TEST_CASE(are_refused_and_the_association_lives, refused_requests, refused) {
    ServiceBench bench(everything());
    std::vector<Bytes> data_set;
    if (refused.command.has_data_set()) {
        data_set = {Bytes(1000), Bytes(1000)};
    }
    bench.peer.deliver(refused.command, data_set, refused.context_id);
    bench.peer.deliver(echo_request(2));
    bench.serve();
    BOOST_TEST((statuses(bench) == std::vector<std::uint16_t>{refused.status, 0}));
    const CommandSet& response = bench.peer.sent.front().command;
    BOOST_TEST(response.command_field.value() == (*refused.command.command_field | 0x8000));
    BOOST_TEST(response.message_id_being_responded_to.value() == 1);
    BOOST_TEST(response.error_comment.value().size() <= 64);
    BOOST_TEST(response.error_comment.value().ends_with(" (PS3.7 Annex C)"));
    BOOST_TEST(bench.events.kept.at(0).section == "PS3.7 Annex C");
    BOOST_TEST(!bench.peer.aborted.has_value());
}

BOOST_AUTO_TEST_CASE(v6_without_a_message_id_there_is_no_answer_but_an_abort) {
    ServiceBench bench(everything());
    CommandSet command = echo_request();
    command.message_id.reset();
    bench.peer.deliver(command);
    bench.serve();
    BOOST_TEST(bench.peer.sent.empty());
    BOOST_TEST(int(bench.peer.aborted.value().source) == 0);
}

BOOST_AUTO_TEST_CASE(v6_without_a_command_field_there_is_no_answer_but_an_abort) {
    ServiceBench bench(everything());
    CommandSet command = echo_request();
    command.command_field.reset();
    bench.peer.deliver(command);
    bench.serve();
    BOOST_TEST(bench.peer.sent.empty());
    BOOST_TEST(bench.peer.aborted.has_value());
}

BOOST_AUTO_TEST_CASE(v15_two_responses_to_nothing_are_ignored_and_the_third_aborts) {
    ServiceBench bench(everything());
    CommandSet stray = with_data_set(with_field(0x8001));
    stray.status = 0;
    bench.peer.deliver(stray, {Bytes(10)});
    bench.peer.deliver(stray, {Bytes(10)});
    bench.peer.deliver(echo_request());
    bench.peer.deliver(stray, {Bytes(10)});
    bench.peer.deliver(echo_request());
    bench.serve();
    BOOST_TEST((statuses(bench) == std::vector<std::uint16_t>{0}));
    BOOST_TEST(bench.peer.aborted.has_value());
}

BOOST_AUTO_TEST_CASE(v14_a_cancel_for_an_id_is_forgotten_with_its_request) {
    ServiceBench bench(everything());
    bench.peer.deliver(echo_request(3));
    bench.peer.cancel(3);
    bench.serve();
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_TEST(!bench.peer.cancel_requested(3));
}

BOOST_AUTO_TEST_CASE(a_peer_lost_while_its_data_set_is_drained_gets_nothing) {
    ServiceBench bench(everything());
    bench.peer.lost_after_fragments = 1;
    bench.peer.deliver(with_data_set(echo_request()), {Bytes(10), Bytes(10)});
    bench.serve();
    BOOST_TEST(bench.peer.sent.empty());
    BOOST_REQUIRE(bench.events.kept.size() == 1);
    BOOST_TEST(bench.events.kept[0].why == "aborted by peer");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_4_roles)

BOOST_AUTO_TEST_CASE(A51_who_agreed_not_to_be_scu_of_a_class_is_not_served_as_one) {
    constexpr RoleSelection only_scp{.scu = false, .scp = true};
    ServiceBench bench(
        agreement_of({accepted(1, verification),
                      accepted(3, secondary_capture, explicit_le(), only_scp),
                      accepted(5, commitment_class, explicit_le(), only_scp),
                      accepted(7, secondary_capture, explicit_le(), {.scu = true, .scp = true})}));
    CommandSet store = with_data_set(request(CommandField::c_store_rq, secondary_capture));
    store.affected_sop_instance_uid = "1.2.3";
    bench.peer.deliver(store, {Bytes(10)}, 3);
    bench.peer.deliver(action_request(), {encoded(action_information(commitment_of(1)))}, 5);
    bench.peer.deliver(store, {Bytes(10)}, 7);
    bench.peer.deliver(echo_request());
    bench.serve();
    BOOST_TEST((statuses(bench) == std::vector<std::uint16_t>{0x0122, 0x0118, 0x0000, 0x0000}));
    BOOST_TEST(bench.receive.committed_count() == 1U);
    BOOST_TEST(bench.commitment.transactions.empty());
    BOOST_TEST(!bench.peer.aborted.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(x8_access_by_peer)

BOOST_AUTO_TEST_CASE(s12_what_a_peer_may_not_do_is_answered_0124) {
    ServiceBench bench(everything());
    bench.access->peers["VIEWER"] = Peer{.ae_title = "VIEWER",
                                         .host = "h",
                                         .may_query = false,
                                         .may_move = false,
                                         .may_get = false,
                                         .may_store = false,
                                         .preferred_transfer_syntaxes = {}};
    const std::vector<Bytes> data{Bytes(10)};
    bench.peer.deliver(
        with_data_set(request(CommandField::c_store_rq, secondary_capture)), data, 3);
    bench.peer.deliver(with_data_set(request(CommandField::c_find_rq, study_root_find)), data, 5);
    bench.peer.deliver(with_data_set(request(CommandField::c_move_rq, study_root_move)), data, 7);
    bench.peer.deliver(with_data_set(request(CommandField::c_get_rq, study_root_get)), data, 9);
    bench.peer.deliver(echo_request());
    bench.serve();
    const std::vector<std::uint16_t> expected{0x0124, 0x0124, 0x0124, 0x0124, 0x0000};
    BOOST_TEST((statuses(bench) == expected));
}

BOOST_AUTO_TEST_CASE(an_unknown_peer_may_when_the_association_was_accepted) {
    ServiceBench bench(everything());
    bench.access->peers["OTHER"] = Peer{
        .ae_title = "OTHER", .host = "h", .may_query = false, .preferred_transfer_syntaxes = {}};
    bench.peer.deliver(
        with_data_set(request(CommandField::c_find_rq, study_root_find)), {Bytes{}}, 5);
    bench.serve();
    BOOST_TEST(bench.final_status() != 0x0124);
}

BOOST_AUTO_TEST_CASE(titles_that_differ_in_case_are_one_only_where_configured) {
    AccessPolicy access;
    access.peers["viewer"] =
        Peer{.ae_title = "viewer", .host = "h", .preferred_transfer_syntaxes = {}};
    BOOST_TEST(find_peer(access, "VIEWER") == nullptr);
    access.case_insensitive_ae_titles = true;
    BOOST_TEST(find_peer(access, "VIEWER") == &access.peers.at("viewer"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(events)

BOOST_AUTO_TEST_CASE(every_request_is_reported_once_with_its_service_and_status) {
    ServiceBench bench(everything());
    bench.peer.deliver(echo_request());
    bench.peer.deliver(with_field(0x0FF0));
    bench.serve();
    BOOST_REQUIRE(bench.events.kept.size() == 2);
    BOOST_TEST(bench.events.kept[0].service == "C-ECHO");
    BOOST_TEST(bench.events.kept[0].status == 0x0000);
    BOOST_TEST(bench.events.kept[0].peers.calling == "VIEWER");
    BOOST_TEST(bench.events.kept[0].association == 7U);
    BOOST_TEST(bench.events.kept[1].service == "unknown operation");
    BOOST_TEST(bench.events.kept[1].status == 0x0211);
    BOOST_TEST(!bench.events.kept[1].why.empty());
}

BOOST_AUTO_TEST_SUITE_END()
