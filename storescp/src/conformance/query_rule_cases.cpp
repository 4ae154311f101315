// F1–F15: what a C-FIND may ask for (PS3.4 C.4.1, C.6). What its responses hold stands in
// query_response_cases.cpp.

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cxr::storescp::conformance {

namespace {

/// The message answers this request, and what is in it.
void expect_response_fields(Play& play, const Seen& response, std::uint16_t message_id) {
    const CommandSet& command = response.message->command;
    play.expect(
        command.message_id_being_responded_to == message_id,
        fmt::format("a response to message {}", message_id),
        fmt::format("one to message {}", command.message_id_being_responded_to.value_or(0)));
    play.expect(command.affected_sop_class_uid.value_or(std::string(sop::study_root_find)) ==
                    sop::study_root_find,
                "the Affected SOP Class UID of the request",
                command.affected_sop_class_uid.value_or(""));
}

void f1(Play& play) {
    const Answers one = play.find(sop::study_root_find, the_study(play, {}));
    play.expect(one_match, one.outcome);
    // Of many, too; collect_answers() tests that each pending response has an Identifier.
    const Answers all = play.find(sop::study_root_find, all_studies());
    for (const Answers* answers : {&one, &all}) {
        play.expect(all_pending(*answers, 0xFF00),
                    "FF00 with every match",
                    answers->pending.empty() ? "none" : answers->pending.front().text);
        for (const Seen& pending : answers->pending) {
            expect_response_fields(play, pending, 1);
        }
        play.expect(answers->outcome.message && answers->outcome.status() == 0 &&
                        !answers->outcome.message->command.has_data_set(),
                    "a final 0000 without Identifier",
                    answers->outcome.text);
        expect_response_fields(play, answers->outcome, 1);
    }
    play.expect(all.matches.size() >= play.known().studies.size(),
                fmt::format("{} matches", play.known().studies.size()),
                all.outcome.text);
    play.saw("FF00 with Identifier for each match, then 0000 without");
}

void f2(Play& play) {
    play.expect(
        "C-FIND-RSP 0000",
        play.find(sop::study_root_find, keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}}))
            .outcome);
}

/// Asks on this association and looks at the end: a final response without Identifier, and nothing
/// behind it.
Seen expect_bare_end(Play& play, Probe& probe, const Attributes& identifier) {
    const Answers answers = play.find(probe, sop::study_root_find, identifier);
    play.expect(answers.outcome.message && !answers.outcome.message->command.has_data_set() &&
                    answers.outcome.message->data_set.empty(),
                "a final response without Identifier",
                answers.outcome.text);
    const Seen more = probe.receive(milliseconds(100));
    play.expect(more.text == "nothing", "nothing after the final response", more.text);
    return answers.outcome;
}

void f3(Play& play) {
    static_cast<void>(play.held());
    Probe probe = play.open({sop::study_root_find});
    // collect_answers() tests that each pending response has an Identifier.
    const Seen all = expect_bare_end(play, probe, all_studies());
    play.expect(all.text != no_match, "matches", all.text);
    const Seen none =
        expect_bare_end(play, probe, keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}}));
    play.expect(no_match, none);
    const Seen failed = expect_bare_end(play, probe, keys("FOO", {{DCM_StudyInstanceUID, ""}}));
    play.saw(fmt::format(
        "{}; {}; {}: no final response has an Identifier", all.text, none.text, failed.text));
}

void f4(Play& play) {
    play.expect(refused,
                play.find(sop::study_root_find, keys("", {{DCM_StudyInstanceUID, ""}})).outcome);
}

void f5(Play& play) {
    for (const char* level : {"FOO", "IMAGEX"}) {
        play.expect(
            refused,
            play.find(sop::study_root_find, keys(level, {{DCM_StudyInstanceUID, ""}})).outcome);
    }
}

void f6(Play& play) {
    play.expect(refused,
                play.find(sop::study_root_find, keys("PATIENT", {{DCM_PatientID, ""}})).outcome);
}

