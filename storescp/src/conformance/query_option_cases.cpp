// F36–F43: negotiated options, sequences, multiple and empty values (PS3.4 C.2.2.2, C.5.1).

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"
#include "conformance/storage_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp::conformance {

namespace {

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
    Negotiated offered = negotiated(play, {0, 1});
    const bool agreed = offered.agrees(2);
    play.expect(agreed ? one_match : no_match,
                play.find(offered.probe, sop::study_root_find, identifier).outcome);
    play.saw(agreed ? "independent; combined as agreed" : "independent; combined not agreed");
}

Attributes with_procedure_code(Play& play, std::vector<Attributes> items) {
    Attributes identifier = the_study(play, {});
    put_sequence(identifier, DCM_ProcedureCodeSequence, std::move(items));
    return identifier;
}

Attributes code(const char* value, const char* scheme) {
    return keys("", {{DCM_CodeValue, value}, {DCM_CodingSchemeDesignator, scheme}});
}

/// A study of a procedure code, stored; a key of several attributes is matched by all of them.
std::string one_code(Play& play) {
    Attributes object = test_object(play, "a code");
    Attributes item = code("A1", "99ONE");
    put(item, DCM_CodeMeaning, "Conformance test");
    put_sequence(object, DCM_ProcedureCodeSequence, {item});
    Probe storing = open_storage(play);
    play.expect("C-STORE-RSP 0000 or C-STORE-RSP Bxxx", play.store(storing, object));
    const auto ask = [&](const char* value, const char* scheme) {
        Attributes identifier = keys(
            "STUDY", {{DCM_StudyInstanceUID, std::string(value_of(object, DCM_StudyInstanceUID))}});
        put_sequence(identifier, DCM_ProcedureCodeSequence, {code(value, scheme)});
        return play.find(sop::study_root_find, identifier);
    };
    const Answers first = ask("A1", "99ONE");
    if (!first.pending.empty() && all_pending(first, 0xFF01)) {
        return "the sequence is not supported: FF01";
    }
    play.expect(one_match, first.outcome);
    play.expect(no_match, ask("A1", "99TWO").outcome);
    play.expect(no_match, ask("B2", "99ONE").outcome);
    return "an item matches by all of its key";
}

