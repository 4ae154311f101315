// R22–R35: what may go wrong on a retrieval's way (PS3.4 C.4.2, C.4.3).

#include "conformance/cases.hpp"
#include "conformance/retrieve_steps.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "storescp/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>

namespace cxr::storescp::conformance {

namespace {

void r23(Play& play) {
    const std::size_t all = several_instances(play, 2).sop_instance_uids.size();
    const MoveResult moved =
        move_to_us(play, whole_study(play.held()), {.vanish_after_first = true});
    expect_status(play, "C-MOVE-RSP B000 or C-MOVE-RSP A702 or C-MOVE-RSP Cxxx", moved.retrieval);
    const CommandSet& said = command_of(moved.retrieval);
    const std::size_t failed = said.failed_suboperations.value_or(0);
    play.expect(failed >= all - 1,
                fmt::format("at least {} failed", all - 1),
                in_words(moved.retrieval.outcome));
    play.expect(failed + said.completed_suboperations.value_or(0) +
                        said.warning_suboperations.value_or(0) ==
                    all,
                fmt::format("counters that add up to {}", all),
                in_words(moved.retrieval.outcome));
    expect_failed_list(play, moved.retrieval, failed);
    play.saw(in_words(moved.retrieval.outcome));
}

/// Leaves while the objects are on their way; what the destination got all the same.
std::string left_midway(Play& play, const std::function<void(Probe&)>& leave) {
    OwnProvider provider(play.settings(), {.before_each_answer = milliseconds(200)});
    {
        Probe probe = play.open({sop::study_root_move});
        CommandSet command = request_of(CommandField::c_move_rq, sop::study_root_move);
        command.move_destination = play.settings().move_destination->ae_title;
        probe.send(1, command, encoded(whole_study(play.held()), syntax::implicit_little));
        static_cast<void>(probe.receive(milliseconds(100)));
        leave(probe);
    }
    std::size_t received = 0;
    std::string end = "nobody came";
    for (const Visit& visit : provider.finish(play.settings().answer_within)) {
        received += visit.received.size();
        end = visit.end;
    }
    play.expect_alive();
    const std::size_t all = play.known().instances.size();
    return fmt::format("{}: {} of {} objects arrived; the sub-association ended with {}",
                       received < all ? "stopped" : "went on",
                       received,
                       all,
                       end);
}

void r25(Play& play) {
    play.need(sop::study_root_move);
    static_cast<void>(several_instances(play, 2));
    const std::string aborted =
        left_midway(play, [](Probe& probe) { probe.send(pdu::encode(abort_by_user)); });
    // A release is answered, whenever; it is not forgotten over the move.
    const std::string released = left_midway(play, [&play](Probe& probe) {
        probe.send(pdu::encode_release_rq());
        Seen next = probe.receive(play.settings().wait_at_most);
        while (next.message) {
            next = probe.receive(play.settings().wait_at_most);
        }
        play.expect("A-RELEASE-RP or A-ABORT 0/x or A-ABORT 2/x or connection closed", next);
    });
    play.saw(fmt::format("aborted, {}; released, {}", aborted, released));
}

void r26(Play& play) {
    play.need_permission_to_store();
    play.need(sop::study_root_move);
    const std::size_t all = play.known().instances.size();
    std::string told;
    for (const auto& [says, title] :
         {std::pair{"itself", play.settings().called_ae_title},
          std::pair{"the requester", play.settings().calling_ae_title}}) {
        if (play.settings().move_destination &&
            play.settings().move_destination->ae_title == title) {
            continue;  // R5 moves there
        }
        const Retrieval moved = move_to(play, title, whole_study(play.held()));
        // Whether the peer knows itself or the requester is not known: any failure will do (R1 and
        // R2 look at those).
        expect_status(play,
                      "C-MOVE-RSP A801 or C-MOVE-RSP 0000 or C-MOVE-RSP B000 or C-MOVE-RSP A702 or "
                      "C-MOVE-RSP Cxxx",
                      moved);
        play.expect(
            moved.outcome.status() != 0 || command_of(moved).completed_suboperations.value_or(
                                               static_cast<std::uint16_t>(all)) == all,
            fmt::format("{} completed with 0000", all),
            in_words(moved.outcome));
        append(told, says, in_words(moved.outcome));
    }
    play.saw(told);
}

void r27(Play& play) {
    Probe probe = open_get(play, held_classes(play), false);
    const Retrieval none = play.get(probe, sop::study_root_get, whole_study(play.held()));
    expect_status(play, "C-GET-RSP A702 or C-GET-RSP B000 or C-GET-RSP Cxxx", none);
    play.expect(none.received.empty(),
                "no C-STORE without the role",
                fmt::format("{} of them", none.received.size()));
    expect_counters(play, none, {.failed = play.known().instances.size()});
    const Retrieval again = play.get(
        probe, sop::study_root_get, keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}}));
    expect_status(play, "C-GET-RSP 0000", again);  // no abort
    play.saw(in_words(none.outcome) + ", and the association goes on");
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
    const std::size_t all = play.known().instances.size();
    const Retrieval none = got(play, always(status::out_of_resources));
    expect_status(play, "C-GET-RSP A702 or C-GET-RSP Cxxx", none);
    expect_counters(play, none, {.failed = all});
    expect_all_failed(play, none);
    std::string told = in_words(none.outcome);
    if (all > 1) {
        const Retrieval some = got(play, failing_first(status::out_of_resources));
        expect_status(play, "C-GET-RSP B000", some);
        expect_counters(play, some, {.completed = all - 1, .failed = 1});
        expect_failed_list(play, some, 1);
        told += "; " + in_words(some.outcome);
    }
    const Retrieval whole = got(play);
    expect_status(play, "C-GET-RSP 0000", whole);
    expect_counters(play, whole, {.completed = all});
    play.saw(told + "; " + in_words(whole.outcome));
}

