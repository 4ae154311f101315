// What a node sends of itself: to whom, in how many associations, and when again.
#include "support/fake_delivery.hpp"
#include "support/raw_peer.hpp"
#include "support/running_node.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;
using Outcome = ObjectDelivery::Outcome;

namespace {

constexpr const char* secondary_capture = "1.2.840.10008.5.1.4.1.1.7";

InstanceReference instance(std::size_t number) {
    return {.sop_class_uid = secondary_capture,
            .sop_instance_uid = "1.2.3." + std::to_string(number),
            .transfer_syntax_uid = std::string(dicom::explicit_vr_little_endian.uid)};
}

/// A node that receives, and says when associations end.
struct Archive : RunningNode {
    Archive() { access->ae_titles = {"ARCHIVE"}; }
    std::size_t received() { return receive.committed_count(); }
};

/// Outlives the node, which is a base after it.
struct Owing {
    FakeDelivery owed;
};

/// A node that owes some objects to an archive.
struct Bench : Owing, RunningNode {
    explicit Bench(std::size_t objects) {
        for (std::size_t number = 1; number <= objects; ++number) {
            owed.owe(instance(number));
        }
        delivery = &owed;
        settings.deliveries = {
            {.ae_title = "ARCHIVE", .retry = {.first = 20ms, .greatest = 40ms, .attempts_max = 4}}};
    }
    void knows_archive_at(std::uint16_t port) {
        Peer peer;
        peer.ae_title = "ARCHIVE";
        peer.host = "127.0.0.1";
        peer.port = port;
        access->peers["ARCHIVE"] = peer;
    }
};

std::set<std::uint64_t> associations_of(Archive& archive) {
    const std::lock_guard lock(archive.events.mutex);
    std::set<std::uint64_t> associations;
    for (const RequestFinished& request : archive.events.kept) {
        associations.insert(request.association);
    }
    return associations;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_b_delivery)

BOOST_AUTO_TEST_CASE(everything_goes_over_one_association) {
    Archive archive;
    archive.start();
    Bench bench(600);
    bench.knows_archive_at(archive.node().port());
    bench.start();
    bench.owed.wait_until_settled();
    BOOST_TEST(archive.received() == 600U);
    BOOST_TEST(associations_of(archive).size() == 1U);
    for (const FakeDelivery::Row& row : bench.owed.rows()) {
        BOOST_REQUIRE(row.became.size() == 1);
        BOOST_TEST((row.became[0].outcome == Outcome::delivered));
        BOOST_TEST(row.became[0].why.empty());
    }
}

BOOST_AUTO_TEST_CASE(what_is_new_is_sent_when_the_node_is_told) {
    Archive archive;
    archive.start();
    Bench bench(0);
    bench.settings.deliveries[0].retry.first = 1h;  // so that no rest ends by itself soon
    bench.knows_archive_at(archive.node().port());
    bench.start();
    bench.owed.owe(instance(1));
    bench.node().deliver();
    bench.owed.wait_until_settled();
    BOOST_TEST(archive.received() == 1U);
}

BOOST_AUTO_TEST_CASE(a_warning_is_a_delivery_with_a_note) {
    Archive archive;
    archive.receive.outcome = StoreOutcome::duplicate_warned;
    archive.start();
    Bench bench(1);
    bench.knows_archive_at(archive.node().port());
    bench.start();
    bench.owed.wait_until_settled();
    const ObjectDelivery became = bench.owed.rows()[0].became.at(0);
    BOOST_TEST((became.outcome == Outcome::delivered));
    BOOST_TEST(became.status.value() == 0xB000);
    BOOST_TEST(became.why.starts_with("warning B000H"));
}

BOOST_AUTO_TEST_CASE(a_failure_is_seen_and_does_not_stop_the_others) {
    Archive archive;
    archive.start();
    Bench bench(3);
    bench.retrieve.load_faults["1.2.3.2"] = {.kind = dicom::FaultKind::not_found,
                                             .doing = "the PNG is gone"};
    bench.knows_archive_at(archive.node().port());
    bench.start();
    bench.owed.wait_until_settled();
    BOOST_TEST(archive.received() == 2U);
    const auto rows = bench.owed.rows();
    BOOST_REQUIRE(rows[1].became.size() == 1);
    BOOST_TEST((rows[1].became[0].outcome == Outcome::failed));
    BOOST_TEST(rows[1].became[0].why == "the PNG is gone");
}

BOOST_AUTO_TEST_CASE(a_refusal_for_good_is_not_tried_again) {
    Archive archive;
    archive.receive.commit_fault =
        dicom::Fault{.kind = dicom::FaultKind::malformed, .doing = "no data set"};
    archive.start();
    Bench bench(1);
    bench.knows_archive_at(archive.node().port());
    bench.start();
    bench.owed.wait_until_settled();
    const auto rows = bench.owed.rows();
    BOOST_REQUIRE(rows[0].became.size() == 1);
    BOOST_TEST((rows[0].became[0].outcome == Outcome::failed));
    BOOST_TEST(rows[0].became[0].why.starts_with("status C000H: no data set"));
    BOOST_TEST(bench.owed.pauses().empty());
}

BOOST_AUTO_TEST_CASE(a_destination_without_room_is_paused_and_the_object_tried_again_to_the_end) {
    Archive archive;
    archive.receive.begin_fault =
        dicom::Fault{.kind = dicom::FaultKind::exhausted, .doing = "disk full"};
    archive.start();
    Bench bench(1);
    bench.knows_archive_at(archive.node().port());
    bench.start();
    bench.owed.wait_until_settled();
    const auto became = bench.owed.rows()[0].became;
    BOOST_REQUIRE(became.size() == 4);
    BOOST_TEST((became[2].outcome == Outcome::postponed));
    BOOST_TEST(became[2].why.starts_with("status A700H: disk full"));
    BOOST_TEST((became[3].outcome == Outcome::failed));
    BOOST_TEST(bench.owed.pauses().front().why == "out of resources, status A700H");
}

BOOST_AUTO_TEST_CASE(an_audit_is_told_what_goes_and_what_became_of_it) {
    using Stage = DeliveryAudited::Stage;
    Archive archive;
    archive.start();
    Bench bench(3);
    bench.settings.audit = true;
    bench.retrieve.study_instance_uid = "1.2.3";
    bench.retrieve.load_faults["1.2.3.2"] = {.kind = dicom::FaultKind::not_found,
                                             .doing = "the PNG is gone"};
    bench.knows_archive_at(archive.node().port());
    bench.start();
    std::unique_lock lock(bench.events.mutex);
    BOOST_REQUIRE(bench.events.more_audited.wait_for(
        lock, 30s, [&bench] { return bench.events.audited.size() == 3U; }));
    const Stage stages[] = {Stage::begun, Stage::delivered, Stage::failed};
    const unsigned counts[] = {3, 2, 1};
    for (std::size_t i = 0; i < 3; ++i) {
        const DeliveryAudited& told = bench.events.audited[i];
        BOOST_TEST((told.stage == stages[i]));
        BOOST_TEST(told.destination == "ARCHIVE");
        BOOST_REQUIRE(told.subjects.size() == 1U);
        BOOST_TEST(told.subjects[0].instances.at(secondary_capture) == counts[i]);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_destination_that_is_not_there)

BOOST_AUTO_TEST_CASE(is_tried_again_and_gets_everything_once_it_is) {
    const std::uint16_t port = free_port();
    Bench bench(5);
    bench.settings.deliveries[0].retry.attempts_max = 1'000;
    bench.knows_archive_at(port);
    bench.start();
    bench.owed.wait_until([](const auto&, const auto& pauses) { return pauses.size() >= 2; });
    for (const FakeDelivery::Row& row : bench.owed.rows()) {
        BOOST_TEST(row.became.empty());
    }
    BOOST_TEST(!bench.owed.pauses()[0].why.empty());
    BOOST_TEST(bench.owed.pauses()[1].attempts == 2U);
    Archive archive;
    archive.settings.port = port;
    archive.start();
    bench.owed.wait_until_settled();
    BOOST_TEST(archive.received() == 5U);
    BOOST_TEST(bench.owed.pauses().back().attempts == 0U);
}

BOOST_AUTO_TEST_CASE(is_given_up_after_the_last_attempt_and_its_objects_wait) {
    Bench bench(2);
    bench.knows_archive_at(free_port());
    bench.start();
    bench.owed.wait_until([](const auto&, const auto& pauses) {
        return !pauses.empty() && !pauses.back().next_attempt;
    });
    BOOST_TEST(bench.owed.pauses().size() == 4U);
    for (const FakeDelivery::Row& row : bench.owed.rows()) {
        BOOST_TEST(row.became.empty());
        BOOST_TEST(!row.settled);
    }
}

BOOST_AUTO_TEST_CASE(has_no_peer_section_any_more) {
    Bench bench(1);
    bench.start();
    bench.owed.wait_until([](const auto&, const auto& pauses) { return !pauses.empty(); });
    BOOST_TEST(bench.owed.pauses()[0].why == "no [[peer]] of this AE title says where it is");
}

BOOST_AUTO_TEST_CASE(is_given_up_by_a_node_that_stops) {
    RawAcceptor archive;
    Bench bench(1);
    bench.settings.timeouts.artim = 60s;
    bench.knows_archive_at(archive.port());
    bench.start();
    RawPeer peer = archive.accept();
    BOOST_TEST(!peer.receive().empty());
    auto stopped =
        boost::asio::co_spawn(bench.io, bench.node().stop(100ms), boost::asio::use_future);
    BOOST_TEST((stopped.wait_for(20s) == std::future_status::ready));
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode(abort_by_user)));
}