void f7(Play& play) {
    play.need(sop::patient_study_only_find);
    const HeldInstance& held = play.held();
    // Nothing is wrong with the identifiers but their level.
    for (const Attributes& identifier : {keys("SERIES",
                                              {{DCM_PatientID, held.patient_id},
                                               {DCM_StudyInstanceUID, held.study_instance_uid},
                                               {DCM_SeriesInstanceUID, ""}}),
                                         keys("IMAGE",
                                              {{DCM_PatientID, held.patient_id},
                                               {DCM_StudyInstanceUID, held.study_instance_uid},
                                               {DCM_SeriesInstanceUID, held.series_instance_uid},
                                               {DCM_SOPInstanceUID, ""}})}) {
        play.expect(refused, play.find(sop::patient_study_only_find, identifier).outcome);
    }
    play.saw("SERIES and IMAGE: C-FIND-RSP A900");
}

void f8(Play& play) {
    play.need(sop::study_root_find);
    Probe probe = play.open(play.request({sop::study_root_find, sop::unknown}));
    const auto& contexts = probe.answer().contexts;
    play.expect(
        contexts.size() == 2 && contexts[1].result == ContextResult::abstract_syntax_not_supported,
        "result 3 for an unknown class",
        "another result");
    probe.send(1,
               request_of(CommandField::c_find_rq, sop::unknown),
               encoded(all_studies(), syntax::implicit_little));
    play.expect("C-FIND-RSP 0122", probe.receive());
}

Attributes series_without_study() {
    return keys("SERIES", {{DCM_SeriesInstanceUID, ""}});
}

void f9(Play& play) {
    static_cast<void>(play.held());
    play.expect(refused_or_nothing,
                play.find(sop::study_root_find, series_without_study()).outcome);
}

void f10(Play& play) {
    const std::string study = play.held().study_instance_uid;
    std::string told;
    const auto series_of = [&](std::string_view expected, const std::string& parent) {
        play.expect(
            expected,
            play.find(sop::study_root_find,
                      keys("SERIES", {{DCM_StudyInstanceUID, parent}, {DCM_SeriesInstanceUID, ""}}))
                .outcome);
        told += (told.empty() ? "" : ", ") + play.last_seen();
    };
    series_of(no_uid, study.substr(0, 4) + "*");
    series_of(refused_or_nothing, study + "\\1.2.3");
    series_of(refused_or_nothing, "");
    play.saw("wild card, list, empty: " + told);
}

void f11(Play& play) {
    static_cast<void>(play.held());
    const Answers answers = play.find(sop::study_root_find, keys("STUDY", {{DCM_PatientName, ""}}));
    // A user shall ask for the unique key (C.4.1.2.1), a provider is told nothing about one that
    // does not: refused, or matches with what was asked for and the unique keys above, of which
    // this level has none (C.4.1.1.3.2, C.4.1.3.1.1).
    play.expect(answers.outcome.text == refused ||
                    (answers.outcome.status() == 0 && !answers.matches.empty()),
                "C-FIND-RSP A900, or matches",
                answers.outcome.text);
    play.saw(answers.outcome.text);
}

/// The held study's series, asked for with a key of the study that it does not have.
Answers series_with_study_key(Play& play, const DcmTagKey& tag, const std::string& value) {
    return play.find(sop::study_root_find,
                     keys("SERIES",
                          {{tag, value},
                           {DCM_StudyInstanceUID, play.held().study_instance_uid},
                           {DCM_SeriesInstanceUID, ""}}));
}

