// What is owed to a destination is delivered once, whatever ends or fails in between.
#include "bridge/delivery/queue.hpp"

#include "bridge/catalogue/generated_folder.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
using namespace std::chrono_literals;
using std::chrono::system_clock;
using storescp::ObjectDelivery;

namespace {

constexpr const char* report_class = "1.2.840.10008.5.1.4.1.1.88.34";

std::string uid_of(std::size_t number) {
    return "1.2.3." + std::to_string(number);
}

std::vector<NewDelivery> objects(std::size_t count, bool commit = false) {
    std::vector<NewDelivery> all;
    for (std::size_t number = 1; number <= count; ++number) {
        all.push_back({.reference = {report_class, uid_of(number)},
                       .route = "reports-to-archive",
                       .commit = commit});
    }
    return all;
}

/// A queue in a folder of its own, over a catalogue that has everything but `gone`.
struct QueueAtWork {
    QueueAtWork() { open(); }
    void open() {
        queue.reset();
        ledger.reset();
        ledger = need(CommitmentLedger::open({.file = folder / "commitments.sqlite"}));
        queue = need(DeliveryQueue::open(
            folder / "deliveries.sqlite",
            {.find = [this](std::vector<std::string> uids) { return find(std::move(uids)); },
             .ledger = ledger.get(),
             .own_ae_title = "CXRBRIDGE"}));
    }
    Result<std::vector<storescp::InstanceReference>> find(std::vector<std::string> uids) const {
        std::vector<storescp::InstanceReference> found;
        for (const std::string& uid : uids) {
            if (!gone.contains(uid)) {
                found.push_back({.sop_class_uid = report_class,
                                 .sop_instance_uid = uid,
                                 .transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                 .handle = 7});
            }
        }
        return found;
    }
    std::size_t enqueue(std::size_t count, bool commit = false) {
        return need(queue->enqueue("ARCHIVE", objects(count, commit)));
    }
    std::vector<storescp::OwedObject> take(std::size_t count = 100,
                                           system_clock::time_point now = system_clock::now()) {
        return need(queue->take_due("ARCHIVE", now, count));
    }
    void deliver(const std::vector<storescp::OwedObject>& owed) {
        for (const storescp::OwedObject& each : owed) {
            need(queue->settle(each.id, {.outcome = ObjectDelivery::Outcome::delivered}));
        }
    }
    DestinationEntry destination() { return need(queue->destinations()).at(0); }
    DeliveryEntry entry(std::size_t number) {
        std::optional<DeliveryEntry> found;
        need(queue->for_each_entry([&](const DeliveryEntry& each) {
            if (each.reference.sop_instance_uid == uid_of(number)) {
                found = each;
            }
        }));
        return found.value();
    }