void r31(Play& play) {
    play.need(sop::study_root_move);
    const Attributes study = whole_study(play.held());
    expect_status(
        play, "C-MOVE-RSP 0122", move_to(play, "CXR_NOWHERE", study, sop::patient_root_move));
    expect_status(play,
                  "C-MOVE-RSP 0212 or C-MOVE-RSP A801 or A-ABORT 0/x or A-ABORT 2/x",
                  move_to(play, std::nullopt, study));
    const std::string without = play.last_seen();
    if (play.offers(sop::study_root_get)) {
        Probe probe = play.open({sop::study_root_get});
        probe.send(1,
                   request_of(CommandField::c_get_rq, sop::patient_root_get),
                   encoded(study, syntax::implicit_little));
        play.expect("C-GET-RSP 0122", probe.receive());
    }
    play.saw("another class: 0122; without Move Destination: " + without);
}

/// What a rendering and a checksum are made of: pixels, and every other value in any transfer
/// syntax that loses nothing.
struct Content {
    std::string pixels;
    std::size_t elements = 0;
};
std::map<std::string, Content> contents_of(Play& play, const std::vector<Received>& received) {
    std::map<std::string, Content> contents;
    for (const Received& one : received) {
        const auto* const syntax = dicom::find_transfer_syntax(one.transfer_syntax);
        const auto object = dicom::decode_attributes(
            one.data_set, syntax == nullptr ? dicom::implicit_vr_little_endian : *syntax);
        play.expect(
            object.has_value(), "a data set that can be read", object ? "" : object.error().doing);
        contents[one.command.affected_sop_instance_uid.value_or("")] = {
            .pixels = std::string(value_of(*object, DCM_PixelData)), .elements = object->size()};
    }
    return contents;
}

void r33(Play& play) {
    const MoveResult moved = move_to_us(play, whole_study(play.held()), {.implicit_only = true});
    expect_status(play, "C-MOVE-RSP 0000 or C-MOVE-RSP B000 or C-MOVE-RSP A702", moved.retrieval);
    const auto& arrived = moved.retrieval.received;
    for (const Received& one : arrived) {
        play.expect(one.transfer_syntax == syntax::implicit_little,
                    "Implicit VR Little Endian",
                    one.transfer_syntax);
    }
    expect_counters(
        play,
        moved.retrieval,
        {.completed = arrived.size(), .failed = play.known().instances.size() - arrived.size()});
    std::string told = in_words(moved.retrieval.outcome);
    if (play.offers(sop::study_root_get)) {
        auto expected = contents_of(play, got(play).received);
        for (const auto& [uid, content] : contents_of(play, arrived)) {
            play.expect(content.pixels == expected[uid].pixels &&
                            content.elements == expected[uid].elements,
                        "the pixels and elements that a C-GET brings",
                        "others of " + uid);
        }
        told += ", the same pixels as by C-GET";
    }
    play.saw(told);
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
    std::size_t arrived = 0;
    for (const Visit& visit : provider.finish(play.settings().answer_within)) {
        arrived += visit.received.size();
    }
    play.expect(arrived == 2 * play.known().instances.size(),
                fmt::format("{} objects in all", 2 * play.known().instances.size()),
                fmt::format("{}", arrived));
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
