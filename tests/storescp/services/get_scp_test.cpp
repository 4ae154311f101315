#include "support/retrieve_bench.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <future>
#include <ostream>
#include <set>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;

namespace {

constexpr RoleSelection both_roles{.scu = true, .scp = true};

struct Bench : ServiceBench {
    explicit Bench(std::size_t count, RoleSelection roles = both_roles)
        : ServiceBench(agreement_of({accepted(1, study_root_get),
                                     accepted(3, secondary_capture, explicit_le(), roles)})) {
        retrieve.kept = instances(count);
        peer.on_sent = [this](const SentMessage& message) {
            if (is_store(message)) {
                ++stored;
                on_store(message);
            }
        };
    }

    void get() {
        CommandSet command = with_data_set(request(CommandField::c_get_rq, study_root_get, 2));
        command.priority = 1;
        peer.deliver(command, {encoded(study_identifier())});
        serve();
    }

    void answer(const SentMessage& message, std::uint16_t status) {
        peer.deliver(store_response(message, status), {}, 3);
    }

    std::vector<std::uint16_t> answers;
    std::size_t stored = 0;
    std::function<void(const SentMessage&)> on_store = [this](const SentMessage& message) {
        answer(message, stored <= answers.size() ? answers[stored - 1] : 0);
    };
};

struct Ending {
    const char* says;
    std::vector<std::uint16_t> answers;
    std::uint16_t status;
    Counters counters;
    const char* failed_list;
};
std::ostream& operator<<(std::ostream& out, const Ending& ending) {
    return out << ending.says;
}
const Ending endings[] = {
    {"R30 all succeed", {0, 0, 0}, 0x0000, {{}, 3, 0, 0}, nullptr},
    {"R29 the requester is out of resources once",
     {0, 0xA700, 0},
     0xB000,
     {{}, 2, 1, 0},
     "1.2.3.4.1"},
    {"R30 all fail",
     {0xA700, 0xA700, 0xA700},
     0xA702,
     {{}, 0, 3, 0},
     "1.2.3.4.0\\1.2.3.4.1\\1.2.3.4.2"},
    {"R30 all warn", {0xB000, 0xB000, 0xB000}, 0xB000, {{}, 0, 0, 3}, nullptr},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_c_4_3_c_get)

BOOST_DATA_TEST_CASE(r30_status_counters_and_failed_list_are_those_of_the_stores, endings, ending) {
    Bench bench(3);
    bench.answers = ending.answers;
    bench.get();
    const SentMessage& response = bench.final_response();
    BOOST_TEST(response.command.status.value() == ending.status);
    BOOST_TEST(counters_of(response.command) == ending.counters);
    BOOST_TEST(response.has_data_set == (ending.failed_list != nullptr));
    if (ending.failed_list != nullptr) {
        BOOST_TEST(failed_list_of(response) == ending.failed_list);
    }
}

BOOST_AUTO_TEST_CASE(r30_no_match_is_a_success_of_nothing) {
    Bench bench(0);
    bench.get();
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(r28_stores_go_over_the_same_association_with_ids_of_their_own) {
    Bench bench(3);
    bench.get();
    std::set<std::uint16_t> ids{2};
    for (const SentMessage& message : bench.peer.sent) {
        if (is_store(message)) {
            BOOST_TEST(ids.insert(message.command.message_id.value()).second);
            BOOST_TEST(message.presentation_context_id == 3);
            BOOST_TEST(message.command.priority.value() == 1);
            BOOST_TEST(!message.command.move_originator_ae_title.has_value());
            BOOST_TEST(!message.command.move_originator_message_id.has_value());
        }
    }
    BOOST_TEST(ids.size() == 4);
}

BOOST_AUTO_TEST_CASE(r27_without_the_scp_role_the_objects_fail_and_the_association_lives) {
    Bench bench(2, RoleSelection{});
    bench.get();
    BOOST_TEST(bench.final_status() == 0xA702);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 0, 2, 0}));
    BOOST_TEST(bench.stored == 0);
    BOOST_TEST(!bench.peer.aborted.has_value());
}