void f38(Play& play) {
    play.expect(one_match, play.find(sop::study_root_find, with_procedure_code(play, {})).outcome);
    play.expect(one_match,
                play.find(sop::study_root_find, with_procedure_code(play, {Attributes{}})).outcome);
    const Answers unknown =
        play.find(sop::study_root_find,
                  with_procedure_code(play, {keys("", {{DCM_CodeValue, "NO_SUCH_CODE"}})}));
    // Matched it finds nothing; not supported it turns pending responses to FF01.
    play.expect(is_expected(unknown.outcome.text, not_everything) ||
                    (!unknown.pending.empty() && all_pending(unknown, 0xFF01)),
                "no match for an unknown code, or FF01",
                unknown.pending.empty()
                    ? unknown.outcome.text
                    : unknown.pending.front().text + ", " + unknown.outcome.text);
    std::string told = fmt::format("no item and an empty one are universal; an unknown code: {}",
                                   unknown.outcome.text);
    if (play.settings().may_store && play.offers(sop::secondary_capture)) {
        told += "; " + one_code(play);
    }
    play.saw(told);
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
    const Answers all =
        play.find(sop::study_root_find, the_study(play, {{DCM_ModalitiesInStudy, ""}}));
    play.expect(one_match, all.outcome);
    const std::string modalities(value_of(all.matches[0], DCM_ModalitiesInStudy));
    const std::string one = modalities.substr(0, modalities.find('\\'));
    const Attributes list = the_study(
        play, {{DCM_ModalitiesInStudy, one.empty() ? "DX\\SR\\OT" : "XX\\" + one + "\\YY"}});
    const Seen plain = play.find(sop::study_root_find, list).outcome;
    play.expect(any_outcome, plain);
    Negotiated offered = negotiated(play, {0, 0, 0, 0, 0, 0, 1});
    if (!offered.agrees(7)) {
        play.saw(plain.text + "; multiple value matching is not agreed");
        return;
    }
    const Seen agreed = play.find(offered.probe, sop::study_root_find, list).outcome;
    play.expect(agreed.text == one_match, "multiple values match as agreed", agreed.text);
    play.saw(plain.text + "; negotiated: " + agreed.text);
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
    const Seen plain = asked(play, {{DCM_AccessionNumber, "\"\""}});
    play.expect(any_outcome, plain);
    Negotiated offered = negotiated(play, {0, 0, 0, 0, 0, 1});
    if (!offered.agrees(6)) {
        play.saw(plain.text + "; empty value matching is not agreed");
        return;
    }
    static_cast<void>(held_value(play, DCM_AccessionNumber));
    play.expect(no_match,
                play.find(offered.probe,
                          sop::study_root_find,
                          the_study(play, {{DCM_AccessionNumber, "\"\""}}))
                    .outcome);
    std::string told = plain.text + "; negotiated: not a study that has a value";
    if (play.settings().may_store && play.offers(sop::secondary_capture)) {
        Attributes object = test_object(play, "no accession number");
        put(object, DCM_AccessionNumber, "");
        Probe storing = play.open({sop::secondary_capture});
        play.expect("C-STORE-RSP 0000 or C-STORE-RSP Bxxx", play.store(storing, object));
        const std::string study(value_of(object, DCM_StudyInstanceUID));
        play.expect(
            one_match,
            play.find(offered.probe,
                      sop::study_root_find,
                      keys("STUDY", {{DCM_AccessionNumber, "\"\""}, {DCM_StudyInstanceUID, study}}))
                .outcome);
        told += ", one that has none";
    }
    play.saw(told);
}

/// The peer's answer to one offer of extended negotiation: no longer, nothing agreed to that was
/// not offered. In words.
std::string expect_modest_answer(Play& play,
                                 std::string_view sop_class,
                                 const std::vector<std::uint8_t>& offer) {
    pdu::AssociateRQ request = play.request({sop_class});
    request.user.extended = {{.sop_class_uid = std::string(sop_class), .information = offer}};
    Probe probe = play.open(request);
    const auto& items = probe.answer().user.extended;
    if (items.empty()) {
        return "none";
    }
    const auto& answer = items[0].information;
    std::string text = fmt::format("{}", fmt::join(answer, ""));
    play.expect(items.size() == 1 && items[0].sop_class_uid == sop_class,
                "one answer, of the class offered",
                fmt::format("{} answers, the first of {}", items.size(), items[0].sop_class_uid));
    play.expect(!answer.empty() && answer.size() <= offer.size(),
                fmt::format("1 to {} bytes", offer.size()),
                fmt::format("{} bytes", answer.size()));
    for (std::size_t i = 0; i < answer.size(); ++i) {
        play.expect(answer[i] <= offer[i],
                    fmt::format("no option that was not offered: {}", fmt::join(offer, "")),
                    text);
    }
    return text;
}

void f43(Play& play) {
    play.need(sop::study_root_find);
    std::string told;
    for (const std::vector<std::uint8_t>& offer : {std::vector<std::uint8_t>{1},
                                                   {0},
                                                   {1, 1, 1, 1, 1},
                                                   {0, 1, 0, 1, 0},
                                                   {1, 1, 1, 1, 1, 1, 1},
                                                   {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}}) {
        append(told,
               fmt::format("{}", fmt::join(offer, "")),
               expect_modest_answer(play, sop::study_root_find, offer));
    }
    for (const std::string_view other :
         {sop::patient_root_find, sop::study_root_move, sop::study_root_get}) {
        if (play.offers(other)) {
            static_cast<void>(expect_modest_answer(play, other, {1}));
            static_cast<void>(expect_modest_answer(play, other, {0, 0}));
        }
    }
    play.saw(told);
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
};

}  // namespace

std::span<const Case> query_option_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
