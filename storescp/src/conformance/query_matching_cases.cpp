// F26–F35: how values match (PS3.4 C.2.2.2).

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace cxr::storescp::conformance {

namespace {

constexpr std::string_view no_match = "C-FIND-RSP 0000";
constexpr std::string_view one_match = "1 match, C-FIND-RSP 0000";
constexpr std::string_view not_everything = "C-FIND-RSP A900 or C-FIND-RSP Cxxx or C-FIND-RSP 0000";
constexpr std::string_view any_outcome =
    "C-FIND-RSP A900 or C-FIND-RSP Cxxx or C-FIND-RSP 0000 or 1 match, C-FIND-RSP 0000";

void f26(Play& play) {
    std::string number = held_value(play, DCM_AccessionNumber);
    for (char& letter : number) {
        const auto byte = static_cast<unsigned char>(letter);
        letter =
            static_cast<char>(std::isupper(byte) != 0 ? std::tolower(byte) : std::toupper(byte));
    }
    if (number == held_value(play, DCM_AccessionNumber)) {
        throw NotPlayable{"the accession number has no letters"};
    }
    play.expect(no_match, asked(play, {{DCM_AccessionNumber, number}}));
}

void f27(Play& play) {
    const std::string number = held_value(play, DCM_AccessionNumber);
    for (const std::string& pattern : {std::string("%"),
                                       "_" + number.substr(1),
                                       "[" + number.substr(0, 1) + "]" + number.substr(1)}) {
        play.expect(no_match, asked(play, {{DCM_AccessionNumber, pattern}}));
    }
    play.saw("%, _ and [ are literal");
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
    play.expect(any_outcome, asked(play, {{DCM_StudyDate, date.substr(0, 4) + "*"}}));
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
    play.expect(one_match, asked(play, {{DCM_PatientName, name.substr(0, 2) + "*"}}));
    const Seen delimiters = asked(play, {{DCM_PatientName, name + "^"}});
    std::string lower = name;
    std::ranges::transform(
        lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const Seen small = asked(play, {{DCM_PatientName, lower}});
    play.saw(fmt::format(
        "literal and prefix match; trailing ^: {}; lower case: {}", delimiters.text, small.text));
}

void f32(Play& play) {
    const std::string name = held_value(play, DCM_PatientName);
    play.expect(one_match, asked(play, {{DCM_PatientName, name}}));
    const Seen groups = asked(play, {{DCM_PatientName, name + "="}});
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
        "The literal name matches, and its beginning with *",
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
