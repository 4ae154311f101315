#include "bridge/daemon/event_log.hpp"

#include "bridge/daemon/negotiation_table.hpp"

#include <fmt/format.h>

#include <ostream>

namespace cxr::bridge {

namespace {

std::int64_t number(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

/// Success and warnings (PS3.7 Annex C); cancel is what somebody asked for.
bool is_failure(std::uint16_t status) {
    const bool warning =
        (status & 0xF000) == 0xB000 || status == 0x0001 || status == 0x0107 || status == 0x0116;
    return status != 0x0000 && status != 0xFE00 && !warning;
}

}  // namespace

void EventLog::on(const storescp::Event& event) {
    std::visit([this](const auto& happened) { note(happened); }, event);
}

void EventLog::note(const storescp::AssociationAccepted& event) {
    ++counters_.associations_accepted;
    log_.write(LogLevel::info,
               "association accepted",
               {{"association", number(event.association)},
                {"calling", event.peers.calling},
                {"called", event.peers.called},
                {"address", event.address},
                {"contexts_accepted", number(event.contexts_accepted)},
                {"contexts_proposed", number(event.contexts_proposed)},
                {"security", event.security},
                {"user", event.user}});
}

void EventLog::note(const storescp::AssociationNegotiated& event) {
    if (explanations_ != nullptr) {
        const std::string table = negotiation_table(event);
        const std::lock_guard lock(explaining_);
        *explanations_ << table << std::flush;
    }
}

void EventLog::note(const storescp::AssociationRejected& event) {
    ++counters_.associations_rejected;
    const std::string rejection = fmt::format(
        "{}/{}/{}", event.rejection.result, event.rejection.source, event.rejection.reason);
    log_.write(LogLevel::warning,
               "association rejected",
               {{"calling", event.peers.calling},
                {"called", event.peers.called},
                {"address", event.address},
                {"rejection", rejection},
                {"why", event.why},
                {"section", std::string(event.section)}});
}

void EventLog::note(const storescp::AssociationEnded& event) {
    ++(event.orderly ? counters_.associations_released : counters_.associations_lost);
    log_.write(event.orderly ? LogLevel::info : LogLevel::warning,
               "association ended",
               {{"association", number(event.association)}, {"how", event.how}});
}

void EventLog::note(const storescp::RequestFinished& event) {
    ++counters_.requests;
    const bool failure = is_failure(event.status);
    if (failure) {
        ++counters_.requests_failed;
    }
    const std::string status = event.is_answered ? fmt::format("{:04X}H", event.status) : "none";
    const double milliseconds = static_cast<double>(event.took.count()) / 1000.0;
    log_.write(failure ? LogLevel::warning : LogLevel::info,
               event.service,
               {{"association", number(event.association)},
                {"calling", event.peers.calling},
                {"called", event.peers.called},
                {"detail", event.detail},
                {"status", status},
                {"completed", number(event.matches_or_completed)},
                {"failed", number(event.failed)},
                {"warnings", number(event.warnings)},
                {"ms", milliseconds},
                {"why", event.why},
                {"section", std::string(event.section)}});
}

void EventLog::note(const storescp::SubOperationFailed& event) {
    ++counters_.suboperations_failed;
    log_.write(LogLevel::warning,
               "sub-operation failed",
               {{"association", number(event.association)},
                {"sop_instance_uid", event.sop_instance_uid},
                {"destination", event.destination},
                {"why", event.why},
                {"section", std::string(event.section)}});
}

void EventLog::note(const storescp::HandshakeFailed& event) {
    log_.write(LogLevel::warning,
               "connection not secured",
               {{"address", event.address}, {"why", event.why}});
}

void EventLog::note(const storescp::UserRefused& event) {
    log_.write(LogLevel::warning,
               "user refused",
               {{"user", event.user},
                {"calling", event.peers.calling},
                {"address", event.address},
                {"why", event.why}});
}

void EventLog::note(const storescp::CommitmentReported& event) {
    using Outcome = storescp::CommitmentDelivery::Outcome;
    const char* const outcome = event.outcome == Outcome::delivered   ? "delivered"
                                : event.outcome == Outcome::postponed ? "postponed"
                                                                      : "abandoned";
    log_.write(event.outcome == Outcome::delivered   ? LogLevel::info
               : event.outcome == Outcome::postponed ? LogLevel::warning
                                                     : LogLevel::error,
               "storage commitment report",
               {{"transaction", event.transaction_uid},
                {"requester", event.peers.calling},
                {"outcome", outcome},
                {"over", event.over},
                {"attempt", number(event.attempt)},
                {"committed", number(event.committed)},
                {"failed", number(event.failed)},
                {"why", event.why}});
}

void EventLog::note(const storescp::PeerRemarked& event) {
    log_.write(LogLevel::info,
               "peer remarked",
               {{"association", number(event.association)},
                {"calling", event.peers.calling},
                {"called", event.peers.called},
                {"what", event.what}});
}

void EventLog::note(const storescp::DeliveryFinished& event) {
    const bool paused = event.pause.attempts > 0;
    const bool given_up = paused && !event.pause.next_attempt;
    log_.write(given_up                                            ? LogLevel::error
               : paused || event.failed > 0 || event.postponed > 0 ? LogLevel::warning
                                                                   : LogLevel::info,
               given_up ? "delivery given up" : "delivery",
               {{"destination", event.destination},
                {"association", number(event.association)},
                {"delivered", number(event.delivered)},
                {"warnings", number(event.warnings)},
                {"postponed", number(event.postponed)},
                {"failed", number(event.failed)},
                {"ms", static_cast<double>(event.took.count()) / 1000.0},
                {"attempt", number(event.pause.attempts)},
                {"why", event.pause.why}});
}

void EventLog::note(const storescp::DeliveryFailed& event) {
    log_.write(LogLevel::error,
               "object not delivered",
               {{"destination", event.destination},
                {"sop_instance_uid", event.sop_instance_uid},
                {"why", event.why}});
}

void EventLog::note(const storescp::ListenerTrouble& event) {
    log_.write(LogLevel::error, "listener trouble", {{"why", event.why}});
}

}  // namespace cxr::bridge
