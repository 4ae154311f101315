// R1–R15: how a retrieval ends, what it counts and what it sends (PS3.4 C.4.2, C.4.3). C-GET needs
// no preparation at the peer and shows most; what only C-MOVE shows needs our listener.

#include "conformance/cases.hpp"
#include "conformance/retrieve_steps.hpp"
#include "storescp/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace cxr::storescp::conformance {

namespace {

void r1(Play& play) {
    play.need(sop::study_root_move);
    const Retrieval unknown = move_to(play, "CXR_NOWHERE", whole_study(play.held()));
    expect_status(play, "C-MOVE-RSP A801", unknown);
    play.expect(!command_of(unknown).has_data_set(), "no data set", "a data set");
    play.expect(counters(unknown.outcome).empty(),
                "no counters, as nothing was begun",
                in_words(unknown.outcome));
    play.expect(unknown.pending.empty(), "no pending response", "one");
    play.saw(in_words(unknown.outcome));
}

/// A destination that takes nothing. In words.
std::string expect_all_refused(Play& play, const Retrieval& retrieval) {
    expect_status(play, "C-MOVE-RSP A702 or C-MOVE-RSP Cxxx", retrieval);
    expect_counters(play, retrieval, {.failed = play.known().instances.size()});
    expect_all_failed(play, retrieval);
    return in_words(retrieval.outcome);
}

void r2(Play& play) {
    play.need(sop::study_root_move);
    if (!play.settings().move_destination) {
        throw NotPlayable{"needs --move-destination AE:PORT, known to the peer"};
    }
    // Nobody listens there outside of move_to_us().
    const std::string unreachable = expect_all_refused(
        play, move_to(play, play.settings().move_destination->ae_title, whole_study(play.held())));
    const auto refused = [&](const ProviderScript& script) {
        return expect_all_refused(play,
                                  move_to_us(play, whole_study(play.held()), script).retrieval);
    };
    play.saw(fmt::format("no listener: {}; a rejection: {}; no context: {}",
                         unreachable,
                         refused({.reject = true}),
                         refused({.accept = {std::string(sop::verification)}})));
}

void r4(Play& play) {
    static_cast<void>(play.held());
    Probe probe = open_get(play, held_classes(play));
    const Attributes nobodys = keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}});
    const Retrieval nothing = play.get(probe, sop::study_root_get, nobodys);
    expect_status(play, "C-GET-RSP 0000", nothing);
    expect_counters(play, nothing, {});
    play.expect(nothing.received.empty(), "no object", "some");
    std::string told = in_words(nothing.outcome);
    if (moves_to_us(play)) {
        const Retrieval moved = move_to_us(play, nobodys, {}).retrieval;
        expect_status(play, "C-MOVE-RSP 0000", moved);
        expect_counters(play, moved, {});
        told += "; " + in_words(moved.outcome);
    }
    play.saw(told);
}

void expect_all_there(Play& play, const Retrieval& all, std::string_view success) {
    const std::size_t expected = play.known().instances.size();
    expect_status(play, success, all);
    std::vector<std::string> received;
    for (const Received& one : all.received) {
        received.push_back(one.command.affected_sop_instance_uid.value_or(""));
    }
    std::ranges::sort(received);
    play.expect(received == held_instances(play),
                fmt::format("the {} objects of the study, each once", expected),
                fmt::format("{} objects", received.size()));
    expect_counters(play, all, {.completed = expected});
}

void r5(Play& play) {
    const Retrieval all = got(play);
    expect_all_there(play, all, "C-GET-RSP 0000");
    std::string told = in_words(all.outcome);
    if (moves_to_us(play)) {
        const Retrieval moved = move_to_us(play, whole_study(play.held()), {}).retrieval;
        expect_all_there(play, moved, "C-MOVE-RSP 0000");
        told += "; " + in_words(moved.outcome);
    }
    play.saw(told);
}

void expect_one_failed(Play& play, const Retrieval& some, std::string_view warning) {
    expect_status(play, warning, some);
    expect_counters(play, some, {.completed = play.known().instances.size() - 1, .failed = 1});
    expect_failed_list(play, some, 1);
    play.expect(some.failed_list.front() ==
                    some.received.front().command.affected_sop_instance_uid.value_or(""),
                "the UID of the failed object in the list",
                some.failed_list.front());
}

void r6(Play& play) {
    static_cast<void>(several_instances(play, 2));
    const Retrieval some = got(play, failing_first(status::cannot_understand));
    expect_one_failed(play, some, "C-GET-RSP B000");
    std::string told = in_words(some.outcome);
    if (moves_to_us(play)) {
        const Retrieval moved = move_to_us(play,
                                           whole_study(play.held()),
                                           {.answer = failing_first(status::cannot_understand)})
                                    .retrieval;
        expect_one_failed(play, moved, "C-MOVE-RSP B000");
        told += "; " + in_words(moved.outcome);
    }
    play.saw(told + ", its UID in the list");
}

