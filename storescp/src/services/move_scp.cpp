// C-MOVE as a provider (PS3.7 §9.1.4, PS3.4 C.4.2). Two coroutines on the requester's strand: one
// sends the objects over associations with the destination, the other reports progress to the
// requester, by count and by time, so that a slow destination never looks like a dead node.

#include "services/look_ahead.hpp"
#include "services/retrieval.hpp"
#include "storescp/on_pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <exception>

namespace cxr::storescp {

namespace {

class Mover {
public:
    Mover(const ServiceEnvironment& environment,
          Request& request,
          const Peer& destination,
          RetrieveTask task)
        : environment_(environment),
          request_(request),
          destination_(destination),
          instances_(std::move(task.instances)),
          operations_(environment, request, instances_.size(), destination.ae_title),
          progress_(request.association().executor()) {}

    Awaitable<Completion> run();

private:
    Awaitable<void> send_all();
    Awaitable<bool> send_batch(const Batch& batch);
    Awaitable<bool> send_one(LookAhead& look_ahead,
                             Association& destination,
                             const InstanceReference& instance);
    Awaitable<void> report_progress();
    [[nodiscard]] AssociationRequest association_request(const Batch& batch) const;
    [[nodiscard]] bool is_report_due() const;
    /// Also from destructors: without exceptions.
    void notify_progress() noexcept {
        boost::system::error_code ignored;
        progress_.cancel(ignored);
    }

    const ServiceEnvironment& environment_;
    Request& request_;
    const Peer& destination_;
    std::vector<InstanceReference> instances_;
    SubOperations operations_;
    boost::asio::steady_timer progress_;  ///< cancelled when there is something to report
    Association* sub_association_ = nullptr;
    std::size_t reported_ = 0;
    std::uint16_t next_message_id_ = 1;
    bool finished_ = false;
};

Fault destination_gone() {
    return {.kind = FaultKind::peer_gone, .doing = "the destination is gone"};
}

Awaitable<Completion> Mover::run() {
    namespace asio = boost::asio;
    const auto executor = request_.association().executor();
    auto [order, sending, reporting] =
        co_await asio::experimental::make_parallel_group(
            asio::co_spawn(executor, send_all(), asio::deferred),
            asio::co_spawn(executor, report_progress(), asio::deferred))
            .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const std::exception_ptr& thrown : {sending, reporting}) {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    }
    co_return operations_.final_response(!request_.is_wanted());
}

/// Ends with finished_ set, also when something is thrown: the reporter waits for it.
Awaitable<void> Mover::send_all() {
    struct Finish {
        Mover& mover;
        ~Finish() {
            mover.finished_ = true;
            mover.notify_progress();
        }
    };
    const Finish finish{*this};
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
            for (const InstanceReference& instance : batch.instances) {
                operations_.fail(instance, destination_gone());
            }
        }
    }
}

AssociationRequest Mover::association_request(const Batch& batch) const {
    const auto& own_titles = environment_.access->ae_titles;
    const std::string& called = request_.peers().called;
    const bool is_ours =
        std::find(own_titles.begin(), own_titles.end(), called) != own_titles.end();
    AssociationRequest request{
        .peers = {.calling = is_ours || own_titles.empty() ? called : own_titles.front(),
                  .called = destination_.ae_title},
        .host = {},
        .port = 0,
        .contexts = batch.contexts,
        .roles = {},
        .extended_negotiation = {},
        .timeouts = environment_.settings.timeouts,
        .limits = environment_.settings.limits};
    address_to(request, destination_, *environment_.access);
    return request;
}

