#include "web/activity.hpp"

#include <fmt/format.h>

namespace cxr::bridge::web {

namespace {

template <typename T>
void push_bounded(std::deque<T>& latest_first, T value, std::size_t kept) {
    latest_first.push_front(std::move(value));
    if (latest_first.size() > kept) {
        latest_first.pop_back();
    }
}

template <typename Map>
auto values_of(const Map& map) {
    std::vector<typename Map::mapped_type> values;
    values.reserve(map.size());
    for (const auto& [key, value] : map) {
        values.push_back(value);
    }
    return values;
}

}  // namespace

void Activity::on(const storescp::Event& event) {
    next_.on(event);
    const std::lock_guard lock(mutex_);
    std::visit([this](const auto& happened) { note(happened); }, event);
}

ActivitySnapshot Activity::snapshot() const {
    const std::lock_guard lock(mutex_);
    return {.associations = values_of(associations_),
            .retrievals = values_of(retrievals_),
            .refused = {refused_.begin(), refused_.end()},
            .operations = {operations_.begin(), operations_.end()}};
}

void Activity::note(const storescp::AssociationAccepted& event) {
    associations_[event.association] = {.number = event.association,
                                        .since = now_(),
                                        .peers = event.peers,
                                        .address = event.address,
                                        .security = event.security,
                                        .user = event.user,
                                        .requests = 0,
                                        .last_request = {}};
}

void Activity::note(const storescp::AssociationEnded& event) {
    associations_.erase(event.association);
    std::erase_if(retrievals_,
                  [&](const auto& entry) { return entry.first.first == event.association; });
}

void Activity::note(const storescp::RetrieveProgressed& event) {
    const auto key = std::pair(event.association, event.message_id);
    const auto known = retrievals_.find(key);
    if (known == retrievals_.end()) {
        retrievals_.emplace(key, LiveRetrieval{.since = now_(), .progress = event});
    } else {
        known->second.progress = event;
    }
}

void Activity::note(const storescp::RequestFinished& event) {
    retrievals_.erase(std::pair(event.association, event.message_id));
    if (const auto known = associations_.find(event.association); known != associations_.end()) {
        ++known->second.requests;
        known->second.last_request =
            fmt::format("{} {} {}",
                        event.service,
                        event.detail,
                        event.is_answered ? fmt::format("{:04X}H", event.status) : "not answered");
    }
    push_bounded(operations_,
                 PastOperation{.at = now_(),
                               .service = event.service,
                               .detail = event.detail,
                               .calling = event.peers.calling,
                               .why = event.why,
                               .status = event.status,
                               .completed = event.matches_or_completed,
                               .failed = event.failed,
                               .warnings = event.warnings,
                               .took = event.took,
                               .is_answered = event.is_answered},
                 kept_);
}

void Activity::refuse(RefusedAssociation refused) {
    refused.at = now_();
    push_bounded(refused_, std::move(refused), kept_);
}

void Activity::note(const storescp::AssociationRejected& event) {
    refuse({.peers = event.peers,
            .address = event.address,
            .reason = fmt::format(
                "{}/{}/{}", event.rejection.result, event.rejection.source, event.rejection.reason),
            .why = event.why,
            .section = std::string(event.section)});
}

void Activity::note(const storescp::HandshakeFailed& event) {
    refuse({.address = event.address, .reason = "TLS", .why = event.why, .section = {}});
}

void Activity::note(const storescp::UserRefused& event) {
    refuse({.peers = event.peers,
            .address = event.address,
            .reason = "user",
            .why = event.why,
            .section = {}});
}

}  // namespace cxr::bridge::web
