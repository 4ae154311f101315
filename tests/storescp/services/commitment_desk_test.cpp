// Who is told what is committed, over which association, and what happens when nobody listens.
#include "support/commitment_requester.hpp"
#include "support/raw_peer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;
using Outcome = CommitmentDelivery::Outcome;

namespace {

/// A node that is quick to report and to try again.
struct Bench : RunningNode {
    explicit Bench(EventAssociation event_association = EventAssociation::automatic) {
        settings.commitment.event_association = event_association;
        settings.commitment.event_delay = 20ms;
        settings.commitment.retry.first = 20ms;
        settings.commitment.retry.greatest = 40ms;
        settings.commitment.retry.attempts_max = 4;
        settings.timeouts.dimse = 500ms;
    }
    void knows(const ReportListener& requester) {
        access->peers["VIEWER"] = requester.peer("VIEWER");
    }
    Asked asks(CommitmentRequest request, std::chrono::milliseconds patience) {
        return wait(ask(commitment_association(*this), std::move(request), patience));
    }
    std::vector<CommitmentDelivery> deliveries(std::size_t count = 1, std::int64_t id = 1) {
        return commitment.wait_for_deliveries(id, count);
    }
};

const std::string study_root_get = "1.2.840.10008.5.1.4.1.2.2.3";
const std::string secondary_capture = "1.2.840.10008.5.1.4.1.1.7";

CommandSet response_of(const Message& request, CommandField field) {
    CommandSet response;
    response.affected_sop_class_uid = request.command.affected_sop_class_uid;
    response.affected_sop_instance_uid = request.command.affected_sop_instance_uid;
    response.command_field = static_cast<std::uint16_t>(field);
    response.message_id_being_responded_to = request.command.message_id;
    response.status = std::uint16_t{0};
    return response;
}

/// The next message, which is this one.
Awaitable<Message> expect(Association& association, CommandField field) {
    auto message = co_await association.receive_message();
    if (!message) {
        throw std::runtime_error(message.error().doing);
    }
    if (!message->command.is(field)) {
        throw std::runtime_error("another message");
    }
    static_cast<void>(co_await drain_data_set(association));
    co_return *std::move(message);
}

/// Begins a C-GET when the report has come, and answers that only when an object has, too. Gives
/// the status of the C-GET.
Awaitable<std::uint16_t> get_before_answering_the_report(AssociationRequest request) {
    auto asked = co_await request_association(std::move(request));
    Association& association = *asked.value();
    CommitmentRequest commitment = commitment_of(1);
    static_cast<void>(co_await request_commitment(association, std::move(commitment), 1));
    const Message report = co_await expect(association, CommandField::n_event_report_rq);
    CommandSet get;
    get.affected_sop_class_uid = study_root_get;
    get.command_field = static_cast<std::uint16_t>(CommandField::c_get_rq);
    get.message_id = std::uint16_t{2};
    dicom::Attributes identifier;
    put(identifier, DcmTagKey(0x0008, 0x0052), "STUDY");
    put(identifier, DcmTagKey(0x0020, 0x000D), "1.2.3");
    const std::vector<dicom::Segment> data_set{
        dicom::Segment::of(dicom::encode_attributes(identifier, dicom::explicit_vr_little_endian))};
    static_cast<void>(co_await association.send_message(3, get, data_set));
    const Message store = co_await expect(association, CommandField::c_store_rq);
    CommandSet taken = response_of(report, CommandField::n_event_report_rsp);
    static_cast<void>(co_await association.send_message(1, taken));
    CommandSet stored = response_of(store, CommandField::c_store_rsp);
    static_cast<void>(co_await association.send_message(5, stored));
    const Message got = co_await expect(association, CommandField::c_get_rsp);
    co_await association.release();
    co_return got.command.status.value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_j_3_3_which_association)

BOOST_AUTO_TEST_CASE(k1_k5_k11_the_same_association_while_it_is_open) {
    Bench bench;
    bench.start();
    const Asked asked = bench.asks(commitment_of(5), 5s);
    BOOST_REQUIRE(asked.report.has_value());
    BOOST_TEST(asked.report->transaction_uid == "1.2.99.1");
    BOOST_TEST((asked.report->committed == references(5)));
    BOOST_TEST(asked.report->failed.empty());
    const auto deliveries = bench.deliveries();
    BOOST_TEST((deliveries.at(0).outcome == Outcome::delivered));
}

BOOST_AUTO_TEST_CASE(k6_failures_are_told_and_the_union_is_what_was_asked) {
    Bench bench;
    bench.commitment.reasons = {{"1.2.3.4.2", std::uint16_t{0x0112}},
                                {"1.2.3.4.3", std::uint16_t{0x0119}}};
    bench.start();
    const Asked asked = bench.asks(commitment_of(4), 5s);
    BOOST_REQUIRE(asked.report.has_value());
    BOOST_TEST(asked.report->committed.size() == 2U);
    BOOST_REQUIRE(asked.report->failed.size() == 2);
    BOOST_TEST(asked.report->failed[0].failure_reason == 0x0112);
    BOOST_TEST(asked.report->failed[1].failure_reason == 0x0119);
}

BOOST_AUTO_TEST_CASE(k11_k12_a_new_association_when_the_requester_left) {
    ReportListener requester;
    Bench bench;
    bench.knows(requester);
    bench.start();
    BOOST_TEST(!bench.asks(commitment_of(3), 0s).fault.has_value());
    BOOST_TEST((bench.deliveries().at(0).outcome == Outcome::delivered));
    const auto told = requester.told();
    BOOST_REQUIRE(told.size() == 1);
    BOOST_TEST(told[0].peers.calling == "NODE");
    BOOST_TEST(told[0].peers.called == "VIEWER");
    BOOST_TEST(!told[0].roles.scu);
    BOOST_TEST(told[0].roles.scp);
    BOOST_TEST(told[0].command.event_type_id.value() == 1);
    BOOST_TEST(told[0].command.affected_sop_instance_uid.value() == commitment_instance);
    BOOST_TEST((told[0].report.committed == references(3)));
    BOOST_TEST(requester.events().wait_for<AssociationEnded>().orderly);
}

BOOST_AUTO_TEST_CASE(k11_forced_new_leaves_an_open_association_alone) {
    ReportListener requester;
    Bench bench(EventAssociation::new_association);
    bench.knows(requester);
    bench.start();
    const Asked asked = bench.asks(commitment_of(1), 300ms);
    BOOST_TEST(!asked.report.has_value());
    BOOST_TEST(!asked.lost.has_value());
    bench.deliveries();
    BOOST_TEST(requester.told().size() == 1U);
}

BOOST_AUTO_TEST_CASE(k11_forced_same_never_opens_one) {
    ReportListener requester;
    Bench bench(EventAssociation::same);
    bench.knows(requester);
    bench.start();
    BOOST_TEST(!bench.asks(commitment_of(1), 0s).fault.has_value());
    const auto deliveries = bench.deliveries(4);
    BOOST_TEST((deliveries[3].outcome == Outcome::abandoned));
    BOOST_TEST(requester.told().empty());
}

BOOST_AUTO_TEST_CASE(k13_a_requester_that_comes_back_hears_it_at_once) {
    Bench bench(EventAssociation::same);
    bench.settings.commitment.retry.first = 1h;
    bench.settings.commitment.retry.greatest = 1h;
    bench.start();
    BOOST_TEST(!bench.asks(commitment_of(3), 0s).fault.has_value());
    BOOST_TEST((bench.deliveries().at(0).outcome == Outcome::postponed));
    const auto wait_only = [](AssociationRequest request) -> Awaitable<std::string> {
        auto association = co_await request_association(std::move(request));
        const auto report = co_await wait_for_report(**association, "1.2.99.1", 5s);
        co_await (*association)->release();
        co_return report.value().value().transaction_uid;
    };
    BOOST_TEST(bench.wait(wait_only(commitment_association(bench))) == "1.2.99.1");
    BOOST_TEST((bench.deliveries(2).at(1).outcome == Outcome::delivered));
}

BOOST_AUTO_TEST_CASE(several_actions_on_one_association_are_answered_before_the_reports) {
    Bench bench;
    bench.start();
    const auto ask_thrice = [](AssociationRequest request) -> Awaitable<std::size_t> {
        auto association = co_await request_association(std::move(request));
        for (std::uint16_t number = 1; number <= 3; ++number) {
            CommitmentRequest each = commitment_of(2, "1.2.99." + std::to_string(number));
            const auto requested = co_await request_commitment(**association, each, number);
            if (!requested) {
                co_return 0;
            }
        }
        std::size_t heard = 0;
        for (int number = 1; number <= 3; ++number) {
            const std::string uid = "1.2.99." + std::to_string(number);
            const auto report = co_await wait_for_report(**association, uid, 5s);
            heard += report && report->has_value() ? 1 : 0;
        }
        co_await (*association)->release();
        co_return heard;
    };
    BOOST_TEST(bench.wait(ask_thrice(commitment_association(bench))) == 3U);
}

BOOST_AUTO_TEST_CASE(R28_k11_a_report_may_be_answered_in_the_middle_of_a_c_get) {
    Bench bench;
    bench.settings.timeouts.dimse = 10s;
    const std::string explicit_little(dicom::explicit_vr_little_endian.uid);
    bench.retrieve.kept = {{.sop_class_uid = secondary_capture,
                            .sop_instance_uid = "1.2.3.4.0",
                            .transfer_syntax_uid = explicit_little}};
    bench.start();
    AssociationRequest request = bench.request({commitment_context(),
                                                {3, study_root_get, {explicit_little}},
                                                {5, secondary_capture, {explicit_little}}});
    request.roles[secondary_capture] = {.scu = true, .scp = true};
    BOOST_TEST(bench.wait(get_before_answering_the_report(std::move(request))) == 0x0000);
    BOOST_TEST((bench.deliveries().at(0).outcome == Outcome::delivered));
}

BOOST_AUTO_TEST_CASE(k19_2000_references_go_there_and_back) {
    Bench bench;
    bench.commitment.decide_steps = 20;
    bench.start();
    const Asked asked = bench.asks(commitment_of(2000), 10s);
    BOOST_REQUIRE(asked.report.has_value());
    BOOST_TEST((asked.report->committed == references(2000)));
    BOOST_TEST(bench.commitment.decisions == 20U);
}

BOOST_AUTO_TEST_CASE(k10_a_transaction_uid_used_again_fails_for_that) {
    Bench bench;
    bench.start();
    BOOST_TEST(bench.asks(commitment_of(1), 5s).report->committed.size() == 1U);
    const Asked again = bench.asks(commitment_of(3), 5s);
    BOOST_REQUIRE(again.report.has_value());
    BOOST_TEST(again.report->transaction_uid == "1.2.99.1");
    BOOST_TEST(again.report->committed.empty());
    BOOST_REQUIRE(again.report->failed.size() == 3);
    for (const auto& failed : again.report->failed) {
        BOOST_TEST(failed.failure_reason == 0x0131);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_j_3_3_nobody_listens)

BOOST_AUTO_TEST_CASE(k12_a_refused_role_is_aborted_and_tried_again) {
    ReportListener requester(false);
    Bench bench;
    bench.knows(requester);
    bench.start();
    BOOST_TEST(!bench.asks(commitment_of(1), 0s).fault.has_value());
    const auto deliveries = bench.deliveries(4);
    BOOST_TEST((deliveries[0].outcome == Outcome::postponed));
    BOOST_TEST((deliveries[3].outcome == Outcome::abandoned));
    BOOST_TEST(!deliveries[3].why.empty());
    BOOST_TEST(requester.told().empty());
}

BOOST_AUTO_TEST_CASE(k12_a_role_that_is_not_answered_is_aborted_too) {
    RawAcceptor acceptor;
    Bench bench;
    Peer viewer;
    viewer.ae_title = "VIEWER";
    viewer.host = "127.0.0.1";
    viewer.port = acceptor.port();
    bench.access->peers["VIEWER"] = viewer;
    BOOST_REQUIRE(bench.commitment.accept(commitment_of(1), "VIEWER", "NODE").has_value());
    bench.start();

    RawPeer peer = acceptor.accept();
    const Bytes received = peer.receive();
    const auto request =
        std::get<pdu::AssociateRQ>(pdu::decode_associate_rq(std::span(received).subspan(6)));
    BOOST_REQUIRE(request.user.roles.size() == 1);
    BOOST_TEST(request.user.roles[0].sop_class_uid == commitment_class);
    BOOST_TEST(!request.user.roles[0].roles.scu);
    BOOST_TEST(request.user.roles[0].roles.scp);
    pdu::AssociateAC answer;
    answer.contexts = {{request.contexts.at(0).id, ContextResult::acceptance, "1.2.840.10008.1.2"}};
    peer.send(pdu::encode(answer));
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode(abort_by_user)));
    const auto deliveries = bench.deliveries();
    BOOST_TEST((deliveries[0].outcome == Outcome::postponed));
    BOOST_TEST(deliveries[0].why.find("SCP role") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(k14_a_status_and_an_abort_are_tried_again_until_it_is_heard) {
    ReportListener requester;
    requester.answer({0x0110, 0xFFFF});
    Bench bench;
    bench.knows(requester);
    bench.start();
    BOOST_TEST(!bench.asks(commitment_of(2), 0s).fault.has_value());
    const auto deliveries = bench.deliveries(3);
    BOOST_TEST((deliveries[0].outcome == Outcome::postponed));
    BOOST_TEST(deliveries[0].why.find("0110H") != std::string::npos);
    BOOST_TEST((deliveries[1].outcome == Outcome::postponed));
    BOOST_TEST((deliveries[2].outcome == Outcome::delivered));
    BOOST_TEST(requester.told().size() == 3U);
}

BOOST_AUTO_TEST_CASE(k14_the_wait_doubles_up_to_its_greatest_and_ends_abandoned) {
    Bench bench;
    bench.settings.commitment.retry.first = 40ms;
    bench.settings.commitment.retry.greatest = 100ms;
    bench.start();
    const auto begun = std::chrono::system_clock::now();
    BOOST_TEST(!bench.asks(commitment_of(1), 0s).fault.has_value());
    const auto deliveries = bench.deliveries(4);
    BOOST_TEST((deliveries[3].outcome == Outcome::abandoned));
    BOOST_TEST(deliveries[3].why.find("[[peer]]") != std::string::npos);
    BOOST_TEST((std::chrono::system_clock::now() - begun >= 40ms + 80ms + 100ms));
    BOOST_TEST((deliveries[1].next_attempt - deliveries[0].next_attempt >= 80ms));
}

BOOST_AUTO_TEST_CASE(k14_a_requester_that_does_not_answer_is_dropped_and_asked_again) {
    Bench bench;
    bench.start();
    const auto stay_silent = [](AssociationRequest request) -> Awaitable<bool> {
        auto association = co_await request_association(std::move(request));
        CommitmentRequest asked = commitment_of(1);
        static_cast<void>(co_await request_commitment(**association, asked, 1));
        const auto event = co_await (*association)->receive_message();
        const bool came = event && event->command.is(CommandField::n_event_report_rq);
        static_cast<void>(co_await drain_data_set(**association));
        const auto next = co_await (*association)->receive_message();
        co_return came && !next && !(*association)->is_open();
    };
    BOOST_TEST(bench.wait(stay_silent(commitment_association(bench))));
    const auto deliveries = bench.deliveries();
    BOOST_TEST((deliveries[0].outcome == Outcome::postponed));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_settled_is_not_told_in_a_loop) {
    ReportListener requester;
    Bench bench;
    bench.commitment.settle_faults = 1'000;
    bench.knows(requester);
    bench.start();
    BOOST_TEST(!bench.asks(commitment_of(1), 0s).fault.has_value());
    BOOST_TEST(!bench.asks(commitment_of(1, "1.2.99.2"), 500ms).fault.has_value());
    BOOST_TEST(requester.told().size() <= 2U);
}

BOOST_AUTO_TEST_CASE(a_requester_that_is_down_holds_up_no_other) {
    ReportListener well;
    Bench bench;
    bench.settings.commitment.retry.attempts_max = 1'000;
    bench.access->peers["OTHER"] = well.peer("OTHER");
    bench.start();
    BOOST_TEST(!bench.asks(commitment_of(1), 0s).fault.has_value());
    AssociationRequest other = commitment_association(bench);
    other.peers.calling = "OTHER";
    static_cast<void>(bench.wait(ask(std::move(other), commitment_of(1, "1.2.99.2"), 0ms)));
    BOOST_TEST((bench.deliveries(1, 2).at(0).outcome == Outcome::delivered));
    BOOST_TEST((bench.deliveries(3, 1).at(2).outcome == Outcome::postponed));
}

BOOST_AUTO_TEST_CASE(k15_what_is_owed_at_the_start_is_told) {
    ReportListener requester;
    Bench bench;
    bench.knows(requester);
    BOOST_REQUIRE(bench.commitment.accept(commitment_of(2), "VIEWER", "NODE").has_value());
    bench.start();
    BOOST_TEST((bench.deliveries().at(0).outcome == Outcome::delivered));
    BOOST_TEST(requester.told().at(0).report.committed.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_node_that_stops_does_not_count_it_as_an_attempt) {
    Bench bench;
    bench.settings.commitment.event_delay = 1h;
    bench.start();
    const auto ask_and_stop = [&bench](AssociationRequest request) -> Awaitable<void> {
        auto association = co_await request_association(std::move(request));
        CommitmentRequest asked = commitment_of(1);
        static_cast<void>(co_await request_commitment(**association, asked, 1));
        co_await bench.node().stop(0ms);
    };
    bench.wait(ask_and_stop(commitment_association(bench)));
    const std::lock_guard lock(bench.commitment.mutex);
    BOOST_TEST(bench.commitment.transactions.at(1).deliveries.empty());
}

BOOST_AUTO_TEST_SUITE_END()