BOOST_AUTO_TEST_CASE(is_asked_to_commit_again_later) {
    Bench bench(0);
    bench.owed.to_commit = CommitmentRequest{.transaction_uid = "1.2.99.1",
                                             .references = {{secondary_capture, "1.2.3.1"}}};
    bench.knows_archive_at(free_port());
    bench.start();
    const auto withdrawn = bench.owed.wait_for_withdrawal();
    BOOST_TEST(withdrawn[0].second);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(commitment_after_delivery)

BOOST_AUTO_TEST_CASE(is_not_asked_for_by_a_node_that_stops_while_it_connects) {
    // Its answer may take as long as dimse_timeout, which no stop waits for.
    RawAcceptor archive;
    Bench bench(0);
    bench.owed.to_commit = CommitmentRequest{.transaction_uid = "1.2.99.1",
                                             .references = {{secondary_capture, "1.2.3.1"}}};
    bench.knows_archive_at(archive.port());
    bench.start();
    RawPeer peer = archive.accept();
    BOOST_TEST(!peer.receive().empty());
    auto stopped = boost::asio::co_spawn(bench.io, bench.node().stop(30s), boost::asio::use_future);
    while (true) {  // until it no longer listens: the courier was told before
        try {
            RawPeer::connect(bench.node().port());
        } catch (const std::runtime_error&) {
            break;
        }
    }
    pdu::AssociateAC answer;
    answer.contexts = {
        {1, ContextResult::acceptance, std::string(dicom::explicit_vr_little_endian.uid)}};
    peer.send(pdu::encode(answer));
    BOOST_TEST(hex(peer.receive()) == hex(pdu::encode_release_rq()));
    peer.send(pdu::encode_release_rp());
    const auto withdrawn = bench.owed.wait_for_withdrawal();
    BOOST_TEST(withdrawn[0].first == "the node is stopping");
    BOOST_TEST(withdrawn[0].second, "to be asked for again");
    BOOST_TEST((stopped.wait_for(30s) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(is_asked_for_and_the_report_on_the_same_association_is_kept) {
    Archive archive;
    archive.settings.commitment.event_delay = 20ms;
    archive.start();
    Bench bench(0);
    bench.owed.to_commit = CommitmentRequest{.transaction_uid = "1.2.99.1",
                                             .references = {{secondary_capture, "1.2.3.1"}}};
    bench.knows_archive_at(archive.node().port());
    bench.results.asked = {"1.2.99.1"};
    bench.start();
    const CommitmentReport report = bench.results.wait_for_report();
    BOOST_TEST(report.transaction_uid == "1.2.99.1");
    BOOST_TEST(report.committed.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