BOOST_AUTO_TEST_CASE(r28_a_cancel_during_a_store_lets_it_end) {
    Bench bench(5);
    bench.on_store = [&](const SentMessage& message) {
        if (bench.stored == 2) {
            bench.peer.cancel(2);
        }
        bench.answer(message, 0);
    };
    bench.get();
    BOOST_TEST(bench.final_status() == 0xFE00);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{3, 2, 0, 0}));
    BOOST_TEST(bench.stored == 2);
}

BOOST_AUTO_TEST_CASE(r10_pending_responses_come_by_count) {
    Bench bench(25);
    bench.settings.pending_every_suboperations = 10;
    bench.settings.pending_every = std::chrono::hours(1);
    bench.get();
    const auto pending = bench.pending_responses();
    BOOST_REQUIRE(pending.size() == 2);
    BOOST_TEST(counters_of(pending[0].command) == (Counters{15, 10, 0, 0}));
    BOOST_TEST(counters_of(pending[1].command) == (Counters{5, 20, 0, 0}));
    BOOST_TEST(!pending[0].has_data_set);
}

BOOST_AUTO_TEST_CASE(r11_pending_responses_come_while_a_disk_is_slow) {
    Bench bench(1);
    bench.settings.pending_every = std::chrono::milliseconds(1);
    std::promise<void> reported;
    bench.retrieve.before_load = [&] { reported.get_future().wait(); };
    const auto on_store = bench.peer.on_sent;
    bench.peer.on_sent = [&](const SentMessage& message) {
        on_store(message);
        if (!is_store(message) && bench.peer.sent.size() == 2) {
            reported.set_value();
        }
    };
    bench.get();
    BOOST_TEST(bench.pending_responses().size() >= 2);
    BOOST_TEST(bench.final_status() == 0x0000);
}

BOOST_AUTO_TEST_CASE(r22_an_object_that_cannot_be_loaded_fails_alone) {
    Bench bench(3);
    bench.retrieve.load_faults = {
        {"1.2.3.4.1", Fault{.kind = FaultKind::not_found, .doing = "deleted"}}};
    bench.get();
    BOOST_TEST(bench.final_status() == 0xB000);
    BOOST_TEST(failed_list_of(bench.final_response()) == "1.2.3.4.1");
}

BOOST_AUTO_TEST_CASE(a_requester_that_goes_during_a_store_gets_nothing_more) {
    Bench bench(3);
    bench.on_store = [&](const SentMessage&) { bench.peer.lose(); };
    bench.get();
    BOOST_TEST(bench.stored == 1);
    BOOST_TEST(bench.peer.sent.size() == 1);
    BOOST_TEST(bench.events.kept.size() == 1);
}

BOOST_AUTO_TEST_CASE(v13_another_request_while_a_store_is_due_its_answer_aborts) {
    Bench bench(3);
    bench.on_store = [&](const SentMessage&) {
        bench.peer.deliver(request(CommandField::c_get_rq, study_root_get, 3));
    };
    bench.get();
    BOOST_TEST(bench.peer.aborted.has_value());
    BOOST_TEST(bench.pending_responses().empty());
}

BOOST_AUTO_TEST_CASE(r16_an_identifier_without_level_is_a900) {
    Bench bench(3);
    dicom::Attributes identifier = study_identifier();
    identifier.erase(identifier.begin());
    bench.peer.deliver(with_data_set(request(CommandField::c_get_rq, study_root_get, 2)),
                       {encoded(identifier)});
    bench.serve();
    BOOST_TEST(bench.final_status() == 0xA900);
}

BOOST_AUTO_TEST_CASE(r32_more_than_65535_objects_are_a701) {
    Bench bench(65'536);
    bench.get();
    BOOST_TEST(bench.final_status() == 0xA701);
}

BOOST_AUTO_TEST_SUITE_END()
