// V10–V16: what no DIMSE service expects, and how failures are explained (PS3.7 §9.3, Annex C and
// E).

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"
#include "conformance/verification_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp::conformance {

namespace {

void v10(Play& play) {
    Probe probe = play.open({sop::verification});
    CommandSet command = echo_rq();
    command.data_set_type = 1;
    probe.send(1, command, element(0x0010'0020, "X "));
    const Seen answer = probe.receive();
    play.expect("C-ECHO-RSP xxxx or A-ABORT 0/x or A-ABORT 2/x or connection closed", answer);
    if (answer.message) {
        play.expect_alive(probe);
        play.saw(answer.text + ", and the association goes on");
        return;
    }
    play.expect_alive();
}

void v11(Play& play) {
    expect_answer(play,
                  echoed,
                  echo_elements({affected_class(),
                                 element(0x0000'0010, "OLD "),
                                 command_field(),
                                 message_id(),
                                 element(0x0000'0200, "INITIATOR "),
                                 data_set_type(),
                                 element(0x0000'5110, "TEXT")}));
    const std::string disordered = expect_answer(play,
                                                 echoed,
                                                 echo_elements({data_set_type(),
                                                                element(0x0000'5110, "TEXT"),
                                                                message_id(),
                                                                affected_class(),
                                                                command_field()}));
    play.saw("unknown and retired elements: C-ECHO-RSP 0000; out of order: " + disordered);
}

void v12(Play& play) {
    std::string told;
    for (const CommandField field :
         {CommandField::n_get_rq, CommandField::n_set_rq, CommandField::c_find_rq}) {
        Probe probe = play.open({sop::verification});
        CommandSet command;
        command.command_field = static_cast<std::uint16_t>(field);
        command.message_id = 1;
        command.data_set_type = field == CommandField::n_get_rq ? no_data_set : std::uint16_t{1};
        if (field == CommandField::c_find_rq) {
            command.affected_sop_class_uid = sop::verification;
            command.priority = 0;
        } else {
            command.requested_sop_class_uid = sop::verification;
            command.requested_sop_instance_uid = sop::unknown;
        }
        probe.send(1, command, element(0x0010'0020, "X "));
        const Seen answer = probe.receive();
        const std::string name = command_name(*command.command_field);
        const std::string response = name.substr(0, name.size() - 1) + "SP";
        play.expect(fmt::format("{0} 0211 or {0} 0122 or A-ABORT 0/x or A-ABORT 2/x", response),
                    answer);
        if (answer.message) {
            play.expect_alive(probe);
        }
        append(told, name, answer.text);
    }
    play.saw(told);
}

void v13(Play& play) {
    Probe probe = play.open({sop::verification});
    probe.send(1, echo_rq(1));
    probe.send(1, echo_rq(2));
    const Seen first = probe.receive();
    play.expect("C-ECHO-RSP 0000 or A-ABORT 0/x or A-ABORT 2/x", first);
    if (first.message) {
        const Seen second = probe.receive();
        play.expect("C-ECHO-RSP 0000 or A-ABORT 0/x or A-ABORT 2/x", second);
        play.saw(second.message ? "served one after the other" : second.text);
    }
}

void v14(Play& play) {
    Probe probe = play.open({sop::verification});
    probe.send(1, cancel_of(999));
    play.expect(echoed, play.echo(probe, 5));
    probe.send(1, cancel_of(5));  // finished
    play.expect(echoed, play.echo(probe, 5));
    if (!play.offers(sop::study_root_find)) {
        play.saw("unknown and finished: ignored");
        return;
    }
    // Of a query that is over: neither an answer, nor the end of the next one of that ID.
    Probe find = play.open({sop::study_root_find});
    const Attributes nothing = keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}});
    play.expect(no_match, play.find(find, sop::study_root_find, nothing).outcome);
    find.send(1, cancel_of(1));
    play.expect("nothing", find.receive(milliseconds(200)));
    play.expect(no_match, play.find(find, sop::study_root_find, nothing).outcome);
    play.saw("unknown and finished: ignored; the next request of that Message ID is answered");
}

void v15(Play& play) {
    CommandSet stray = echo_rq();
    stray.message_id.reset();
    stray.command_field = static_cast<std::uint16_t>(CommandField::c_echo_rsp);
    stray.message_id_being_responded_to = 5;
    stray.status = 0;
    Probe probe = play.open({sop::verification});
    constexpr unsigned strays = 3;
    for (unsigned ignored = 0; ignored < strays; ++ignored) {
        probe.send(1, stray);
        const Seen answer = play.echo(probe);
        play.expect("C-ECHO-RSP 0000 or A-ABORT 0/x or A-ABORT 2/x or connection closed", answer);
        if (!answer.message) {
            play.saw(fmt::format("{} ignored, then {}", ignored, answer.text));
            return;
        }
    }
    play.saw(fmt::format("{} ignored", strays));
}

/// What explains a failure: LO of at most 64 characters; elements that the request has or lacks.
void expect_explanation(Play& play, const CommandSet& response) {
    const std::string comment = response.error_comment.value_or("");
    play.expect(comment.size() <= 64, "Error Comment of at most 64 characters", comment);
    const bool is_lo = std::ranges::all_of(
        comment, [](unsigned char c) { return c >= 0x20 && c != 0x7F && c != '\\'; });
    play.expect(is_lo, "Error Comment without control characters and backslash", comment);
}

void expect_no_explanation(Play& play, std::string_view says, const Seen& response) {
    play.expect(response.message && !response.message->command.error_comment &&
                    response.message->command.offending_elements.empty(),
                fmt::format("neither Error Comment nor Offending Element with {}", says),
                response.message
                    ? response.message->command.error_comment.value_or("an offending element")
                    : response.text);
}

void v16(Play& play) {
    play.need(sop::study_root_find);
    const Seen failed = play.find(sop::study_root_find, keys("FOO", {})).outcome;
    play.expect(failed.message.has_value() && failed.status() >= 0xA000,
                "a failure status for level FOO",
                failed.text);
    const CommandSet& response = failed.message->command;
    expect_explanation(play, response);
    const auto& elements = response.offending_elements;
    play.expect(elements.empty() || std::ranges::count(elements, 0x0008'0052U) == 1,
                "Offending Element (0008,0052), if any",
                elements.empty() ? "" : fmt::format("{:08X}", elements.front()));
    CommandSet unknown = echo_rq();
    unknown.command_field = 0x0FF0;
    Probe probe = play.open({sop::verification});
    expect_no_explanation(play, "C-ECHO-RSP 0000", play.echo(probe));
    probe.send(1, unknown);
    if (const Seen refusal = probe.receive(); refusal.message) {
        expect_explanation(play, refusal.message->command);
    }
    const Answers fine = play.find(sop::study_root_find, all_studies());
    expect_no_explanation(play, "C-FIND-RSP 0000", fine.outcome);
    if (!fine.pending.empty()) {
        expect_no_explanation(play, "C-FIND-RSP FF00", fine.pending.front());
    }
    play.saw(fmt::format("{}, comment \"{}\", {} offending elements",
                         failed.text,
                         response.error_comment.value_or(""),
                         elements.size()));
}

constexpr Case cases[] = {
    row("V10", p, "PS3.7 9.3.5", "A C-ECHO with a data set does no harm", played(v10)),
    row("V11", n, "PS3.7 Annex E", "Unknown and retired command elements are ignored", played(v11)),
    row("V12",
        n,
        "PS3.7 Annex C",
        "An operation that the SOP class does not have: 0211 or 0122",
        played(v12)),
    row("V13",
        p,
        "PS3.7 D.3.3.3",
        "A second request before the first response does no harm",
        played(v13)),
    row("V14", n, "PS3.7 9.3.2.3", "C-CANCEL of nothing is ignored", played(v14)),
    row("V15", p, "PS3.7 9.3", "A response to nothing does no harm", played(v15)),
    row("V16",
        n,
        "PS3.7 Annex C",
        "Failures are explained in at most 64 characters, success is not",
        played(v16)),
};

}  // namespace

std::span<const Case> dimse_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
