// What is owed and asked survives: restarts, other processes, crashes between two pieces of work.
#include "bridge/commitment/ledger.hpp"

#include "bridge/objects/objects_to_store.hpp"
#include "support/files.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
using namespace std::chrono_literals;
using storescp::CommitmentDelivery;
using storescp::CommitmentRequest;
using Outcome = CommitmentDelivery::Outcome;
using std::chrono::system_clock;

namespace {

CommitmentRequest request_of(std::size_t references, const std::string& uid = "1.2.99.1") {
    CommitmentRequest request{.transaction_uid = uid, .references = {}};
    for (std::size_t index = 1; index <= references; ++index) {
        request.references.push_back(
            {"1.2.840.10008.5.1.4.1.1.7", "1.2.3.4." + std::to_string(index)});
    }
    return request;
}

struct LedgerAtWork {
    LedgerAtWork() { open(); }
    void open() {
        ledger.reset();
        ledger = need(CommitmentLedger::open(settings, judge));
    }
    std::int64_t accept(std::size_t references, const std::string& uid = "1.2.99.1") {
        return need(ledger->accept(request_of(references, uid), "MODALITY", "CXRBRIDGE"));
    }
    void decide(std::int64_t id) {
        while (!need(ledger->decide(id))) {
        }
    }
    std::vector<storescp::OwedCommitment> owed(system_clock::time_point now = system_clock::now(),
                                               std::vector<std::string> present = {}) {
        return need(ledger->owed(now, present, 100));
    }
    LedgerEntry entry(std::size_t index = 0) { return need(ledger->entries()).at(index); }

