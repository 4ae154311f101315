// F1–F25: what a C-FIND may ask and what its responses hold (PS3.4 C.4.1, C.6).

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cxr::storescp::conformance {

namespace {

constexpr std::string_view refused = "C-FIND-RSP A900";
/// Refused, or ended where the hierarchical search ends (PS3.4 C.4.1.3.1.1).
constexpr std::string_view refused_or_nothing = "C-FIND-RSP A900 or C-FIND-RSP 0000";
constexpr std::string_view one_match = "1 match, C-FIND-RSP 0000";

void f1(Play& play) {
    const Answers answers = play.find(sop::study_root_find, the_study(play, {}));
    play.expect(one_match, answers.outcome);
    play.expect(answers.outcome.message && !answers.outcome.message->command.has_data_set(),
                "a final response without Identifier",
                "one with an Identifier");
    play.saw("FF00 with Identifier, 0000 without");
}

void f2(Play& play) {
    play.expect(
        "C-FIND-RSP 0000",
        play.find(sop::study_root_find, keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}}))
            .outcome);
}

void f3(Play& play) {
    // collect_answers() tests that each pending response has an Identifier.
    const Answers answers = play.find(sop::study_root_find, all_studies());
    play.expect(!answers.matches.empty(), "matches", answers.outcome.text);
    play.expect(answers.outcome.message && !answers.outcome.message->command.has_data_set(),
                "a final response without Identifier",
                answers.outcome.text);
    play.saw(answers.outcome.text);
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
    play.expect(refused,
                play.find(sop::patient_study_only_find,
                          keys("SERIES", {{DCM_PatientID, "X"}, {DCM_SeriesInstanceUID, ""}}))
                    .outcome);
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
    for (const std::string& parent : {study.substr(0, 4) + "*", study + "\\1.2.3", std::string()}) {
        play.expect(
            refused_or_nothing,
            play.find(sop::study_root_find,
                      keys("SERIES", {{DCM_StudyInstanceUID, parent}, {DCM_SeriesInstanceUID, ""}}))
                .outcome);
        told += (told.empty() ? "" : ", ") + play.last_seen();
    }
    play.saw("wild card, list, empty: " + told);
}

void f11(Play& play) {
    static_cast<void>(play.held());
    const Answers answers = play.find(sop::study_root_find, keys("STUDY", {{DCM_PatientName, ""}}));
    const bool named = std::ranges::all_of(answers.matches, [](const Attributes& match) {
        return !value_of(match, DCM_StudyInstanceUID).empty();
    });
    play.expect((answers.outcome.text == refused) || (answers.outcome.status() == 0 && named),
                "C-FIND-RSP A900, or matches with their unique key",
                answers.outcome.text + (named ? "" : " without Study Instance UID"));
}

