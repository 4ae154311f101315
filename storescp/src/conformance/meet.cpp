// What an examination learns first: what the peer accepts, what it holds, whether it serves several
// connections; and, where that is allowed, the test objects it is given.

#include "conformance/play.hpp"
#include "conformance/test_objects.hpp"

#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cxr::storescp::conformance {

namespace {

constexpr Case meeting{.id = "M0",
                       .section = {},
                       .expectation = {},
                       .requirement = Requirement::policy,
                       .how = How::played,
                       .dialogue = nullptr,
                       .note = {}};

constexpr std::size_t studies_max = 200;
constexpr std::size_t instances_max = 40;
/// As many as there are cases that wait.
constexpr std::size_t silent_connections = 12;

struct Service {
    std::string_view sop_class, name;
};
constexpr std::array services{
    Service{sop::verification, "C-ECHO"},
    Service{sop::secondary_capture, "C-STORE"},
    Service{sop::patient_root_find, "C-FIND Patient Root"},
    Service{sop::study_root_find, "C-FIND Study Root"},
    Service{sop::patient_root_move, "C-MOVE Patient Root"},
    Service{sop::study_root_move, "C-MOVE Study Root"},
    Service{sop::patient_root_get, "C-GET Patient Root"},
    Service{sop::study_root_get, "C-GET Study Root"},
    Service{sop::patient_study_only_find, "C-FIND Patient/Study Only"},
    Service{sop::storage_commitment, "Storage Commitment"},
    Service{sop::ct_image, ""},
};

std::string value(const Attributes& match, const DcmTagKey& tag) {
    return std::string(dicom::value_of(match, tag));
}

/// @param alert of TLS; empty: none
Fault refused(const Play& play, const Seen& answer, const std::string& alert) {
    const ExaminerSettings& settings = play.settings();
    std::string doing = fmt::format("{}@{}:{} answered {} to {}",
                                    settings.called_ae_title,
                                    settings.host,
                                    settings.port,
                                    answer.text,
                                    settings.calling_ae_title);
    if (!alert.empty()) {
        doing += fmt::format(" (TLS: {})", alert);
    } else if (answer.text == "A-ASSOCIATE-RJ 1/1/7") {
        doing += ": it has another AE title";
    } else if (answer.text == "A-ASSOCIATE-RJ 1/1/3") {
        doing += ": it must know our AE title; --calling gives another";
    }
    return {.kind = FaultKind::refused, .doing = std::move(doing)};
}

/// Every SOP class that cases need, each syntax of ours in a context of its own for storage.
pdu::AssociateRQ everything(const Play& play) {
    pdu::AssociateRQ request = play.request({});
    std::uint8_t id = 1;
    const auto propose = [&](std::string_view abstract_syntax, std::string_view transfer_syntax) {
        request.contexts.push_back({.id = id,
                                    .abstract_syntax = std::string(abstract_syntax),
                                    .transfer_syntaxes = {std::string(transfer_syntax)}});
        id = static_cast<std::uint8_t>(id + 2);
    };
    for (const Service& service : services) {
        propose(service.sop_class, syntax::implicit_little);
    }
    for (const std::string_view transfer_syntax : {syntax::implicit_little,
                                                   syntax::explicit_little,
                                                   syntax::deflated,
                                                   syntax::explicit_big,
                                                   syntax::rle,
                                                   syntax::jpeg_lossless}) {
        propose(sop::secondary_capture, transfer_syntax);
    }
    return request;
}

void learn_services(const pdu::AssociateRQ& request,
                    const pdu::AssociateAC& answer,
                    Examiner::Known& known) {
    for (const pdu::AnsweredContext& context : answer.contexts) {
        const auto proposed = std::ranges::find(request.contexts, context.id, &ProposedContext::id);
        if (context.result != ContextResult::acceptance || proposed == request.contexts.end()) {
            continue;
        }
        known.accepted.insert(proposed->abstract_syntax);
        if (proposed->abstract_syntax == sop::secondary_capture) {
            known.storage_syntaxes[proposed->abstract_syntax].insert(context.transfer_syntax);
        }
    }
    for (const Service& service : services) {
        if (!service.name.empty() && known.accepted.contains(service.sop_class)) {
            known.summary.services.emplace_back(service.name);
        }
    }
    known.summary.implementation_class_uid = answer.user.implementation_class_uid;
    known.summary.implementation_version_name = answer.user.implementation_version_name;
    known.summary.pdu_bytes_max = answer.user.pdu_bytes_max.value_or(0);
}

/// One study of two series, with two instances and one.
void give_test_objects(Play& play, Examiner::Known& known) {
    Probe probe = play.open({sop::secondary_capture});
    for (const auto& [series, instance] : {std::pair{"1", "1"}, {"1", "2"}, {"2", "3"}}) {
        const Attributes object =
            test_object({.study_instance_uid = play.uid("study"),
                         .series_instance_uid = play.uid(std::string("series/") + series),
                         .sop_instance_uid = play.uid(std::string("instance/") + instance)});
        if (play.store(probe, object).text == "C-STORE-RSP 0000") {
            known.stored.push_back(held_instance(object));
        }
    }
    probe.release();
}

Answers find_some(Play& play, const Attributes& identifier, std::size_t matches_max) {
    Probe probe = play.open({sop::study_root_find});
    const std::uint8_t context = probe.context(sop::study_root_find);
    probe.send(context,
               request_of(CommandField::c_find_rq, sop::study_root_find),
               encoded(identifier, probe.transfer_syntax(context)));
    Answers some;
    while (some.matches.size() < matches_max) {
        Seen next = probe.receive();
        if (!next.message || !next.message->command.has_data_set()) {
            break;
        }
        if (auto match = dicom::decode_attributes(next.message->data_set,
                                                  dicom::implicit_vr_little_endian)) {
            some.matches.push_back(*std::move(match));
        }
    }
    return some;
}

std::vector<HeldInstance> find_instances(Play& play, const Attributes& study) {
    std::vector<HeldInstance> instances;
    const std::string study_uid = value(study, DCM_StudyInstanceUID);
    const Answers series =
        find_some(play,
                  keys("SERIES", {{DCM_StudyInstanceUID, study_uid}, {DCM_SeriesInstanceUID, ""}}),
                  instances_max);
    for (const Attributes& one : series.matches) {
        const std::string series_uid = value(one, DCM_SeriesInstanceUID);
        const Answers images = find_some(play,
                                         keys("IMAGE",
                                              {{DCM_SOPClassUID, ""},
                                               {DCM_SOPInstanceUID, ""},
                                               {DCM_StudyInstanceUID, study_uid},
                                               {DCM_SeriesInstanceUID, series_uid}}),
                                         instances_max);
        for (const Attributes& image : images.matches) {
            instances.push_back({.patient_id = value(study, DCM_PatientID),
                                 .study_instance_uid = study_uid,
                                 .series_instance_uid = series_uid,
                                 .sop_instance_uid = value(image, DCM_SOPInstanceUID),
                                 .sop_class_uid = value(image, DCM_SOPClassUID)});
        }
    }
    return instances;
}

/// The most promising first: those with the most instances, where the peer counts them; else what
/// we stored ourselves.
void sort_by_promise(std::vector<Attributes>& studies, const Examiner::Known& known) {
    const std::string stored = known.stored.empty() ? "" : known.stored.front().study_instance_uid;
    std::ranges::stable_sort(studies, std::ranges::greater(), [&](const Attributes& study) {
        const int count = std::atoi(value(study, DCM_NumberOfStudyRelatedInstances).c_str());
        const bool ours = value(study, DCM_StudyInstanceUID) == stored;
        return std::pair(count, ours);
    });
}

/// Instances, and SOP classes of them.
std::pair<std::size_t, std::size_t> richness(const std::vector<HeldInstance>& instances) {
    std::set<std::string> classes;
    for (const HeldInstance& one : instances) {
        classes.insert(one.sop_class_uid);
    }
    return {instances.size(), classes.size()};
}

/// A study with several instances, so that several sub-operations are seen.
void find_something(Play& play, Examiner::Known& known) {
    constexpr std::size_t studies_looked_at = 5;
    if (!play.offers(sop::study_root_find)) {
        known.instances = known.stored;
        return;
    }
    known.studies = find_some(play,
                              keys("STUDY",
                                   {{DCM_StudyDate, ""},
                                    {DCM_StudyTime, ""},
                                    {DCM_AccessionNumber, ""},
                                    {DCM_PatientName, ""},
                                    {DCM_PatientID, ""},
                                    {DCM_StudyInstanceUID, ""},
                                    {DCM_NumberOfStudyRelatedInstances, ""}}),
                              studies_max)
                        .matches;
    std::erase_if(known.studies, [](const Attributes& study) {
        return value(study, DCM_StudyInstanceUID).empty() || value(study, DCM_PatientID).empty();
    });
    sort_by_promise(known.studies, known);
    for (std::size_t i = 0; i < std::min(studies_looked_at, known.studies.size()); ++i) {
        auto instances = find_instances(play, known.studies[i]);
        if (richness(instances) > richness(known.instances)) {
            known.instances = std::move(instances);
        }
    }
}

bool answers_beside_silent_connections(Play& play) {
    std::vector<Wire> silent;
    for (std::size_t i = 0; i < silent_connections; ++i) {
        silent.push_back(play.connect_plain());
    }
    try {
        Probe probe = play.connect();
        return probe.associate(play.request({sop::verification})).text == "A-ASSOCIATE-AC";
    } catch (const Deviation&) {
        return false;  // it does TLS handshakes one after the other
    }
}

}  // namespace