void f12(Play& play) {
    std::string told;
    const std::pair<DcmTagKey, const char*> keys[] = {{DCM_StudyDate, "19000101"},
                                                      {DCM_AccessionNumber, "NO_SUCH_NUMBER"}};
    for (const auto& key : keys) {
        const DcmTagKey& tag = key.first;
        const Answers answers = series_with_study_key(play, tag, key.second);
        // Ignored: it neither restricts nor is it returned, and every pending response says so.
        const bool ignored = !answers.pending.empty() && all_pending(answers, 0xFF01) &&
                             std::ranges::none_of(answers.matches, [&](const Attributes& match) {
                                 return find(match, tag) != nullptr;
                             });
        play.expect(answers.outcome.text == refused || ignored,
                    "C-FIND-RSP A900, or every pending FF01 and the key ignored",
                    answers.pending.empty()
                        ? answers.outcome.text
                        : answers.outcome.text + " after " + answers.pending.front().text);
        append(told, name_of(tag), answers.outcome.text);
    }
    play.saw(told);
}

void f13(Play& play) {
    Attributes identifier = the_study(play, {{DCM_SeriesInstanceUID, ""}});
    const Answers answers = play.find(sop::study_root_find, identifier);
    play.expect("C-FIND-RSP A900 or C-FIND-RSP Cxxx or C-FIND-RSP 0000 or 1 match, C-FIND-RSP 0000",
                answers.outcome);
    if (!answers.pending.empty()) {
        play.saw("ignored, " + answers.pending.front().text);
    }
}

void f14(Play& play) {
    static_cast<void>(play.held());
    Negotiated offered = negotiated(play, {1});
    const bool relational = offered.agrees(1);
    const Answers answers = play.find(offered.probe, sop::study_root_find, series_without_study());
    if (relational) {
        play.expect(answers.outcome.status() == 0 && !answers.matches.empty(),
                    "matches, as agreed",
                    answers.outcome.text);
    } else {
        play.expect(refused_or_nothing, answers.outcome);
    }
    play.saw((relational ? "agreed: " : "not agreed: ") + answers.outcome.text);
}

void f15(Play& play) {
    Probe probe = play.open({sop::study_root_find});
    play.expect(
        probe.answer().user.extended.empty(), "no extended negotiation item unless offered", "one");
    static_cast<void>(play.held());
    play.expect(refused_or_nothing,
                play.find(probe, sop::study_root_find, series_without_study()).outcome);
}

constexpr Case cases[] = {
    row("F1", n, "PS3.4 C.4.1.3", "A match is FF00 with Identifier, then 0000 without", played(f1)),
    row("F2", n, "PS3.4 C.4.1.1.4", "No match is a single 0000", played(f2)),
    row("F3",
        n,
        "PS3.4 C.4.1.1.4",
        "Every pending has an Identifier, the final response none",
        played(f3)),
    row("F4", n, "PS3.4 C.4.1.1.3.1", "Without Query/Retrieve Level: A900", played(f4)),
    row("F5", n, "PS3.4 C.4.1.1.3.1", "An unknown level: A900", played(f5)),
    row("F6", n, "PS3.4 C.6.2", "Study Root has no PATIENT level: A900", played(f6)),
    row("F7", n, "PS3.4 C.6.3", "Patient/Study Only has no SERIES level: A900", played(f7)),
    row("F8",
        n,
        "PS3.7 9.1.2",
        "An unknown class has result 3; one not of the context, 0122",
        played(f8)),
    row("F9",
        n,
        "PS3.4 C.4.1.2.1",
        "Without the parent's unique key: A900 or no match",
        played(f9)),
    row("F10",
        n,
        "PS3.4 C.4.1.2.1",
        "The parent's unique key is a single value: else A900",
        played(f10)),
    row("F11",
        n,
        "PS3.4 C.4.1.1.3.1",
        "Without the level's unique key: A900, or it is returned",
        played(f11)),
    row("F12",
        n,
        "PS3.4 C.4.1.1.3.1",
        "Keys above the level, not unique: A900, or FF01",
        played(f12)),
    row("F13", p, "PS3.4 C.4.1.1.3.1", "Keys below the level", played(f13)),
    row("F14", n, "PS3.4 C.5.1", "Relational queries work as was agreed", played(f14)),
    row("F15",
        n,
        "PS3.4 C.5.1",
        "Without an offer queries are hierarchical, and nothing answered",
        played(f15)),
};

}  // namespace

std::span<const Case> query_rule_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
