// One C-MOVE over several associations with its destination, and several operations at a time on
// each: every object once, counters that add up, one final response, however it ends.
#include "services/move_shares.hpp"
#include "support/move_bench.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <set>
#include <vector>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;

namespace {

struct LaneBench : MoveBench {
    LaneBench(std::size_t count, std::uint16_t associations, std::uint16_t operations = 1)
        : MoveBench(count) {
        Peer& destination = access->peers["DEST"];
        destination.associations = associations;
        destination.operations_invoked_max = operations;
        grants_operations = operations;
    }

    /// Answers a store only when the same association has `waiting` of them, the last one first, or
    /// when no more will come.
    void answer_late(std::size_t waiting, std::size_t count) {
        on_store = [this, waiting, count](FakeAssociation& fake, const SentMessage& stored) {
            auto& unanswered = late[&fake];
            unanswered.push_back(stored);
            most_waiting = std::max(most_waiting, unanswered.size());
            if (unanswered.size() < waiting && stores().size() < count) {
                return;
            }
            for (auto& [association, held] : late) {
                while (!held.empty()) {
                    association->deliver(store_response(held.back(), 0));
                    held.pop_back();
                }
            }
        };
    }

    std::set<std::string> stored_uids() const {
        std::set<std::string> uids;
        for (const SentMessage& stored : stores()) {
            uids.insert(*stored.command.affected_sop_instance_uid);
        }
        return uids;
    }
    std::size_t released() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(destinations, [](const auto& one) { return one->released; }));
    }
    /// Remaining, completed, failed and warning.
    std::size_t sum() const {
        const Counters counters = counters_of(final_response().command);
        return std::size_t{counters.remaining.value_or(0)} + counters.completed.value() +
               counters.failed.value() + counters.warning.value();
    }

    std::map<FakeAssociation*, std::vector<SentMessage>> late;
    std::size_t most_waiting = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_c_4_2_several_associations)

BOOST_DATA_TEST_CASE(share_the_objects, boost::unit_test::data::make({2, 4, 32}), associations) {
    LaneBench bench(25, static_cast<std::uint16_t>(associations));
    bench.answers = {0, 0xA700, 0xB000, 0, 0xC000};
    bench.move();
    BOOST_TEST(bench.final_status() == 0xB000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 22, 2, 1}));
    BOOST_TEST(bench.stores().size() == 25U);
    BOOST_TEST(bench.stored_uids().size() == 25U);
    BOOST_TEST(bench.requests.size() > 1U);
    BOOST_TEST(bench.requests.size() <= std::size_t(std::min(associations, 25)));
    BOOST_TEST(bench.released() == bench.destinations.size());
    std::set<std::uint16_t> message_ids;
    for (const SentMessage& stored : bench.stores()) {
        message_ids.insert(*stored.command.message_id);
    }
    BOOST_TEST(message_ids.size() == 25U);
}

BOOST_AUTO_TEST_CASE(are_no_more_than_there_are_objects) {
    LaneBench bench(2, 8);
    bench.move();
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_TEST(bench.requests.size() == 2U);
}

BOOST_AUTO_TEST_CASE(are_as_many_as_the_destination_takes) {
    LaneBench bench(20, 4);
    bench.refusal = Fault{.kind = FaultKind::refused, .doing = "rejected 2/3/2"};
    bench.accepts_before_refusal = 1;
    bench.move();
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 20, 0, 0}));
    BOOST_TEST(bench.destinations.size() == 1U);
    BOOST_TEST(bench.events.failed_sub_operations.empty());
}

BOOST_AUTO_TEST_CASE(carry_only_what_they_agreed_on_alike) {
    LaneBench bench(20, 2);
    const auto connect = bench.request_association;
    bench.request_association = [&](AssociationRequest request) {
        if (!bench.requests.empty()) {
            bench.accept_only = "1.2.3";
        }
        return connect(std::move(request));
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_REQUIRE(bench.destinations.size() == 2U);
    BOOST_TEST(bench.destinations[0]->sent.size() == 20U);
    BOOST_TEST(bench.destinations[1]->sent.empty());
    BOOST_TEST(bench.destinations[1]->released);
}

BOOST_AUTO_TEST_CASE(of_which_one_dies_lose_its_object_only) {
    LaneBench bench(30, 3);
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (bench.destinations.size() > 1 && &fake == bench.destinations[1].get()) {
            fake.lose("connection reset");
        } else {
            fake.deliver(store_response(stored, 0));
        }
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0xB000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 29, 1, 0}));
    BOOST_TEST(bench.events.failed_sub_operations.at(0).why == "connection reset");
}

BOOST_AUTO_TEST_CASE(of_which_the_first_dies_go_on_too) {
    LaneBench bench(30, 3);
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (&fake == bench.destinations[0].get() && fake.sent.size() == 2) {
            fake.lose("connection reset");
        } else {
            fake.deliver(store_response(stored, 0));
        }
    };
    bench.move();
    BOOST_TEST(bench.sum() == 30U);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 29, 1, 0}));
}

BOOST_AUTO_TEST_CASE(of_which_the_one_dies_that_others_gave_way_to_are_replaced) {
    LaneBench bench(30, 3);
    std::vector<std::unique_ptr<MoveShares::Share>> other_moves;
    std::function<void()> lose_first = [&] {
        if (bench.released() == 2U) {
            bench.destinations[0]->lose("connection reset");
        } else {
            boost::asio::post(bench.peer.executor(), lose_first);
        }
    };
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (&fake == bench.destinations[0].get()) {
            return;  // it hangs, and nobody knows
        }
        fake.deliver(store_response(stored, 0));
        if (other_moves.empty() && bench.destinations.size() == 3U) {
            for (int move = 0; move < 2; ++move) {
                other_moves.push_back(
                    std::make_unique<MoveShares::Share>(bench.move_shares, "DEST"));
            }
            lose_first();
        }
    };
    bench.move();
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 29, 1, 0}));
    BOOST_TEST(bench.destinations.size() == 4U);
    BOOST_TEST(bench.released() == 3U);
}

