// F16–F25: what the responses of a C-FIND hold, and how its UIDs match (PS3.4 C.4.1.1.3.2,
// C.2.2.2).

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

namespace cxr::storescp::conformance {

namespace {

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

Answers the_image_answers(Play& play, std::initializer_list<Key> more) {
    return some_answers(play, the_images(play.held(), more));
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

/// Every pending response has the key, or none has it and each is FF01 because its existence is not
/// supported (C.2.2.1.3).
void expect_flagged_or_returned(Play& play, const DcmTagKey& tag, const Answers& answers) {
    play.expect(!answers.pending.empty(), "at least 1 match", answers.outcome.text);
    const bool returned = find(answers.matches.front(), tag) != nullptr;
    for (std::size_t i = 0; i < answers.pending.size(); ++i) {
        const bool here = find(answers.matches[i], tag) != nullptr;
        const std::string one =
            fmt::format("{} {} it", answers.pending[i].text, here ? "with" : "without");
        play.expect(here || answers.pending[i].status() == 0xFF01,
                    fmt::format("FF01, or {} in the response", name_of(tag)),
                    one);
        play.expect(here == returned,
                    fmt::format("{} in all responses or in none", name_of(tag)),
                    one + fmt::format(", response {}", i + 1));
    }
}

void f18(Play& play) {
    static_cast<void>(play.held());
    const Answers without = some_answers(play, all_studies());
    play.expect(all_pending(without, 0xFF00),
                "FF00 where every key is supported",
                without.pending.front().text);
    Attributes identifier = all_studies();
    put(identifier, DCM_AdmissionID, "");
    const Answers with = some_answers(play, identifier);
    expect_flagged_or_returned(play, DCM_AdmissionID, with);
    play.expect(with.matches.size() == without.matches.size(),
                fmt::format("{} matches, as without the key", without.matches.size()),
                with.outcome.text);
    play.saw(find(with.matches.front(), DCM_AdmissionID) != nullptr
                 ? "supported: returned"
                 : fmt::format("FF01 on each of {} pending", with.pending.size()));
}

void f19(Play& play) {
    const HeldInstance& held = play.held();
    std::string told;
    for (const Attributes& identifier :
         {the_study(play, {}),
          keys("SERIES",
               {{DCM_StudyInstanceUID, held.study_instance_uid}, {DCM_SeriesInstanceUID, ""}}),
          the_images(held, {})}) {
        const std::string level(value_of(identifier, DCM_QueryRetrieveLevel));
        for (const Attributes& match : some_answers(play, identifier).matches) {
            const auto* const title = find(match, DCM_RetrieveAETitle);
            const auto* const set_id = find(match, DCM_StorageMediaFileSetID);
            const auto* const set_uid = find(match, DCM_StorageMediaFileSetUID);
            play.expect(title != nullptr || (set_id != nullptr && set_uid != nullptr),
                        fmt::format("{}: Retrieve AE Title, or File-Set ID and UID", level),
                        "neither");
            // Empty above the lowest level only, where not all is at one place.
            play.expect(level != "IMAGE" || (title != nullptr && !title->value.empty()) ||
                            (set_uid != nullptr && !set_uid->value.empty()),
                        "IMAGE: one of them with a value",
                        "empty ones");
        }
        append(told,
               level,
               value_of(play.find(sop::study_root_find, identifier).matches.front(),
                        DCM_RetrieveAETitle));
    }
    play.saw("Retrieve AE Title of " + told);
}

void f20(Play& play) {
    const Answers asked_for = the_image_answers(play, {{DCM_InstanceAvailability, ""}});
    play.saw(expect_never_empty(play,
                                asked_for,
                                DCM_InstanceAvailability,
                                {"ONLINE", "NEARLINE", "OFFLINE", "UNAVAILABLE"}));
}

/// "hhmmss" as seconds of the day; nothing where there is no such time.
std::optional<int> seconds_of(std::string_view time) {
    if (time.size() < 6 ||
        !std::ranges::all_of(time.substr(0, 6), [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    const auto two = [&](std::size_t at) {
        return std::atoi(std::string(time.substr(at, 2)).c_str());
    };
    return (two(0) * 60 + two(2)) * 60 + two(4);
}

/// The held study's time as it is told to who asks at this offset.
std::optional<int> told_at(Play& play, Probe& probe, const char* offset) {
    const Answers answers = play.find(
        probe,
        sop::study_root_find,
        the_study(play,
                  {{DCM_StudyDate, ""}, {DCM_StudyTime, ""}, {DCM_TimezoneOffsetFromUTC, offset}}));
    play.expect(one_match, answers.outcome);
    expect_never_empty(play, answers, DCM_TimezoneOffsetFromUTC);
    return seconds_of(value_of(answers.matches.front(), DCM_StudyTime));
}

void f23(Play& play) {
    const std::string date = held_value(play, DCM_StudyDate);
    static_cast<void>(held_time(play));
    // Not negotiated: an application may adjust for it (C.2.2.2.5.4) or match it as any key
    // (C.2.2.2 forbids that only to who negotiated it). Told, not judged.
    const auto plain = [&](const char* offset) {
        const Answers answers = play.find(
            sop::study_root_find,
            the_study(play, {{DCM_StudyDate, date}, {DCM_TimezoneOffsetFromUTC, offset}}));
        expect_never_empty(play, answers, DCM_TimezoneOffsetFromUTC);
        return answers.outcome.text;
    };
    const std::string east = plain("+1200"), west = plain("-1200");
    const bool ignored = east == one_match && west == one_match;
    const std::string told = ignored
                                 ? "ignored unless negotiated"
                                 : fmt::format("not negotiated, +1200: {}, -1200: {}", east, west);
    Negotiated offered = negotiated(play, {0, 0, 0, 1});
    if (!offered.agrees(4)) {
        play.saw(told + "; adjustment is not agreed");
        return;
    }
    const auto at_utc = told_at(play, offered.probe, "+0000");
    const auto at_cet = told_at(play, offered.probe, "+0100");
    constexpr int hour = 3'600, day = 24 * hour;
    play.expect(at_utc && at_cet && (*at_cet - *at_utc + day) % day == hour,
                "Study Time an hour later at +0100 than at +0000",
                at_utc && at_cet ? fmt::format("{} s later", *at_cet - *at_utc) : "no time");
    play.saw(told + "; negotiated, an hour later at +0100 than at +0000");
}

/// A query for a list of UIDs, one of them nobody's, finds the others and nothing else.
void expect_list(Play& play,
                 Attributes identifier,
                 const DcmTagKey& tag,
                 std::vector<std::string> uids) {
    std::ranges::sort(uids);
    put(identifier, tag, fmt::format("{}\\{}\\{}", uids.front(), play.uid("none"), uids.back()));
    const Answers answers = play.find(sop::study_root_find, identifier);
    play.expect("2 matches, C-FIND-RSP 0000", answers.outcome);
    play.expect(values_of(answers, tag) == std::vector{uids.front(), uids.back()},
                fmt::format("the two {} of the list", name_of(tag)),
                fmt::format("{}", fmt::join(values_of(answers, tag), ", ")));
}

/// Two different values of a member, of instances that agree in another; empty: there are none.
std::vector<std::string> two_within(std::span<const HeldInstance> instances,
                                    std::string HeldInstance::*within,
                                    std::string HeldInstance::*of) {
    for (const HeldInstance& one : instances) {
        for (const HeldInstance& other : instances) {
            if (one.*within == other.*within && one.*of < other.*of) {
                return {one.*of, other.*of};
            }
        }
    }
    return {};
}

void f24(Play& play) {
    static_cast<void>(play.held());
    const auto& studies = play.known().studies;
    if (studies.size() < 2) {
        throw NotPlayable{"needs two studies"};
    }
    expect_list(play,
                keys("STUDY", {}),
                DCM_StudyInstanceUID,
                {std::string(value_of(studies[0], DCM_StudyInstanceUID)),
                 std::string(value_of(studies[1], DCM_StudyInstanceUID))});
    std::string told = "STUDY";
    std::vector<HeldInstance> all = play.known().instances;
    all.insert(all.end(), play.known().stored.begin(), play.known().stored.end());
    const auto of = [&](const std::string& uid, std::string HeldInstance::*member) {
        return *std::ranges::find(all, uid, member);
    };
    if (const auto series =
            two_within(all, &HeldInstance::study_instance_uid, &HeldInstance::series_instance_uid);
        !series.empty()) {
        const HeldInstance one = of(series.front(), &HeldInstance::series_instance_uid);
        expect_list(play,
                    keys("SERIES", {{DCM_StudyInstanceUID, one.study_instance_uid}}),
                    DCM_SeriesInstanceUID,
                    series);
        told += ", SERIES";
    }
    if (const auto instances =
            two_within(all, &HeldInstance::series_instance_uid, &HeldInstance::sop_instance_uid);
        !instances.empty()) {
        const HeldInstance one = of(instances.front(), &HeldInstance::sop_instance_uid);
        expect_list(play, the_images(one, {}), DCM_SOPInstanceUID, instances);
        told += ", IMAGE";
    }
    play.saw(told + ": each of the list, unknown ones ignored");
}

void f25(Play& play) {
    const std::string pattern = play.held().study_instance_uid.substr(0, 6) + "*";
    play.expect(
        no_uid,
        play.find(sop::study_root_find, keys("STUDY", {{DCM_StudyInstanceUID, pattern}})).outcome);
}

constexpr Case cases[] = {
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
        "Responses at each level say where from objects are retrieved",
        played(f19)),
    row("F20", n, "PS3.4 C.4.1.1.3.2", "Instance Availability is never empty", played(f20)),
    row("F21",
        n,
        "PS3.4 C.4.1.1.3.2",
        "Responses read as they are labelled; the label is never empty",
        played(f21)),
    row("F22", n, "PS3.4 C.2.2.2", "Queries in other character sets are answered", played(f22)),
    row("F23",
        n,
        "PS3.4 C.2.2.2.1",
        "Timezone Offset From UTC is never empty, and adjusts when negotiated",
        played(f23)),
    row("F24",
        n,
        "PS3.4 C.2.2.2.2",
        "A list of UIDs matches each; unknown ones are ignored",
        played(f24)),
    row("F25", n, "PS3.4 C.2.2.2.4", "A UID with a wild card is not expanded", played(f25)),
};

}  // namespace

std::span<const Case> query_response_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
