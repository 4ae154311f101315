// R16–R21: what a retrieval may ask for (PS3.4 C.4.2.1.4, C.4.2.2).

#include "conformance/cases.hpp"
#include "conformance/retrieve_steps.hpp"

#include <fmt/format.h>

namespace cxr::storescp::conformance {

namespace {

/// An identifier that a user shall not send. Refused; or success of nothing, where its keys
/// identify no entity (PS3.4 C.4.2.3.1). Never objects.
void expect_nothing_got(Play& play, std::string_view expected, const Retrieval& retrieval) {
    expect_status(play, expected, retrieval);
    play.expect(
        retrieval.received.empty(),
        fmt::format("{}, and no object", expected),
        fmt::format("{} objects, {}", retrieval.received.size(), in_words(retrieval.outcome)));
    play.saw(retrieval.outcome.text);
}
constexpr std::string_view refused_or_none = "C-GET-RSP A900 or C-GET-RSP 0000";
/// A wild card is no part of a UID: what cannot be processed is Cxxx.
constexpr std::string_view no_uid = "C-GET-RSP A900 or C-GET-RSP Cxxx or C-GET-RSP 0000";

Retrieval refused_get(Play& play, const Attributes& identifier) {
    Probe probe = open_get(play, held_classes(play));
    return play.get(probe, sop::study_root_get, identifier);
}

void r16(Play& play) {
    const std::string study = play.held().study_instance_uid;
    expect_status(
        play, "C-GET-RSP A900", refused_get(play, keys("FOO", {{DCM_StudyInstanceUID, study}})));
    expect_status(play,
                  "C-GET-RSP A900",
                  refused_get(play, keys("PATIENT", {{DCM_PatientID, play.held().patient_id}})));
    expect_nothing_got(play, refused_or_none, refused_get(play, keys("STUDY", {})));
    play.saw("unknown level, PATIENT in Study Root: C-GET-RSP A900; no unique key: " +
             play.last_seen());
}

/// Two instances of one series, found or stored by us; NotPlayable: there is no such series.
std::pair<HeldInstance, HeldInstance> two_of_a_series(const Play& play) {
    std::vector<HeldInstance> all = play.known().instances;
    all.insert(all.end(), play.known().stored.begin(), play.known().stored.end());
    for (const HeldInstance& one : all) {
        for (const HeldInstance& other : all) {
            if (one.series_instance_uid == other.series_instance_uid &&
                one.sop_class_uid == other.sop_class_uid &&
                one.sop_instance_uid < other.sop_instance_uid) {
                return {one, other};
            }
        }
    }
    throw NotPlayable{"needs a series of two instances"};
}

Retrieval got_instances(Play& play, const HeldInstance& of_series, const std::string& uids) {
    HeldInstance listed = of_series;
    listed.sop_instance_uid = uids;
    Probe probe = open_get(play, {of_series.sop_class_uid});
    return play.get(probe, sop::study_root_get, one_instance(listed));
}

/// A list at this level brings each of its objects.
void expect_list(Play& play, const Attributes& identifier, std::size_t objects) {
    const Retrieval listed = refused_get(play, identifier);
    expect_status(play, "C-GET-RSP 0000", listed);
    play.expect(
        listed.received.size() == objects,
        fmt::format("{}: {} objects", value_of(identifier, DCM_QueryRetrieveLevel), objects),
        in_words(listed.outcome));
}

/// Patient Root: one Patient ID, no list, no wild card.
void expect_single_patient(Play& play) {
    if (!play.offers(sop::patient_root_get)) {
        return;
    }
    const std::string& id = play.held().patient_id;
    for (const std::string& patient :
         {id.substr(0, 2) + "*", id + "\\CXR_NOBODY", std::string("*"), std::string()}) {
        Probe probe = play.open({sop::patient_root_get});
        expect_nothing_got(
            play,
            refused_or_none,
            play.get(probe, sop::patient_root_get, keys("PATIENT", {{DCM_PatientID, patient}})));
    }
}

void r17(Play& play) {
    const HeldInstance& held = play.held();
    const auto study = [&](const std::string& uid) {
        return refused_get(play, keys("STUDY", {{DCM_StudyInstanceUID, uid}}));
    };
    expect_nothing_got(play, no_uid, study(held.study_instance_uid.substr(0, 5) + "*"));
    std::string told = "wild card: " + play.last_seen();
    expect_nothing_got(play, no_uid, study("*"));
    expect_nothing_got(play, refused_or_none, study(""));
    told += ", nothing: " + play.last_seen();
    expect_single_patient(play);
    std::set<std::string> series;
    for (const HeldInstance& one : play.known().instances) {
        series.insert(one.series_instance_uid);
    }
    expect_list(play,
                keys("SERIES",
                     {{DCM_StudyInstanceUID, held.study_instance_uid},
                      {DCM_SeriesInstanceUID, fmt::format("{}", fmt::join(series, "\\"))}}),
                play.known().instances.size());
    expect_list(
        play,
        keys("STUDY", {{DCM_StudyInstanceUID, held.study_instance_uid + "\\" + play.uid("none")}}),
        play.known().instances.size());
    const auto [one, other] = two_of_a_series(play);
    const Retrieval both =
        got_instances(play, one, one.sop_instance_uid + "\\" + other.sop_instance_uid);
    expect_status(play, "C-GET-RSP 0000", both);
    play.expect(both.received.size() == 2, "2 objects", in_words(both.outcome));
    play.saw("lists of studies, series and instances bring each; " + told);
}

void r18(Play& play) {
    const std::size_t all = play.known().instances.size();
    std::string told;
    for (const auto& [tag, value] : {std::pair{DCM_AccessionNumber, "NO_SUCH_NUMBER"},
                                     {DCM_PatientID, "NO_SUCH_PATIENT"},
                                     {DCM_Modality, "XX"}}) {
        Attributes identifier = whole_study(play.held());
        put(identifier, tag, value);
        const Retrieval retrieval = refused_get(play, identifier);
        expect_status(play, "C-GET-RSP A900 or C-GET-RSP 0000", retrieval);
        play.expect(retrieval.outcome.status() != 0 || retrieval.received.size() == all,
                    fmt::format("{}: A900, or ignored", name_of(tag)),
                    fmt::format("{} of {} objects", retrieval.received.size(), all));
        append(told,
               name_of(tag),
               retrieval.outcome.status() == 0 ? "ignored" : retrieval.outcome.text);
    }
    play.saw(told);
}

void r19(Play& play) {
    const HeldInstance& held = play.held();
    const Attributes orphan = keys("IMAGE", {{DCM_SOPInstanceUID, held.sop_instance_uid}});
    expect_nothing_got(play, refused_or_none, refused_get(play, orphan));
    const Attributes without_series = keys("IMAGE",
                                           {{DCM_StudyInstanceUID, held.study_instance_uid},
                                            {DCM_SOPInstanceUID, held.sop_instance_uid}});
    expect_nothing_got(play, refused_or_none, refused_get(play, without_series));
    const std::string told = play.last_seen();
    // Relational retrieval (PS3.4 C.5.3 byte 1).
    pdu::AssociateRQ request = get_request(play, {held.sop_class_uid});
    request.user.extended = {
        {.sop_class_uid = std::string(sop::study_root_get), .information = {1}}};
    Probe probe = play.open(request);
    const auto& items = probe.answer().user.extended;
    const bool relational =
        !items.empty() && !items[0].information.empty() && items[0].information[0] == 1;
    const Retrieval offered = play.get(probe, sop::study_root_get, orphan);
    expect_status(play, relational ? "C-GET-RSP 0000" : refused_or_none, offered);
    play.expect(offered.received.size() == (relational ? 1U : 0U),
                relational ? "1 object, as agreed" : "none",
                in_words(offered.outcome));
    play.saw(told + (relational ? "; relational, as agreed: " + in_words(offered.outcome)
                                : "; relational retrieval is not agreed"));
}

void r20(Play& play) {
    const HeldInstance& held = play.held();
    const Retrieval some =
        got_instances(play, held, held.sop_instance_uid + "\\" + play.uid("none"));
    expect_status(
        play, "C-GET-RSP 0000 or C-GET-RSP B000 or C-GET-RSP A900 or C-GET-RSP Cxxx", some);
    play.saw(fmt::format("{} sent, {}", some.received.size(), in_words(some.outcome)));
}

void r21(Play& play) {
    const HeldInstance& held = play.held();
    const Retrieval twice =
        got_instances(play, held, held.sop_instance_uid + "\\" + held.sop_instance_uid);
    expect_status(
        play, "C-GET-RSP 0000 or C-GET-RSP B000 or C-GET-RSP A900 or C-GET-RSP Cxxx", twice);
    play.saw(fmt::format("{} sent, {}", twice.received.size(), in_words(twice.outcome)));
}

constexpr Case cases[] = {
    row("R16", n, "PS3.4 C.4.2.2.1", "A wrong level, or no unique key: A900", played(r16)),
    row("R17",
        n,
        "PS3.4 C.4.2.1.4.1",
        "Lists of UIDs bring each; wild cards and nothing bring none",
        played(r17)),
    row("R18",
        n,
        "PS3.4 C.4.2.1.4.1",
        "Keys that do not belong there: A900, or ignored",
        played(r18)),
    row("R19",
        n,
        "PS3.4 C.4.2.2.1",
        "An instance without its study and series is not retrieved",
        played(r19)),
    row("R20", p, "PS3.4 C.4.2.3.1", "An unknown UID among known ones", played(r20)),
    row("R21", p, "PS3.4 C.4.2.1.4.1", "The same UID twice in a list", played(r21)),
};

}  // namespace

std::span<const Case> retrieve_identifier_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