BOOST_AUTO_TEST_CASE(that_all_die_fail_each_object_once) {
    LaneBench bench(30, 3);
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (fake.sent.size() == 3) {
            fake.lose("connection reset");
        } else {
            fake.deliver(store_response(stored, 0));
        }
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0xB000);
    BOOST_TEST(bench.sum() == 30U);
    const Counters counters = counters_of(bench.final_response().command);
    BOOST_TEST(counters.completed.value() == 2 * bench.destinations.size());
    const auto list = failed_list_of(bench.final_response());
    BOOST_TEST(std::size_t(std::ranges::count(list, '\\')) + 1 == counters.failed.value());
}

BOOST_AUTO_TEST_CASE(end_what_is_in_flight_when_cancelled_and_send_nothing_more) {
    LaneBench bench(40, 4);
    std::size_t stored_at_cancel = 0;
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (bench.stores().size() == 8) {
            bench.peer.cancel(21);
            stored_at_cancel = bench.stores().size();
        }
        fake.deliver(store_response(stored, 0));
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0xFE00);
    BOOST_TEST(bench.stores().size() == stored_at_cancel);
    BOOST_TEST(bench.sum() == 40U);
    BOOST_TEST(counters_of(bench.final_response().command).completed.value() == 8);
    BOOST_TEST(bench.released() == bench.destinations.size());
}

BOOST_AUTO_TEST_CASE(are_all_ended_when_the_requester_goes) {
    LaneBench bench(40, 4);
    bench.settings.pending_every = std::chrono::milliseconds(1);
    bench.on_store = [&](FakeAssociation&, const SentMessage&) {  // nothing is answered
        if (bench.stores().size() == 4) {
            bench.peer.lose();
        }
    };
    bench.move();
    BOOST_TEST(bench.stores().size() == 4U);
    for (const auto& destination : bench.destinations) {
        BOOST_TEST((destination->aborted || destination->released));
    }
    BOOST_TEST(bench.events.kept.size() == 1U);
}

BOOST_AUTO_TEST_CASE(answer_once_when_opening_one_throws) {
    LaneBench bench(400, 4);  // more than other lanes move before it happens
    const auto connect = bench.request_association;
    bench.request_association =
        [&](AssociationRequest request) -> Awaitable<Result<std::unique_ptr<Association>>> {
        if (bench.requests.size() == 2) {
            throw std::runtime_error("a bug");
        }
        return connect(std::move(request));
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0xC000);
    BOOST_TEST(bench.events.kept.at(0).why == "internal error: a bug");
    BOOST_TEST(bench.stores().size() < 400U);
}

BOOST_AUTO_TEST_CASE(answer_once_when_the_first_throws_while_others_send) {
    LaneBench bench(400, 4);  // more than other lanes move before it happens
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (&fake == bench.destinations[0].get() && fake.sent.size() == 3) {
            throw std::runtime_error("a bug");
        }
        fake.deliver(store_response(stored, 0));
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0xC000);
    BOOST_TEST(bench.stores().size() < 400U);
}

BOOST_AUTO_TEST_CASE(are_shared_by_the_moves_to_one_destination) {
    const auto shares = std::make_shared<MoveShares>();
    const MoveShares::Share first(shares, "DEST");
    BOOST_TEST(first.of(4) == 4U);
    {
        const MoveShares::Share second(shares, "DEST");
        const MoveShares::Share elsewhere(shares, "OTHER");
        BOOST_TEST(first.of(4) == 2U);
        BOOST_TEST(second.of(4) == 2U);
        BOOST_TEST(second.of(1) == 1U);
        BOOST_TEST(elsewhere.of(4) == 4U);
    }
    BOOST_TEST(first.of(4) == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_3_operations_towards_a_destination)

BOOST_AUTO_TEST_CASE(are_as_many_at_a_time_as_it_grants_answered_in_any_order) {
    LaneBench bench(20, 1, 5);
    bench.grants_operations = 3;
    bench.answer_late(3, 20);
    bench.move();
    BOOST_TEST(bench.requests.at(0).operations_invoked_max == 5);
    BOOST_TEST(bench.most_waiting == 3U);
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 20, 0, 0}));
}

BOOST_AUTO_TEST_CASE(are_one_where_it_grants_none) {
    LaneBench bench(5, 1, 5);
    bench.grants_operations = 1;
    bench.answer_late(1, 5);
    bench.move();
    BOOST_TEST(bench.most_waiting == 1U);
    BOOST_TEST(bench.final_status() == 0x0000);
}

BOOST_AUTO_TEST_CASE(fail_together_when_it_dies) {
    LaneBench bench(10, 1, 4);
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (fake.sent.size() == 5) {
            fake.lose("connection reset");
        } else if (fake.sent.size() == 1) {
            fake.deliver(store_response(stored, 0));
        }
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0xB000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 1, 9, 0}));
}

BOOST_AUTO_TEST_CASE(on_several_associations_at_once_add_up) {
    LaneBench bench(60, 3, 4);
    bench.answer_late(4, 60);
    bench.move();
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_TEST(bench.stored_uids().size() == 60U);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 60, 0, 0}));
    BOOST_TEST(bench.most_waiting <= 4U);
}

BOOST_AUTO_TEST_SUITE_END()