    TemporaryFolder folder;
    LedgerSettings settings{.file = folder / "commitments.sqlite"};
    std::size_t judged = 0;
    /// Every tenth object is not there.
    CommitmentJudge judge = [this](const storescp::SOPReference& reference) -> std::uint16_t {
        ++judged;
        return reference.sop_instance_uid.ends_with('0') ? 0x0112 : 0;
    };
    std::unique_ptr<CommitmentLedger> ledger;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_j_3_what_others_ask_of_us)

BOOST_AUTO_TEST_CASE(k6_k19_is_decided_in_pieces_in_the_order_it_was_asked) {
    LedgerAtWork at_work;
    const std::int64_t id = at_work.accept(2000);
    BOOST_TEST(!need(at_work.ledger->decide(id)));
    BOOST_TEST(at_work.judged < 2000U);
    at_work.decide(id);
    BOOST_TEST(at_work.judged == 2000U);
    const auto report = need(at_work.ledger->report(id));
    BOOST_TEST(report.transaction_uid == "1.2.99.1");
    BOOST_TEST(report.committed.size() == 1800U);
    BOOST_REQUIRE(report.failed.size() == 200U);
    BOOST_TEST(report.failed[0].reference.sop_instance_uid == "1.2.3.4.10");
    BOOST_TEST(report.failed[0].failure_reason == 0x0112);
    BOOST_TEST(report.committed[9].sop_instance_uid == "1.2.3.4.11");
}

BOOST_AUTO_TEST_CASE(k10_a_used_transaction_uid_fails_with_0131_and_leaves_the_first_alone) {
    LedgerAtWork at_work;
    const std::int64_t first = at_work.accept(3);
    const std::int64_t second = at_work.accept(2);
    BOOST_TEST(first != second);
    at_work.decide(first);
    at_work.decide(second);
    BOOST_TEST(need(at_work.ledger->report(first)).committed.size() == 3U);
    const auto report = need(at_work.ledger->report(second));
    BOOST_TEST(report.committed.empty());
    BOOST_REQUIRE(report.failed.size() == 2U);
    for (const auto& failed : report.failed) {
        BOOST_TEST(failed.failure_reason == 0x0131);
    }
}

BOOST_AUTO_TEST_CASE(k10_so_does_that_of_a_refused_request_after_a_restart_too) {
    LedgerAtWork at_work;
    need(at_work.ledger->spoil("1.2.99.1", "MODALITY"));
    at_work.open();
    const std::int64_t id = at_work.accept(1);
    BOOST_TEST(need(at_work.ledger->report(id)).failed.at(0).failure_reason == 0x0131);
    BOOST_TEST((at_work.entry(0).state == LedgerEntry::State::refused));
}

BOOST_AUTO_TEST_CASE(k15_is_owed_after_a_restart_and_decided_where_it_stopped) {
    LedgerAtWork at_work;
    const std::int64_t id = at_work.accept(200);
    static_cast<void>(need(at_work.ledger->decide(id)));
    const std::size_t judged_before = at_work.judged;
    at_work.open();
    const auto owed = at_work.owed();
    BOOST_REQUIRE(owed.size() == 1U);
    BOOST_TEST(owed[0].id == id);
    BOOST_TEST(owed[0].requester_ae_title == "MODALITY");
    BOOST_TEST(owed[0].own_ae_title == "CXRBRIDGE");
    at_work.decide(id);
    BOOST_TEST(judged_before > 0U);
    BOOST_TEST(at_work.judged == 200U);
}

BOOST_AUTO_TEST_CASE(k15_is_owed_after_kill_9) {
    LedgerAtWork at_work;
    at_work.ledger.reset();
    const pid_t child = ::fork();
    if (child == 0) {
        at_work.open();
        static_cast<void>(at_work.accept(5));
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(WIFSIGNALED(status));
    at_work.open();
    BOOST_REQUIRE(at_work.owed().size() == 1U);
    BOOST_TEST(at_work.entry().references == 5U);
}

BOOST_AUTO_TEST_CASE(k14_waits_for_its_time_or_for_its_requester) {
    LedgerAtWork at_work;
    const std::int64_t id = at_work.accept(1);
    const auto later = system_clock::now() + 1h;
    need(at_work.ledger->settle(
        id, {.outcome = Outcome::postponed, .next_attempt = later, .why = "nobody answers"}));
    BOOST_TEST(at_work.owed().empty());
    BOOST_TEST(at_work.owed(system_clock::now(), {"MODALITY"}).size() == 1U);
    BOOST_TEST(at_work.owed(system_clock::now(), {"OTHER"}).empty());
    BOOST_REQUIRE(at_work.owed(later + 1s).size() == 1U);
    BOOST_TEST(at_work.owed(later + 1s)[0].attempts == 1U);
    const auto next = need(at_work.ledger->next_attempt());
    BOOST_REQUIRE(next.has_value());
    BOOST_TEST((*next > later - 1s && *next <= later));
    BOOST_TEST(at_work.entry().why == "nobody answers");
}

BOOST_AUTO_TEST_CASE(k14_is_abandoned_for_a_person_to_see_who_may_put_it_back) {
    LedgerAtWork at_work;
    const std::int64_t id = at_work.accept(1);
    need(at_work.ledger->settle(id, {.outcome = Outcome::abandoned, .why = "nobody answers"}));
    BOOST_TEST(at_work.owed(system_clock::now() + 24h, {"MODALITY"}).empty());
    BOOST_TEST(!need(at_work.ledger->next_attempt()).has_value());
    BOOST_TEST((at_work.entry().state == LedgerEntry::State::abandoned));
    BOOST_TEST(!need(at_work.ledger->retry("1.2.99.2")));
    BOOST_TEST(need(at_work.ledger->retry("1.2.99.1")));
    BOOST_REQUIRE(at_work.owed().size() == 1U);
    BOOST_TEST(at_work.owed()[0].attempts == 0U);
}

BOOST_AUTO_TEST_CASE(is_not_owed_once_it_is_delivered) {
    LedgerAtWork at_work;
    const std::int64_t id = at_work.accept(1);
    at_work.decide(id);
    need(at_work.ledger->settle(id, {.outcome = Outcome::delivered}));
    BOOST_TEST(at_work.owed(system_clock::now() + 24h, {"MODALITY"}).empty());
    BOOST_TEST((at_work.entry().state == LedgerEntry::State::settled));
    BOOST_TEST(at_work.entry().committed == 1U);
}

BOOST_AUTO_TEST_CASE(k20_says_what_was_true_when_it_was_decided) {
    LedgerAtWork at_work;
    const std::int64_t id = at_work.accept(3);
    at_work.decide(id);
    at_work.judge = [](const storescp::SOPReference&) -> std::uint16_t { return 0x0112; };
    at_work.open();
    at_work.decide(id);
    BOOST_TEST(need(at_work.ledger->report(id)).committed.size() == 3U);
    const std::int64_t later = at_work.accept(3, "1.2.99.2");
    at_work.decide(later);
    BOOST_TEST(need(at_work.ledger->report(later)).failed.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_requester_with_much_owed_does_not_hide_another) {
    LedgerAtWork at_work;
    for (int number = 0; number < 20; ++number) {
        static_cast<void>(at_work.accept(1, "1.2.99." + std::to_string(number)));
    }
    static_cast<void>(need(at_work.ledger->accept(request_of(1, "1.2.77"), "OTHER", "CXRBRIDGE")));
    const auto owed = need(at_work.ledger->owed(system_clock::now(), {}, 2));
    BOOST_REQUIRE(owed.size() == 2U);
    BOOST_TEST(owed[0].transaction_uid == "1.2.99.0");
    BOOST_TEST(owed[1].requester_ae_title == "OTHER");
}

BOOST_AUTO_TEST_CASE(k9_more_than_may_be_owed_is_refused_and_room_comes_back) {
    LedgerAtWork at_work;
    at_work.settings.owed_max = 2;
    at_work.open();
    const std::int64_t first = at_work.accept(1, "1.2.1");
    static_cast<void>(at_work.accept(1, "1.2.2"));
    const auto third = at_work.ledger->accept(request_of(1, "1.2.3"), "MODALITY", "CXRBRIDGE");
    BOOST_REQUIRE(!third);
    BOOST_TEST((third.error().kind == FaultKind::exhausted));
    need(at_work.ledger->settle(first, {.outcome = Outcome::delivered}));
    BOOST_TEST(at_work.ledger->accept(request_of(1, "1.2.3"), "MODALITY", "CXRBRIDGE").has_value());
}

BOOST_AUTO_TEST_CASE(what_is_settled_is_forgotten_in_time_and_what_is_owed_never) {
    LedgerAtWork at_work;
    const std::int64_t settled = at_work.accept(3, "1.2.1");
    static_cast<void>(at_work.accept(3, "1.2.2"));
    need(at_work.ledger->settle(settled, {.outcome = Outcome::delivered}));
    at_work.settings.kept_for = std::chrono::hours(-1);  // as if an hour had passed
    at_work.open();
    BOOST_REQUIRE(need(at_work.ledger->entries()).size() == 1U);
    BOOST_TEST(at_work.entry().transaction_uid == "1.2.2");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_j_3_what_we_ask_of_others)

BOOST_AUTO_TEST_CASE(k18_a_report_concludes_what_was_asked_of_its_sender_only) {
    LedgerAtWork at_work;
    need(at_work.ledger->ask(request_of(3), "ARCHIVE", "CXRBRIDGE"));
    storescp::CommitmentReport report{.transaction_uid = "1.2.99.1",
                                      .committed = {request_of(3).references[0]},
                                      .failed = {{request_of(3).references[1], 0x0119}}};
    BOOST_TEST(!need(at_work.ledger->conclude(report, "STRANGER")));
    BOOST_TEST(!need(at_work.ledger->answer("1.2.99.1")).has_value());
    BOOST_TEST(need(at_work.ledger->conclude(report, "ARCHIVE")));
    at_work.open();
    const auto answer = need(at_work.ledger->answer("1.2.99.1"));
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->committed.size() == 1U);
    BOOST_REQUIRE(answer->failed.size() == 2U);
    BOOST_TEST(answer->failed[0].failure_reason == 0x0119);
    BOOST_TEST(answer->failed[1].failure_reason == 0x0110);  // not mentioned
    report.transaction_uid = "1.2.77";
    BOOST_TEST(!need(at_work.ledger->conclude(report, "ARCHIVE")));
}

BOOST_AUTO_TEST_CASE(a_report_that_comes_twice_changes_nothing) {
    LedgerAtWork at_work;
    need(at_work.ledger->ask(request_of(1), "ARCHIVE", "CXRBRIDGE"));
    storescp::CommitmentReport report{
        .transaction_uid = "1.2.99.1", .committed = request_of(1).references, .failed = {}};
    BOOST_TEST(need(at_work.ledger->conclude(report, "ARCHIVE")));
    report.failed = {{request_of(1).references[0], 0x0112}};
    report.committed.clear();
    BOOST_TEST(need(at_work.ledger->conclude(report, "ARCHIVE")));
    BOOST_TEST(need(at_work.ledger->answer("1.2.99.1"))->committed.size() == 1U);
}

BOOST_AUTO_TEST_CASE(our_transactions_are_not_owed_to_anybody) {
    LedgerAtWork at_work;
    need(at_work.ledger->ask(request_of(1), "ARCHIVE", "CXRBRIDGE"));
    BOOST_TEST(at_work.owed(system_clock::now() + 1h, {"ARCHIVE"}).empty());
    need(at_work.ledger->withdraw("1.2.99.1", "refused with 0122H"));
    BOOST_TEST((at_work.entry().state == LedgerEntry::State::refused));
    BOOST_TEST(at_work.entry().why == "refused with 0122H");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_file)

BOOST_AUTO_TEST_CASE(is_shared_with_other_programs) {
    LedgerAtWork at_work;
    const auto other = need(CommitmentLedger::open(at_work.settings));
    int accepted = 0;  // Boost.Test's macros are for one thread
    std::thread writer([&] {
        for (int number = 0; number < 50; ++number) {
            const auto request = request_of(2, "1.2.1." + std::to_string(number));
            accepted += at_work.ledger->accept(request, "MODALITY", "CXRBRIDGE") ? 1 : 0;
        }
    });
    for (int number = 0; number < 50; ++number) {
        need(other->ask(request_of(2, "1.2.2." + std::to_string(number)), "ARCHIVE", "CXRBRIDGE"));
    }
    writer.join();
    BOOST_TEST(accepted == 50);
    BOOST_TEST(need(other->entries()).size() == 100U);
}

BOOST_AUTO_TEST_CASE(that_is_none_or_of_a_newer_release_is_refused_with_what_to_do) {
    const TemporaryFolder folder;
    write_file(folder / "garbage.sqlite", std::string(8'192, 'x'));
    const auto garbage = CommitmentLedger::open({.file = folder / "garbage.sqlite"});
    BOOST_REQUIRE(!garbage);
    StoreAtWork store({}, folder.path());
    const auto catalogue = CommitmentLedger::open({.file = folder / "catalogue.sqlite"});
    BOOST_REQUIRE(!catalogue);
    BOOST_TEST(catalogue.error().doing.find("another program") != std::string::npos);
    BOOST_TEST(catalogue.error().doing.find("Move the file") != std::string::npos);

    need(CommitmentLedger::open({.file = folder / "newer.sqlite"})).reset();
    std::string newer = read_file(folder / "newer.sqlite");
    newer.at(63) = 99;  // the header's user version, big-endian
    write_file(folder / "newer.sqlite", newer);
    const auto refused = CommitmentLedger::open({.file = folder / "newer.sqlite"});
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().doing.find("has version 99") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
