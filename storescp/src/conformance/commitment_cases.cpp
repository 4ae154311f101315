// K1–K20: Storage Commitment Push Model (PS3.4 Annex J; PS3.7 §10.1.4; PS3.3 C.14).

#include "conformance/cases.hpp"
#include "conformance/commitment_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp::conformance {

namespace {

/// Any argument that is wrong or missing (PS3.7 Annex C).
std::string wrong_argument(std::string_view response) {
    return fmt::format("{0} 0115 or {0} 0114 or {0} 0120 or {0} 0121 or {0} 0212", response);
}

CommitmentRequest request_for(const Play& play, std::vector<Reference> references) {
    return {.transaction_uid = play.uid("transaction"), .references = std::move(references)};
}

/// Accepted; the event that follows, of the same transaction.
CommitmentEvent committed(Play& play, const CommitmentRequest& request) {
    CommitmentDialogue dialogue(play);
    play.expect("N-ACTION-RSP 0000", dialogue.request(request));
    CommitmentEvent event = dialogue.await_event();
    play.expect(event.transaction_uid == request.transaction_uid,
                "the Transaction UID of the request",
                event.transaction_uid);
    return event;
}

void expect_type(Play& play, const CommitmentEvent& event, std::uint16_t type) {
    play.expect(event.type == type, fmt::format("event type {}", type), in_words(event));
}

/// The two sequences together are what was asked for: each reference once, a failure with one of
/// the reasons that PS3.3 C.14 lists.
void expect_all(Play& play, const CommitmentEvent& event, std::vector<Reference> asked) {
    std::vector<Reference> told = event.committed;
    for (const auto& [reference, reason] : event.failed) {
        play.expect(is_expected(reason, "0110 or 0112 or 0119 or 0122 or 0131 or 0213"),
                    "Failure Reason 0110, 0112, 0119, 0122, 0131 or 0213",
                    reason);
        told.push_back(reference);
    }
    std::ranges::sort(asked);
    std::ranges::sort(told);
    play.expect(told == asked,
                fmt::format("the {} references of the request, each once", asked.size()),
                in_words(event));
}

Reference nobodys(const Play& play) {
    return {.sop_class_uid = std::string(sop::secondary_capture),
            .sop_instance_uid = play.uid("nobody's")};
}

/// One reference that must fail with one of these reasons.
void expect_reason(Play& play, const Reference& reference, std::string_view reasons) {
    const CommitmentEvent event = committed(play, request_for(play, {reference}));
    expect_type(play, event, 2);
    play.expect(event.failed.size() == 1, "1 failed", in_words(event));
    play.expect(is_expected(event.failed.front().reason, reasons), reasons, in_words(event));
}

void k1(Play& play) {
    play.need(sop::storage_commitment);
    const CommitmentEvent event = committed(play, request_for(play, held_references(play)));
    play.saw("N-ACTION-RSP 0000, then " + in_words(event));
}

void k2(Play& play) {
    play.need(sop::storage_commitment);
    CommitmentRequest request = request_for(play, held_references(play));
    request.action_type_id = 2;
    play.expect("N-ACTION-RSP 0123", CommitmentDialogue(play).request(request));
}

void k3(Play& play) {
    play.need(sop::storage_commitment);
    CommitmentRequest request = request_for(play, held_references(play));
    request.sop_instance_uid = play.uid("instance");
    play.expect("N-ACTION-RSP 0112", CommitmentDialogue(play).request(request));
    request.sop_instance_uid = storage_commitment_instance;
    request.sop_class_uid = sop::secondary_capture;
    play.expect("N-ACTION-RSP 0118 or N-ACTION-RSP 0119",
                CommitmentDialogue(play).request(request));
    play.saw("another instance: N-ACTION-RSP 0112; another class: " + play.last_seen());
}

void k4(Play& play) {
    play.need(sop::storage_commitment);
    const auto references = held_references(play);
    const auto refused = [&](std::string_view what, const CommitmentRequest& request) {
        const Seen answer = CommitmentDialogue(play).request(request);
        play.expect(is_expected(answer.text, wrong_argument("N-ACTION-RSP")),
                    fmt::format("{}: {}", what, wrong_argument("N-ACTION-RSP")),
                    answer.text);
        return fmt::format("{}: {}, ", what, answer.text);
    };
    CommitmentRequest request = request_for(play, references);
    request.without_transaction = true;
    std::string seen = refused("no Transaction UID", request);
    request = request_for(play, references);
    request.transaction_uid.clear();
    seen += refused("an empty one", request);
    request.transaction_uid = "1.02.x";
    seen += refused("one that is no UID", request);
    request = request_for(play, {});
    seen += refused("an empty sequence", request);
    request.without_references = true;
    seen += refused("no references", request);
    request = request_for(
        play, {{.sop_class_uid = references.front().sop_class_uid, .sop_instance_uid = {}}});
    seen += refused("a reference without instance", request);
    play.saw(seen.substr(0, seen.size() - 2));
}

void k5(Play& play) {
    play.need(sop::storage_commitment);
    const auto references = held_references(play);
    const CommitmentEvent event = committed(play, request_for(play, references));
    expect_type(play, event, 1);
    play.expect(event.failed.empty(), "no Failed SOP Sequence", in_words(event));
    expect_all(play, event, references);
    play.saw(in_words(event));
}

void k6(Play& play) {
    play.need(sop::storage_commitment);
    auto references = held_references(play);
    references.push_back(nobodys(play));
    const CommitmentEvent event = committed(play, request_for(play, references));
    expect_type(play, event, 2);
    expect_all(play, event, references);
    play.expect(event.failed.size() == 1, "1 failed", in_words(event));
    play.saw(in_words(event));
}

void k7(Play& play) {
    play.need(sop::storage_commitment);
    expect_reason(play, nobodys(play), "0112");
}

void k8(Play& play) {
    play.need(sop::storage_commitment);
    Reference conflicting = held_references(play).front();
    conflicting.sop_class_uid = sop::ct_image;
    expect_reason(play, conflicting, "0119");
}

void k9(Play& play) {
    play.need(sop::storage_commitment);
    expect_reason(
        play,
        {.sop_class_uid = std::string(sop::unknown), .sop_instance_uid = play.uid("instance")},
        "0122 or 0112");
}

bool all_in_use(const CommitmentEvent& event) {
    return event.type == 2 && event.committed.empty() &&
           std::ranges::all_of(event.failed,
                               [](const auto& failed) { return failed.reason == "0131"; });
}

void k10(Play& play) {
    play.need(sop::storage_commitment);
    CommitmentRequest request = request_for(play, held_references(play));
    static_cast<void>(committed(play, request));
    const CommitmentEvent event = committed(play, request);
    expect_type(play, event, 2);
    expect_all(play, event, request.references);
    play.expect(all_in_use(event), "failure reason 0131 for all", in_words(event));
    // The UID of a failed N-ACTION is not reusable either; that the user forgot so, a provider need
    // not notice (PS3.4 J.3.2.1.1.1): told, not judged.
    request.transaction_uid = play.uid("failed");
    request.action_type_id = 2;
    play.expect("N-ACTION-RSP 0123", CommitmentDialogue(play).request(request));
    request.action_type_id = 1;
    const CommitmentEvent after_failure = committed(play, request);
    play.saw(fmt::format("{}; of a failed N-ACTION: {}", in_words(event), in_words(after_failure)));
}

void k11(Play& play) {
    play.need(sop::storage_commitment);
    const CommitmentEvent event = committed(play, request_for(play, held_references(play)));
    play.saw(event.on_a_new_association ? "on a new association" : "on the same association");
}

void k12(Play& play) {
    play.need(sop::storage_commitment);
    if (!play.settings().move_destination) {
        throw NotPlayable{"needs --move-destination AE:PORT, known to the peer"};
    }
    CommitmentDialogue dialogue(play);
    play.expect("N-ACTION-RSP 0000", dialogue.request(request_for(play, held_references(play))));
    dialogue.release();
    const CommitmentEvent event = dialogue.await_event();
    play.expect(event.on_a_new_association, "a new association", in_words(event));
    const auto visits = dialogue.finish();
    const auto visit =
        std::ranges::find_if(visits, [](const Visit& one) { return !one.events.empty(); });
    play.expect(visit != visits.end(), "the association with the event", "none");
    const auto& roles = visit->request.user.roles;
    const auto role =
        std::ranges::find(roles, sop::storage_commitment, &pdu::RoleItem::sop_class_uid);
    play.expect(role != roles.end() && !role->roles.scu && role->roles.scp,
                "role selection SCU 0, SCP 1",
                role == roles.end()
                    ? "no role selection"
                    : fmt::format("SCU {:d}, SCP {:d}", role->roles.scu, role->roles.scp));
    play.saw("a new association with roles 0/1, " + in_words(event));
}

void k17(Play& play) {
    play.need(sop::storage_commitment);
    const CommitmentEvent event = committed(play, request_for(play, held_references(play)));
    play.expect(!(event.retrieve_ae_title_above && event.retrieve_ae_title_in_items),
                "Retrieve AE Title once, above or in the items",
                "both");
    play.saw(event.retrieve_ae_title_above      ? "above"
             : event.retrieve_ae_title_in_items ? "in the items"
                                                : "none");
}

void k18(Play& play) {
    pdu::AssociateRQ request = play.request({sop::storage_commitment});
    request.user.roles = {{.sop_class_uid = std::string(sop::storage_commitment),
                           .roles = {.scu = false, .scp = true}}};
    Probe probe = play.open(request);
    const auto& roles = probe.answer().user.roles;
    if (probe.context(sop::storage_commitment) == 0 || roles.empty() || !roles[0].roles.scp) {
        throw NotPlayable{"the peer is no user of storage commitment: it grants us no SCP role"};
    }
    CommandSet event;
    event.affected_sop_class_uid = sop::storage_commitment;
    event.command_field = static_cast<std::uint16_t>(CommandField::n_event_report_rq);
    event.message_id = 1;
    event.data_set_type = 1;
    event.affected_sop_instance_uid = storage_commitment_instance;
    event.event_type_id = 1;
    Attributes report = keys("", {{DCM_TransactionUID, play.uid("unknown")}});
    put_sequence(report,
                 DCM_ReferencedSOPSequence,
                 {keys("",
                       {{DCM_ReferencedSOPClassUID, std::string(sop::secondary_capture)},
                        {DCM_ReferencedSOPInstanceUID, play.uid("instance")}})});
    probe.send(1, event, encoded(report, syntax::implicit_little));
    play.expect(
        "N-EVENT-REPORT-RSP 0000 or N-EVENT-REPORT-RSP 0110 or N-EVENT-REPORT-RSP 0115 or "
        "N-EVENT-REPORT-RSP 0112",
        probe.receive());
    const std::string unknown = play.last_seen();
    event.event_type_id = 3;
    probe.send(1, event, encoded(report, syntax::implicit_little));
    play.expect("N-EVENT-REPORT-RSP 0113", probe.receive());
    event.event_type_id = 1;
    std::erase_if(report, [](const auto& one) { return one.tag == DCM_TransactionUID; });
    probe.send(1, event, encoded(report, syntax::implicit_little));
    play.expect(wrong_argument("N-EVENT-REPORT-RSP"), probe.receive());
    play.saw(fmt::format("unknown transaction: {}; event type 3: 0113; no Transaction UID: {}",
                         unknown,
                         play.last_seen()));
}

void k19(Play& play) {
    play.need(sop::storage_commitment);
    constexpr std::size_t references = 2'000;
    CommitmentRequest request = request_for(play, {});
    for (std::size_t i = 0; i < references; ++i) {
        request.references.push_back({.sop_class_uid = std::string(sop::secondary_capture),
                                      .sop_instance_uid = play.uid(std::to_string(i))});
    }
    const std::vector<Reference> each_once = request.references;
    request.references.push_back(each_once.front());
    const CommitmentEvent event = committed(play, request);
    // J.3.3 wants the complete set; whether what was asked for twice is told once is left open.
    const std::size_t told = event.committed.size() + event.failed.size();
    expect_all(play, event, told == request.references.size() ? request.references : each_once);
    play.saw(in_words(event) + (told == each_once.size() ? ", each once" : ", one of them twice"));
}

// What takes a restart, a kill, or another peer's patience.
constexpr std::string_view desk_test = "storescp.services.commitment_desk_test";
constexpr std::string_view restart_test = "interop.commitment_test";
constexpr std::string_view decision_test = "bridge.commitment.ledger_test";

constexpr Case cases[] = {
    row("K1", n, "PS3.4 J.3.2", "A request is answered 0000, and an event follows", played(k1)),
    row("K2", n, "PS3.4 J.3.2", "An action type other than 1: 0123", played(k2)),
    row("K3", n, "PS3.7 10.1.4", "Another instance: 0112; another class: 0118 or 0119", played(k3)),
    row("K4",
        n,
        "PS3.7 10.1.4",
        "Without Transaction UID or references: 0115 or its like",
        played(k4)),
    row("K5", n, "PS3.4 J.3.3", "All committed: event type 1 with every reference", played(k5)),
    row("K6",
        n,
        "PS3.4 J.3.3",
        "Some failed: event type 2, the two sequences make the request",
        played(k6)),
    row("K7", n, "PS3.4 J.3.3", "An unknown instance fails with 0112", played(k7)),
    row("K8", n, "PS3.4 J.3.3", "A class that is not the instance's fails with 0119", played(k8)),
    row("K9", n, "PS3.3 C.14", "A class that is not supported fails with 0122", played(k9)),
    row("K10", n, "PS3.4 J.3.3", "A Transaction UID in use fails with 0131", played(k10)),
    row("K11",
        n,
        "PS3.4 J.3.3",
        "The event comes on the same association or on a new one",
        played(k11)),
    row("K12",
        n,
        "PS3.7 D.3.3.4",
        "On a new association the provider proposes roles 0/1",
        played(k12)),
    row("K13",
        n,
        "PS3.4 J.3.3",
        "A user may connect later and await the event",
        by_a_test(desk_test)),
    row("K14",
        p,
        "PS3.4 J.3.3",
        "An event that is not taken is sent again, with a visible end",
        by_a_test("storescp.services.commitment_desk_test, interop.commitment_test")),
    row("K15", n, "PS3.4 J.3.3", "An event survives a restart", by_a_test(restart_test)),
    row("K16", n, "PS3.4 J.1", "What was committed survives kill -9", by_a_test(restart_test)),
    row("K17",
        n,
        "PS3.4 J.3.3",
        "Retrieve AE Title stands above or in the items, not both",
        played(k17)),
    row("K18", n, "PS3.7 10.1.1", "As a user: event type 3 is answered 0113", played(k18)),
    row("K19",
        n,
        "PS3.4 J.3.2",
        "2,000 references and one of them twice are all answered",
        played(k19)),
    row("K20",
        p,
        "PS3.4 J.3.3",
        "The event tells the state at the time of decision",
        by_a_test(decision_test)),
};

}  // namespace

std::span<const Case> commitment_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
