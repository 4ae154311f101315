// F44–F52: cancel, limits, counts of entities, slow readers (PS3.4 C.3.4, C.4.1).

#include "conformance/cases.hpp"
#include "conformance/query_steps.hpp"
#include "conformance/test_objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace cxr::storescp::conformance {

namespace {

/// The end of a query that is cancelled in the same breath: the peer reads both at once.
Seen cancelled_query(Play& play, const Attributes& identifier) {
    Probe probe = play.open({sop::study_root_find});
    probe.send(
        p_data(1,
               command_fragment | last_fragment,
               encode_command_set(request_of(CommandField::c_find_rq, sop::study_root_find, 9))) +
        p_data(1, last_fragment, encoded(identifier, syntax::implicit_little)) +
        p_data(1, command_fragment | last_fragment, encode_command_set(cancel_of(9))));
    const Answers answers = play.collect_answers(probe, 1);
    const Seen& last = answers.outcome;
    play.expect(last.message && (last.status() == 0xFE00 || last.status() == 0),
                "C-FIND-RSP FE00, or 0000 when all was said before",
                last.text);
    play.expect(last.status() == 0xFE00 || answers.matches.size() >= play.known().studies.size(),
                "FE00 where matches were left out",
                last.text);
    play.expect(!last.message->command.has_data_set(),
                "a final response without Identifier",
                last.text + " with one");
    const Seen after = probe.receive(milliseconds(200));
    play.expect("nothing", after);
    play.expect("C-FIND-RSP 0000",
                play.find(probe,
                          sop::study_root_find,
                          keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}}))
                    .outcome);
    return last;
}

void f44(Play& play) {
    constexpr unsigned attempts = 5;
    if (play.known().studies.size() < 3) {
        throw NotPlayable{"needs several studies"};
    }
    for (unsigned i = 0; i < attempts; ++i) {
        const Seen end = cancelled_query(play, all_studies());
        if (end.status() == 0xFE00) {
            play.saw(end.text + "; the next query is answered");
            return;
        }
    }
    throw NotPlayable{fmt::format("{} studies are told before the peer looks for a cancel",
                                  play.known().studies.size())};
}

void f45(Play& play) {
    const Answers answers = play.find(sop::study_root_find, all_studies());
    const Seen& outcome = answers.outcome;
    if (outcome.message && outcome.status() == 0) {
        throw NotPlayable{"all studies are fewer than the peer's limit, if it has one"};
    }
    play.expect(outcome.status() == 0xA700, "A700 at a limit", outcome.text);
    play.expect(!outcome.message->command.has_data_set(),
                "a final response without Identifier",
                outcome.text + " with one");
    play.expect(all_pending(answers, 0xFF00), "FF00 before it", answers.pending.front().text);
    play.saw(outcome.text);
}

/// What the peer counts of one entity, beside what it tells when asked for each.
struct Count {
    DcmTagKey tag;
    std::size_t found;
};
/// Deviation where a number is told that is wrong. How many are told.
std::size_t expect_counts(Play& play,
                          std::string_view model,
                          Attributes identifier,
                          std::initializer_list<Count> counts) {
    for (const Count& count : counts) {
        put(identifier, count.tag, "");
    }
    const Answers answers = play.find(model, identifier);
    play.expect(one_match, answers.outcome);
    std::size_t told = 0;
    for (const Count& count : counts) {
        const std::string said(value_of(answers.matches.front(), count.tag));
        play.expect(said.empty() || said == std::to_string(count.found),
                    fmt::format("{} {}", name_of(count.tag), count.found),
                    said);
        told += said.empty() ? 0U : 1U;
    }
    return told;
}

/// Series and instances of a study, asked for one by one.
struct Contents {
    std::vector<std::pair<std::string, std::size_t>> series;
    [[nodiscard]] std::size_t instances() const {
        std::size_t sum = 0;
        for (const auto& [uid, count] : series) {
            sum += count;
        }
        return sum;
    }
};
Contents contents_of(Play& play, const std::string& study) {
    Contents contents;
    const Answers all =
        play.find(sop::study_root_find,
                  keys("SERIES", {{DCM_StudyInstanceUID, study}, {DCM_SeriesInstanceUID, ""}}));
    for (const std::string& series : values_of(all, DCM_SeriesInstanceUID)) {
        const Answers images = play.find(sop::study_root_find,
                                         keys("IMAGE",
                                              {{DCM_StudyInstanceUID, study},
                                               {DCM_SeriesInstanceUID, series},
                                               {DCM_SOPInstanceUID, ""}}));
        contents.series.emplace_back(series, images.matches.size());
    }
    return contents;
}

/// The numbers of a study and of each of its series. How many are told.
std::size_t expect_study_counts(Play& play, const std::string& study) {
    const Contents contents = contents_of(play, study);
    std::size_t told = expect_counts(play,
                                     sop::study_root_find,
                                     keys("STUDY", {{DCM_StudyInstanceUID, study}}),
                                     {{DCM_NumberOfStudyRelatedSeries, contents.series.size()},
                                      {DCM_NumberOfStudyRelatedInstances, contents.instances()}});
    for (const auto& [series, instances] : contents.series) {
        told += expect_counts(
            play,
            sop::study_root_find,
            keys("SERIES", {{DCM_StudyInstanceUID, study}, {DCM_SeriesInstanceUID, series}}),
            {{DCM_NumberOfSeriesRelatedInstances, instances}});
    }
    return told;
}

