// V1–V16: verification, and what holds for every DIMSE message (PS3.7 §6.3, §9, Annex C and E).

#include "conformance/cases.hpp"

#include <fmt/format.h>

namespace cxr::storescp::conformance {

namespace {

constexpr std::string_view any_abort = "A-ABORT 0/x or A-ABORT 2/x";

CommandSet echo_rq(std::uint16_t message_id = 1) {
    return request_of(CommandField::c_echo_rq, sop::verification, message_id);
}

Seen answer_to_command(Play& play, const Bytes& command) {
    Probe probe = play.open({sop::verification});
    probe.send(p_data(1, command_fragment | last_fragment, command));
    return probe.receive();
}

/// C-ECHO-RQ with the group length that it should have, or `length`.
Bytes echo_elements(std::initializer_list<Bytes> elements,
                    std::optional<std::uint32_t> length = {}) {
    Bytes all;
    for (const Bytes& one : elements) {
        all = std::move(all) + one;
    }
    const auto size = static_cast<std::uint32_t>(all.size());
    return element(0x0000'0000, ul(length.value_or(size))) + all;
}
Bytes affected_class() {
    return element(0x0000'0002, ui(sop::verification));
}
Bytes command_field(std::uint16_t field = 0x0030) {
    return element(0x0000'0100, us(field));
}
Bytes message_id(std::uint16_t id = 1) {
    return element(0x0000'0110, us(id));
}
Bytes data_set_type(std::uint16_t type = no_data_set) {
    return element(0x0000'0800, us(type));
}

void v1(Play& play) {
    Probe probe = play.open({sop::verification});
    const Seen answer = play.echo(probe, 4711);
    play.expect("C-ECHO-RSP 0000", answer);
    const CommandSet& response = answer.message->command;
    play.expect(response.message_id_being_responded_to == 4711,
                "Message ID Being Responded To 4711",
                std::to_string(response.message_id_being_responded_to.value_or(0)));
    play.expect(response.data_set_type == no_data_set,
                "Command Data Set Type 0101H",
                fmt::format("{:04X}H", response.data_set_type.value_or(0)));
    play.expect(response.affected_sop_class_uid.value_or(std::string(sop::verification)) ==
                    sop::verification,
                "Affected SOP Class UID of Verification",
                response.affected_sop_class_uid.value_or(""));
    play.saw("C-ECHO-RSP 0000, all fields right");
}

void v2(Play& play) {
    std::string told;
    for (const std::string_view transfer_syntax :
         {syntax::explicit_little, syntax::explicit_big, syntax::deflated}) {
        Probe probe = play.connect();
        play.expect("A-ASSOCIATE-AC or A-ASSOCIATE-RJ 1/1/1",
                    probe.associate(play.request({sop::verification}, transfer_syntax)));
        if (probe.context(sop::verification) != 0) {
            play.expect("C-ECHO-RSP 0000", play.echo(probe));
            told += fmt::format("{}{}", told.empty() ? "" : ", ", transfer_syntax);
        }
    }
    if (told.empty()) {
        throw NotPlayable{"the peer verifies in Implicit VR Little Endian only"};
    }
    play.saw("Implicit VR Little Endian commands on contexts of " + told);
}

void v3(Play& play) {
    Probe probe = play.open({sop::verification});
    for (const unsigned number : {0U, 65'535U, 65'535U, 1U}) {
        const auto id = static_cast<std::uint16_t>(number);
        const Seen answer = play.echo(probe, id);
        play.expect("C-ECHO-RSP 0000", answer);
        const auto named = answer.message->command.message_id_being_responded_to;
        play.expect(named == id,
                    fmt::format("a response to message {}", id),
                    fmt::format("one to message {}", named.value_or(0)));
    }
}

void v4(Play& play) {
    Probe probe = play.open({sop::verification});
    CommandSet command = echo_rq();
    command.affected_sop_class_uid = sop::ct_image;
    probe.send(1, command);
    play.expect("C-ECHO-RSP 0122", probe.receive());
    play.need(sop::study_root_find);
    Probe find = play.open({sop::study_root_find});
    find.send(1,
              request_of(CommandField::c_find_rq, sop::patient_root_find),
              encoded(keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}}),
                      syntax::implicit_little));
    play.expect("C-FIND-RSP 0122", find.receive());
    play.saw("C-ECHO-RSP 0122, C-FIND-RSP 0122");
}

void v5(Play& play) {
    Probe probe = play.open({sop::verification});
    CommandSet command = echo_rq();
    command.command_field = 0x0FF0;
    probe.send(1, command);
    const Seen answer = probe.receive();
    play.expect("8FF0H 0211 or A-ABORT 0/x or A-ABORT 2/x", answer);
    if (answer.message) {
        play.expect_alive(probe);
        play.saw("8FF0H 0211, and the association goes on");
    }
}

void v6(Play& play) {
    play.expect("C-ECHO-RSP 0212 or A-ABORT 0/x or A-ABORT 2/x",
                answer_to_command(
                    play, echo_elements({affected_class(), command_field(), data_set_type()})));
    const std::string without_id = play.last_seen();
    play.expect(
        "8000H 0212 or 8000H 0211 or A-ABORT 0/x or A-ABORT 2/x",
        answer_to_command(play, echo_elements({affected_class(), message_id(), data_set_type()})));
    const std::string without_field = play.last_seen();
    play.expect(
        "C-ECHO-RSP 0212 or A-ABORT 0/x or A-ABORT 2/x",
        answer_to_command(play, echo_elements({command_field(), message_id(), data_set_type()})));
    play.saw(fmt::format("without Message ID: {}, Command Field: {}, class: {}",
                         without_id,
                         without_field,
                         play.last_seen()));
}

void v7(Play& play) {
    const Bytes elements = affected_class() + command_field() + message_id() + data_set_type();
    play.expect("C-ECHO-RSP 0000 or A-ABORT 0/x or A-ABORT 2/x", answer_to_command(play, elements));
    const std::string missing = play.last_seen();
    play.expect(
        "C-ECHO-RSP 0000 or A-ABORT 0/x or A-ABORT 2/x",
        answer_to_command(
            play,
            echo_elements({affected_class(), command_field(), message_id(), data_set_type()}, 2)));
    play.saw(fmt::format("missing: {}, wrong: {}", missing, play.last_seen()));
}

void v8(Play& play) {
    play.need(sop::study_root_find);
    Probe probe = play.open({sop::study_root_find});
    const Bytes command =
        encode_command_set(request_of(CommandField::c_find_rq, sop::study_root_find));
    probe.send(p_data(1, command_fragment | last_fragment, command));
    const Seen answer = probe.receive(play.settings().wait_at_most);
    if (answer.text == "nothing") {
        throw NotPlayable{fmt::format("the peer waits longer than {} s for the data set; --wait",
                                      play.settings().wait_at_most.count() / 1000)};
    }
    play.expect("A-ABORT 0/x or A-ABORT 2/x or connection closed", answer);
}

void v9(Play& play) {
    Probe probe = play.open({sop::verification});
    probe.send(1, echo_rq());
    probe.send(p_data(1, last_fragment, element(0x0010'0020, "X ")));
    Seen answer = probe.receive();
    if (answer.message) {  // to the command that came before
        answer = probe.receive();
    }
    play.expect(any_abort, answer);
}

void v10(Play& play) {
    Probe probe = play.open({sop::verification});
    CommandSet command = echo_rq();
    command.data_set_type = 1;
    probe.send(1, command, element(0x0010'0020, "X "));
    play.expect("C-ECHO-RSP xxxx or A-ABORT 0/x or A-ABORT 2/x or connection closed",
                probe.receive());
    play.expect_alive();
}

void v11(Play& play) {
    play.expect("C-ECHO-RSP 0000",
                answer_to_command(play,
                                  echo_elements({affected_class(),
                                                 element(0x0000'0010, "OLD "),
                                                 command_field(),
                                                 message_id(),
                                                 element(0x0000'0200, "INITIATOR "),
                                                 data_set_type(),
                                                 element(0x0000'5110, "TEXT")})));
}

void v12(Play& play) {
    Probe probe = play.open({sop::verification});
    CommandSet command;
    command.requested_sop_class_uid = sop::verification;
    command.requested_sop_instance_uid = sop::unknown;
    command.command_field = static_cast<std::uint16_t>(CommandField::n_get_rq);
    command.message_id = 1;
    command.data_set_type = no_data_set;
    probe.send(1, command);
    play.expect("N-GET-RSP 0211 or N-GET-RSP 0122 or A-ABORT 0/x or A-ABORT 2/x", probe.receive());
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
    CommandSet cancel;
    cancel.command_field = static_cast<std::uint16_t>(CommandField::c_cancel_rq);
    cancel.message_id_being_responded_to = 999;
    cancel.data_set_type = no_data_set;
    probe.send(1, cancel);
    play.expect_alive(probe);
    play.saw("ignored; the next C-ECHO is answered");
}

void v15(Play& play) {
    Probe probe = play.open({sop::verification});
    CommandSet stray = echo_rq();
    stray.message_id.reset();
    stray.command_field = static_cast<std::uint16_t>(CommandField::c_echo_rsp);
    stray.message_id_being_responded_to = 5;
    stray.status = 0;
    probe.send(1, stray);
    const Seen answer = play.echo(probe);
    play.expect("C-ECHO-RSP 0000 or A-ABORT 0/x or A-ABORT 2/x or connection closed", answer);
    play.saw(answer.message ? "ignored" : answer.text);
}

void v16(Play& play) {
    play.need(sop::study_root_find);
    const Seen failed = play.find(sop::study_root_find, keys("FOO", {})).outcome;
    play.expect(failed.message.has_value() && failed.status() >= 0xA000,
                "a failure status for level FOO",
                failed.text);
    const CommandSet& response = failed.message->command;
    const std::string comment = response.error_comment.value_or("");
    play.expect(comment.size() <= 64, "Error Comment of at most 64 characters", comment);
    Probe probe = play.open({sop::verification});
    const Seen fine = play.echo(probe);
    play.expect("C-ECHO-RSP 0000", fine);
    play.expect(
        !fine.message->command.error_comment && fine.message->command.offending_elements.empty(),
        "no Error Comment with success",
        fine.message->command.error_comment.value_or("an offending element"));
    play.saw(fmt::format("{}, comment \"{}\", {} offending elements",
                         failed.text,
                         comment,
                         response.offending_elements.size()));
}

constexpr Case cases[] = {
    row("V1", n, "PS3.7 9.3.5", "C-ECHO is answered 0000 with every field right", played(v1)),
    row("V2",
        n,
        "PS3.7 6.3.1",
        "Commands are Implicit VR Little Endian on every context",
        played(v2)),
    row("V3",
        n,
        "PS3.7 Annex C",
        "Any Message ID serves, also again after its response",
        played(v3)),
    row("V4",
        n,
        "PS3.7 Annex C",
        "A SOP class other than the context's is answered 0122",
        played(v4)),
    row("V5",
        n,
        "PS3.7 Annex C",
        "An unknown command field is answered 0211, or aborted",
        played(v5)),
    row("V6",
        n,
        "PS3.7 Annex C",
        "A command without a mandatory field: 0212, or aborted",
        played(v6)),
    row("V7", p, "PS3.7 6.3.1", "A missing or wrong group length does no harm", played(v7)),
    row("V8",
        n,
        "PS3.7 9.3",
        "An announced data set that does not come ends in an abort",
        waits(v8)),
    row("V9", n, "PS3.7 9.3", "A data set that was not announced is aborted", played(v9)),
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
        "Error Comment has at most 64 characters, none with success",
        played(v16)),
};

}  // namespace

std::span<const Case> verification_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
