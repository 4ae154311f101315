// The desk's way to one requester: which association, the exchange there, what becomes of it.
#include "services/commitment_desk.hpp"
#include "services/commitment_information.hpp"
#include "services/sub_operation.hpp"
#include "storescp/on_pool.hpp"
#include "storescp/services/commitment_scu.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp {

namespace asio = boost::asio;
using std::chrono::system_clock;

namespace {

/// On the association's own strand. A Result cannot be default-constructed, which co_spawn asks of
/// what it hands over.
Awaitable<Result<std::uint16_t>> tell_there(asio::any_io_executor executor,
                                            std::shared_ptr<CommitmentLine> line,
                                            CommitmentReport report) {
    using Status = std::optional<Result<std::uint16_t>>;
    const auto status = std::make_shared<Status>();
    auto telling = [](std::shared_ptr<CommitmentLine> over,
                      CommitmentReport what,
                      std::shared_ptr<Status> outcome) -> Awaitable<void> {
        outcome->emplace(co_await over->tell(std::move(what)));
    };
    auto work = telling(std::move(line), std::move(report), status);
    co_await asio::co_spawn(executor, std::move(work), asio::use_awaitable);
    co_return std::move(**status);
}

}  // namespace

/// The association of the request, else another one of the requester; 0: none.
std::uint64_t CommitmentDesk::association_for(const OwedCommitment& owed) const {
    if (const auto asked = asked_on_.find(owed.id); asked != asked_on_.end()) {
        const auto found = associations_.find(asked->second);
        if (found != associations_.end() && found->second.usable) {
            return found->first;
        }
    }
    const auto found = std::ranges::find_if(associations_, [&](const auto& entry) {
        return entry.second.usable && entry.second.requester_ae_title == owed.requester_ae_title;
    });
    return found == associations_.end() ? 0 : found->first;
}

Awaitable<CommitmentDesk::Attempt> CommitmentDesk::tell(const OwedCommitment& owed,
                                                        const CommitmentReport& report) {
    if (const std::uint64_t number = association_for(owed); number != 0) {
        const Presence presence = associations_.at(number);
        auto status = co_await tell_there(presence.executor, presence.line, report);
        Attempt attempt{.status = std::move(status), .over = fmt::format("association {}", number)};
        if (!attempt.status || *attempt.status != status::success) {
            if (const auto left = associations_.find(number); left != associations_.end()) {
                left->second.usable = false;
            }
        }
        if (attempt.status || stopping_ ||
            settings_.commitment.event_association == EventAssociation::same) {
            co_return attempt;
        }
    }
    if (settings_.commitment.event_association == EventAssociation::same) {
        Fault absent{.kind = FaultKind::peer_gone,
                     .doing = "the requester has no association open to tell it over"};
        co_return Attempt{.status = std::move(absent), .over = ""};
    }
    co_return co_await tell_on_new_association(owed, report);
}

/// PS3.4 J.3.3: we open the association and ask for the SCP role.
Awaitable<CommitmentDesk::Attempt> CommitmentDesk::tell_on_new_association(
    const OwedCommitment& owed, const CommitmentReport& report) {
    const std::string over = "a new association";
    const auto policy = access();
    const Peer* const peer = find_peer(*policy, owed.requester_ae_title);
    if (peer == nullptr) {
        Fault unknown{.kind = FaultKind::refused,
                      .doing = "no [[peer]] of this AE title says where to report to"};
        co_return Attempt{.status = std::move(unknown), .over = over};
    }
    AssociationRequest request{
        .peers = {.calling = owed.own_ae_title, .called = owed.requester_ae_title},
        .host = {},
        .port = 0,
        .contexts = {commitment_context()},
        .roles = {{storage_commitment_sop_class_uid, {.scu = false, .scp = true}}},
        .extended_negotiation = {},
        .timeouts = settings_.timeouts,
        .limits = settings_.limits,
        .interruption = interruption_};
    address_to(request, *peer, *policy);
    auto association = co_await request_association_(std::move(request));
    if (!association) {
        co_return Attempt{.status = association.error(), .over = over};
    }
    struct Current {
        std::set<Association*>& all;
        Association* association;
        ~Current() { all.erase(association); }
    };
    own_associations_.insert(association->get());
    const Current current{own_associations_, association->get()};
    auto status = co_await tell_over(**association, report);
    if (status) {
        co_await (*association)->release();
    } else {
        (*association)->abort();
    }
    co_return Attempt{.status = std::move(status), .over = over};
}

Awaitable<Result<std::uint16_t>> CommitmentDesk::tell_over(Association& association,
                                                           const CommitmentReport& report) {
    constexpr std::uint16_t message_id = 1;
    const auto* const context = association.agreement().accepted(storage_commitment_sop_class_uid);
    if (context != nullptr && !context->roles.scp) {
        co_return Fault{.kind = FaultKind::refused,
                        .doing = "the requester did not grant us the SCP role"};
    }
    const auto sent =
        co_await send_event_report(association, report, access()->ae_titles.front(), message_id);
    if (!sent) {
        co_return sent.error();
    }
    const auto response =
        co_await receive_response(association, CommandField::n_event_report_rsp, message_id);
    if (!response) {
        co_return response.error();
    }
    co_return *response->status;
}

CommitmentDelivery CommitmentDesk::delivery_of(const OwedCommitment& owed,
                                               const Result<std::uint16_t>& status) const {
    using Outcome = CommitmentDelivery::Outcome;
    if (status && *status == status::success) {
        return {.outcome = Outcome::delivered};
    }
    CommitmentDelivery delivery{.outcome = Outcome::postponed,
                                .why = status ? fmt::format("answered with status {:04X}H", *status)
                                              : status.error().doing};
    if (const auto wait = settings_.commitment.retry.wait_after(owed.attempts + 1)) {
        delivery.next_attempt = system_clock::now() + *wait;
    } else {
        delivery.outcome = Outcome::abandoned;
    }
    return delivery;
}

Awaitable<void> CommitmentDesk::settle(OwedCommitment owed,
                                       CommitmentReport report,
                                       Attempt attempt) {
    const CommitmentDelivery delivery = delivery_of(owed, attempt.status);
    events_.on(CommitmentReported{
        .transaction_uid = owed.transaction_uid,
        .peers = {.calling = owed.requester_ae_title, .called = owed.own_ae_title},
        .outcome = delivery.outcome,
        .over = attempt.over,
        .attempt = owed.attempts + 1,
        .committed = report.committed.size(),
        .failed = report.failed.size(),
        .why = delivery.why});
    auto write = [this, id = owed.id, delivery] { return port_.settle(id, delivery); };
    // Unwritten, it is due as before: told twice at worst, which a requester must bear.
    if (const auto written = co_await on_pool(pool_, std::move(write)); !written) {
        held_[owed.requester_ae_title] = std::chrono::steady_clock::now() + sleep_max;
    }
    asked_on_.erase(owed.id);
}

}  // namespace cxr::storescp
