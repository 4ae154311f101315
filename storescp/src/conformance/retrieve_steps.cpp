#include "conformance/retrieve_steps.hpp"

#include "dicom/core/transfer_syntax.hpp"
#include "storescp/status.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp::conformance {

std::vector<std::string> held_classes(const Play& play) {
    static_cast<void>(play.held());
    std::set<std::string> classes;
    for (const HeldInstance& one : play.known().instances) {
        classes.insert(one.sop_class_uid);
    }
    return {classes.begin(), classes.end()};
}

namespace {

/// Secondary Capture, CR, DX, MG, CT, MR, US; Basic Text, Enhanced and Comprehensive SR.
std::set<std::string> usual_classes() {
    const std::string storage = "1.2.840.10008.5.1.4.1.1.";
    std::set<std::string> classes;
    for (const char* end : {"7", "1", "1.1", "1.2", "2", "4", "6.1", "88.11", "88.22", "88.33"}) {
        classes.insert(storage + end);
    }
    return classes;
}

}  // namespace

pdu::AssociateRQ get_request(const Play& play,
                             const std::vector<std::string>& classes,
                             bool roles) {
    play.need(sop::study_root_get);
    std::set<std::string> storage_classes(classes.begin(), classes.end());
    if (storage_classes.erase("") != 0) {
        storage_classes.merge(usual_classes());
    }
    pdu::AssociateRQ request = play.request({sop::study_root_get});
    std::uint8_t id = 3;
    for (const std::string& one : storage_classes) {
        // A context for each syntax: a peer that never transcodes finds the one it has.
        for (const std::string_view syntax : {syntax::implicit_little, syntax::explicit_little}) {
            request.contexts.push_back(
                {.id = id, .abstract_syntax = one, .transfer_syntaxes = {std::string(syntax)}});
            id = static_cast<std::uint8_t>(id + 2);
        }
        if (roles) {
            request.user.roles.push_back(
                {.sop_class_uid = one, .roles = {.scu = false, .scp = true}});
        }
    }
    return request;
}

Probe open_get(Play& play, const std::vector<std::string>& classes, bool roles) {
    return play.open(get_request(play, classes, roles));
}

Attributes one_instance(const HeldInstance& held) {
    return keys("IMAGE",
                {{DCM_SOPInstanceUID, held.sop_instance_uid},
                 {DCM_StudyInstanceUID, held.study_instance_uid},
                 {DCM_SeriesInstanceUID, held.series_instance_uid}});
}

Attributes whole_study(const HeldInstance& held) {
    return keys("STUDY", {{DCM_StudyInstanceUID, held.study_instance_uid}});
}

Several several_instances(const Play& play, std::size_t at_least) {
    // The study alone: its instances may lie in several series.
    const HeldInstance& held = play.held();
    Several several{.identifier = whole_study(held), .sop_instance_uids = {}};
    for (const HeldInstance& one : play.known().instances) {
        several.sop_instance_uids.push_back(one.sop_instance_uid);
    }
    if (several.sop_instance_uids.size() < at_least) {
        throw NotPlayable{fmt::format("needs a study of {} instances", at_least)};
    }
    return several;
}

Retrieval collect_responses(Probe& probe) {
    Retrieval retrieval;
    for (;;) {
        Seen next = probe.receive();
        if (next.message && (next.status() & 0xFF00U) == status::pending) {
            retrieval.pending.push_back(std::move(next));
            continue;
        }
        retrieval.end(probe, std::move(next));
        return retrieval;
    }
}

namespace {

CommandSet move_rq(std::string_view sop_class, const std::optional<std::string>& destination) {
    CommandSet command = request_of(CommandField::c_move_rq, sop_class, 17);
    command.move_destination = destination;
    return command;
}

}  // namespace

Retrieval move_to(Play& play,
                  const std::optional<std::string>& destination,
                  const Attributes& identifier,
                  std::string_view command_class) {
    Probe probe = play.open({sop::study_root_move});
    probe.send(
        1, move_rq(command_class, destination), encoded(identifier, syntax::implicit_little));
    return collect_responses(probe);
}

MoveResult move_to_us(Play& play,
                      const Attributes& identifier,
                      const ProviderScript& script,
                      const MoveOptions& options) {
    play.need(sop::study_root_move);
    OwnProvider provider(play.settings(), script);
    Probe probe = play.open({sop::study_root_move});
    CommandSet command = move_rq(sop::study_root_move, play.settings().move_destination->ae_title);
    command.priority = options.priority;
    probe.send(1, command, encoded(identifier, syntax::implicit_little));
    MoveResult result;
    result.retrieval = collect_responses(probe);
    result.visits = provider.finish(play.settings().answer_within);
    for (const Visit& visit : result.visits) {
        auto& all = result.retrieval.received;
        all.insert(all.end(), visit.received.begin(), visit.received.end());
    }
    return result;
}