std::size_t expect_patient_counts(Play& play, const std::string& patient_id) {
    if (!play.offers(sop::patient_root_find)) {
        return 0;
    }
    const Answers studies =
        play.find(sop::patient_root_find,
                  keys("STUDY", {{DCM_PatientID, patient_id}, {DCM_StudyInstanceUID, ""}}));
    std::size_t series = 0, instances = 0;
    for (const std::string& study : values_of(studies, DCM_StudyInstanceUID)) {
        const Contents contents = contents_of(play, study);
        series += contents.series.size();
        instances += contents.instances();
    }
    return expect_counts(play,
                         sop::patient_root_find,
                         keys("PATIENT", {{DCM_PatientID, patient_id}}),
                         {{DCM_NumberOfPatientRelatedStudies, studies.matches.size()},
                          {DCM_NumberOfPatientRelatedSeries, series},
                          {DCM_NumberOfPatientRelatedInstances, instances}});
}

/// The numbers after each object that arrives: two of a series, then one of another.
void expect_counts_while_arriving(Play& play) {
    Probe storing = play.open({sop::secondary_capture});
    for (const auto& [series, instance] : {std::pair{"1", "1"}, {"1", "2"}, {"2", "3"}}) {
        const Attributes object =
            test_object({.study_instance_uid = play.uid("study"),
                         .series_instance_uid = play.uid(std::string("series/") + series),
                         .sop_instance_uid = play.uid(std::string("instance/") + instance)});
        play.expect("C-STORE-RSP 0000 or C-STORE-RSP Bxxx", play.store(storing, object));
        play.expect(contents_of(play, play.uid("study")).instances() ==
                        static_cast<std::size_t>(std::atoi(instance)),
                    fmt::format("{} instances found", instance),
                    "another number of them");
        static_cast<void>(expect_study_counts(play, play.uid("study")));
    }
}

void f47(Play& play) {
    const HeldInstance& held = play.held();
    const std::size_t told = expect_study_counts(play, held.study_instance_uid) +
                             expect_patient_counts(play, held.patient_id);
    if (told == 0) {
        throw NotPlayable{"the peer does not support the numbers of related entities"};
    }
    const bool stores = play.settings().may_store && play.offers(sop::secondary_capture);
    if (stores) {
        expect_counts_while_arriving(play);
    }
    play.saw(fmt::format("{} numbers of the held patient, its study and series are right{}",
                         told,
                         stores ? ", also after each object of a study that arrives" : ""));
}

void f48(Play& play) {
    if (play.held().study_instance_uid.empty() || play.known().instances.size() < 2) {
        throw NotPlayable{"needs a study of two instances"};
    }
    play.expect(one_match, asked(play, {}));
}

void f50(Play& play) {
    static_cast<void>(play.held());
    constexpr std::uint32_t pdu_bytes_max = 4'096;
    const Answers quick = play.find(sop::study_root_find, all_studies());
    pdu::AssociateRQ request = play.request({sop::study_root_find});
    request.user.pdu_bytes_max = pdu_bytes_max;
    Probe probe = play.open(request);
    probe.send(1,
               request_of(CommandField::c_find_rq, sop::study_root_find),
               encoded(all_studies(), syntax::implicit_little));
    // The case itself: a requestor that reads nothing for a while.
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const Answers slow = play.collect_answers(probe, 1);
    play.expect(slow.outcome.text == quick.outcome.text, quick.outcome.text, slow.outcome.text);
    // Each study once: none is lost, none comes twice.
    play.expect(values_of(slow, DCM_StudyInstanceUID) == values_of(quick, DCM_StudyInstanceUID),
                "the same matches as without waiting",
                "other ones");
    play.expect(probe.longest_p_data() <= pdu_bytes_max,
                fmt::format("no P-DATA-TF longer than {}", pdu_bytes_max),
                fmt::format("one of {}", probe.longest_p_data()));
    play.saw(fmt::format("{}; P-DATA-TF up to {} of {} bytes",
                         slow.outcome.text,
                         probe.longest_p_data(),
                         pdu_bytes_max));
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
    play.expect("1 match, C-FIND-RSP 0000 or C-FIND-RSP 0000 or C-FIND-RSP A900 or C-FIND-RSP Cxxx",
                answers.outcome);
    if (answers.matches.empty()) {
        return;  // its creator was matched as any key
    }
    const bool returned = find(answers.matches[0], private_element) != nullptr;
    play.saw(answers.pending[0].text + (returned ? ", returned" : ""));
}

void f52(Play& play) {
    Probe probe = play.open({sop::study_root_find});
    CommandSet command = request_of(CommandField::c_find_rq, sop::study_root_find);
    command.data_set_type = no_data_set;
    probe.send(1, command);
    const Seen answer = probe.receive();
    play.expect("C-FIND-RSP A900 or C-FIND-RSP Cxxx or A-ABORT 0/x or A-ABORT 2/x", answer);
    if (!answer.message) {
        play.expect_alive();
        return;
    }
    play.expect(!answer.message->command.has_data_set(), "no Identifier", "one");
    play.expect("C-FIND-RSP 0000",
                play.find(probe,
                          sop::study_root_find,
                          keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}}))
                    .outcome);
    play.saw(answer.text + ", and the association goes on");
}

constexpr Case cases[] = {
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
        n,
        "PS3.4 C.6.1.1",
        "One Patient ID of two issuers",
        by_a_test("bridge.catalogue.catalogue_test")),
    row("F50", n, "PS3.8 9.3.5", "A slow reader with small PDUs gets all, in order", played(f50)),
    // What is not recognized may be ignored (C.4.1.1.3.2), also without FF01.
    row("F51", p, "PS3.4 C.4.1.1.3.2", "A private key does no harm", played(f51)),
    row("F52", n, "PS3.7 9.3.2", "A C-FIND without Identifier: A900, Cxxx or abort", played(f52)),
};

}  // namespace

std::span<const Case> query_flow_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
