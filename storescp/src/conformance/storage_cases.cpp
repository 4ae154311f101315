// S1–S27: storage (PS3.4 Annex B, PS3.7 §9.1.1). Only with permission to store.

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"
#include "conformance/storage_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace cxr::storescp::conformance {

namespace {

constexpr std::string_view stored = "C-STORE-RSP 0000";

void s1(Play& play) {
    Probe probe = open_storage(play);
    const Attributes object = test_object(play, "object");
    const std::uint8_t context = probe.context(sop::secondary_capture);
    const Bytes data = encoded(object, syntax::implicit_little);
    const std::size_t most = data.size() - 20;
    probe.send(
        p_data(context, command_fragment | last_fragment, encode_command_set(store_rq(object))) +
        p_data(context, data_fragment, std::span(data).first(most)));
    play.expect("nothing", probe.receive(milliseconds(200)));  // nothing is stored yet
    probe.send(p_data(context, last_fragment, std::span(data).subspan(most)));
    const Seen answer = probe.receive();
    play.expect(stored, answer);
    const CommandSet& response = answer.message->command;
    play.expect(
        response.affected_sop_class_uid.value_or("") == sop::secondary_capture &&
            response.affected_sop_instance_uid == std::string(value_of(object, DCM_SOPInstanceUID)),
        "class and instance of the request in the response",
        response.affected_sop_instance_uid.value_or("none"));
    play.expect(response.message_id_being_responded_to == 1 && !response.has_data_set(),
                "a response to message 1, without data set",
                answer.text);
    if (play.offers(sop::study_root_find)) {
        play.expect(found_by_study(play, object) == 1 && found_instances(play, object) == 1,
                    "found at once, as a study and as an instance",
                    "not found");
        play.saw("0000 when all has come, class and instance named, found by C-FIND at once");
    }
}

void s2(Play& play) {
    Probe probe = open_storage(play);
    Attributes object = test_object(play, "object");
    CommandSet command = store_rq(object);
    command.affected_sop_class_uid = sop::ct_image;
    put(object, DCM_SOPClassUID, std::string(sop::ct_image));
    play.expect("C-STORE-RSP 0122", stored_with(probe, command, object));
    play.expect(stored, play.store(probe, test_object(play, "object")));
    play.saw("C-STORE-RSP 0122, and the association goes on");
}

void s3(Play& play) {
    Probe probe = open_storage(play);
    Attributes object = test_object(play, "object");
    const CommandSet command = store_rq(object);
    put(object, DCM_SOPClassUID, std::string(sop::ct_image));
    play.expect("C-STORE-RSP A9xx or C-STORE-RSP B007", stored_with(probe, command, object));
}

void s4(Play& play) {
    Probe probe = open_storage(play);
    Attributes object = test_object(play, "object");
    const CommandSet command = store_rq(object);
    put(object, DCM_SOPInstanceUID, play.uid("another"));
    play.expect("C-STORE-RSP A9xx or C-STORE-RSP B007", stored_with(probe, command, object));
}

void s5(Play& play) {
    std::string told;
    for (const DcmTagKey& tag : {DCM_SOPClassUID,
                                 DCM_SOPInstanceUID,
                                 DCM_StudyInstanceUID,
                                 DCM_SeriesInstanceUID,
                                 DCM_PatientID}) {
        Probe probe = open_storage(play);
        Attributes object = test_object(play, name_of(tag));
        const CommandSet command = store_rq(object);
        std::erase_if(object, [&](const dicom::Attribute& one) { return one.tag == tag; });
        const Seen answer = stored_with(probe, command, object);
        play.expect("C-STORE-RSP xxxx or A-ABORT 0/x or A-ABORT 2/x", answer);
        told +=
            fmt::format("{}{}: {}", told.empty() ? "without " : ", ", name_of(tag), answer.text);
    }
    play.saw(told);
}

/// The description of the object that the peer keeps under this UID; empty where it gives none.
std::string kept_description(Play& play, const Attributes& object) {
    if (!play.offers(sop::study_root_get)) {
        return "";
    }
    const auto kept = returned_object(play, object);
    return std::string(value_of(kept, DCM_ImageComments));
}

void s10(Play& play) {
    Probe probe = open_storage(play);
    Attributes object = test_object(play, "object");
    put(object, DCM_ImageComments, "first");
    play.expect(stored, play.store(probe, object));
    play.expect("C-STORE-RSP xxxx", play.store(probe, object));
    std::string told;
    append(told, "identical", play.last_seen());
    put(object, DCM_ImageComments, "second");
    play.expect("C-STORE-RSP xxxx", play.store(probe, object));
    append(told, "other content", play.last_seen());
    if (play.offers(sop::study_root_find)) {
        const std::size_t found = found_instances(play, object);
        play.expect(found == 1, "1 instance", fmt::format("{} instances", found));
    }
    const std::string kept = kept_description(play, object);
    play.saw(kept.empty() ? told : told + ", the " + kept + " is kept");
}

void s11(Play& play) {
    std::string told;
    for (const auto& [says, uid] :
         {std::pair<const char*, std::string>{"a path", "../../cxrconform"},
          {"72 characters", "1." + std::string(70, '3')},
          {"letters", "1.2.x"},
          {"a leading zero", "1.02"}}) {
        Probe probe = open_storage(play);
        Attributes object = test_object(play, "object");
        put(object, DCM_SOPInstanceUID, uid);
        const Seen answer = stored_with(probe, store_rq(object), object);
        play.expect(
            is_expected(answer.text, "C-STORE-RSP 0117 or C-STORE-RSP A9xx or C-STORE-RSP Cxxx"),
            fmt::format("{}: C-STORE-RSP 0117, A9xx or Cxxx", says),
            answer.text);
        play.expect(stored_somehow, play.store(probe, test_object(play, says)));
        append(told, says, answer.text);
    }
    play.saw(told);
}

void s13(Play& play) {
    const Attributes object = test_object(play, "object");
    const auto refused_with =
        [&](std::string_view says, std::string_view expected, const CommandSet& command) {
            Probe probe = open_storage(play);
            const Seen answer = stored_with(probe, command, object);
            play.expect(expected, answer);
            if (answer.message) {
                play.expect(stored_somehow, play.store(probe, test_object(play, says)));
            }
            return fmt::format("{}: {}", says, answer.text);
        };
    CommandSet command = store_rq(object);
    command.affected_sop_instance_uid.reset();
    std::string told =
        refused_with("no instance", "C-STORE-RSP 0212 or A-ABORT 0/x or A-ABORT 2/x", command);
    command = store_rq(object);
    command.affected_sop_class_uid.reset();
    told +=
        ", " + refused_with("no class", "C-STORE-RSP 0212 or A-ABORT 0/x or A-ABORT 2/x", command);
    command = store_rq(object);
    command.command_field = 0x0FF0;
    told += ", " +
            refused_with("no such operation", "8FF0H 0211 or A-ABORT 0/x or A-ABORT 2/x", command);
    play.expect(!play.offers(sop::study_root_find) || found_by_study(play, object) == 0,
                "nothing stored",
                "a match");
    // That a duplicate Message ID is 0210 shows V3.
    play.saw(told);
}

void s20(Play& play) {
    for (const std::uint16_t priority : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{2}}) {
        Probe probe = open_storage(play);
        const Attributes object = test_object(play, std::to_string(priority));
        CommandSet command = store_rq(object);
        command.priority = priority;
        play.expect(stored, stored_with(probe, command, object));
    }
    Probe probe = open_storage(play);
    const Attributes object = test_object(play, "3");
    CommandSet command = store_rq(object);
    command.priority = std::uint16_t{3};
    play.expect("C-STORE-RSP 0212 or C-STORE-RSP 0000", stored_with(probe, command, object));
    play.saw("0, 1 and 2 are taken; 3: " + play.last_seen());
}

