// F26–F35: how values match (PS3.4 C.2.2.2).

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"
#include "conformance/storage_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp::conformance {

namespace {

/// The keys of the held study that hold text other than a name, with values in letters.
std::vector<DcmTagKey> lettered_keys(const Play& play) {
    std::vector<DcmTagKey> tags;
    for (const DcmTagKey& tag : {DCM_AccessionNumber, DCM_PatientID}) {
        const std::string value(value_of(held_study(play), tag));
        if (in_other_case(value) != value && value.find_first_of("*?\\") == std::string::npos) {
            tags.push_back(tag);
        }
    }
    return tags;
}

void f26(Play& play) {
    const auto tags = lettered_keys(play);
    if (tags.empty()) {
        throw NotPlayable{"accession number and patient ID have no letters"};
    }
    std::string told;
    for (const DcmTagKey& tag : tags) {
        const std::string value = held_value(play, tag);
        play.expect(one_match, asked(play, {{tag, value}}));
        play.expect(no_match, asked(play, {{tag, in_other_case(value)}}));
        told += (told.empty() ? "" : ", ") + name_of(tag);
    }
    // A code string has no small letters: such a key is malformed, or matches nothing.
    const Answers modalities =
        play.find(sop::study_root_find, the_study(play, {{DCM_ModalitiesInStudy, ""}}));
    play.expect(one_match, modalities.outcome);
    const std::string coded(value_of(modalities.matches.front(), DCM_ModalitiesInStudy));
    if (const std::string one = coded.substr(0, coded.find('\\')); !one.empty()) {
        play.expect(not_everything, asked(play, {{DCM_ModalitiesInStudy, in_other_case(one)}}));
    }
    play.saw(told + " match by case");
}

/// A value in which what SQL and shells take for wild cards is text.
constexpr const char* strange_value = "A_B%C[1]";

/// Finds that value, and not as a pattern.
void expect_literal(Play& play) {
    Attributes object = test_object(play, "strange");
    put(object, DCM_AccessionNumber, strange_value);
    Probe storing = open_storage(play);
    play.expect("C-STORE-RSP 0000 or C-STORE-RSP Bxxx", play.store(storing, object));
    const std::string study(value_of(object, DCM_StudyInstanceUID));
    const auto ask = [&](const char* number) {
        return play
            .find(sop::study_root_find,
                  keys("STUDY", {{DCM_AccessionNumber, number}, {DCM_StudyInstanceUID, study}}))
            .outcome;
    };
    for (const char* matching : {strange_value, "A_*", "*%C[1]", "A?B%C[1?"}) {
        play.expect(one_match, ask(matching));
    }
    for (const char* other : {"A_B%C1", "A%", "%", "AXB%C[1]", "A_B*C[2-9]"}) {
        play.expect(no_match, ask(other));
    }
}

void f27(Play& play) {
    for (const DcmTagKey& tag : {DCM_AccessionNumber, DCM_PatientName}) {
        const std::string value = held_value(play, tag);
        const std::string first = first_characters(value, 1);
        const std::string rest = value.substr(first.size());
        for (const std::string& pattern :
             {std::string("%"), first + "%", "_" + rest, fmt::format("[{}]{}", first, rest)}) {
            play.expect(no_match, asked(play, {{tag, pattern}}));
        }
    }
    const bool stored = play.settings().may_store && play.offers(sop::secondary_capture);
    if (stored) {
        expect_literal(play);
    }
    play.saw(stored ? fmt::format("%, _ and [ are literal; {} is found by itself", strange_value)
                    : "%, _ and [ are literal");
}

void f28(Play& play) {
    const std::string number = held_value(play, DCM_AccessionNumber);
    const std::string all_but_last = number.substr(0, number.size() - 1);
    play.expect(one_match, asked(play, {{DCM_AccessionNumber, "*"}}));
    play.expect(one_match, asked(play, {{DCM_AccessionNumber, all_but_last + "?"}}));
    play.expect(one_match, asked(play, {{DCM_AccessionNumber, number.substr(0, 1) + "*"}}));
    play.expect(no_match, asked(play, {{DCM_AccessionNumber, number + "?"}}));
    play.saw("* is any run, ? exactly one character");
}

void f29(Play& play) {
    const std::string date = held_value(play, DCM_StudyDate);
    std::string told;
    const auto tell = [&](const char* vr, const Seen& outcome) {
        play.expect(outcome.message.has_value(), "a C-FIND-RSP", outcome.text);
        append(told, vr, outcome.text);
    };
    tell("DA", asked(play, {{DCM_StudyDate, date.substr(0, 4) + "*"}}));
    tell("TM", asked(play, {{DCM_StudyTime, held_time(play).substr(0, 2) + "*"}}));
    tell("IS",
         play.find(sop::study_root_find,
                   keys("SERIES",
                        {{DCM_StudyInstanceUID, play.held().study_instance_uid},
                         {DCM_SeriesInstanceUID, ""},
                         {DCM_SeriesNumber, "?"}}))
             .outcome);
    tell("UI", asked(play, {{DCM_StudyInstanceUID, play.held().study_instance_uid + "*"}}));
    play.saw(told);
}

void f30(Play& play) {
    const std::string id = held_value(play, DCM_PatientID);
    Probe probe = play.open({sop::study_root_find});
    probe.send(1,
               request_of(CommandField::c_find_rq, sop::study_root_find),
               element(0x0008'0052, "STUDY ") +
                   element(0x0010'0020, id + (id.size() % 2 == 0 ? "  " : "   ")) +
                   element(0x0020'000D, ui(play.held().study_instance_uid)));
    play.expect(one_match, play.collect_answers(probe, 1).outcome);
}

void f31(Play& play) {
    const std::string name = held_value(play, DCM_PatientName);
    play.expect(one_match, asked(play, {{DCM_PatientName, name}}));
    // The rest is the peer's choice (C.2.2.2.4: wild cards in names; C.2.2.2.1: case, accents,
    // position of components).
    const Seen prefix = asked(play, {{DCM_PatientName, first_characters(name, 2) + "*"}});
    const Seen other = asked(play, {{DCM_PatientName, first_characters(name, 2) + "QX^*"}});
    const bool by_prefix = prefix.text == one_match && other.text == no_match;
    std::string told;
    const std::string alphabetic = name.substr(0, name.find('='));
    append(told, "trailing ^", asked(play, {{DCM_PatientName, alphabetic + "^"}}).text);
    if (const std::string family = alphabetic.substr(0, alphabetic.find('^'));
        family.size() < alphabetic.find_last_not_of('^') + 1) {
        append(told, "family name alone", asked(play, {{DCM_PatientName, family}}).text);
    }
    append(told, "other case", asked(play, {{DCM_PatientName, in_other_case(name)}}).text);
    play.saw((by_prefix ? "literal and prefix match; " : "the literal name matches; ") + told);
}

void f32(Play& play) {
    const std::string name = held_value(play, DCM_PatientName);
    play.expect(one_match, asked(play, {{DCM_PatientName, name}}));
    const Seen groups = asked(play, {{DCM_PatientName, name.substr(0, name.find('=')) + "="}});
    play.expect(any_outcome, groups);
    play.saw("the literal name matches; with an empty second group: " + groups.text);
}

void f33(Play& play) {
    const std::string date = held_value(play, DCM_StudyDate);
    for (const std::string& range : {date, date + "-", "-" + date, fmt::format("{0}-{0}", date)}) {
        play.expect(one_match, asked(play, {{DCM_StudyDate, range}}));
    }
    const std::string later = std::to_string(std::stoi(date.substr(0, 4)) + 1) + "0101";
    for (const std::string& range : {later + "-", fmt::format("{}-{}", later, date)}) {
        play.expect(no_match, asked(play, {{DCM_StudyDate, range}}));
    }
    play.saw("a, a-, -a, a-a match; later- and later-earlier do not");
}

void f34(Play& play) {
    std::string told;
    for (const char* date : {"20251301", "2025-01-01", "2025.01.01"}) {
        const Seen outcome = asked(play, {{DCM_StudyDate, date}});
        play.expect(not_everything, outcome);
        told += fmt::format("{}{}: {}", told.empty() ? "" : ", ", date, outcome.text);
    }
    play.saw(told);
}

void f35(Play& play) {
    const std::string time = held_time(play);
    const std::string hour = time.substr(0, 2);
    for (const std::string& range :
         {time + "-", hour + "-", hour + "-2359", std::string("-2359"), std::string("00-23")}) {
        play.expect(one_match, asked(play, {{DCM_StudyTime, range}}));
    }
    if (hour != "00" && hour != "23") {
        play.expect(no_match, asked(play, {{DCM_StudyTime, "2330-" + hour}}));
    }
    play.saw("partial times in ranges match; a range does not cross midnight");
}

constexpr Case cases[] = {
    row("F26", n, "PS3.4 C.2.2.2.1", "Single values other than names match by case", played(f26)),
    row("F27", n, "PS3.4 C.2.2.2.1", "%, _ and [ have no meaning of their own", played(f27)),
    row("F28", n, "PS3.4 C.2.2.2.4", "* is any run of characters, ? exactly one", played(f28)),
    row("F29", p, "PS3.4 C.2.2.2.4", "A wild card in a date", played(f29)),
    row("F30", n, "PS3.4 C.2.2.2.1", "Trailing spaces carry no meaning", played(f30)),
    row("F31",
        n,
        "PS3.4 C.2.2.2.1",
        "The literal name matches; the rest is the peer's choice",
        played(f31)),
    row("F32",
        n,
        "PS3.4 C.2.2.2.1",
        "The literal name matches whatever its component groups",
        played(f32)),
    row("F33",
        n,
        "PS3.4 C.2.2.2.5",
        "Date ranges are inclusive; a reversed one matches nothing",
        played(f33)),
    row("F34", p, "PS3.5 6.2", "A malformed date does not match everything", played(f34)),
    row("F35",
        n,
        "PS3.4 C.2.2.2.5",
        "Time ranges take partial times and end at midnight",
        played(f35)),
};

}  // namespace

std::span<const Case> query_matching_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
