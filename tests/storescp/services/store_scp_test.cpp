#include "support/service_bench.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;

namespace {

CommandSet store_request(std::uint16_t message_id = 1) {
    CommandSet command =
        with_data_set(request(CommandField::c_store_rq, secondary_capture, message_id));
    command.affected_sop_instance_uid = "1.2.3.4";
    return command;
}

Bytes numbered(std::size_t count) {
    Bytes bytes(count);
    for (std::size_t index = 0; index < count; ++index) {
        bytes[index] = static_cast<std::byte>(index * 7 % 251);
    }
    return bytes;
}

struct Bench : ServiceBench {
    Bench() : ServiceBench(agreement_of({accepted(1, secondary_capture, implicit_le())})) {}
};

Fault fault(FaultKind kind, std::optional<DcmTagKey> element = std::nullopt) {
    return {.kind = kind, .doing = "what went wrong", .element = element};
}

struct Faulty {
    const char* says;
    Fault fault;
    std::uint16_t status;
};
std::ostream& operator<<(std::ostream& out, const Faulty& faulty) {
    return out << faulty.says;
}

const DcmTagKey sop_class_uid(0x0008, 0x0016);
const DcmTagKey sop_instance_uid(0x0008, 0x0018);

const Faulty faults[] = {
    {"S3 another SOP class in the data set", fault(FaultKind::refused, sop_class_uid), 0xA900},
    {"S4 another SOP instance in the data set",
     fault(FaultKind::refused, sop_instance_uid),
     0xA900},
    {"S6 S18 a data set that cannot be read", fault(FaultKind::malformed), 0xC000},
    {"S7 a full disk", fault(FaultKind::exhausted), 0xA700},
    {"S10 a duplicate, refused by policy", fault(FaultKind::refused), 0xC000},
    {"S14 a disk or catalogue that fails", fault(FaultKind::storage), 0xA700},
};

struct Outcome {
    const char* says;
    StoreOutcome outcome;
    std::uint16_t status;
};
std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    return out << outcome.says;
}

const Outcome outcomes[] = {
    {"S1 stored", StoreOutcome::stored, 0x0000},
    {"S10 the same object again", StoreOutcome::duplicate_identical, 0x0000},
    {"S10 another object, the first kept", StoreOutcome::duplicate_kept, 0x0000},
    {"S10 another object, the first replaced", StoreOutcome::duplicate_replaced, 0x0000},
    {"S10 another object, the first kept, with a warning", StoreOutcome::duplicate_warned, 0xB000},
};

