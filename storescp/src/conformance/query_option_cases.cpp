// F36–F52: negotiated options, sequences, counts, cancel and limits (PS3.4 C.2.2.2, C.4.1, C.5.1).

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"
#include "conformance/test_objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace cxr::storescp::conformance {

namespace {

constexpr std::string_view no_match = "C-FIND-RSP 0000";
constexpr std::string_view one_match = "1 match, C-FIND-RSP 0000";
constexpr std::string_view any_outcome =
    "C-FIND-RSP A900 or C-FIND-RSP Cxxx or C-FIND-RSP 0000 or 1 match, C-FIND-RSP 0000";

void f36(Play& play) {
    const std::string date = held_value(play, DCM_StudyDate);
    const int year = std::stoi(date.substr(0, 4));
    const int hour = std::stoi(held_time(play).substr(0, 2));
    if (hour > 20) {
        throw NotPlayable{"the study is too late in the day"};
    }
    // Inside when date and time are one moment, outside when each is a range of its own.
    const Attributes identifier =
        the_study(play,
                  {{DCM_StudyDate, fmt::format("{}0101-{}1231", year - 1, year + 1)},
                   {DCM_StudyTime, fmt::format("{:02}00-{:02}00", hour + 1, hour + 2)}});
    play.expect(no_match, play.find(sop::study_root_find, identifier).outcome);
    pdu::AssociateRQ request = play.request({sop::study_root_find});
    request.user.extended = {
        {.sop_class_uid = std::string(sop::study_root_find), .information = {0, 1}}};
    Probe probe = play.open(request);
    const auto& items = probe.answer().user.extended;
    const bool agreed =
        !items.empty() && items[0].information.size() > 1 && items[0].information[1] == 1;
    play.expect(agreed ? one_match : no_match,
                play.find(probe, sop::study_root_find, identifier).outcome);
    play.saw(agreed ? "independent; combined as agreed" : "independent; combined not agreed");
}

Attributes with_procedure_code(Play& play, std::vector<Attributes> items) {
    Attributes identifier = the_study(play, {});
    put_sequence(identifier, DCM_ProcedureCodeSequence, std::move(items));
    return identifier;
}

void f38(Play& play) {
    play.expect(one_match, play.find(sop::study_root_find, with_procedure_code(play, {})).outcome);
    play.expect(one_match,
                play.find(sop::study_root_find, with_procedure_code(play, {Attributes{}})).outcome);
    const Answers unknown =
        play.find(sop::study_root_find,
                  with_procedure_code(play, {keys("", {{DCM_CodeValue, "NO_SUCH_CODE"}})}));
    play.expect(any_outcome, unknown.outcome);
    play.saw(fmt::format("no item and an empty one are universal; an unknown code: {}{}",
                         unknown.outcome.text,
                         unknown.pending.empty() ? "" : " after " + unknown.pending[0].text));
}

void f39(Play& play) {
    const Answers all =
        play.find(sop::study_root_find, the_study(play, {{DCM_ModalitiesInStudy, ""}}));
    play.expect(one_match, all.outcome);
    const std::string modalities(value_of(all.matches[0], DCM_ModalitiesInStudy));
    if (modalities.empty()) {
        throw NotPlayable{"the peer does not support Modalities in Study"};
    }
    for (std::size_t begin = 0; begin < modalities.size();) {
        const std::size_t end = std::min(modalities.find('\\', begin), modalities.size());
        const Answers one = play.find(
            sop::study_root_find,
            the_study(play, {{DCM_ModalitiesInStudy, modalities.substr(begin, end - begin)}}));
        play.expect(one_match, one.outcome);
        const std::string returned(value_of(one.matches[0], DCM_ModalitiesInStudy));
        play.expect(returned == modalities, "all values returned: " + modalities, returned);
        begin = end + 1;
    }
    play.expect(no_match, asked(play, {{DCM_ModalitiesInStudy, "XX"}}));
    play.saw(modalities + ": each matches, all are returned");
}

void f40(Play& play) {
    play.expect(any_outcome, asked(play, {{DCM_ModalitiesInStudy, "DX\\SR\\OT"}}));
}

void f41(Play& play) {
    play.need_permission_to_store();
    play.need(sop::study_root_find);
    Attributes object = test_object(play, "no accession number");
    put(object, DCM_AccessionNumber, "");
    Probe probe = play.open({sop::secondary_capture});
    play.expect("C-STORE-RSP 0000", play.store(probe, object));
    const std::string study(value_of(object, DCM_StudyInstanceUID));
    const Answers answers = play.find(
        sop::study_root_find,
        keys("STUDY", {{DCM_AccessionNumber, "ANYTHING"}, {DCM_StudyInstanceUID, study}}));
    play.expect(one_match, answers.outcome);
}

void f42(Play& play) {
    play.expect(any_outcome, asked(play, {{DCM_AccessionNumber, "\"\""}}));
}

void f43(Play& play) {
    play.need(sop::study_root_find);
    std::string told;
    for (const std::vector<std::uint8_t>& offer :
         {std::vector<std::uint8_t>{1}, {0}, {1, 1, 1, 1, 1}, {0, 0, 0, 0, 0}}) {
        pdu::AssociateRQ request = play.request({sop::study_root_find});
        request.user.extended = {
            {.sop_class_uid = std::string(sop::study_root_find), .information = offer}};
        Probe probe = play.open(request);
        const auto& items = probe.answer().user.extended;
        std::string text = "none";
        if (!items.empty()) {
            const auto& answer = items[0].information;
            text = fmt::format("{}", fmt::join(answer, ""));
            play.expect(answer.size() <= offer.size(),
                        fmt::format("at most {} bytes", offer.size()),
                        fmt::format("{} bytes", answer.size()));
            for (std::size_t i = 0; i < answer.size(); ++i) {
                play.expect(answer[i] <= offer[i],
                            fmt::format("no option that was not offered: {}", fmt::join(offer, "")),
                            text);
            }
        }
        told += fmt::format("{}{}: {}", told.empty() ? "" : ", ", fmt::join(offer, ""), text);
    }
    play.saw(told);
}

void f44(Play& play) {
    if (play.known().studies.size() < 3) {
        throw NotPlayable{"needs several studies"};
    }
    Probe probe = play.open({sop::study_root_find});
    probe.send(1,
               request_of(CommandField::c_find_rq, sop::study_root_find),
               encoded(all_studies(), syntax::implicit_little));
    CommandSet cancel;
    cancel.command_field = static_cast<std::uint16_t>(CommandField::c_cancel_rq);
    cancel.message_id_being_responded_to = 1;
    cancel.data_set_type = no_data_set;
    probe.send(1, cancel);
    const Answers answers = play.collect_answers(probe, 1);
    const Seen& last = answers.outcome;
    play.expect(last.message && (last.status() == 0xFE00 || last.status() == 0),
                "C-FIND-RSP FE00, or 0000 when all was said before",
                last.text);
    play.expect(!last.message->command.has_data_set(),
                "a final response without Identifier",
                last.text + " with one");
    const Seen after = probe.receive(milliseconds(300));
    play.expect("nothing", after);
    play.saw(last.text);
}

void f45(Play& play) {
    const Seen outcome = play.find(sop::study_root_find, all_studies()).outcome;
    if (outcome.message && outcome.status() == 0) {
        throw NotPlayable{"all studies are fewer than the peer's limit, if it has one"};
    }
    play.expect(outcome.status() == 0xA700, "A700 at a limit", outcome.text);
}

void f47(Play& play) {
    const HeldInstance& held = play.held();
    const Answers study = play.find(
        sop::study_root_find,
        the_study(play,
                  {{DCM_NumberOfStudyRelatedSeries, ""}, {DCM_NumberOfStudyRelatedInstances, ""}}));
    play.expect(one_match, study.outcome);
    const std::string instances(value_of(study.matches[0], DCM_NumberOfStudyRelatedInstances));
    const std::string series(value_of(study.matches[0], DCM_NumberOfStudyRelatedSeries));
    if (instances.empty() && series.empty()) {
        throw NotPlayable{"the peer does not support the numbers of related entities"};
    }
    const std::size_t found = play.known().instances.size();
    play.expect(instances.empty() || instances == std::to_string(found),
                fmt::format("{} instances", found),
                instances);
    const Answers all_series = play.find(
        sop::study_root_find,
        keys("SERIES",
             {{DCM_StudyInstanceUID, held.study_instance_uid}, {DCM_SeriesInstanceUID, ""}}));
    play.expect(series.empty() || series == std::to_string(all_series.matches.size()),
                fmt::format("{} series", all_series.matches.size()),
                series);
    play.saw(fmt::format("{} series, {} instances", series, instances));
}

void f48(Play& play) {
    if (play.held().study_instance_uid.empty() || play.known().instances.size() < 2) {
        throw NotPlayable{"needs a study of two instances"};
    }
    play.expect(one_match, asked(play, {}));
}

void f50(Play& play) {
    static_cast<void>(play.held());
    const Answers quick = play.find(sop::study_root_find, all_studies());
    pdu::AssociateRQ request = play.request({sop::study_root_find});
    request.user.pdu_bytes_max = 4'096;
    Probe probe = play.open(request);
    probe.send(1,
               request_of(CommandField::c_find_rq, sop::study_root_find),
               encoded(all_studies(), syntax::implicit_little));
    // The case itself: a requestor that reads nothing for a while.
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const Answers slow = play.collect_answers(probe, 1);
    play.expect(slow.outcome.text == quick.outcome.text, quick.outcome.text, slow.outcome.text);
    play.expect(slow.matches.size() == quick.matches.size(),
                fmt::format("{} matches", quick.matches.size()),
                fmt::format("{} matches", slow.matches.size()));
}

void f51(Play& play) {
    const DcmTagKey private_element(0x0009, 0x1001);
    Probe probe = play.open({sop::study_root_find});
    probe.send(1,
               request_of(CommandField::c_find_rq, sop::study_root_find),
               element(0x0008'0052, "STUDY ") + element(0x0009'0010, "CXR CONFORM ") +
                   element(0x0009'1001, "") +
                   element(0x0020'000D, ui(play.held().study_instance_uid)));
    const Answers answers = play.collect_answers(probe, 1);
    play.expect(one_match, answers.outcome);
    const bool returned = find(answers.matches[0], private_element) != nullptr;
    play.expect(returned || answers.pending[0].status() == 0xFF01,
                "FF01, or the private key in the response",
                answers.pending[0].text + " without it");
    play.saw(returned ? "returned" : answers.pending[0].text);
}

void f52(Play& play) {
    Probe probe = play.open({sop::study_root_find});
    CommandSet command = request_of(CommandField::c_find_rq, sop::study_root_find);
    command.data_set_type = no_data_set;
    probe.send(1, command);
    play.expect("C-FIND-RSP A900 or C-FIND-RSP Cxxx or A-ABORT 0/x or A-ABORT 2/x",
                probe.receive());
}

constexpr Case cases[] = {
    row("F36",
        n,
        "PS3.4 C.5.1",
        "Date and time are independent unless combined matching is agreed",
        played(f36)),
    row("F37",
        n,
        "PS3.4 C.2.2.2.5",
        "Ranges of DT take offsets and partial precision",
        by_a_test("dicom.query.matching_test")),
    row("F38",
        n,
        "PS3.4 C.2.2.2.6",
        "A sequence key without item, or an empty one, is universal",
        played(f38)),
    row("F39",
        n,
        "PS3.4 C.2.2.2",
        "Any value of several matches, and all are returned",
        played(f39)),
    row("F40", p, "PS3.4 C.2.2.2", "A list of modalities without negotiation", played(f40)),
    row("F41",
        n,
        "PS3.4 C.2.2.1.2",
        "A required key without value in the archive matches any",
        played(f41)),
    row("F42", p, "PS3.4 C.2.2.2", "Empty value matching without negotiation", played(f42)),
    row("F43",
        n,
        "PS3.4 C.5.1",
        "The answer to extended negotiation is no longer, and agrees to "
        "nothing that was not offered",
        played(f43)),
    row("F44", n, "PS3.4 C.4.1.1.4", "C-CANCEL ends with FE00 and nothing after it", played(f44)),
    row("F45", n, "PS3.4 C.4.1.1.4", "A limit is A700, never 0000 or FE00", played(f45)),
    row("F46",
        p,
        "PS3.4 C.4.1.1.4",
        "A catalogue that fails is Cxxx",
        by_a_test("storescp.services.find_scp_test")),
    row("F47", n, "PS3.4 C.3.4", "Numbers of related entities are right", played(f47)),
    row("F48", n, "PS3.4 C.4.1.3", "One response per entity at the level asked", played(f48)),
    row("F49",
        p,
        "PS3.4 C.6.1.1",
        "One Patient ID of two issuers",
        by_a_test("bridge.catalogue.catalogue_test")),
    row("F50", n, "PS3.8 9.3.5", "A slow reader with small PDUs gets all, in order", played(f50)),
    row("F51",
        n,
        "PS3.4 C.4.1.1.3.2",
        "A private key is returned, or turns pendings to FF01",
        played(f51)),
    row("F52", n, "PS3.7 9.3.2", "A C-FIND without Identifier: A900, Cxxx or abort", played(f52)),
};

}  // namespace

std::span<const Case> query_option_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
