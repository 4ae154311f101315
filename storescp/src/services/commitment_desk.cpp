#include "services/commitment_desk.hpp"

#include "storescp/association/signal.hpp"
#include "storescp/on_pool.hpp"

#include <algorithm>

namespace cxr::storescp {

namespace asio = boost::asio;
using std::chrono::system_clock;

namespace {

/// Requesters that are told at one time: each may cost a connection.
constexpr std::size_t requesters_max = 64;

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
      turn_(strand_),
      access_(settings.access) {}

void CommitmentDesk::start() {
    running_ = true;
    asio::co_spawn(
        strand_, run(shared_from_this()), [self = shared_from_this()](const auto& thrown) {
            self->running_ = false;
            self->report_trouble(thrown);
            self->wake();
        });
}

void CommitmentDesk::begin_stop() {
    asio::post(strand_, [self = shared_from_this()] {
        self->stopping_ = true;
        self->interruption_->interrupt();
        for (Association* const association : self->own_associations_) {
            association->abort();
        }
        self->turn_.notify();
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

/// A bug or no memory: what is owed stays owed, and the desk goes on.
void CommitmentDesk::report_trouble(const std::exception_ptr& thrown) {
    try {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    } catch (const std::exception& error) {
        events_.on(ListenerTrouble{std::string("storage commitment: ") + error.what()});
    }
}

void CommitmentDesk::wake() {
    news_ = true;
    changed_.cancel();
}

Awaitable<void> CommitmentDesk::run([[maybe_unused]] std::shared_ptr<CommitmentDesk> self) {
    while (!stopping_) {
        news_ = false;
        std::exception_ptr thrown;
        try {
            co_await begin_what_is_owed();
            co_await sleep();
        } catch (...) {
            thrown = std::current_exception();
        }
        if (thrown) {
            report_trouble(thrown);
            changed_.expires_after(sleep_max);
            co_await changed_.async_wait(use_result);
        }
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
                    self->report_trouble(thrown);
                    self->wake();
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

/// A piece at a time and one requester after the other, so that the pool has threads for others.
Awaitable<Result<CommitmentReport>> CommitmentDesk::decide(std::int64_t id) {
    struct Turn {
        CommitmentDesk& desk;
        ~Turn() {
            desk.deciding_ = false;
            desk.turn_.notify();
        }
    };
    for (bool decided = false; !decided && !stopping_;) {
        while (deciding_ && !stopping_) {
            co_await turn_.wait();
        }
        deciding_ = true;
        const Turn turn{*this};
        auto look = [this, id] { return port_.decide(id); };
        const auto looked = co_await on_pool(pool_, std::move(look));
        if (!looked) {
            co_return looked.error();
        }
        decided = *looked;
    }
    auto read = [this, id] { return port_.report(id); };
    co_return co_await on_pool(pool_, std::move(read));
}

}  // namespace cxr::storescp