dicom::Result<PeerSummary> Examiner::meet() {
    Play play(settings_, *known_, meeting);
    try {
        const pdu::AssociateRQ request = everything(play);
        {
            Probe probe = play.connect();
            const Seen answer = probe.associate(request);
            if (answer.text != "A-ASSOCIATE-AC") {
                return refused(play, answer, probe.alert());
            }
            learn_services(request, probe.answer(), *known_);
            known_->summary.security = probe.security();
            probe.release();
        }
        if (settings_.may_store && play.offers(sop::secondary_capture)) {
            give_test_objects(play, *known_);
        }
        find_something(play, *known_);
        known_->summary.answers_beside_silent_connections = answers_beside_silent_connections(play);
    } catch (const Deviation& deviation) {
        return Fault{.kind = FaultKind::peer_gone,
                     .doing = fmt::format("{}@{}:{}: expected {}, saw {}",
                                          settings_.called_ae_title,
                                          settings_.host,
                                          settings_.port,
                                          deviation.expected,
                                          deviation.seen)};
    } catch (const boost::system::system_error& fault) {
        return Fault{.kind = FaultKind::peer_gone,
                     .doing = fmt::format(
                         "{}:{}: {}", settings_.host, settings_.port, fault.code().message())};
    }
    return known_->summary;
}

}  // namespace cxr::storescp::conformance
