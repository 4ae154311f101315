// R16–R35: what a retrieval may ask for, and what may go wrong on its way (PS3.4 C.4.2, C.4.3).

#include "conformance/cases.hpp"
#include "conformance/retrieve_steps.hpp"
#include "storescp/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace cxr::storescp::conformance {

namespace {

Retrieval refused_get(Play& play, const Attributes& identifier) {
    Probe probe = open_get(play, held_classes(play));
    return play.get(probe, sop::study_root_get, identifier);
}

void r16(Play& play) {
    const std::string study = play.held().study_instance_uid;
    expect_status(
        play, "C-GET-RSP A900", refused_get(play, keys("FOO", {{DCM_StudyInstanceUID, study}})));
    expect_status(play,
                  "C-GET-RSP A900",
                  refused_get(play, keys("PATIENT", {{DCM_PatientID, play.held().patient_id}})));
    expect_status(play, "C-GET-RSP A900", refused_get(play, keys("STUDY", {})));
    play.saw("unknown level, PATIENT in Study Root, no unique key: C-GET-RSP A900");
}

/// Two instances of one series, found or stored by us; NotPlayable: there is no such series.
std::pair<HeldInstance, HeldInstance> two_of_a_series(const Play& play) {
    std::vector<HeldInstance> all = play.known().instances;
    all.insert(all.end(), play.known().stored.begin(), play.known().stored.end());
    for (const HeldInstance& one : all) {
        for (const HeldInstance& other : all) {
            if (one.series_instance_uid == other.series_instance_uid &&
                one.sop_class_uid == other.sop_class_uid &&
                one.sop_instance_uid < other.sop_instance_uid) {
                return {one, other};
            }
        }
    }
    throw NotPlayable{"needs a series of two instances"};
}

Retrieval got_instances(Play& play, const HeldInstance& of_series, const std::string& uids) {
    HeldInstance listed = of_series;
    listed.sop_instance_uid = uids;
    Probe probe = open_get(play, {of_series.sop_class_uid});
    return play.get(probe, sop::study_root_get, one_instance(listed));
}

void r17(Play& play) {
    const HeldInstance& held = play.held();
    for (const std::string& pattern : {held.study_instance_uid.substr(0, 5) + "*", std::string()}) {
        expect_status(play,
                      "C-GET-RSP A900",
                      refused_get(play, keys("STUDY", {{DCM_StudyInstanceUID, pattern}})));
    }
    const auto [one, other] = two_of_a_series(play);
    const Retrieval both =
        got_instances(play, one, one.sop_instance_uid + "\\" + other.sop_instance_uid);
    expect_status(play, "C-GET-RSP 0000", both);
    play.expect(both.received.size() == 2, "2 objects", in_words(both.outcome));
    play.saw("a list brings each; wild card and empty: A900");
}

void r18(Play& play) {
    Attributes identifier = whole_study(play.held());
    put(identifier, DCM_AccessionNumber, "NO_SUCH_NUMBER");
    const Retrieval retrieval = refused_get(play, identifier);
    expect_status(play, "C-GET-RSP A900 or C-GET-RSP 0000", retrieval);
    const std::size_t all = play.known().instances.size();
    play.expect(retrieval.outcome.status() != 0 || retrieval.received.size() == all,
                "A900, or the key ignored",
                fmt::format("{} of {} objects", retrieval.received.size(), all));
    play.saw(retrieval.outcome.status() == 0 ? "ignored" : retrieval.outcome.text);
}

void r19(Play& play) {
    const Retrieval orphan =
        refused_get(play, keys("IMAGE", {{DCM_SOPInstanceUID, play.held().sop_instance_uid}}));
    expect_status(play, "C-GET-RSP A900", orphan);
}

void r20(Play& play) {
    const HeldInstance& held = play.held();
    const Retrieval some =
        got_instances(play, held, held.sop_instance_uid + "\\" + play.uid("none"));
    expect_status(play, "C-GET-RSP 0000 or C-GET-RSP B000 or C-GET-RSP A900", some);
    play.saw(fmt::format("{} sent, {}", some.received.size(), in_words(some.outcome)));
}

void r21(Play& play) {
    const HeldInstance& held = play.held();
    const Retrieval twice =
        got_instances(play, held, held.sop_instance_uid + "\\" + held.sop_instance_uid);
    expect_status(play, "C-GET-RSP 0000 or C-GET-RSP B000 or C-GET-RSP A900", twice);
    play.saw(fmt::format("{} sent, {}", twice.received.size(), in_words(twice.outcome)));
}

void r23(Play& play) {
    const std::size_t all = several_instances(play, 2).sop_instance_uids.size();
    const MoveResult moved =
        move_to_us(play, whole_study(play.held()), {.vanish_after_first = true});
    expect_status(play, "C-MOVE-RSP B000 or C-MOVE-RSP A702 or C-MOVE-RSP Cxxx", moved.retrieval);
    const unsigned failed = command_of(moved.retrieval).failed_suboperations.value_or(0);
    play.expect(failed >= all - 1,
                fmt::format("at least {} failed", all - 1),
                in_words(moved.retrieval.outcome));
    play.saw(in_words(moved.retrieval.outcome));
}

void r25(Play& play) {
    play.need(sop::study_root_move);
    OwnProvider provider(play.settings(), {.before_each_answer = milliseconds(200)});
    {
        Probe probe = play.open({sop::study_root_move});
        CommandSet command = request_of(CommandField::c_move_rq, sop::study_root_move);
        command.move_destination = play.settings().move_destination->ae_title;
        probe.send(1, command, encoded(whole_study(play.held()), syntax::implicit_little));
        static_cast<void>(probe.receive(milliseconds(100)));
    }  // A-ABORT
    std::size_t received = 0;
    std::string end = "nobody came";
    for (const Visit& visit : provider.finish(play.settings().answer_within)) {
        received += visit.received.size();
        end = visit.end;
    }
    play.expect_alive();
    const std::size_t all = play.known().instances.size();
    play.saw(fmt::format("{}: {} of {} objects arrived; the sub-association ended with {}",
                         received < all ? "stopped" : "went on",
                         received,
                         all,
                         end));
}

void r26(Play& play) {
    play.need_permission_to_store();
    play.need(sop::study_root_move);
    const Retrieval self = move_to(play, play.settings().called_ae_title, whole_study(play.held()));
    expect_status(
        play, "C-MOVE-RSP A801 or C-MOVE-RSP 0000 or C-MOVE-RSP B000 or C-MOVE-RSP A702", self);
}

void r27(Play& play) {
    Probe probe = open_get(play, held_classes(play), false);
    const Retrieval none = play.get(probe, sop::study_root_get, whole_study(play.held()));
    expect_status(play, "C-GET-RSP A702 or C-GET-RSP B000 or C-GET-RSP Cxxx", none);
    play.expect(none.received.empty(),
                "no C-STORE without the role",
                fmt::format("{} of them", none.received.size()));
    play.saw(in_words(none.outcome));
}

void r28(Play& play) {
    static_cast<void>(several_instances(play, 2));
    const Retrieval all = got(play);
    std::set<std::uint16_t> ids;
    for (const Received& one : all.received) {
        ids.insert(one.command.message_id.value_or(0));
        play.expect(!one.command.move_originator_ae_title,
                    "no move originator in a C-GET",
                    one.command.move_originator_ae_title.value_or(""));
    }
    play.expect(all.received.size() >= 2 && ids.size() == all.received.size(),
                "a Message ID for each C-STORE",
                fmt::format("{} ids for {} stores", ids.size(), all.received.size()));
    play.saw(fmt::format("{} stores with ids of their own", ids.size()));
}

void r29(Play& play) {
    static_cast<void>(several_instances(play, 2));
    const Retrieval some = got(play, failing_first(status::out_of_resources));
    expect_status(play, "C-GET-RSP B000", some);
    expect_failed_list(play, some, 1);
    play.saw(in_words(some.outcome));
}

void r30(Play& play) {
    const Retrieval none = got(play, always(status::out_of_resources));
    play.expect(none.outcome.message && none.outcome.status() != 0xA801,
                "no A801 for a C-GET",
                none.outcome.text);
    play.expect(!command_of(none).remaining_suboperations,
                "no Remaining counter in the final response",
                in_words(none.outcome));
    expect_failed_list(play, none, play.known().instances.size());
    play.saw(in_words(none.outcome));
}

void r31(Play& play) {
    play.need(sop::study_root_move);
    const Attributes study = whole_study(play.held());
    expect_status(
        play, "C-MOVE-RSP 0122", move_to(play, "CXR_NOWHERE", study, sop::patient_root_move));
    expect_status(play,
                  "C-MOVE-RSP 0212 or C-MOVE-RSP A801 or A-ABORT 0/x or A-ABORT 2/x",
                  move_to(play, std::nullopt, study));
    play.saw("another class: 0122; without Move Destination: " + play.last_seen());
}

void r33(Play& play) {
    const MoveResult moved = move_to_us(play, whole_study(play.held()), {.implicit_only = true});
    expect_status(play, "C-MOVE-RSP 0000 or C-MOVE-RSP B000 or C-MOVE-RSP A702", moved.retrieval);
    for (const Received& one : moved.retrieval.received) {
        play.expect(one.transfer_syntax == syntax::implicit_little,
                    "Implicit VR Little Endian",
                    one.transfer_syntax);
    }
    play.saw(in_words(moved.retrieval.outcome));
}

void r34(Play& play) {
    play.need(sop::study_root_move);
    OwnProvider provider(play.settings(), {.before_each_answer = milliseconds(20)});
    Retrieval results[2];
    std::vector<Probe> probes;
    for (int i = 0; i < 2; ++i) {
        probes.push_back(play.open({sop::study_root_move}));
        CommandSet command = request_of(CommandField::c_move_rq, sop::study_root_move);
        command.move_destination = play.settings().move_destination->ae_title;
        probes.back().send(1, command, encoded(whole_study(play.held()), syntax::implicit_little));
    }
    std::thread other([&] { results[1] = collect_responses(probes[1]); });
    results[0] = collect_responses(probes[0]);
    other.join();
    for (const Retrieval& result : results) {
        expect_status(play, "C-MOVE-RSP 0000", result);
        play.expect(command_of(result).completed_suboperations == play.known().instances.size(),
                    fmt::format("{} completed in each", play.known().instances.size()),
                    in_words(result.outcome));
    }
}

constexpr std::string_view move_test = "storescp.services.move_scp_test";
constexpr std::string_view progress_test = "storescp.services.move_progress_test";

constexpr Case cases[] = {
    row("R16", n, "PS3.4 C.4.2.2.1", "A wrong level, or no unique key: A900", played(r16)),
    row("R17",
        n,
        "PS3.4 C.4.2.1.4.1",
        "Lists of UIDs bring each; wild cards and nothing: A900",
        played(r17)),
    row("R18",
        n,
        "PS3.4 C.4.2.1.4.1",
        "Keys that do not belong there: A900, or ignored",
        played(r18)),
    row("R19", n, "PS3.4 C.4.2.2.1", "An instance without its study and series: A900", played(r19)),
    row("R20", p, "PS3.4 C.4.2.3.1", "An unknown UID among known ones", played(r20)),
    row("R21", p, "PS3.4 C.4.2.1.4.1", "The same UID twice in a list", played(r21)),
    row("R22",
        n,
        "PS3.4 C.4.2.3.1",
        "An object that is gone meanwhile is a failure",
        by_a_test(move_test)),
    row("R23",
        n,
        "PS3.4 C.4.2.1.5",
        "A destination that leaves midway: the rest failed",
        played(r23)),
    row("R24",
        n,
        "PS3.4 C.4.2.3",
        "A slow destination does not silence the node",
        by_a_test(progress_test)),
    row("R25", p, "PS3.4 C.4.2.3", "A requester that leaves midway", played(r25)),
    row("R26", n, "PS3.4 C.4.2.1", "A move to the node itself works or is refused", played(r26)),
    row("R27", n, "PS3.4 C.5.3", "A C-GET without role selection: failures, no abort", played(r27)),
    row("R28", n, "PS3.4 C.4.3.3", "A C-GET's stores have Message IDs of their own", played(r28)),
    row("R29", n, "PS3.4 C.4.3.1.5", "Stores of a C-GET answered A700 are failures", played(r29)),
    row("R30",
        n,
        "PS3.4 C.4.3.1.5",
        "A C-GET's counters and list are those of a C-MOVE",
        played(r30)),
    row("R31",
        n,
        "PS3.7 Annex C",
        "Another class: 0122; no destination: 0212 or A801",
        played(r31)),
    row("R32",
        p,
        "PS3.7 Annex E",
        "More than 65,535 sub-operations never wrap a counter",
        by_a_test(move_test)),
    row("R33",
        n,
        "PS3.5 8",
        "A destination of Implicit VR only gets that, or a failure",
        played(r33)),
    row("R34", n, "PS3.4 C.4.2.1.6", "Two moves at once have counters of their own", played(r34)),
    row("R35",
        p,
        "PS3.5 7.1.2",
        "A failed list beyond 64 KiB is still valid",
        by_a_test(progress_test)),
};

}  // namespace

std::span<const Case> retrieve_request_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
