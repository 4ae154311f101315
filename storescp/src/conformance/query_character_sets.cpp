// F21 and F22: names in several character sets, as the peer stores, tells and matches them (PS3.4
// C.2.2.2, C.4.1.1.3.2).

#include "conformance/query_steps.hpp"
#include "conformance/storage_steps.hpp"

#include <fmt/format.h>

namespace cxr::storescp::conformance {

namespace {

/// Names, and how the peer is given them: the bytes of their Specific Character Set.
struct GivenName {
    std::string_view set, bytes, utf8;
};
constexpr GivenName given_names[] = {
    {"ISO_IR 100", "M\xFCller^J\xFCrgen", "Müller^Jürgen"},
    {"ISO_IR 144", "\xBB\xEE\xDA\xE1^\xB0\xDD\xDD\xD0", "Люкс^Анна"},
    {"ISO_IR 192", "Yamada^Tarou=山田^太郎", "Yamada^Tarou=山田^太郎"},
};

/// The object of that name, stored; found by its study.
Attributes given(Play& play, const GivenName& name) {
    Attributes object = test_object(play, name.set);
    // A patient of its own: one Patient ID has one name, whatever later objects say.
    put(object, DCM_PatientID, fmt::format("{}-{}", test_patient_id, name.set.substr(7)));
    Probe probe = open_storage(play);
    probe.send(probe.context(sop::secondary_capture),
               store_rq(object),
               with_name(object, name.set, name.bytes));
    play.expect("C-STORE-RSP 0000 or C-STORE-RSP Bxxx", probe.receive());
    return object;
}

Attributes study_with_name(const Attributes& object) {
    return keys("STUDY",
                {{DCM_PatientName, ""},
                 {DCM_StudyInstanceUID, std::string(value_of(object, DCM_StudyInstanceUID))}});
}

/// A query by name, in this set; the name's bytes as they are.
Seen asked_in(Play& play, std::string_view set, std::string_view name, const std::string& study) {
    Probe probe = play.open({sop::study_root_find});
    const std::string padded = std::string(name) + (name.size() % 2 == 0 ? "" : " ");
    probe.send(1,
               request_of(CommandField::c_find_rq, sop::study_root_find),
               element(0x0008'0005, set) + element(0x0008'0052, "STUDY ") +
                   element(0x0010'0010, padded) + element(0x0020'000D, ui(study)));
    return play.collect_answers(probe, 1).outcome;
}

}  // namespace

void f21(Play& play) {
    // Nothing is asked of the peer but to label what it says: it reads as it is labelled.
    const Answers held = some_answers(play, the_study(play, {{DCM_PatientName, ""}}));
    std::string told;
    append(told, "held study", expect_never_empty(play, held, DCM_SpecificCharacterSet));
    if (play.settings().may_store && play.offers(sop::secondary_capture)) {
        for (const GivenName& name : given_names) {
            const Answers answers = some_answers(play, study_with_name(given(play, name)));
            const std::string set = expect_never_empty(play, answers, DCM_SpecificCharacterSet);
            const auto said = value_of(answers.matches.front(), DCM_PatientName);
            play.expect(said == name.utf8,
                        fmt::format("{}, in any set that is labelled", name.utf8),
                        fmt::format("{} labelled {}", said, set));
            append(told, name.set, set);
        }
    }
    play.saw(told);
}

void f22(Play& play) {
    static_cast<void>(play.held());
    const std::string study = play.held().study_instance_uid;
    std::string told;
    // Answered, whatever becomes of it: a set that the peer does not support leaves matching
    // undefined (C.2.2.2), wild cards in names are its own choice (C.2.2.2.4).
    const auto ask = [&](std::string_view says,
                         std::string_view set,
                         std::string_view name,
                         const std::string& of_study) {
        const Seen outcome = asked_in(play, set, name, of_study);
        play.expect(outcome.message.has_value(), "a C-FIND-RSP", outcome.text);
        const bool commented = outcome.message->command.error_comment.has_value();
        append(told, says, outcome.text + (commented ? " with a comment" : ""));
    };
    if (play.settings().may_store && play.offers(sop::secondary_capture)) {
        const Attributes cyrillic = given(play, given_names[1]);
        const std::string its_study(value_of(cyrillic, DCM_StudyInstanceUID));
        ask("Cyrillic in its own set", "ISO_IR 144", given_names[1].bytes, its_study);
        ask("in UTF-8", "ISO_IR 192", given_names[1].utf8, its_study);
        ask("? for one letter", "ISO_IR 192", "?юкс^Анна", its_study);
        ask("?? for one letter", "ISO_IR 192", "??юкс^Анна", its_study);
    }
    ask("bytes of no character", "ISO_IR 192", "\xB6*", study);
    ask("an unknown set", "ISO_IR 999", "*", study);
    play.saw(told);
}

}  // namespace cxr::storescp::conformance
