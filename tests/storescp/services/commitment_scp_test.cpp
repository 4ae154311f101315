#include "support/commitment_requests.hpp"
#include "support/element_bytes.hpp"
#include "support/service_bench.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <ostream>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;

namespace {

struct Bench : ServiceBench {
    Bench() : ServiceBench(agreement_of({accepted(1, commitment_class)})) {}

    void act(const CommandSet& command, const dicom::Attributes& information) {
        peer.deliver(command, {encoded(information)});
        serve();
    }
};

using Change = std::function<void(CommandSet&, dicom::Attributes&)>;

struct Refused {
    const char* says;
    Change change;
    std::vector<std::uint16_t> statuses;  ///< any of them is right
};
std::ostream& operator<<(std::ostream& out, const Refused& refused) {
    return out << refused.says;
}

dicom::Attributes& first_item(dicom::Attributes& information, const DcmTagKey& sequence) {
    for (dicom::Attribute& attribute : information) {
        if (attribute.tag == sequence) {
            return attribute.items.at(0);
        }
    }
    throw std::logic_error("no such sequence");
}

void erase(dicom::Attributes& attributes, const DcmTagKey& tag) {
    std::erase_if(attributes, [&](const dicom::Attribute& each) { return each.tag == tag; });
}

const Refused refused_actions[] = {
    {"K2 action type 2",
     [](auto& command, auto&) { command.action_type_id = std::uint16_t{2}; },
     {0x0123}},
    {"K2 no action type",
     [](auto& command, auto&) { command.action_type_id.reset(); },
     {0x0212, 0x0123}},
    {"K3 another SOP instance",
     [](auto& command, auto&) { command.requested_sop_instance_uid = "1.2.3"; },
     {0x0112}},
    {"K3 no SOP instance",
     [](auto& command, auto&) { command.requested_sop_instance_uid.reset(); },
     {0x0212}},
    {"K3 an unknown SOP class",
     [](auto& command, auto&) { command.requested_sop_class_uid = "1.2.3.4.5"; },
     {0x0118}},
    {"K3 the class of Verification with the instance of storage commitment",
     [](auto& command, auto&) { command.requested_sop_class_uid = verification; },
     {0x0119}},
    {"K4 no Transaction UID",
     [](auto&, auto& information) { erase(information, DCM_TransactionUID); },
     {0x0115, 0x0114, 0x0120}},
    {"K4 an empty Transaction UID",
     [](auto&, auto& information) { put(information, DCM_TransactionUID, ""); },
     {0x0115, 0x0121}},
    {"K4 a Transaction UID that is none",
     [](auto&, auto& information) { put(information, DCM_TransactionUID, "1.02.x"); },
     {0x0115}},
    {"K4 a Transaction UID of another VR",
     [](auto&, auto& information) {
         erase(information, DCM_TransactionUID);
         put(information, DCM_TransactionUID, dicom::VR::LO, "1.2.3");
     },
     {0x0212}},
    {"K4 no references",
     [](auto&, auto& information) { erase(information, DCM_ReferencedSOPSequence); },
     {0x0115, 0x0114, 0x0120}},
    {"K4 an empty sequence of references",
     [](auto&, auto& information) { put_sequence(information, DCM_ReferencedSOPSequence, {}); },
     {0x0115, 0x0121}},
    {"K4 references that are no sequence",
     [](auto&, auto& information) {
         erase(information, DCM_ReferencedSOPSequence);
         put(information, DCM_ReferencedSOPSequence, dicom::VR::LO, "1.2.3");
     },
     {0x0212}},
    {"K4 a reference without SOP class",
     [](auto&, auto& information) {
         erase(first_item(information, DCM_ReferencedSOPSequence), DCM_ReferencedSOPClassUID);
     },
     {0x0115}},
    {"K4 a reference without SOP instance",
     [](auto&, auto& information) {
         erase(first_item(information, DCM_ReferencedSOPSequence), DCM_ReferencedSOPInstanceUID);
     },
     {0x0115}},
    {"K4 a path for a SOP instance",
     [](auto&, auto& information) {
         put(first_item(information, DCM_ReferencedSOPSequence),
             DCM_ReferencedSOPInstanceUID,
             "../../etc/passwd");
     },
     {0x0115}},
};

const Refused refused_events[] = {
    {"K18 event type 3",
     [](auto& command, auto&) { command.event_type_id = std::uint16_t{3}; },
     {0x0113}},
    {"K18 no Transaction UID",
     [](auto&, auto& information) { erase(information, DCM_TransactionUID); },
     {0x0115}},
    {"K18 neither committed nor failed references",
     [](auto&, auto& information) { erase(information, DCM_ReferencedSOPSequence); },
     {0x0115}},
    {"K18 another SOP instance",
     [](auto& command, auto&) { command.affected_sop_instance_uid = "1.2.3"; },
     {0x0112}},
    {"K18 another SOP class",
     [](auto& command, auto&) { command.affected_sop_class_uid = "1.2.3.4.5"; },
     {0x0118}},
};

void check_refusal(Bench& bench, const Refused& refused) {
    const std::uint16_t status = bench.final_status();
    const auto& right = refused.statuses;
    BOOST_TEST((std::find(right.begin(), right.end(), status) != right.end()),
               "answered with " << std::hex << status);
    BOOST_TEST(!bench.final_response().command.error_comment.value_or("").empty());
    BOOST_TEST(!bench.events.kept.at(0).why.empty());
}

CommitmentReport report_of(const std::string& transaction_uid) {
    return {.transaction_uid = transaction_uid, .committed = references(2), .failed = {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_j_3_2_n_action)

BOOST_AUTO_TEST_CASE(k1_a_request_is_kept_before_it_is_answered) {
    Bench bench;
    bench.act(action_request(7), action_information(commitment_of(3)));
    const CommandSet& response = bench.final_response().command;
    BOOST_TEST(response.status.value() == 0x0000);
    BOOST_TEST(response.command_field.value() == 0x8130);
    BOOST_TEST(response.message_id_being_responded_to.value() == 7);
    BOOST_TEST(response.affected_sop_class_uid.value() == commitment_class);
    BOOST_TEST(response.affected_sop_instance_uid.value() == commitment_instance);
    BOOST_TEST(response.action_type_id.value() == 1);
    BOOST_TEST(!response.requested_sop_class_uid.has_value());
    BOOST_REQUIRE(bench.commitment.transactions.size() == 1);
    const auto& kept = bench.commitment.transactions.at(1);
    BOOST_TEST(kept.owed.transaction_uid == "1.2.99.1");
    BOOST_TEST(kept.owed.requester_ae_title == "VIEWER");
    BOOST_TEST(kept.owed.own_ae_title == "CXRBRIDGE");
    BOOST_TEST((kept.report.committed == references(3)));
    BOOST_TEST(bench.events.kept.at(0).service == "N-ACTION");
    BOOST_TEST(bench.events.kept.at(0).matches_or_completed == 3U);
}

BOOST_DATA_TEST_CASE(k2_k3_k4_is_refused_with_its_reason, refused_actions, refused) {
    Bench bench;
    CommandSet command = action_request();
    dicom::Attributes information = action_information(commitment_of(2));
    refused.change(command, information);
    bench.act(command, information);
    check_refusal(bench, refused);
    BOOST_TEST(bench.commitment.transactions.empty());
}

BOOST_AUTO_TEST_CASE(k4_no_data_set_at_all) {
    Bench bench;
    CommandSet command = action_request();
    command.data_set_type = no_data_set;
    bench.peer.deliver(command);
    bench.serve();
    BOOST_TEST(bench.final_status() == 0x0115);
}

BOOST_AUTO_TEST_CASE(k4_bytes_that_are_no_data_set) {
    Bench bench;
    bench.peer.deliver(action_request(), {Bytes(7, std::byte{0xEE})});
    bench.serve();
    BOOST_TEST(bench.final_status() == 0x0115);
}

BOOST_DATA_TEST_CASE(k10_the_uid_of_a_failed_action_is_not_reusable,
                     boost::unit_test::data::make({0, 1}),
                     wrong_action) {
    Bench bench;
    CommandSet command = action_request(1);
    CommitmentRequest wrong = commitment_of(wrong_action == 1 ? 1 : 0);
    command.action_type_id = static_cast<std::uint16_t>(1 + wrong_action);
    bench.peer.deliver(command, {encoded(action_information(wrong))});
    bench.peer.deliver(action_request(2), {encoded(action_information(commitment_of(2)))});
    bench.serve();
    BOOST_REQUIRE(bench.peer.sent.size() == 2);
    BOOST_TEST(bench.peer.sent[0].command.status.value() != 0x0000);
    BOOST_TEST(bench.peer.sent[1].command.status.value() == 0x0000);
    const CommitmentReport report = bench.commitment.transactions.at(1).report;
    BOOST_TEST(report.committed.empty());
    BOOST_REQUIRE(report.failed.size() == 2);
    for (const auto& failed : report.failed) {
        BOOST_TEST(failed.failure_reason == 0x0131);
    }
}

BOOST_AUTO_TEST_CASE(k19_2000_references_are_taken_and_duplicates_once) {
    Bench bench;
    CommitmentRequest request = commitment_of(2000);
    const auto once = request.references;
    request.references.insert(request.references.end(), once.begin(), once.begin() + 500);
    bench.act(action_request(), action_information(request));
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_TEST((bench.commitment.transactions.at(1).report.committed == once));
}

BOOST_AUTO_TEST_CASE(more_references_than_the_limit_are_a_resource_limitation) {
    Bench bench;
    bench.settings.commitment.references_max = 10;
    bench.act(action_request(), action_information(commitment_of(11)));
    BOOST_TEST(bench.final_status() == 0x0213);
    BOOST_TEST(bench.commitment.used.contains("1.2.99.1"));
}

BOOST_AUTO_TEST_CASE(a_stranger_who_never_ends_its_data_set_is_aborted) {
    Bench bench;
    bench.settings.commitment.action_bytes_max = 1'000;
    bench.peer.deliver(action_request(), {Bytes(900), Bytes(900), Bytes(900)});
    bench.serve();
    BOOST_TEST(bench.peer.aborted.has_value());
    BOOST_TEST(bench.peer.sent.empty());
}

BOOST_AUTO_TEST_CASE(k9_full_and_failing_ledgers_are_told_apart) {
    for (const auto& [kind, status] :
         {std::pair{FaultKind::exhausted, 0x0213}, std::pair{FaultKind::storage, 0x0110}}) {
        Bench bench;
        bench.commitment.accept_fault = Fault{.kind = kind, .doing = "no room"};
        bench.act(action_request(), action_information(commitment_of(1)));
        BOOST_TEST(bench.final_status() == status);
    }
}

BOOST_AUTO_TEST_CASE(other_operations_of_the_class_are_unrecognised) {
    for (const CommandField field : {CommandField::n_get_rq, CommandField::c_echo_rq}) {
        Bench bench;
        bench.peer.deliver(request(field, commitment_class));
        bench.serve();
        BOOST_TEST(bench.final_status() == 0x0211);
    }
}

BOOST_AUTO_TEST_CASE(x8_who_may_not_ask_is_told_so) {
    Bench bench;
    Peer viewer;
    viewer.ae_title = "VIEWER";
    viewer.may_commit = false;
    bench.access->peers["VIEWER"] = viewer;
    bench.act(action_request(), action_information(commitment_of(1)));
    BOOST_TEST(bench.final_status() == 0x0124);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_j_3_3_event_information)

BOOST_AUTO_TEST_CASE(k5_all_committed_is_event_type_1_without_failures) {
    const CommitmentReport report = report_of("1.2.99.1");
    BOOST_TEST(event_type_of(report) == 1);
    const auto information = event_information(report, "CXRBRIDGE");
    BOOST_TEST(value_of(information, DCM_TransactionUID) == "1.2.99.1");
    BOOST_TEST(find(information, DCM_FailedSOPSequence) == nullptr);
    BOOST_TEST(find(information, DCM_ReferencedSOPSequence)->items.size() == 2U);
}

BOOST_AUTO_TEST_CASE(k6_some_failed_is_event_type_2_and_says_why) {
    CommitmentReport report = report_of("1.2.99.1");
    report.failed = {{.reference = report.committed.back(), .failure_reason = 0x0112}};
    report.committed.pop_back();
    BOOST_TEST(event_type_of(report) == 2);
    const auto information = event_information(report, "CXRBRIDGE");
    const auto* failed = find(information, DCM_FailedSOPSequence);
    BOOST_REQUIRE(failed != nullptr);
    BOOST_TEST(value_of(failed->items.at(0), DCM_FailureReason) == "274");
    BOOST_TEST(value_of(failed->items.at(0), DCM_ReferencedSOPInstanceUID) == "1.2.3.4.2");
    const auto again = parse_event_information(information);
    BOOST_REQUIRE(std::holds_alternative<CommitmentReport>(again));
    BOOST_TEST((std::get<CommitmentReport>(again).failed == report.failed));
    BOOST_TEST((std::get<CommitmentReport>(again).committed == report.committed));
}

BOOST_AUTO_TEST_CASE(k17_the_retrieve_ae_title_stands_at_the_top_only) {
    const auto information = event_information(report_of("1.2.99.1"), "CXRBRIDGE");
    BOOST_TEST(value_of(information, DCM_RetrieveAETitle) == "CXRBRIDGE");
    for (const auto& item : find(information, DCM_ReferencedSOPSequence)->items) {
        BOOST_TEST(find(item, DCM_RetrieveAETitle) == nullptr);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_j_3_3_n_event_report_to_us)

BOOST_AUTO_TEST_CASE(k18_the_report_of_our_transaction_is_kept) {
    Bench bench;
    bench.results.asked = {"1.2.99.1"};
    bench.act(event_report(1, 9), event_information(report_of("1.2.99.1"), "ARCHIVE"));
    const CommandSet& response = bench.final_response().command;
    BOOST_TEST(response.status.value() == 0x0000);
    BOOST_TEST(response.command_field.value() == 0x8100);
    BOOST_TEST(response.event_type_id.value() == 1);
    BOOST_TEST(response.affected_sop_instance_uid.value() == commitment_instance);
    BOOST_REQUIRE(bench.results.concluded.size() == 1);
    BOOST_TEST((bench.results.concluded[0].committed == references(2)));
}

BOOST_AUTO_TEST_CASE(k18_an_unknown_transaction_is_answered_as_configured) {
    for (const bool refuse : {false, true}) {
        Bench bench;
        bench.settings.commitment.refuse_unknown_transactions = refuse;
        bench.act(event_report(1), event_information(report_of("1.2.99.1"), "ARCHIVE"));
        BOOST_TEST(bench.final_status() == (refuse ? 0x0110 : 0x0000));
        BOOST_TEST(!bench.events.kept.at(0).why.empty());
        BOOST_TEST(bench.results.concluded.empty());
    }
}

BOOST_DATA_TEST_CASE(k18_is_refused_with_its_reason, refused_events, refused) {
    Bench bench;
    bench.results.asked = {"1.2.99.1"};
    CommandSet command = event_report(1);
    dicom::Attributes information = event_information(report_of("1.2.99.1"), "ARCHIVE");
    refused.change(command, information);
    bench.act(command, information);
    check_refusal(bench, refused);
    BOOST_TEST(bench.results.concluded.empty());
}

BOOST_AUTO_TEST_CASE(k18_what_cannot_be_kept_is_not_acknowledged) {
    Bench bench;
    bench.results.fault = Fault{.kind = FaultKind::storage, .doing = "disk"};
    bench.act(event_report(1), event_information(report_of("1.2.99.1"), "ARCHIVE"));
    BOOST_TEST(bench.final_status() == 0x0110);
}

BOOST_AUTO_TEST_SUITE_END()
