// Several operations of one association at a time (PS3.7 D.3.3.3), as the dispatcher runs them.
#include "support/service_bench.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;

namespace {

Agreement window_of(std::uint16_t operations) {
    Agreement agreement = agreement_of({accepted(1, study_root_find), accepted(3, verification)});
    agreement.operations_invoked_max = operations;
    agreement.window_negotiated = true;
    return agreement;
}

/// A query that waits at its first match until the C-ECHO after it is answered, or long enough.
struct Bench : ServiceBench {
    explicit Bench(std::uint16_t operations, std::uint16_t echo_id = 2)
        : ServiceBench(window_of(operations)) {
        query.matches.resize(2);
        for (dicom::Attributes& match : query.matches) {
            put(match, DcmTagKey(0x0020, 0x000D), "1.2.3");
        }
        query.before_find = [this] {
            std::unique_lock lock(mutex);
            echoed.wait_for(lock, patience, [this] { return echo_answered; });
        };
        peer.on_sent = [this](const SentMessage& message) {
            if (message.command.is(CommandField::c_echo_rsp)) {
                const std::lock_guard lock(mutex);
                echo_answered = true;
                echoed.notify_all();
            }
        };
        dicom::Attributes identifier;
        put(identifier, DcmTagKey(0x0008, 0x0052), "STUDY");
        put(identifier, DcmTagKey(0x0020, 0x000D), "");
        peer.deliver(with_data_set(request(CommandField::c_find_rq, study_root_find, 1)),
                     {encoded(identifier)});
        peer.deliver(request(CommandField::c_echo_rq, verification, echo_id), {}, 3, echo_id == 1);
    }
    std::vector<std::uint16_t> final_ids() const {
        std::vector<std::uint16_t> ids;
        for (const SentMessage& message : peer.sent) {
            if ((message.command.status.value_or(0) & 0xFF00U) != 0xFF00U) {
                ids.push_back(message.command.message_id_being_responded_to.value_or(0));
            }
        }
        return ids;
    }

    std::chrono::milliseconds patience{5'000};
    std::mutex mutex;
    std::condition_variable echoed;
    bool echo_answered = false;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_3_operations_at_a_time)

BOOST_AUTO_TEST_CASE(A50_with_a_window_of_two_an_echo_overtakes_a_query) {
    Bench bench(2);
    bench.serve();
    BOOST_TEST((bench.final_ids() == std::vector<std::uint16_t>{2, 1}));
    BOOST_TEST(bench.pending_responses().size() == 2U);
    BOOST_TEST(bench.events.kept.size() == 2U);
}

BOOST_AUTO_TEST_CASE(V13_with_a_window_of_one_it_waits_its_turn) {
    Bench bench(1);
    bench.patience = std::chrono::milliseconds(50);
    bench.serve();
    BOOST_TEST((bench.final_ids() == std::vector<std::uint16_t>{1, 2}));
}

BOOST_AUTO_TEST_CASE(A50_a_data_set_is_read_before_the_next_request) {
    Bench bench(4);
    bench.patience = std::chrono::milliseconds(1);
    dicom::Attributes identifier;
    put(identifier, DcmTagKey(0x0008, 0x0052), "STUDY");
    put(identifier, DcmTagKey(0x0020, 0x000D), "1.2.3.4");
    bench.peer.deliver(with_data_set(request(CommandField::c_find_rq, study_root_find, 3)),
                       {encoded(identifier)});
    bench.serve();
    BOOST_TEST(bench.final_ids().size() == 3U);
    for (const auto& finished : bench.events.kept) {
        BOOST_TEST(finished.status == 0x0000);
    }
}

BOOST_AUTO_TEST_CASE(S13_a_repeated_message_id_does_not_undo_the_cancel_of_the_first) {
    Bench bench(2, 1);
    const auto let_the_query_go_on = bench.peer.on_sent;
    bench.peer.on_sent = [&](const SentMessage& message) {
        if (message.command.is(CommandField::c_echo_rsp)) {
            bench.peer.cancel(1);
        }
        let_the_query_go_on(message);
    };
    bench.serve();
    BOOST_REQUIRE(bench.events.kept.size() == 2U);
    BOOST_TEST(bench.events.kept[0].status == 0x0210);
    BOOST_TEST(bench.events.kept[1].status == 0xFE00);
    BOOST_TEST(bench.pending_responses().empty());
    BOOST_TEST(!bench.peer.cancel_requested(1));
}

BOOST_AUTO_TEST_CASE(A34_a_peer_that_goes_ends_all_that_runs) {
    Bench bench(2);
    bench.peer.on_sent = [&](const SentMessage&) { bench.peer.lose(); };
    bench.patience = std::chrono::milliseconds(50);
    bench.serve();  // returns
    BOOST_TEST(bench.events.kept.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