void r7(Play& play) {
    const Retrieval none = got(play, always(status::cannot_understand));
    expect_status(play, "C-GET-RSP A702 or C-GET-RSP Cxxx", none);
    expect_counters(play, none, {.failed = play.known().instances.size()});
    expect_all_failed(play, none);
    std::string told = in_words(none.outcome);
    if (moves_to_us(play)) {
        const Retrieval moved =
            move_to_us(
                play, whole_study(play.held()), {.answer = always(status::cannot_understand)})
                .retrieval;
        told += "; " + expect_all_refused(play, moved);
    }
    play.saw(told);
}

void r8(Play& play) {
    const Retrieval warned = got(play, always(status::coercion_or_duplicate));
    expect_status(play, "C-GET-RSP B000", warned);
    play.expect(command_of(warned).warning_suboperations == play.known().instances.size(),
                "all counted as warnings",
                in_words(warned.outcome));
    play.saw(in_words(warned.outcome));
}

void r9(Play& play) {
    const std::size_t all = several_instances(play, 2).sop_instance_uids.size();
    Probe probe = open_get(play, held_classes(play));
    const Retrieval cancelled =
        play.get(probe,
                 sop::study_root_get,
                 whole_study(play.held()),
                 [&](const Received&, std::size_t index) {
                     if (index == 0) {
                         probe.send(probe.context(sop::study_root_get), cancel_of(1));
                     }
                     return status::success;
                 });
    expect_status(play, "C-GET-RSP FE00", cancelled);
    play.expect(cancelled.received.size() < all,
                "fewer objects than there are",
                fmt::format("{} of {}", cancelled.received.size(), all));
    expect_counters(play, cancelled, {.completed = cancelled.received.size()});
    const auto remaining = command_of(cancelled).remaining_suboperations;
    play.expect(!remaining || *remaining == all - cancelled.received.size(),
                fmt::format("{} remaining, where it counts them", all - cancelled.received.size()),
                in_words(cancelled.outcome));
    play.expect("nothing", probe.receive(milliseconds(300)));
    play.saw(fmt::format(
        "after {} of {}: {}", cancelled.received.size(), all, in_words(cancelled.outcome)));
}

/// Four counters that add up to the objects there are, more of them done from one to the next, and
/// no Identifier.
void expect_progress(Play& play, const Retrieval& retrieval) {
    const std::size_t all = play.known().instances.size();
    std::size_t remaining_before = all;
    for (const Seen& pending : retrieval.pending) {
        const CommandSet& said = pending.message->command;
        play.expect(pending.status() == 0xFF00, "pending responses of FF00", pending.text);
        play.expect(said.remaining_suboperations && said.completed_suboperations &&
                        said.failed_suboperations && said.warning_suboperations,
                    "all four counters in each pending response",
                    in_words(pending));
        const std::size_t sum = *said.remaining_suboperations + *said.completed_suboperations +
                                *said.failed_suboperations + *said.warning_suboperations;
        play.expect(sum == all, fmt::format("counters that add up to {}", all), in_words(pending));
        play.expect(*said.remaining_suboperations <= remaining_before,
                    "never more remaining than before",
                    in_words(pending));
        remaining_before = *said.remaining_suboperations;
        play.expect(!said.has_data_set(), "no Identifier in pending responses", "one");
    }
}

/// Slow enough for a peer that tells its progress by time.
std::uint16_t succeed_slowly(const Received& /*received*/, std::size_t /*index*/) {
    std::this_thread::sleep_for(milliseconds(700));
    return status::success;
}

void r10(Play& play) {
    const Retrieval all = got(play, succeed_slowly);
    if (all.pending.empty()) {
        throw NotPlayable{"the peer sends no pending responses"};
    }
    expect_progress(play, all);
    std::string told = fmt::format("{} pending", all.pending.size());
    if (moves_to_us(play)) {
        const Retrieval moved =
            move_to_us(play, whole_study(play.held()), {.before_each_answer = milliseconds(700)})
                .retrieval;
        expect_progress(play, moved);
        told += fmt::format(" of a C-GET, {} of a C-MOVE", moved.pending.size());
    }
    play.saw(told + ", each with all counters");
}

void r11(Play& play) {
    // In each, as many pending responses as the peer likes, and one final one behind them.
    Probe probe = open_get(play, held_classes(play));
    const Retrieval all = play.get(probe, sop::study_root_get, whole_study(play.held()));
    expect_all_there(play, all, "C-GET-RSP 0000");
    play.expect("nothing", probe.receive(milliseconds(200)));
    play.saw(fmt::format("{} pending, then {}", all.pending.size(), in_words(all.outcome)));
}