namespace {

struct Counter {
    const char* name;
    std::optional<std::uint16_t> CommandSet::*value;
};
constexpr Counter all_counters[] = {{"remaining", &CommandSet::remaining_suboperations},
                                    {"completed", &CommandSet::completed_suboperations},
                                    {"failed", &CommandSet::failed_suboperations},
                                    {"warning", &CommandSet::warning_suboperations}};

}  // namespace

std::set<std::string> counters(const Seen& response) {
    std::set<std::string> counted;
    for (const Counter& counter : all_counters) {
        if (response.message && (response.message->command.*counter.value).value_or(0) != 0) {
            counted.insert(counter.name);
        }
    }
    return counted;
}

std::string in_words(const Seen& response) {
    std::string text = response.text;
    for (const Counter& counter : all_counters) {
        if (response.message && response.message->command.*counter.value) {
            text +=
                fmt::format(", {} {}", *(response.message->command.*counter.value), counter.name);
        }
    }
    return text;
}

Retrieval got(Play& play, const StoreAnswer& answer) {
    Probe probe = open_get(play, held_classes(play));
    return play.get(probe, sop::study_root_get, whole_study(play.held()), answer);
}

StoreAnswer always(std::uint16_t status) {
    return [status](const Received&, std::size_t) { return status; };
}
StoreAnswer failing_first(std::uint16_t status) {
    return [status](const Received&, std::size_t index) {
        return index == 0 ? status : status::success;
    };
}

const CommandSet& command_of(const Retrieval& retrieval) {
    if (!retrieval.outcome.message) {
        throw Deviation{"a final response", retrieval.outcome.text};
    }
    return retrieval.outcome.message->command;
}

void expect_status(Play& play, std::string_view expected, const Retrieval& retrieval) {
    play.expect(
        is_expected(retrieval.outcome.text, expected), expected, in_words(retrieval.outcome));
}

std::vector<std::string> held_instances(const Play& play) {
    std::vector<std::string> uids;
    for (const HeldInstance& one : play.known().instances) {
        uids.push_back(one.sop_instance_uid);
    }
    std::ranges::sort(uids);
    return uids;
}

void expect_all_failed(Play& play, const Retrieval& retrieval) {
    expect_failed_list(play, retrieval, play.known().instances.size());
    std::vector<std::string> listed = retrieval.failed_list;
    std::ranges::sort(listed);
    play.expect(listed == held_instances(play), "every instance in the list", "others");
}

void expect_counters(Play& play, const Retrieval& retrieval, const Counts& counts) {
    const CommandSet& said = command_of(retrieval);
    const auto is = [](std::optional<std::uint16_t> counter, std::size_t wanted) {
        return !counter || *counter == wanted;
    };
    play.expect(is(said.completed_suboperations, counts.completed) &&
                    is(said.failed_suboperations, counts.failed) &&
                    is(said.warning_suboperations, counts.warning),
                fmt::format("{} completed, {} failed, {} warning, where it counts them",
                            counts.completed,
                            counts.failed,
                            counts.warning),
                in_words(retrieval.outcome));
    // Of a response that is no pending and no cancel (PS3.4 C.4.2.1.6).
    play.expect(retrieval.outcome.status() == 0xFE00 || !said.remaining_suboperations,
                "no Remaining counter",
                in_words(retrieval.outcome));
    play.expect(
        counts.failed != 0 || !said.has_data_set(), "no data set where nothing failed", "one");
}

bool moves_to_us(const Play& play) {
    return play.settings().move_destination.has_value() && play.offers(sop::study_root_move);
}

void expect_failed_list(Play& play, const Retrieval& retrieval, std::size_t failed) {
    play.expect(command_of(retrieval).failed_suboperations == failed,
                fmt::format("{} failed", failed),
                in_words(retrieval.outcome));
    const bool elsewhere = retrieval.outcome.message->has_more_than_a_command;
    play.expect(retrieval.failed_list.size() == failed,
                fmt::format("a Failed SOP Instance UID List of {}", failed),
                fmt::format("{}: one of {}{}",
                            retrieval.outcome.text,
                            retrieval.failed_list.size(),
                            elsewhere ? "; elements of a data set in the command set" : ""));
    for (const dicom::Attribute& one : retrieval.final_data_set) {
        play.expect(one.tag == DCM_FailedSOPInstanceUIDList || one.tag.getElement() == 0,
                    "the list and nothing else",
                    name_of(one.tag) + " as well");
    }
}

}  // namespace cxr::storescp::conformance
