#include "services/courier.hpp"

#include "storescp/on_pool.hpp"
#include "storescp/services/commitment_scu.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp {

namespace asio = boost::asio;
using std::chrono::system_clock;

namespace {

constexpr std::size_t objects_a_batch = 256;
/// Of one N-ACTION: providers have limits, too.
constexpr std::size_t references_a_transaction = 1'000;
/// Also without news the port is asked so often: a person may have put something back.
constexpr std::chrono::milliseconds rest_max{2'000};
/// A provider that answers on the same association does so soon; any other comes by itself.
constexpr std::chrono::seconds report_patience{5};

}  // namespace

Courier::Courier(asio::io_context& io,
                 Environment environment,
                 const DeliveryDestination& destination)
    : environment_(std::move(environment)),
      destination_(destination),
      strand_(asio::make_strand(io)),
      timer_(strand_),
      ended_(strand_),
      access_(environment_.settings.access) {}

void Courier::start() {
    running_ = true;
    asio::co_spawn(
        strand_, run(shared_from_this()), [self = shared_from_this()](const auto& thrown) {
            self->running_ = false;
            self->report_trouble(thrown);
            self->ended_.notify();
        });
}

void Courier::wake() {
    asio::post(strand_, [self = shared_from_this()] {
        self->news_ = true;
        self->timer_.cancel();
    });
}

void Courier::begin_stop() {
    asio::post(strand_, [self = shared_from_this()] {
        self->stopping_ = true;
        self->timer_.cancel();
    });
}

Awaitable<void> Courier::stop(std::chrono::milliseconds grace) {
    begin_stop();
    auto wait = [](std::shared_ptr<Courier> self,
                   std::chrono::milliseconds patience) -> Awaitable<void> {
        asio::steady_timer deadline(self->strand_, patience);
        deadline.async_wait([self](const boost::system::error_code& cancelled) {
            if (cancelled) {
                return;
            }
            self->interruption_->interrupt();
            if (self->association_ != nullptr) {
                self->association_->abort();
            }
        });
        while (self->running_) {
            co_await self->ended_.wait();
        }
    };
    auto waiting = wait(shared_from_this(), grace);
    co_await asio::co_spawn(strand_, std::move(waiting), asio::use_awaitable);
}

void Courier::replace_access(std::shared_ptr<const AccessPolicy> access) {
    const std::lock_guard lock(access_mutex_);
    access_ = std::move(access);
}

std::shared_ptr<const AccessPolicy> Courier::access() const {
    const std::lock_guard lock(access_mutex_);
    return access_;
}

/// A bug or no memory: what is owed stays owed, and the courier goes on.
void Courier::report_trouble(const std::exception_ptr& thrown) {
    try {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    } catch (const std::exception& error) {
        environment_.events.on(ListenerTrouble{
            fmt::format("delivery to {}: {}", destination_.ae_title, error.what())});
    }
}

Awaitable<void> Courier::run([[maybe_unused]] std::shared_ptr<Courier> self) {
    const auto pause = std::min(rest_max, destination_.retry.first);
    while (!stopping_) {
        news_ = false;
        bool worked = false;
        std::exception_ptr thrown;
        try {
            worked = co_await work();
        } catch (...) {
            thrown = std::current_exception();
        }
        report_trouble(thrown);
        if (!worked && !news_ && !stopping_) {
            timer_.expires_after(pause);
            co_await timer_.async_wait(use_result);
        }
    }
    if (some_taken_) {
        co_await work();
    }
}

/// False: there is nothing to be done now.
Awaitable<bool> Courier::work() {
    if (some_taken_) {  // and not all of it settled, whatever ended it
        auto put_back = [this] { return environment_.port.put_back(destination_.ae_title); };
        const auto done = co_await on_pool(environment_.pool, std::move(put_back));
        some_taken_ = !done.has_value();
        co_return !some_taken_;  // a failing database is tried again after a rest
    }
    auto batch = co_await take_due();
    if (batch.empty()) {
        co_return co_await commit();
    }
    some_taken_ = true;
    co_await deliver(std::move(batch));
    co_return true;
}

Awaitable<std::vector<OwedObject>> Courier::take_due() {
    auto take = [this] {
        return environment_.port.take_due(
            destination_.ae_title, system_clock::now(), objects_a_batch);
    };
    auto taken = co_await on_pool(environment_.pool, std::move(take));
    if (!taken) {
        co_return std::vector<OwedObject>();
    }
    co_return std::move(*taken);
}

Awaitable<Result<std::unique_ptr<Association>>> Courier::associate(
    std::vector<ProposedContext> contexts) {
    const auto policy = access();
    const auto peer = policy->peers.find(destination_.ae_title);
    if (peer == policy->peers.end()) {
        co_return Fault{.kind = FaultKind::refused,
                        .doing = "no [[peer]] of this AE title says where it is"};
    }
    AssociationRequest request{
        .peers = {.calling = policy->ae_titles.front(), .called = destination_.ae_title},
        .host = {},
        .port = 0,
        .contexts = std::move(contexts),
        .roles = {},
        .extended_negotiation = {},
        .timeouts = environment_.settings.timeouts,
        .limits = environment_.settings.limits,
        .interruption = interruption_};
    address_to(request, peer->second, *policy);
    co_return co_await environment_.request_association(std::move(request));
}

/// False: there is nothing to be committed to.
Awaitable<bool> Courier::commit() {
    auto begin = [this] {
        return environment_.port.begin_commitment(destination_.ae_title, references_a_transaction);
    };
    const auto request = co_await on_pool(environment_.pool, std::move(begin));
    if (!request || !*request) {
        co_return false;
    }
    co_return co_await ask_to_commit(**request);
}

Awaitable<bool> Courier::ask_to_commit(const CommitmentRequest& request) {
    std::vector<ProposedContext> contexts;
    contexts.push_back(commitment_context());
    auto association = co_await associate(std::move(contexts));
    if (!association) {
        co_await withdraw(request.transaction_uid, association.error().doing, true);
        DeliveryFinished outcome;
        outcome.destination = destination_.ae_title;
        outcome.pause = co_await pause(association.error().doing);
        environment_.events.on(outcome);
        co_return true;
    }
    struct Current {
        Courier& courier;
        ~Current() { courier.association_ = nullptr; }
    };
    const Current current{*this};
    association_ = association->get();
    if (stopping_) {  // it began to while we connected: nobody would wait for the answer
        co_await withdraw(request.transaction_uid, "the node is stopping", true);
        co_await (*association)->release();
        co_return true;
    }
    constexpr std::uint16_t message_id = 1;
    const auto requested = co_await request_commitment(**association, request, message_id);
    if (!requested && requested.error().kind == FaultKind::refused) {
        co_await withdraw(request.transaction_uid, requested.error().doing, false);
    } else if (requested && environment_.commitment_results != nullptr) {
        auto report =
            co_await wait_for_report(**association, request.transaction_uid, report_patience);
        if (report && *report) {
            auto conclude = [this, told = std::move(**report)] {
                return environment_.commitment_results->conclude(told, destination_.ae_title);
            };
            // Unwritten, it stays awaited: shown as such.
            static_cast<void>(co_await on_pool(environment_.pool, std::move(conclude)));
        }
    }
    if ((*association)->is_open()) {
        co_await (*association)->release();
    }
    co_return true;
}

Awaitable<void> Courier::withdraw(std::string transaction_uid, std::string why, bool again) {
    auto write = [this, uid = std::move(transaction_uid), reason = std::move(why), again] {
        return environment_.port.withdraw_commitment(uid, reason, again);
    };
    // Unwritten, it stays awaited: shown as such.
    static_cast<void>(co_await on_pool(environment_.pool, std::move(write)));
}

}  // namespace cxr::storescp