struct BadUid {
    const char* says;
    const char* uid;
};
std::ostream& operator<<(std::ostream& out, const BadUid& bad) {
    return out << bad.says;
}
const BadUid bad_uids[] = {
    {"S11 a path", "../../etc/passwd"},
    {"S11 letters", "1.2.abc"},
    {"S11 65 characters", "1.2345678901234567890123456789012345678901234567890123456789012.4"},
    {"S11 a leading zero", "1.02"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_b_2_3_c_store)

BOOST_DATA_TEST_CASE(s1_is_answered_when_the_object_is_committed, outcomes, outcome) {
    Bench bench;
    bench.receive.outcome = outcome.outcome;
    bench.peer.deliver(store_request(), {numbered(10), numbered(1000)});
    bench.serve();
    BOOST_TEST(bench.final_status() == outcome.status);
    const CommandSet& response = bench.final_response().command;
    BOOST_TEST(response.affected_sop_class_uid.value() == secondary_capture);
    BOOST_TEST(response.affected_sop_instance_uid.value() == "1.2.3.4");
    BOOST_TEST(response.error_comment.value_or("") ==
               (outcome.status == 0 ? "" : "another object is kept under this UID (PS3.4 B.2.3)"));
    BOOST_REQUIRE(bench.receive.committed.size() == 1);
    const ReceivedObject& object = bench.receive.committed[0];
    BOOST_TEST(object.request.sop_class_uid == secondary_capture);
    BOOST_TEST(object.request.sop_instance_uid == "1.2.3.4");
    BOOST_TEST(object.request.transfer_syntax_uid == implicit_le());
    BOOST_TEST(object.request.calling_ae_title == "VIEWER");
    BOOST_TEST(object.request.called_ae_title == "CXRBRIDGE");
    Bytes expected = numbered(10);
    const Bytes more = numbered(1000);
    expected.insert(expected.end(), more.begin(), more.end());
    BOOST_TEST((object.bytes == expected));
}

BOOST_AUTO_TEST_CASE(s15_a_large_object_arrives_in_order_in_few_writes) {
    Bench bench;
    const Bytes object = numbered(1'000'003);
    std::vector<Bytes> fragments;
    for (std::size_t at = 0; at < object.size(); at += 16'370) {
        const std::size_t end = std::min(at + 16'370, object.size());
        fragments.emplace_back(object.begin() + std::ptrdiff_t(at),
                               object.begin() + std::ptrdiff_t(end));
    }
    bench.peer.deliver(store_request(), fragments);
    bench.serve();
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_REQUIRE(bench.receive.committed.size() == 1);
    BOOST_TEST((bench.receive.committed[0].bytes == object));
    BOOST_TEST(bench.receive.writes == 4U);
}

BOOST_AUTO_TEST_CASE(s20_any_priority_is_taken) {
    Bench bench;
    for (const std::uint16_t priority : {std::uint16_t{0}, std::uint16_t{2}, std::uint16_t{3}}) {
        CommandSet command = store_request();
        command.priority = priority;
        bench.peer.deliver(command, {numbered(10)});
    }
    bench.serve();
    BOOST_TEST(bench.receive.committed.size() == 3U);
}

BOOST_DATA_TEST_CASE(a_fault_at_the_end_is_answered_and_leaves_nothing, faults, faulty) {
    Bench bench;
    bench.receive.commit_fault = faulty.fault;
    bench.peer.deliver(store_request(), {numbered(10)});
    bench.serve();
    BOOST_TEST(bench.final_status() == faulty.status);
    BOOST_TEST(bench.final_response().command.error_comment.has_value());
    BOOST_TEST(bench.receive.committed.empty());
    BOOST_TEST(bench.receive.dropped == 1U);
}

BOOST_AUTO_TEST_CASE(s14_a_disk_or_catalogue_that_fails_anywhere_is_a700_and_nothing_is_kept) {
    for (std::optional<Fault> FakeReceive::*place :
         {&FakeReceive::begin_fault, &FakeReceive::write_fault, &FakeReceive::commit_fault}) {
        Bench bench;
        bench.receive.*place = fault(FaultKind::storage);
        bench.peer.deliver(store_request(1), {numbered(300'000), numbered(10)});
        bench.peer.deliver(store_request(2), {numbered(10)});
        bench.serve();
        BOOST_REQUIRE(bench.peer.sent.size() == 2);  // the association goes on
        for (const SentMessage& answer : bench.peer.sent) {
            BOOST_TEST(answer.command.status.value() == 0xA700);
        }
        BOOST_TEST(bench.receive.committed.empty());
    }
}

BOOST_AUTO_TEST_CASE(v16_the_offending_element_of_the_data_set_is_named) {
    Bench bench;
    bench.receive.commit_fault = fault(FaultKind::refused, sop_instance_uid);
    bench.peer.deliver(store_request(), {numbered(10)});
    bench.serve();
    const std::vector<std::uint32_t> expected{0x00080018};
    BOOST_TEST((bench.final_response().command.offending_elements == expected));
}

BOOST_AUTO_TEST_CASE(s7_a_disk_that_fills_midway_has_the_rest_drained) {
    Bench bench;
    bench.receive.write_fault = fault(FaultKind::exhausted);
    bench.peer.deliver(store_request(1), {numbered(300'000), numbered(300'000), numbered(10)});
    bench.peer.deliver(store_request(2), {numbered(10)});
    bench.serve();
    BOOST_REQUIRE(bench.peer.sent.size() == 2);
    BOOST_TEST(bench.peer.sent[0].command.status.value() == 0xA700);
    BOOST_TEST(bench.peer.sent[1].command.status.value() == 0xA700);
    BOOST_TEST(bench.receive.writes == 2U);
    BOOST_TEST(bench.receive.dropped == 2U);
}

BOOST_AUTO_TEST_CASE(s7_a_store_that_cannot_begin_is_refused) {
    Bench bench;
    bench.receive.begin_fault = fault(FaultKind::exhausted);
    bench.peer.deliver(store_request(), {numbered(10)});
    bench.serve();
    BOOST_TEST(bench.final_status() == 0xA700);
}

BOOST_AUTO_TEST_CASE(s14_something_thrown_is_answered_not_swallowed) {
    Bench bench;
    bench.receive.throws = true;
    bench.peer.deliver(store_request(), {numbered(10)});
    bench.serve();
    BOOST_TEST(bench.final_status() == 0xA700);
    BOOST_TEST(bench.final_response().command.error_comment.value() ==
               "storage or catalogue failed (PS3.4 B.2.3)");
    BOOST_TEST(bench.receive.dropped == 1U);
    BOOST_TEST(bench.events.kept.at(0).why == "internal error: a bug");
}

BOOST_AUTO_TEST_CASE(s22_an_abort_in_the_middle_leaves_nothing) {
    Bench bench;
    bench.peer.lost_after_fragments = 1;
    bench.peer.deliver(store_request(), {numbered(300'000), numbered(10)});
    bench.serve();
    BOOST_TEST(bench.peer.sent.empty());
    BOOST_TEST(bench.receive.committed.empty());
    BOOST_TEST(bench.receive.dropped == 1U);
}

BOOST_DATA_TEST_CASE(s11_a_uid_that_breaks_its_rules_is_0117, bad_uids, bad) {
    Bench bench;
    CommandSet command = store_request();
    command.affected_sop_instance_uid = bad.uid;
    bench.peer.deliver(command, {numbered(10)});
    bench.serve();
    BOOST_TEST(bench.final_status() == 0x0117);
    BOOST_TEST(bench.receive.committed.empty());
}

BOOST_AUTO_TEST_CASE(s13_a_missing_instance_uid_is_0212) {
    Bench bench;
    CommandSet command = store_request();
    command.affected_sop_instance_uid.reset();
    bench.peer.deliver(command, {numbered(10)});
    bench.serve();
    BOOST_TEST(bench.final_status() == 0x0212);
    const std::vector<std::uint32_t> expected{0x00001000};
    BOOST_TEST((bench.final_response().command.offending_elements == expected));
}

BOOST_AUTO_TEST_CASE(s6_a_request_without_a_data_set_is_not_understood) {
    Bench bench;
    CommandSet command = store_request();
    command.data_set_type = no_data_set;
    bench.peer.deliver(command);
    bench.serve();
    BOOST_TEST(bench.final_status() == 0xC000);
}

BOOST_AUTO_TEST_CASE(s21_the_move_originator_is_kept_in_the_event) {
    Bench bench;
    CommandSet command = store_request();
    command.move_originator_ae_title = "VIEWER";
    command.move_originator_message_id = 12;
    bench.peer.deliver(command, {numbered(10)});
    bench.serve();
    BOOST_TEST(bench.events.kept.at(0).detail ==
               "SecondaryCaptureImageStorage moved for VIEWER #12");
    BOOST_TEST(bench.events.kept.at(0).peers.calling == "VIEWER");
    BOOST_TEST(bench.events.kept.at(0).status == 0x0000);
    BOOST_TEST(bench.events.kept.at(0).audit.originator.empty(), "no audit was asked for");
}

BOOST_AUTO_TEST_CASE(s21_an_audit_is_told_the_move_originator) {
    Bench bench;
    bench.settings.audit = true;
    CommandSet command = store_request(1);
    command.move_originator_ae_title = "VIEWER";
    bench.peer.deliver(command, {numbered(10)});
    bench.peer.deliver(store_request(2), {numbered(10)});
    bench.serve();
    BOOST_REQUIRE(bench.events.kept.size() == 2U);
    BOOST_TEST(bench.events.kept[0].audit.originator == "VIEWER");
    BOOST_TEST(bench.events.kept[1].audit.originator.empty());
}

BOOST_AUTO_TEST_CASE(an_object_counts_one_in_its_event) {
    Bench bench;
    bench.peer.deliver(store_request(), {numbered(10)});
    bench.serve();
    BOOST_REQUIRE(bench.events.kept.size() == 1);
    BOOST_TEST(bench.events.kept[0].detail == "SecondaryCaptureImageStorage");
    BOOST_TEST(bench.events.kept[0].service == "C-STORE");
    BOOST_TEST(bench.events.kept[0].matches_or_completed == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