/// False when the destination cannot be reached or was lost: its remaining objects have failed.
Awaitable<bool> Mover::send_batch(const Batch& batch) {
    auto request = association_request(batch);
    auto association = co_await environment_.request_association(std::move(request));
    if (!association) {
        for (const InstanceReference& instance : batch.instances) {
            operations_.fail(instance, association.error());
        }
        co_return false;
    }
    struct Current {
        Mover& mover;
        ~Current() { mover.sub_association_ = nullptr; }
    };
    const Current current{*this};
    sub_association_ = association->get();

    const auto agreement = std::make_shared<const Agreement>(sub_association_->agreement());
    auto load = [agreement,
                 &port = environment_.ports.retrieve,
                 preferred =
                     destination_.preferred_transfer_syntaxes](const InstanceReference& instance) {
        return load_for(*agreement, OurSide::requestor, port, instance, preferred);
    };
    LookAhead look_ahead(
        request_.association().executor(), environment_.pool, std::move(load), batch.instances);
    bool is_alive = true;
    for (const InstanceReference& instance : batch.instances) {
        if (!is_alive) {
            operations_.fail(instance, destination_gone());
        } else if (!request_.is_wanted()) {
            break;
        } else {
            is_alive = co_await send_one(look_ahead, *sub_association_, instance);
        }
    }
    if (is_alive) {
        co_await sub_association_->release();
    }
    co_return is_alive;
}

/// False when the association with the destination was lost.
Awaitable<bool> Mover::send_one(LookAhead& look_ahead,
                                Association& destination,
                                const InstanceReference& instance) {
    auto loaded = co_await look_ahead.next();
    if (!request_.is_wanted()) {
        co_return true;
    }
    if (!loaded) {
        operations_.fail(instance, loaded.error());
        notify_progress();
        co_return true;
    }
    StoreInvocation invocation{
        .message_id = next_message_id_++,
        .priority = request_.command().priority.value_or(0),
        .originator = MoveOriginator{request_.peers().calling, request_.message_id()}};
    const std::size_t bytes = loaded->object.size_bytes();
    const auto response =
        co_await send_object(destination, std::move(*loaded), std::move(invocation));
    if (response) {
        operations_.count(instance, *response, bytes);
    } else {
        operations_.fail(instance, response.error());
    }
    if (is_report_due()) {
        notify_progress();
    }
    co_return response.has_value();
}

bool Mover::is_report_due() const {
    const std::size_t every = environment_.settings.pending_every_suboperations;
    return every != 0 && operations_.done() - reported_ >= every;
}

/// A requester that left has its sub-operations ended; one that cancelled hears nothing more until
/// the final response.
Awaitable<void> Mover::report_progress() {
    while (!finished_) {
        if (!is_report_due()) {
            progress_.expires_after(environment_.settings.pending_every);
            co_await progress_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
        if (!request_.association().is_open() && sub_association_ != nullptr) {
            sub_association_->abort();
        }
        reported_ = operations_.done();
        if (!finished_ && request_.is_wanted() && operations_.remaining() > 0) {
            // A requester that cannot be reached is noticed by is_open() in the next round.
            auto sent = co_await request_.send(operations_.pending_response(), {});
            static_cast<void>(sent);
        }
    }
}

/// Null: none, or not one that objects may be sent to.
const Peer* move_destination(const ServiceEnvironment& environment, const Request& request) {
    const auto* const peer =
        find_peer(*environment.access, request.command().move_destination.value_or(""));
    return peer != nullptr && peer->is_move_destination ? peer : nullptr;
}

}  // namespace

Awaitable<Result<Completion>> move_scp(const ServiceEnvironment& environment, Request& request) {
    auto identifier =
        co_await request.read_identifier(environment.settings.limits.identifier_bytes_max);
    if (!identifier) {
        if (identifier.error().kind == FaultKind::peer_gone) {
            co_return identifier.error();
        }
        co_return completion_of(request, identifier.error(), Service::move);
    }
    if (!request.command().move_destination) {
        co_return refusal_of(
            request, status::mistyped_argument, "Move Destination is missing", 0x0600);
    }
    const Peer* const destination = move_destination(environment, request);
    if (destination == nullptr) {
        co_return refusal_of(
            request, status::move_destination_unknown, "Move Destination is not a configured peer");
    }
    auto task = co_await find_instances(environment, request, *std::move(identifier));
    if (!task) {
        co_return completion_of(request, task.error(), Service::move);
    }
    std::string detail = task->level + " to " + destination->ae_title;
    auto subjects = std::move(task->subjects);
    Mover mover(environment, request, *destination, *std::move(task));
    Completion completion = co_await mover.run();
    completion.detail = std::move(detail);
    completion.subjects = std::move(subjects);
    co_return completion;
}

}  // namespace cxr::storescp
