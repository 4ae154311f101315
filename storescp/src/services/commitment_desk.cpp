#include "services/commitment_desk.hpp"

#include "association/signal.hpp"
#include "on_pool.hpp"
#include "services/commitment_information.hpp"
#include "services/sub_operation.hpp"
#include "storescp/services/commitment_scu.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp {

namespace asio = boost::asio;
using std::chrono::system_clock;

namespace {

/// Requesters that are told at one time: each may cost a connection.
constexpr std::size_t requesters_max = 8;
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

/// Also without news the port is asked so often: a person may have put a transaction back.
constexpr std::chrono::seconds sleep_max{10};

}  // namespace

CommitmentDesk::CommitmentDesk(asio::io_context& io,
                               asio::thread_pool& pool,
                               CommitmentPort& port,
                               const NodeSettings& settings,
                               EventSink& events,
                               RequestAssociation request_association)
    : pool_(pool),
      port_(port),
      settings_(settings),
      events_(events),
      request_association_(std::move(request_association)),
      strand_(asio::make_strand(io)),
      changed_(strand_),
      access_(settings.access) {}

void CommitmentDesk::start() {
    running_ = true;
    asio::co_spawn(
        strand_, run(shared_from_this()), [self = shared_from_this()](const auto& thrown) {
            self->running_ = false;
            self->wake();
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        });
}

void CommitmentDesk::begin_stop() {
    asio::post(strand_, [self = shared_from_this()] {
        self->stopping_ = true;
        for (Association* const association : self->own_associations_) {
            association->abort();
        }
        self->wake();
    });
}

Awaitable<void> CommitmentDesk::stop() {
    begin_stop();
    auto wait = [](std::shared_ptr<CommitmentDesk> self) -> Awaitable<void> {
        while (self->running_ || !self->served_.empty()) {
            self->changed_.expires_at(asio::steady_timer::time_point::max());
            co_await self->changed_.async_wait(use_result);
        }
    };
    auto waiting = wait(shared_from_this());
    co_await asio::co_spawn(strand_, std::move(waiting), asio::use_awaitable);
}

void CommitmentDesk::replace_access(std::shared_ptr<const AccessPolicy> access) {
    const std::lock_guard lock(access_mutex_);
    access_ = std::move(access);
}

std::shared_ptr<const AccessPolicy> CommitmentDesk::access() const {
    const std::lock_guard lock(access_mutex_);
    return access_;
}

void CommitmentDesk::enter(std::uint64_t association,
                           const AssociationPeers& peers,
                           asio::any_io_executor executor,
                           std::shared_ptr<CommitmentLine> line) {
    if (settings_.commitment.event_association == EventAssociation::new_association) {
        return;
    }
    Presence presence{.requester_ae_title = peers.calling,
                      .executor = std::move(executor),
                      .line = std::move(line)};
    asio::post(strand_, [self = shared_from_this(), association, entry = std::move(presence)] {
        self->associations_.insert_or_assign(association, entry);
        self->wake();
    });
}

void CommitmentDesk::leave(std::uint64_t association) {
    asio::post(strand_, [self = shared_from_this(), association] {
        self->associations_.erase(association);
        std::erase_if(self->asked_on_,
                      [&](const auto& asked) { return asked.second == association; });
    });
}

void CommitmentDesk::accepted(std::int64_t id, std::uint64_t association) {
    asio::post(strand_, [self = shared_from_this(), id, association] {
        if (self->associations_.contains(association)) {
            self->asked_on_.insert_or_assign(id, association);
        }
        self->wake();
    });
}

void CommitmentDesk::wake() {
    news_ = true;
    changed_.cancel();
}

Awaitable<void> CommitmentDesk::run([[maybe_unused]] std::shared_ptr<CommitmentDesk> self) {
    while (!stopping_) {
        news_ = false;
        co_await begin_what_is_owed();
        co_await sleep();
    }
}

std::vector<std::string> CommitmentDesk::present() const {
    std::set<std::string> titles;
    for (const auto& [number, presence] : associations_) {
        if (presence.usable && !served_.contains(presence.requester_ae_title)) {
            titles.insert(presence.requester_ae_title);
        }
    }
    return {titles.begin(), titles.end()};
}