void s22(Play& play) {
    const Attributes object = test_object(play, "object");
    const auto abort = [&play](Probe& probe) {
        probe.send(pdu::encode(abort_by_user));
        play.expect("connection closed", probe.receive_end(play.settings().answer_within));
    };
    const auto vanish = [](Probe& probe) { probe.close(); };
    const std::function<void(Probe&)> ends[] = {abort, vanish};
    for (const auto& end : ends) {
        play.expect(
            found_after_most_of(play, object, end) == 0, "no match for half an object", "a match");
    }
    play.saw("after A-ABORT and after a lost connection: not found");
}

void s23(Play& play) {
    play.need(sop::study_root_find);
    Attributes objects[2] = {test_object(play, "object"), test_object(play, "object")};
    put(objects[0], DCM_ImageComments, std::string(2'000, 'A'));
    put(objects[1], DCM_ImageComments, std::string(2'000, 'B'));
    Probe first = open_storage(play);
    Probe second = open_storage(play);
    Seen answers[2];
    std::thread other([&] { answers[1] = play.store(second, objects[1]); });
    answers[0] = play.store(first, objects[0]);
    other.join();
    for (const Seen& answer : answers) {
        play.expect(
            "C-STORE-RSP 0000 or C-STORE-RSP Bxxx or C-STORE-RSP A7xx or C-STORE-RSP Cxxx "
            "or C-STORE-RSP 0111",
            answer);
    }
    const std::size_t found = found_instances(play, objects[0]);
    play.expect(found == 1, "1 instance found", fmt::format("{}", found));
    std::string whole;
    if (play.offers(sop::study_root_get)) {
        const Attributes back = returned_object(play, objects[0]);
        const auto comments = value_of(back, DCM_ImageComments);
        play.expect(comments == value_of(objects[0], DCM_ImageComments) ||
                        comments == value_of(objects[1], DCM_ImageComments),
                    "one of the two objects, whole",
                    fmt::format("{} characters, mixed", comments.size()));
        whole = ", whole";
    }
    play.saw(fmt::format("{}, {}; one instance{}", answers[0].text, answers[1].text, whole));
}

void s25(Play& play) {
    play.need(sop::secondary_capture);
    pdu::AssociateRQ request = play.request({sop::verification, sop::unknown});
    request.user.common = {
        {.sop_class_uid = std::string(sop::unknown),
         .service_class_uid = "1.2.840.10008.4.2",
         .related_general_sop_class_uids = {std::string(sop::secondary_capture)}}};
    Probe probe = play.open(request);
    play.expect(
        probe.answer().user.common.empty(), "no common extended negotiation in the AC", "one");
    const auto& contexts = probe.answer().contexts;
    play.expect(contexts.size() == 2, "two results", fmt::format("{} results", contexts.size()));
    play.saw(contexts[1].result == ContextResult::acceptance
                 ? "accepted by its related general class"
                 : fmt::format("result {}", unsigned(contexts[1].result)));
}

void s27(Play& play) {
    Probe probe = play.open(play.request({sop::unknown, sop::verification}));
    const auto& contexts = probe.answer().contexts;
    play.expect(
        contexts.size() == 2 && contexts[0].result == ContextResult::abstract_syntax_not_supported,
        "result 3 for an unknown class",
        contexts.empty() ? "no result" : fmt::format("result {}", unsigned(contexts[0].result)));
    play.expect_alive(probe);
    play.saw("result 3, and the association goes on");
}

constexpr std::string_view store_test = "storescp.services.store_scp_test";
constexpr std::string_view received_test = "bridge.objects.received_store_test";

constexpr Case cases[] = {
    row("S1", n, "PS3.4 B.2.3", "A stored object is answered 0000 and is there", played(s1)),
    row("S2",
        n,
        "PS3.7 9.1.1.1.9",
        "A class other than the context's: 0122, the association lives",
        played(s2)),
    row("S3", n, "PS3.4 B.2.3", "Another SOP Class UID in the data set: A900, or B007", played(s3)),
    row("S4",
        n,
        "PS3.4 B.2.3",
        "Another SOP Instance UID in the data set: A900, or B007",
        played(s4)),
    row("S5", p, "PS3.4 B.2.3", "An object without UIDs, or without Patient ID", played(s5)),
    row("S6",
        n,
        "PS3.4 B.2.3",
        "A data set that cannot be read: Cxxx, the rest read over",
        played(s6)),
    row("S7", n, "PS3.4 B.2.3", "A full disk or quota: A700", by_a_test(received_test)),
    row("S8",
        n,
        "PS3.4 B.4.1.3",
        "Coerced elements are told by B000, the original kept",
        played(s8)),
    row("S9", n, "PS3.4 B.4.1", "Discarded elements are told by B006", played(s9)),
    row("S10", p, "PS3.4 B.2.3", "The same SOP Instance UID a second time", played(s10)),
    row("S11",
        n,
        "PS3.7 9.1.1.1.9",
        "A SOP Instance UID that is none: 0117, A9xx or Cxxx",
        played(s11)),
    row("S12",
        n,
        "PS3.7 9.1.1.1.9",
        "A peer that may not store: 0124",
        by_a_test("storescp.services.dispatcher_test")),
    row("S13",
        n,
        "PS3.7 9.1.1.1.9",
        "Without class or instance: 0212; no such operation: 0211; or aborted",
        played(s13)),
    row("S14", n, "PS3.4 B.2.3", "An internal error is never 0000", by_a_test(store_test)),
    row("S15",
        n,
        "PS3.4 B.4.1",
        "At level 2, private and unknown elements survive as they came",
        played(s15)),
    row("S16",
        n,
        "PS3.10 7.1",
        "File meta information in a data set is stripped or refused",
        played(s16)),
    row("S17",
        n,
        "PS3.5 7",
        "Group lengths, undefined lengths, empty items are understood",
        played(s17)),
    row("S18",
        n,
        "PS3.5 A.4",
        "Encapsulated pixels: any offset table, any fragments; else Cxxx",
        played(s18)),
    row("S19", p, "PS3.5 7.1", "An undefined length where there is none does no harm", played(s19)),
    row("S20", n, "PS3.7 9.3.1", "Priorities 0, 1 and 2 are taken; 3 ignored or 0212", played(s20)),
    row("S21",
        n,
        "PS3.7 9.3.1",
        "The move originator is kept in the log and in the audit trail",
        by_a_test("storescp.services.store_scp_test, bridge.daemon.event_log_test, "
                  "bridge.daemon.audit_trail_test")),
    row("S22",
        n,
        "PS3.8 7.3",
        "A store that is aborted midway leaves nothing to find",
        played(s22)),
    row("S23",
        n,
        "PS3.4 B.4.1",
        "One UID from two associations at once is one instance",
        played(s23)),
    row("S24",
        n,
        "PS3.4 B.2.3",
        "As a user: 0000 is done, Bxxx a warning, anything else a failure",
        played(s24)),
    row("S25", n, "PS3.7 D.3.3.6", "Common extended negotiation is never answered", played(s25)),
    row("S26", n, "PS3.4 B.3.1", "The level of support is told in range, and kept", played(s26)),
    row("S27",
        n,
        "PS3.4 B.3",
        "An unknown class has result 3, and nothing is aborted",
        played(s27)),
};

}  // namespace

std::span<const Case> storage_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