    TemporaryFolder folder;
    std::set<std::string> gone;
    std::unique_ptr<CommitmentLedger> ledger;
    std::unique_ptr<DeliveryQueue> queue;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(an_object_is_enqueued_once)

BOOST_AUTO_TEST_CASE(for_each_destination) {
    QueueAtWork work;
    BOOST_TEST(work.enqueue(3) == 3U);
    BOOST_TEST(work.enqueue(5) == 2U);
    BOOST_TEST(need(work.queue->enqueue("OTHER", objects(5))) == 5U);
    BOOST_TEST(work.take().size() == 5U);
}

BOOST_AUTO_TEST_CASE(whatever_became_of_it_and_after_a_restart) {
    QueueAtWork work;
    work.gone = {uid_of(1)};
    work.enqueue(4);
    auto owed = work.take();
    BOOST_REQUIRE(owed.size() == 3);
    need(work.queue->settle(owed[0].id, {.outcome = ObjectDelivery::Outcome::delivered}));
    need(work.queue->settle(owed[1].id,
                            {.outcome = ObjectDelivery::Outcome::failed, .why = "status C000H"}));
    need(work.queue->put_back("ARCHIVE"));
    BOOST_TEST(need(work.queue->drop({.ae_title = "ARCHIVE", .sop_instance_uids = {uid_of(4)}})) ==
               1U);
    work.open();
    BOOST_TEST(work.enqueue(4) == 0U);
    BOOST_TEST(work.take().empty());
    const DestinationEntry destination = work.destination();
    BOOST_TEST(destination.delivered == 1U);
    BOOST_TEST(destination.failed == 2U);
    BOOST_TEST(destination.dropped == 1U);
    BOOST_TEST(work.entry(1).why.find("does not offer it any more") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_is_due)

BOOST_AUTO_TEST_CASE(comes_in_order_and_is_not_taken_twice) {
    QueueAtWork work;
    work.enqueue(5);
    const auto first = work.take(2);
    BOOST_REQUIRE(first.size() == 2);
    BOOST_TEST(first[0].instance.sop_instance_uid == uid_of(1));
    BOOST_TEST(first[1].instance.sop_instance_uid == uid_of(2));
    BOOST_TEST(work.destination().sending == 2U);
    const auto second = work.take(10);
    BOOST_REQUIRE(second.size() == 3);
    BOOST_TEST(second[0].instance.sop_instance_uid == uid_of(3));
    work.deliver(first);
    need(work.queue->put_back("ARCHIVE"));
    BOOST_TEST(work.destination().waiting == 3U);
    BOOST_TEST(work.destination().delivered == 2U);
}

BOOST_AUTO_TEST_CASE(waits_for_its_own_time_and_lets_others_go_first) {
    QueueAtWork work;
    work.enqueue(3);
    const auto owed = work.take(1);
    const auto now = system_clock::now();
    need(work.queue->settle(owed[0].id,
                            {.outcome = ObjectDelivery::Outcome::postponed,
                             .status = 0xA700,
                             .why = "status A700H",
                             .next_attempt = now + 60s}));
    const auto others = work.take(10, now + 59s);
    BOOST_TEST(others.size() == 2U);
    need(work.queue->put_back("ARCHIVE"));
    const auto all = work.take(10, now + 61s);
    BOOST_REQUIRE(all.size() == 3);
    BOOST_TEST(all[2].instance.sop_instance_uid == uid_of(1));
    BOOST_TEST(all[2].attempts == 1U);
    BOOST_TEST(work.destination().last_reason == "status A700H");
}

BOOST_AUTO_TEST_CASE(does_not_come_while_its_destination_is_paused) {
    QueueAtWork work;
    work.enqueue(3);
    const auto now = system_clock::now();
    need(work.queue->pause(
        "ARCHIVE", {.attempts = 2, .next_attempt = now + 120s, .why = "connection refused"}));
    BOOST_TEST(work.take(10, now + 119s).empty());
    BOOST_TEST(need(work.queue->attempts("ARCHIVE")) == 2U);
    const DestinationEntry destination = work.destination();
    BOOST_TEST(destination.waiting == 3U);
    BOOST_TEST(destination.last_reason == "connection refused");
    BOOST_TEST((destination.next_attempt.value() ==
                std::chrono::floor<std::chrono::milliseconds>(now + 120s)));
    BOOST_TEST(work.take(10, now + 121s).size() == 3U);
    need(work.queue->pause("ARCHIVE", {}));
    BOOST_TEST(need(work.queue->attempts("ARCHIVE")) == 0U);
}

BOOST_AUTO_TEST_CASE(does_not_come_when_its_destination_is_given_up_until_a_person_says_so) {
    QueueAtWork work;
    work.enqueue(2);
    need(work.queue->pause("ARCHIVE", {.attempts = 100, .next_attempt = {}, .why = "refused"}));
    const auto ever_after = system_clock::now() + std::chrono::hours(24 * 365);
    BOOST_TEST(work.take(10, ever_after).empty());
    BOOST_TEST(work.destination().given_up);
    BOOST_TEST(work.enqueue(3) == 1U);
    BOOST_TEST(work.take(10, ever_after).empty());
    need(work.queue->retry({.ae_title = "ARCHIVE", .sop_instance_uids = {}}));
    BOOST_TEST(!work.destination().given_up);
    BOOST_TEST(work.take().size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_person)

BOOST_AUTO_TEST_CASE(puts_failed_objects_back) {
    QueueAtWork work;
    work.enqueue(2);
    for (const storescp::OwedObject& owed : work.take()) {
        need(work.queue->settle(owed.id,
                                {.outcome = ObjectDelivery::Outcome::failed, .why = "A900H"}));
    }
    BOOST_TEST(work.take().empty());
    BOOST_TEST(need(work.queue->retry({.ae_title = "ARCHIVE", .sop_instance_uids = {uid_of(2)}})) ==
               1U);
    BOOST_TEST(work.take().size() == 1U);
    BOOST_TEST(need(work.queue->retry({})) == 1U);
}

BOOST_AUTO_TEST_CASE(drops_what_waits_and_gets_a_named_one_back) {
    QueueAtWork work;
    work.enqueue(3);
    BOOST_TEST(need(work.queue->drop({.ae_title = "ARCHIVE", .sop_instance_uids = {}})) == 3U);
    BOOST_TEST(work.take().empty());
    BOOST_TEST(need(work.queue->retry({.ae_title = "ARCHIVE", .sop_instance_uids = {}})) == 0U);
    BOOST_TEST(need(work.queue->retry({.ae_title = "ARCHIVE", .sop_instance_uids = {uid_of(1)}})) ==
               1U);
    BOOST_TEST(work.take().size() == 1U);
}

BOOST_AUTO_TEST_CASE(is_told_of_a_destination_that_is_none) {
    QueueAtWork work;
    const auto changed = work.queue->drop({.ae_title = "NOBODY", .sop_instance_uids = {}});
    BOOST_REQUIRE(!changed.has_value());
    BOOST_TEST(changed.error().doing == "nothing was ever queued for NOBODY");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(commitment)

BOOST_AUTO_TEST_CASE(is_asked_for_what_was_delivered_once) {
    QueueAtWork work;
    work.enqueue(3, true);
    BOOST_TEST(!need(work.queue->begin_commitment("ARCHIVE", 10)).has_value());
    auto owed = work.take();
    owed.pop_back();
    work.deliver(owed);
    const auto request = need(work.queue->begin_commitment("ARCHIVE", 10));
    BOOST_REQUIRE(request.has_value());
    BOOST_TEST(request->references.size() == 2U);
    BOOST_TEST(!need(work.queue->begin_commitment("ARCHIVE", 10)).has_value());
    BOOST_TEST(work.destination().commitment_awaited == 2U);
    storescp::CommitmentReport report{
        .transaction_uid = request->transaction_uid,
        .committed = {request->references[0]},
        .failed = {{.reference = request->references[1], .failure_reason = 0x0112}}};
    BOOST_TEST(!need(work.queue->conclude(report, "SOMEBODY")));
    BOOST_TEST(need(work.queue->conclude(report, "ARCHIVE")));
    BOOST_TEST(work.destination().committed == 1U);
    BOOST_TEST(work.destination().failed == 1U);
    BOOST_TEST(work.entry(2).why == "delivered, but not committed to: 0112H");
    need(work.queue->retry({.ae_title = "ARCHIVE", .sop_instance_uids = {}}));
    work.deliver(work.take());
    BOOST_TEST(need(work.queue->begin_commitment("ARCHIVE", 10))->references.size() == 1U);
}

BOOST_AUTO_TEST_CASE(that_was_not_heard_is_asked_for_again_and_a_refusal_is_seen) {
    QueueAtWork work;
    work.enqueue(1, true);
    work.deliver(work.take());
    auto request = need(work.queue->begin_commitment("ARCHIVE", 10));
    need(work.queue->withdraw_commitment(request->transaction_uid, "connection refused", true));
    request = need(work.queue->begin_commitment("ARCHIVE", 10));
    BOOST_REQUIRE(request.has_value());
    need(work.queue->withdraw_commitment(request->transaction_uid, "no context", false));
    BOOST_TEST(!need(work.queue->begin_commitment("ARCHIVE", 10)).has_value());
    BOOST_TEST(work.entry(1).why == "delivered, but not committed to: no context");
    BOOST_TEST(need(work.ledger->entries()).size() == 2U);
}

BOOST_AUTO_TEST_CASE(that_only_the_ledger_heard_of_is_marked_after_a_restart) {
    QueueAtWork work;
    work.enqueue(2, true);
    work.deliver(work.take());
    const auto request = need(work.queue->begin_commitment("ARCHIVE", 10));
    BOOST_REQUIRE(request.has_value());
    need(work.ledger->conclude(
        {.transaction_uid = request->transaction_uid,
         .committed = {request->references[0]},
         .failed = {{.reference = request->references[1], .failure_reason = 0x0112}}},
        "ARCHIVE"));
    BOOST_TEST(work.destination().commitment_awaited == 2U);
    work.open();
    need(work.queue->recover());
    BOOST_TEST(work.destination().committed == 1U);
    BOOST_TEST(work.destination().failed == 1U);
}

BOOST_AUTO_TEST_CASE(that_nobody_heard_of_is_asked_for_again_after_a_restart) {
    QueueAtWork work;
    work.enqueue(1, true);
    work.deliver(work.take());
    const auto first = need(work.queue->begin_commitment("ARCHIVE", 10));
    work.open();
    need(work.queue->recover());
    const auto second = need(work.queue->begin_commitment("ARCHIVE", 10));
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST(second->transaction_uid != first->transaction_uid);
    // The first one's report is late, and still one of ours.
    const storescp::CommitmentReport late{
        .transaction_uid = first->transaction_uid, .committed = first->references, .failed = {}};
    BOOST_TEST(need(work.queue->conclude(late, "ARCHIVE")));
    BOOST_TEST(work.destination().commitment_awaited == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_kill)

/// Runs `work` in a process of its own that kills itself after it.
template <typename Work>
void and_is_killed(Work work) {
    const pid_t child = fork();
    if (child == 0) {
        work();
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_REQUIRE(WIFSIGNALED(status));
}

BOOST_AUTO_TEST_CASE(loses_nothing_and_what_was_being_sent_waits_again) {
    const TemporaryFolder folder;
    and_is_killed([&folder] {
        QueueAtWork work;
        work.queue = need(DeliveryQueue::open(
            folder / "deliveries.sqlite",
            {.find = [&](std::vector<std::string> uids) { return work.find(std::move(uids)); },
             .ledger = nullptr,
             .own_ae_title = ""}));
        work.enqueue(5);
        auto owed = work.take(3);
        owed.pop_back();
        work.deliver(owed);
    });
    const auto queue = need(DeliveryQueue::open(folder / "deliveries.sqlite"));
    BOOST_TEST(need(queue->destinations()).at(0).sending == 1U);
    need(queue->recover());
    const DestinationEntry destination = need(queue->destinations()).at(0);
    BOOST_TEST(destination.delivered == 2U);
    BOOST_TEST(destination.waiting == 3U);
    BOOST_TEST(destination.sending == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_none_of_ours_is_refused_with_what_to_do) {
    const TemporaryFolder folder;
    write_file(folder / "deliveries.sqlite", "no database");
    const auto queue = DeliveryQueue::open(folder / "deliveries.sqlite");
    BOOST_REQUIRE(!queue.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_the_node_does_not_offer_any_more)

BOOST_AUTO_TEST_CASE(is_forgotten_after_its_time_and_the_rest_is_not) {
    QueueAtWork work;
    work.enqueue(5);
    work.deliver(work.take(3));
    need(work.queue->drop({.ae_title = "ARCHIVE", .sop_instance_uids = {uid_of(4)}}));
    const auto start = system_clock::now();
    work.gone = {uid_of(1), uid_of(4), uid_of(5)};
    BOOST_TEST(need(work.queue->forget_gone(start, 48h)) == 0U);
    BOOST_TEST(need(work.queue->forget_gone(start + 47h, 48h)) == 0U);
    work.open();
    BOOST_TEST(need(work.queue->forget_gone(start + 49h, 48h)) == 2U);  // 5 was never settled
    const DestinationEntry left = work.destination();
    BOOST_TEST(left.delivered == 2U);
    BOOST_TEST(left.dropped == 0U);
    BOOST_TEST(left.waiting == 1U);
    work.gone.clear();
    BOOST_TEST(work.enqueue(5) == 2U);
}

BOOST_AUTO_TEST_CASE(is_remembered_when_it_comes_back_before) {
    QueueAtWork work;
    work.enqueue(1);
    work.deliver(work.take());
    const auto start = system_clock::now();
    work.gone = {uid_of(1)};
    need(work.queue->forget_gone(start, 48h));
    work.gone.clear();
    need(work.queue->forget_gone(start + 47h, 48h));
    work.gone = {uid_of(1)};
    BOOST_TEST(need(work.queue->forget_gone(start + 49h, 48h)) == 0U);  // gone since now
    BOOST_TEST(work.enqueue(1) == 0U);
}

BOOST_AUTO_TEST_CASE(is_kept_while_a_commitment_is_awaited) {
    QueueAtWork work;
    work.enqueue(1, true);
    work.deliver(work.take());
    work.gone = {uid_of(1)};
    const auto start = system_clock::now();
    need(work.queue->forget_gone(start, 1h));
    BOOST_TEST(need(work.queue->forget_gone(start + 2h, 1h)) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