Awaitable<void> CommitmentDesk::begin_what_is_owed() {
    constexpr std::size_t looked_at_max = 256;
    looked_at_ = system_clock::now();
    auto ask = [this, here = present()] { return port_.owed(looked_at_, here, looked_at_max); };
    const auto owed = co_await on_pool(pool_, std::move(ask));
    if (!owed || stopping_) {
        co_return;  // a failing database is tried again after the sleep
    }
    for (const OwedCommitment& each : *owed) {
        if (served_.size() >= requesters_max) {
            break;
        }
        const auto held = held_.find(each.requester_ae_title);
        if (held != held_.end() && held->second > std::chrono::steady_clock::now()) {
            continue;
        }
        if (served_.insert(each.requester_ae_title).second) {
            asio::co_spawn(
                strand_,
                serve_safely(shared_from_this(), each),
                [self = shared_from_this(), title = each.requester_ae_title](const auto& thrown) {
                    self->served_.erase(title);
                    self->wake();
                    if (thrown) {
                        std::rethrow_exception(thrown);
                    }
                });
        }
    }
}

Awaitable<void> CommitmentDesk::sleep() {
    auto ask = [this] { return port_.next_attempt(); };
    const auto next = co_await on_pool(pool_, std::move(ask));
    if (news_ || stopping_) {
        co_return;
    }
    std::chrono::milliseconds pause = sleep_max;
    // What was due at the last look and not begun waits for a requester to be free, which is news.
    if (next && *next && **next > looked_at_) {
        const auto until =
            std::chrono::ceil<std::chrono::milliseconds>(**next - system_clock::now());
        pause = std::clamp<std::chrono::milliseconds>(until, std::chrono::milliseconds(0), pause);
    }
    changed_.expires_after(pause);
    co_await changed_.async_wait(use_result);
}

/// A bug in a transaction's way ends that attempt only; its time comes again.
Awaitable<void> CommitmentDesk::serve_safely([[maybe_unused]] std::shared_ptr<CommitmentDesk> self,
                                             OwedCommitment owed) {
    std::string why;
    try {
        co_await serve(owed);
        co_return;
    } catch (const std::exception& error) {
        why = error.what();
    }
    Attempt attempt{.status = Fault{.kind = FaultKind::storage, .doing = why}, .over = ""};
    CommitmentReport nothing{
        .transaction_uid = owed.transaction_uid, .committed = {}, .failed = {}};
    co_await settle(std::move(owed), std::move(nothing), std::move(attempt));
}

Awaitable<void> CommitmentDesk::serve(OwedCommitment owed) {
    auto report = co_await decide(owed.id);
    if (stopping_) {
        co_return;
    }
    if (!report) {
        Attempt attempt{.status = report.error(), .over = ""};
        CommitmentReport nothing{
            .transaction_uid = owed.transaction_uid, .committed = {}, .failed = {}};
        co_await settle(std::move(owed), std::move(nothing), std::move(attempt));
        co_return;
    }
    Attempt attempt = co_await tell(owed, *report);
    // A requester that could not be told since we end is told after the next start.
    if (attempt.status || !stopping_) {
        co_await settle(std::move(owed), *std::move(report), std::move(attempt));
    }
}

Awaitable<Result<CommitmentReport>> CommitmentDesk::decide(std::int64_t id) {
    for (bool decided = false; !decided;) {
        auto look = [this, id] { return port_.decide(id); };
        const auto looked = co_await on_pool(pool_, std::move(look));
        if (!looked) {
            co_return looked.error();
        }
        if (stopping_) {
            break;
        }
        decided = *looked;
    }
    auto read = [this, id] { return port_.report(id); };
    co_return co_await on_pool(pool_, std::move(read));
}

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
        .host = peer->host,
        .port = peer->port,
        .contexts = {commitment_context()},
        .roles = {{storage_commitment_sop_class_uid, {.scu = false, .scp = true}}},
        .extended_negotiation = {},
        .timeouts = settings_.timeouts,
        .limits = settings_.limits};
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
    const CommitmentSettings& settings = settings_.commitment;
    if (owed.attempts + 1 >= settings.attempts_max) {
        delivery.outcome = Outcome::abandoned;
        return delivery;
    }
    auto wait = settings.retry_interval;
    for (unsigned i = 0; i < owed.attempts && wait < settings.retry_interval_max; ++i) {
        wait *= 2;
    }
    delivery.next_attempt = system_clock::now() + std::min(wait, settings.retry_interval_max);
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
