// V1–V9: verification, and what makes a request one (PS3.7 §6.3, §9, Annex C and E).

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"
#include "conformance/test_objects.hpp"
#include "conformance/verification_steps.hpp"

#include <fmt/format.h>

namespace cxr::storescp::conformance {

namespace {

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

/// A request that is outstanding, and another one of its Message ID: 0210 where it is noticed
/// before the first is answered. Told, not judged: without a window (PS3.7 D.3.3.3) two requests at
/// once are our own fault, and a peer that reads on only after the first sees no duplicate.
std::string duplicate_while_outstanding(Play& play) {
    Probe probe = play.open({sop::study_root_find, sop::verification});
    probe.send(
        p_data(1,
               command_fragment | last_fragment,
               encode_command_set(request_of(CommandField::c_find_rq, sop::study_root_find, 7))) +
        p_data(1, last_fragment, encoded(all_studies(), syntax::implicit_little)) +
        p_data(3, command_fragment | last_fragment, encode_command_set(echo_rq(7))));
    unsigned answered = 0;
    for (;;) {
        const Seen next = probe.receive();
        if (next.message && next.status() >> 8U == 0xFF) {
            continue;
        }
        if (!next.message) {
            return next.text;
        }
        if (next.status() == 0x0210) {
            return "0210";
        }
        if (++answered == 2) {
            return "served after the first";
        }
    }
}

void v3(Play& play) {
    Probe probe = play.open({sop::verification});
    for (const unsigned number : {0U, 65'535U, 65'535U, 1U}) {
        const auto id = static_cast<std::uint16_t>(number);
        const Seen answer = play.echo(probe, id);
        play.expect(echoed, answer);
        const auto named = answer.message->command.message_id_being_responded_to;
        play.expect(named == id,
                    fmt::format("a response to message {}", id),
                    fmt::format("one to message {}", named.value_or(0)));
    }
    play.saw(play.offers(sop::study_root_find)
                 ? "0, 65535 and again 65535; a duplicate while the first is outstanding: " +
                       duplicate_while_outstanding(play)
                 : "0, 65535 and again 65535");
}

/// A request of another class than its context's; the association goes on.
void expect_0122(Play& play,
                 CommandField field,
                 std::string_view context_class,
                 std::string_view named,
                 const Attributes& data = {}) {
    Probe probe = play.open({context_class, sop::verification});
    CommandSet command = request_of(field, named);
    if (field == CommandField::c_move_rq) {
        command.move_destination = "CXR_NOWHERE";
    }
    if (field == CommandField::c_store_rq) {
        command.affected_sop_instance_uid = value_of(data, DCM_SOPInstanceUID);
    }
    probe.send(1, command, encoded(data, syntax::implicit_little));
    play.expect(fmt::format("{} 0122",
                            command_name(static_cast<std::uint16_t>(static_cast<unsigned>(field) |
                                                                    0x8000U))),
                probe.receive());
    play.expect_alive(probe);
}

void v4(Play& play) {
    Probe probe = play.open({sop::verification});
    CommandSet command = echo_rq();
    command.affected_sop_class_uid = sop::ct_image;
    probe.send(1, command);
    play.expect("C-ECHO-RSP 0122", probe.receive());
    play.expect_alive(probe);
    std::string told = "C-ECHO";
    const Attributes study = keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}});
    struct Service {
        CommandField field;
        std::string_view context_class, named;
        const char* says;
    };
    for (const Service& service :
         {Service{CommandField::c_find_rq, sop::study_root_find, sop::patient_root_find, "C-FIND"},
          Service{CommandField::c_move_rq, sop::study_root_move, sop::patient_root_move, "C-MOVE"},
          Service{CommandField::c_get_rq, sop::study_root_get, sop::patient_root_get, "C-GET"}}) {
        if (play.offers(service.context_class)) {
            expect_0122(play, service.field, service.context_class, service.named, study);
            told += fmt::format(", {}", service.says);
        }
    }
    if (play.settings().may_store && play.offers(sop::secondary_capture)) {
        expect_0122(play,
                    CommandField::c_store_rq,
                    sop::secondary_capture,
                    sop::ct_image,
                    test_object(play, "object"));
        told += ", C-STORE";
    }
    play.saw(told + ": 0122, and the association goes on");
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
    constexpr std::string_view missing = "C-ECHO-RSP 0212 or A-ABORT 0/x or A-ABORT 2/x";
    std::string told;
    append(told,
           "without Message ID",
           expect_answer(
               play, missing, echo_elements({affected_class(), command_field(), data_set_type()})));
    append(told,
           "Command Field",
           expect_answer(play,
                         "8000H 0212 or 8000H 0211 or A-ABORT 0/x or A-ABORT 2/x",
                         echo_elements({affected_class(), message_id(), data_set_type()})));
    append(told,
           "class",
           expect_answer(
               play, missing, echo_elements({command_field(), message_id(), data_set_type()})));
    append(told, "all", expect_answer(play, any_abort, echo_elements({data_set_type()})));
    play.expect_alive();
    play.saw(told);
}

void v7(Play& play) {
    const auto with_length = [](std::uint32_t length) {
        return echo_elements({affected_class(), command_field(), message_id(), data_set_type()},
                             length);
    };
    const Bytes without = affected_class() + command_field() + message_id() + data_set_type();
    std::string told;
    for (const auto& [says, command] : {std::pair<const char*, Bytes>{"missing", without},
                                        {"too short", with_length(2)},
                                        {"0", with_length(0)},
                                        {"too long", with_length(0x00FF'FFFF)}}) {
        append(told,
               says,
               expect_answer(play, "C-ECHO-RSP 0000 or A-ABORT 0/x or A-ABORT 2/x", command));
    }
    play.saw(told);
}

void v8(Play& play) {
    play.need(sop::study_root_find);
    std::vector<Probe> probes;
    for (const unsigned type : {0x0000U, 0x0001U, 0xFFFFU}) {  // every one but 0101H
        probes.push_back(play.open({sop::study_root_find}));
        CommandSet command = request_of(CommandField::c_find_rq, sop::study_root_find);
        command.data_set_type = static_cast<std::uint16_t>(type);
        probes.back().send(
            p_data(1, command_fragment | last_fragment, encode_command_set(command)));
    }
    for (Probe& probe : probes) {
        const Seen answer = probe.receive(play.settings().wait_at_most);
        if (answer.text == "nothing") {
            throw NotPlayable{
                fmt::format("the peer waits longer than {} s for the data set; --wait",
                            play.settings().wait_at_most.count() / 1000)};
        }
        play.expect(any_abort, answer);
    }
    play.saw(fmt::format("{} for types 0000H, 0001H and FFFFH", play.last_seen()));
}

void v9(Play& play) {
    Probe probe = play.open({sop::verification});
    probe.send(1, echo_rq());
    probe.send(p_data(1, last_fragment, element(0x0010'0020, "X ")));
    Seen answer = probe.receive();
    if (answer.message) {  // to the command that came before
        play.expect(echoed, answer);
        answer = probe.receive();
    }
    // Of the provider: unexpected PDU parameter, or no reason (PS3.8 table 9-26).
    play.expect("A-ABORT 0/x or A-ABORT 2/0 or A-ABORT 2/5", answer);
    play.expect_alive();
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
};

}  // namespace

std::span<const Case> verification_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