void r12(Play& play) {
    const std::size_t all = several_instances(play, 2).sop_instance_uids.size();
    // In turn: a failure, a warning, a success.
    constexpr std::uint16_t in_turn[] = {
        status::out_of_resources, status::coercion_or_duplicate, status::success};
    const Retrieval some =
        got(play, [&](const Received&, std::size_t index) { return in_turn[index % 3]; });
    const Counts counts{.completed = all / 3, .failed = (all + 2) / 3, .warning = (all + 1) / 3};
    play.expect(command_of(some).completed_suboperations.has_value(),
                "a Completed counter",
                in_words(some.outcome));
    expect_counters(play, some, counts);
    play.saw(in_words(some.outcome));
}

void r13(Play& play) {
    const auto classes = held_classes(play);
    if (classes.size() < 2) {
        throw NotPlayable{"needs a study of two SOP classes"};
    }
    const auto of_first = static_cast<std::size_t>(
        std::ranges::count(play.known().instances, classes.front(), &HeldInstance::sop_class_uid));
    Probe probe = open_get(play, {classes.front()});
    const Retrieval some = play.get(probe, sop::study_root_get, whole_study(play.held()));
    expect_status(play, "C-GET-RSP B000", some);
    play.expect(some.received.size() == of_first,
                fmt::format("{} objects of the accepted class", of_first),
                fmt::format("{} objects", some.received.size()));
    expect_failed_list(play, some, play.known().instances.size() - of_first);
    play.saw(in_words(some.outcome));
}

void r14(Play& play) {
    const MoveResult moved = move_to_us(play, whole_study(play.held()), {});
    play.expect(!moved.retrieval.received.empty(), "objects", in_words(moved.retrieval.outcome));
    for (const Received& one : moved.retrieval.received) {
        const std::string title = one.command.move_originator_ae_title.value_or("");
        const unsigned id = one.command.move_originator_message_id.value_or(0);
        play.expect(title == play.settings().calling_ae_title && id == 17,
                    fmt::format("originator {} #17", play.settings().calling_ae_title),
                    fmt::format("originator {} #{}", title.empty() ? "none" : title, id));
    }
    if (play.offers(sop::study_root_get)) {
        for (const Received& one : got(play).received) {
            play.expect(
                !one.command.move_originator_ae_title && !one.command.move_originator_message_id,
                "no originator in a C-GET",
                one.command.move_originator_ae_title.value_or("a Message ID"));
        }
    }
    play.saw("the originator in each C-STORE of a C-MOVE, none in a C-GET");
}

void r15(Play& play) {
    const MoveResult moved = move_to_us(play, whole_study(play.held()), {}, {.priority = 2});
    play.expect(!moved.retrieval.received.empty(), "objects", in_words(moved.retrieval.outcome));
    for (const Received& one : moved.retrieval.received) {
        play.expect(one.command.priority == 2,
                    "priority 2 (LOW), as requested",
                    fmt::format("priority {}", one.command.priority.value_or(0xFFFF)));
    }
}

constexpr std::string_view move_test = "storescp.services.move_scp_test";

constexpr Case cases[] = {
    row("R1",
        n,
        "PS3.4 C.4.2.1.5",
        "An unknown move destination: A801, without data set",
        played(r1)),
    row("R2",
        n,
        "PS3.4 C.4.2.1.5",
        "A destination that refuses: A702 or Cxxx, with the failed list",
        played(r2)),
    row("R3", n, "PS3.4 C.4.2.1.5", "Matches that cannot be computed: A701", by_a_test(move_test)),
    row("R4", n, "PS3.4 C.4.2.1.5", "No match is 0000 with counters of 0", played(r4)),
    row("R5",
        n,
        "PS3.4 C.4.2.1.6",
        "All succeed: 0000, without Remaining and data set",
        played(r5)),
    row("R6", n, "PS3.4 C.4.2.1.4.2", "Some failed: B000 with the list of those", played(r6)),
    row("R7", n, "PS3.4 C.4.2.1.5", "All failed: A702 or Cxxx, with the list of all", played(r7)),
    row("R8", n, "PS3.4 C.4.2.1.5", "All with warnings: B000", played(r8)),
    row("R9", n, "PS3.4 C.4.2.1.5", "C-CANCEL: FE00, and nothing more is sent", played(r9)),
    row("R10",
        n,
        "PS3.4 C.4.2.1.6",
        "Pending responses have all counters and one sum",
        played(r10)),
    row("R11",
        n,
        "PS3.4 C.4.2.3",
        "With pending responses or without, there is a final one",
        played(r11)),
    row("R12",
        n,
        "PS3.4 C.4.2.1.7",
        "Completed counts stores that were answered 0000",
        played(r12)),
    row("R13",
        n,
        "PS3.4 C.4.2.3.1",
        "A class without context fails alone, others go on",
        played(r13)),
    row("R14", n, "PS3.7 9.1.1", "A C-MOVE's stores name their originator", played(r14)),
    row("R15", n, "PS3.4 C.4.2.1.2", "A C-MOVE's stores have its priority", played(r15)),
};

}  // namespace

std::span<const Case> retrieve_outcome_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
