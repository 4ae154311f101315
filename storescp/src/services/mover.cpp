#include "services/mover.hpp"

#include "services/mover_lanes.hpp"
#include "storescp/on_pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include <algorithm>
#include <chrono>
#include <exception>

namespace cxr::storescp {

namespace {

/// A requester that left is noticed, however rarely it is told of progress.
constexpr std::chrono::milliseconds requester_looked_at_every{1'000};

Fault destination_gone() {
    return {.kind = FaultKind::peer_gone, .doing = "the destination is gone"};
}

}  // namespace

Mover::Mover(const ServiceEnvironment& environment,
             Request& request,
             const Peer& destination,
             RetrieveTask task)
    : environment_(environment),
      request_(request),
      destination_(destination),
      instances_(std::move(task.instances)),
      operations_(environment, request, instances_.size(), destination.ae_title),
      share_(environment.move_shares, destination.ae_title),
      progress_(request.association().executor()) {}

Awaitable<Completion> Mover::run() {
    namespace asio = boost::asio;
    const auto executor = request_.association().executor();
    const auto self = shared_from_this();
    auto send = send_all(self);
    auto report = report_progress(self);
    auto [order, sending, reporting] =
        co_await asio::experimental::make_parallel_group(
            asio::co_spawn(executor, std::move(send), asio::deferred),
            asio::co_spawn(executor, std::move(report), asio::deferred))
            .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const std::exception_ptr& thrown : {sending, reporting}) {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    }
    co_return operations_.final_response(!request_.is_wanted());
}

/// Ends with finished_ set, also when something is thrown: the reporter waits for it.
Awaitable<void> Mover::send_all(std::shared_ptr<Mover> self) {
    struct Finish {
        std::shared_ptr<Mover> mover;
        ~Finish() {
            mover->finished_ = true;
            mover->notify_progress();
        }
    };
    const Finish finish{std::move(self)};
    auto plan = [this] {
        return plan_batches(
            instances_, environment_.ports.retrieve, destination_.preferred_transfer_syntaxes);
    };
    const auto batches = co_await on_pool(environment_.pool, std::move(plan));
    bool destination_is_alive = true;
    for (const Batch& batch : batches) {
        if (!request_.is_wanted()) {
            co_return;
        }
        if (destination_is_alive) {
            destination_is_alive = co_await send_batch(batch);
        } else {
            fail_all(batch.instances, destination_gone());
        }
    }
}

AssociationRequest Mover::association_request(std::vector<ProposedContext> contexts) const {
    const auto& own_titles = environment_.access->ae_titles;
    const std::string& called = request_.peers().called;
    const bool is_ours =
        std::find(own_titles.begin(), own_titles.end(), called) != own_titles.end();
    AssociationRequest request{
        .peers = {.calling = is_ours || own_titles.empty() ? called : own_titles.front(),
                  .called = destination_.ae_title},
        .host = {},
        .port = 0,
        .contexts = std::move(contexts),
        .roles = {},
        .extended_negotiation = {},
        .timeouts = environment_.settings.timeouts,
        .limits = environment_.settings.limits,
        .operations_invoked_max = destination_.operations_invoked_max,
        .interruption = interruption_};
    address_to(request, destination_, *environment_.access);
    return request;
}

void Mover::fail_all(std::span<const InstanceReference> instances, const Fault& fault) {
    for (const InstanceReference& instance : instances) {
        operations_.fail(instance, fault);
    }
}

/// False when the destination cannot be reached or was lost: its remaining objects have failed.
Awaitable<bool> Mover::send_batch(const Batch& batch) {
    auto request = association_request(batch.contexts);
    auto association = co_await environment_.request_association(std::move(request));
    if (!association) {
        fail_all(batch.instances, association.error());
        co_return false;
    }
    Association& first = **association;
    const auto executor = request_.association().executor();
    const auto agreement = std::make_shared<const Agreement>(first.agreement());
    auto load = [agreement,
                 &port = environment_.ports.retrieve,
                 preferred =
                     destination_.preferred_transfer_syntaxes](const InstanceReference& instance) {
        return load_for(*agreement, OurSide::requestor, port, instance, preferred);
    };
    const std::size_t ahead = LookAhead::depth + lanes_max() - 1;
    const auto work = std::make_shared<Work>(
        executor,
        batch.contexts,
        agreement,
        std::make_unique<LookAhead>(
            executor, environment_.pool, std::move(load), batch.instances, ahead),
        batch.instances);
    bool is_alive = false;
    try {
        Lane lane(shared_from_this(), first, false);
        is_alive = co_await run_lane(work, lane);
    } catch (...) {
        work->thrown = std::current_exception();
    }
    work->lanes -= 1;
    co_await end_further_lanes(work);  // each takes and counts objects of this batch
    if (work->thrown) {
        std::rethrow_exception(work->thrown);
    }
    if (request_.is_wanted()) {
        fail_all(work->left, destination_gone());
    }
    if (is_alive) {
        co_await first.release();
    }
    co_return is_alive || work->left.empty();
}

bool Mover::is_report_due() const {
    const std::size_t every = environment_.settings.pending_every_suboperations;
    return every != 0 && operations_.done() - reported_ >= every;
}

void Mover::notify_progress() noexcept {
    boost::system::error_code ignored;
    progress_.cancel(ignored);
}

/// A requester that left has its sub-operations ended; one that cancelled hears nothing more until
/// the final response.
Awaitable<void> Mover::report_progress(std::shared_ptr<Mover> self) {
    using Clock = std::chrono::steady_clock;
    const auto every = environment_.settings.pending_every;
    auto reported_at = Clock::now();
    while (!self->finished_) {
        bool is_due = is_report_due();
        if (!is_due) {
            progress_.expires_after(std::min(every, requester_looked_at_every));
            const auto [notified] =
                co_await progress_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
            is_due = notified || Clock::now() - reported_at >= every;
        }
        if (!request_.association().is_open()) {
            interruption_->interrupt();
            for (Association* association : open_) {
                association->abort();
            }
        }
        if (!is_due) {
            continue;
        }
        reported_ = operations_.done();
        reported_at = Clock::now();
        if (!finished_ && request_.is_wanted() && operations_.remaining() > 0) {
            // A requester that cannot be reached is noticed by is_open() in the next round.
            auto sent = co_await request_.send(operations_.pending_response(), {});
            static_cast<void>(sent);
        }
    }
}

}  // namespace cxr::storescp
