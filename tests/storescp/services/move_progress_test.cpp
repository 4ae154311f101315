#include "support/move_bench.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <future>
#include <optional>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;

BOOST_AUTO_TEST_SUITE(ps3_4_c_4_2_3_progress_and_cancel)

BOOST_AUTO_TEST_CASE(r10_pending_responses_have_all_counters_and_one_sum) {
    MoveBench bench(25);
    bench.settings.pending_every_suboperations = 1;
    bench.answers = {0, 0xA700, 0xB000};
    bench.move();
    const auto pending = bench.pending_responses();
    BOOST_TEST(!pending.empty());
    for (const SentMessage& message : pending) {
        const Counters counters = counters_of(message.command);
        BOOST_TEST(message.command.status.value() == 0xFF00);
        BOOST_TEST(!message.has_data_set);
        BOOST_TEST(counters.remaining.value() + counters.completed.value() +
                       counters.failed.value() + counters.warning.value() ==
                   25);
    }
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 23, 1, 1}));
    BOOST_TEST(&bench.final_response() == &bench.peer.sent.back());
}

BOOST_AUTO_TEST_CASE(r24_a_slow_destination_does_not_silence_us) {
    MoveBench bench(1);
    bench.settings.pending_every = std::chrono::milliseconds(1);
    std::optional<SentMessage> slow;  // stored, and not answered yet
    bench.on_store = [&](FakeAssociation&, const SentMessage& stored) { slow = stored; };
    bench.peer.on_sent = [&](const SentMessage&) {
        if (slow && bench.peer.sent.size() >= 3) {
            bench.destinations.at(0)->deliver(store_response(*slow, 0));
            slow.reset();
        }
    };
    bench.move();
    BOOST_TEST(bench.pending_responses().size() >= 3);
    BOOST_TEST(counters_of(bench.pending_responses()[2].command) == (Counters{1, 0, 0, 0}));
    BOOST_TEST(bench.final_status() == 0x0000);
}

BOOST_AUTO_TEST_CASE(r24_a_slow_disk_does_not_silence_us) {
    MoveBench bench(1);
    bench.settings.pending_every = std::chrono::milliseconds(1);
    std::promise<void> two_reports;
    bench.retrieve.before_load = [&] { two_reports.get_future().wait(); };
    bench.peer.on_sent = [&](const SentMessage&) {
        if (bench.peer.sent.size() == 2) {
            two_reports.set_value();
        }
    };
    bench.move();
    BOOST_TEST(bench.pending_responses().size() >= 2);
    BOOST_TEST(bench.final_status() == 0x0000);
}

BOOST_AUTO_TEST_CASE(r9_a_cancel_lets_the_store_in_flight_end_and_nothing_more_is_sent) {
    MoveBench bench(10);
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (bench.stores().size() == 3) {
            bench.peer.cancel(21);
        }
        fake.deliver(store_response(stored, bench.stores().size() == 1 ? 0xA700 : 0));
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0xFE00);
    BOOST_TEST(bench.stores().size() == 3);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{7, 2, 1, 0}));
    BOOST_TEST(failed_list_of(bench.final_response()) == "1.2.3.4.0");
    BOOST_TEST(bench.destinations.at(0)->released);
    BOOST_TEST(bench.retrieve.loads < 10U);
}

BOOST_AUTO_TEST_CASE(r9_a_cancel_before_the_first_store_leaves_all_remaining) {
    MoveBench bench(10);
    bench.peer.cancel(21);
    bench.move();
    BOOST_TEST(bench.final_status() == 0xFE00);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{10, 0, 0, 0}));
    BOOST_TEST(!bench.final_response().has_data_set);
    BOOST_TEST(bench.stores().empty());
}

BOOST_AUTO_TEST_CASE(r9_a_cancel_that_comes_after_the_last_store_changes_nothing) {
    MoveBench bench(2);
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (bench.stores().size() == 2) {
            bench.peer.cancel(21);
        }
        fake.deliver(store_response(stored, 0));
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 2, 0, 0}));
}

BOOST_AUTO_TEST_CASE(r25_a_requester_that_goes_has_its_sub_operations_ended) {
    MoveBench bench(10);
    bench.settings.pending_every = std::chrono::milliseconds(1);
    bench.on_store = [&](FakeAssociation&, const SentMessage&) { bench.peer.lose(); };
    bench.move();
    BOOST_TEST(bench.stores().size() == 1);
    BOOST_TEST(bench.destinations.at(0)->aborted.has_value());
    BOOST_TEST(bench.events.kept.size() == 1);
}

BOOST_AUTO_TEST_CASE(objects_are_loaded_ahead_but_only_a_few) {
    MoveBench bench(50);
    std::size_t loaded_at_first_store = 0;
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (bench.stores().size() == 1) {
            loaded_at_first_store = bench.retrieve.loads;
        }
        fake.deliver(store_response(stored, 0));
    };
    bench.move();
    BOOST_TEST(loaded_at_first_store <= 5U);
    BOOST_TEST(bench.retrieve.loads == 50U);
    BOOST_TEST(bench.final_status() == 0x0000);
}

BOOST_AUTO_TEST_CASE(r35_a_failed_list_longer_than_64_kib_is_un_in_explicit_vr) {
    MoveBench bench(8'000);
    bench.refusal = Fault{.kind = FaultKind::peer_gone, .doing = "connection refused"};
    bench.move();
    BOOST_TEST(bench.final_status() == 0xA702);
    const SentMessage& response = bench.final_response();
    const Bytes& bytes = response.data_set;
    BOOST_REQUIRE(bytes.size() > 65'536);
    BOOST_TEST(char(bytes[4]) == 'U');
    BOOST_TEST(char(bytes[5]) == 'N');
    const std::string list = failed_list_of(response);
    BOOST_TEST(std::count(list.begin(), list.end(), '\\') == 7'999);
}

BOOST_AUTO_TEST_SUITE_END()