void f12(Play& play) {
    const Answers answers = play.find(sop::study_root_find,
                                      keys("SERIES",
                                           {{DCM_StudyDate, "19000101-20991231"},
                                            {DCM_StudyInstanceUID, play.held().study_instance_uid},
                                            {DCM_SeriesInstanceUID, ""}}));
    const bool flagged =
        !answers.pending.empty() && std::ranges::all_of(answers.pending, [](const Seen& pending) {
            return pending.status() == 0xFF01;
        });
    play.expect(answers.outcome.text == refused || flagged,
                "C-FIND-RSP A900, or every pending FF01",
                answers.outcome.text);
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

/// The peer's answer to an offer, and the association.
std::pair<Probe, std::vector<std::uint8_t>> negotiated(Play& play,
                                                       std::vector<std::uint8_t> offer) {
    play.need(sop::study_root_find);
    pdu::AssociateRQ request = play.request({sop::study_root_find});
    request.user.extended = {
        {.sop_class_uid = std::string(sop::study_root_find), .information = std::move(offer)}};
    Probe probe = play.open(request);
    const auto& items = probe.answer().user.extended;
    std::vector<std::uint8_t> agreed =
        items.empty() ? std::vector<std::uint8_t>{} : items.front().information;
    return {std::move(probe), std::move(agreed)};
}

void f14(Play& play) {
    static_cast<void>(play.held());
    auto [probe, agreed] = negotiated(play, {1});
    const bool relational = !agreed.empty() && agreed[0] == 1;
    const Answers answers = play.find(probe, sop::study_root_find, series_without_study());
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

Attributes the_images(const HeldInstance& held, std::initializer_list<Key> more) {
    Attributes identifier = keys("IMAGE",
                                 {{DCM_SOPInstanceUID, ""},
                                  {DCM_StudyInstanceUID, held.study_instance_uid},
                                  {DCM_SeriesInstanceUID, held.series_instance_uid}});
    for (const Key& key : more) {
        put(identifier, key.first, key.second);
    }
    return identifier;
}

/// Throws unless there are matches.
Answers the_image_answers(Play& play, std::initializer_list<Key> more) {
    Answers answers = play.find(sop::study_root_find, the_images(play.held(), more));
    play.expect(!answers.matches.empty() && answers.outcome.status() == 0,
                "at least 1 match",
                answers.outcome.text);
    return answers;
}

void f16(Play& play) {
    const Answers answers = the_image_answers(play, {});
    for (const Attributes& match : answers.matches) {
        play.expect(value_of(match, DCM_QueryRetrieveLevel) == "IMAGE",
                    "the level of the request in each response",
                    std::string(value_of(match, DCM_QueryRetrieveLevel)));
        for (const DcmTagKey& tag :
             {DCM_StudyInstanceUID, DCM_SeriesInstanceUID, DCM_SOPInstanceUID}) {
            play.expect(!value_of(match, tag).empty(),
                        "all unique keys of this level and above",
                        fmt::format("no {}", name_of(tag)));
        }
    }
    play.saw("level, study, series and instance UIDs in each response");
}

void f17(Play& play) {
    const std::initializer_list<Key> requested{{DCM_StudyDate, ""},
                                               {DCM_StudyTime, ""},
                                               {DCM_AccessionNumber, ""},
                                               {DCM_PatientName, ""},
                                               {DCM_PatientID, ""},
                                               {DCM_StudyID, ""}};
    const Answers answers = play.find(sop::study_root_find, the_study(play, requested));
    play.expect(one_match, answers.outcome);
    const Attributes& match = answers.matches.front();
    for (const Key& key : requested) {
        play.expect(find(match, key.first) != nullptr,
                    "every requested key in the response",
                    fmt::format("no {}", name_of(key.first)));
    }
    // PS3.4 C.4.1.1.3.2: what a response may hold beside what was asked for.
    const std::set<DcmTagKey> allowed{DCM_SpecificCharacterSet,
                                      DCM_QueryRetrieveLevel,
                                      DCM_RetrieveAETitle,
                                      DCM_InstanceAvailability,
                                      DCM_TimezoneOffsetFromUTC,
                                      DCM_StudyInstanceUID,
                                      DCM_StorageMediaFileSetID,
                                      DCM_StorageMediaFileSetUID};
    for (const dicom::Attribute& attribute : match) {
        const bool asked = std::ranges::any_of(
            requested, [&](const Key& key) { return key.first == attribute.tag; });
        play.expect(asked || allowed.contains(attribute.tag),
                    "no key that was not requested",
                    fmt::format("{} as well", name_of(attribute.tag)));
    }
    play.saw("every requested key, and no other");
}

/// Every pending response has the key, or FF01 because its existence is not supported.
void expect_flagged_or_returned(Play& play, const DcmTagKey& tag, const Answers& answers) {
    play.expect(!answers.pending.empty(), "at least 1 match", answers.outcome.text);
    for (std::size_t i = 0; i < answers.pending.size(); ++i) {
        const bool returned = find(answers.matches[i], tag) != nullptr;
        play.expect(returned || answers.pending[i].status() == 0xFF01,
                    fmt::format("FF01, or {} in the response", name_of(tag)),
                    answers.pending[i].text + " without it");
    }
    play.saw(find(answers.matches.front(), tag) != nullptr ? "supported: returned"
                                                           : "FF01 on every pending");
}

void f18(Play& play) {
    const Attributes identifier = the_study(play, {{DCM_AdmissionID, ""}});
    expect_flagged_or_returned(play, DCM_AdmissionID, play.find(sop::study_root_find, identifier));
}

void f19(Play& play) {
    const Answers answers = the_image_answers(play, {});
    for (const Attributes& match : answers.matches) {
        play.expect(!value_of(match, DCM_RetrieveAETitle).empty() ||
                        !value_of(match, DCM_StorageMediaFileSetUID).empty(),
                    "Retrieve AE Title, or File-Set ID and UID",
                    "neither");
    }
    play.saw(fmt::format("Retrieve AE Title {}",
                         value_of(answers.matches.front(), DCM_RetrieveAETitle)));
}

/// Absent, or one of the values; never empty. The first one seen.
std::string expect_never_empty(Play& play,
                               const DcmTagKey& tag,
                               const std::set<std::string, std::less<>>& values) {
    const Answers answers = the_image_answers(play, {{tag, ""}});
    std::string first = "absent";
    for (const Attributes& match : answers.matches) {
        const dicom::Attribute* attribute = find(match, tag);
        if (attribute != nullptr) {
            play.expect(
                !attribute->value.empty() && (values.empty() || values.contains(attribute->value)),
                fmt::format("{} absent or with a value it may have", name_of(tag)),
                fmt::format("\"{}\"", attribute->value));
            first = attribute->value;
        }
    }
    play.saw(first);
    return first;
}

void f20(Play& play) {
    expect_never_empty(
        play, DCM_InstanceAvailability, {"ONLINE", "NEARLINE", "OFFLINE", "UNAVAILABLE"});
}

void f21(Play& play) {
    const Answers answers =
        play.find(sop::study_root_find,
                  the_study(play, {{DCM_PatientName, ""}, {DCM_SpecificCharacterSet, ""}}));
    play.expect(one_match, answers.outcome);
    const dicom::Attribute* set = find(answers.matches.front(), DCM_SpecificCharacterSet);
    play.expect(set == nullptr || !set->value.empty(),
                "Specific Character Set absent or with a value",
                "an empty one");
    play.saw(set == nullptr ? "absent" : set->value);
}

void f22(Play& play) {
    std::string told;
    for (const std::string_view set : {"ISO_IR 144", "ISO_IR 192", "ISO_IR 999"}) {
        Probe probe = play.open({sop::study_root_find});
        probe.send(1,
                   request_of(CommandField::c_find_rq, sop::study_root_find),
                   element(0x0008'0005, set) + element(0x0008'0052, "STUDY ") +
                       element(0x0010'0010, "\xB6*") + element(0x0020'000D, ""));
        const Seen outcome = play.collect_answers(probe, 1).outcome;
        play.expect(outcome.message.has_value(), "a C-FIND-RSP", outcome.text);
        told += fmt::format("{}{}: {}", told.empty() ? "" : ", ", set, outcome.text);
    }
    play.saw(told);
}

void f23(Play& play) {
    expect_never_empty(play, DCM_TimezoneOffsetFromUTC, {});
}

void f24(Play& play) {
    static_cast<void>(play.held());
    const auto& studies = play.known().studies;
    if (studies.size() < 2) {
        throw NotPlayable{"needs two studies"};
    }
    const std::string list = fmt::format("{}\\{}\\{}",
                                         value_of(studies[0], DCM_StudyInstanceUID),
                                         play.uid("none"),
                                         value_of(studies[1], DCM_StudyInstanceUID));
    play.expect(
        "2 matches, C-FIND-RSP 0000",
        play.find(sop::study_root_find, keys("STUDY", {{DCM_StudyInstanceUID, list}})).outcome);
}

void f25(Play& play) {
    const std::string pattern = play.held().study_instance_uid.substr(0, 6) + "*";
    play.expect(
        refused_or_nothing,
        play.find(sop::study_root_find, keys("STUDY", {{DCM_StudyInstanceUID, pattern}})).outcome);
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
    row("F16",
        n,
        "PS3.4 C.4.1.1.3.2",
        "Responses have the level and all unique keys above it",
        played(f16)),
    row("F17",
        n,
        "PS3.4 C.4.1.1.3.2",
        "Responses have every requested key and no others",
        played(f17)),
    row("F18",
        n,
        "PS3.4 C.4.1.1.4",
        "An optional key that is not supported: FF01 on every pending",
        played(f18)),
    row("F19",
        n,
        "PS3.4 C.4.1.1.3.2",
        "Responses say where from objects are retrieved",
        played(f19)),
    row("F20", n, "PS3.4 C.4.1.1.3.2", "Instance Availability is never empty", played(f20)),
    row("F21", n, "PS3.4 C.4.1.1.3.2", "Specific Character Set is never empty", played(f21)),
    row("F22", p, "PS3.5 6.1", "Queries in other character sets are answered", played(f22)),
    row("F23", n, "PS3.4 C.2.2.2.1", "Timezone Offset From UTC is never empty", played(f23)),
    row("F24",
        n,
        "PS3.4 C.2.2.2.2",
        "A list of UIDs matches each; unknown ones are ignored",
        played(f24)),
    row("F25", n, "PS3.4 C.2.2.2.4", "A UID with a wild card is not expanded", played(f25)),
};

}  // namespace

std::span<const Case> query_rule_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
