// C-GET as a provider (PS3.7 §9.1.3, PS3.4 C.4.3): the objects go over the association that asked
// for them, where the requester accepted the SCP role (PS3.4 C.5.3).

#include "services/look_ahead.hpp"
#include "services/retrieval.hpp"

namespace cxr::storescp {

namespace {

using Clock = std::chrono::steady_clock;

class Getter {
public:
    Getter(const ServiceEnvironment& environment, Request& request, RetrieveTask task)
        : environment_(environment),
          request_(request),
          instances_(std::move(task.instances)),
          operations_(environment, request, instances_.size(), request.peers().calling),
          next_message_id_(request.message_id()) {}

    /// Faults: peer_gone.
    Awaitable<Result<Completion>> run();

private:
    Awaitable<Result<void>> send_one(LookAhead& look_ahead, const InstanceReference& instance);
    Awaitable<Result<void>> report_progress();
    [[nodiscard]] bool is_report_due() const;
    [[nodiscard]] std::uint16_t next_message_id();

    const ServiceEnvironment& environment_;
    Request& request_;
    std::vector<InstanceReference> instances_;
    SubOperations operations_;
    std::uint16_t next_message_id_;
    std::size_t reported_ = 0;
    Clock::time_point reported_at_ = Clock::now();
};

/// Distinct from that of the C-GET-RQ, which is outstanding all the while.
std::uint16_t Getter::next_message_id() {
    if (++next_message_id_ == request_.message_id()) {
        ++next_message_id_;
    }
    return next_message_id_;
}

Awaitable<Result<Completion>> Getter::run() {
    Association& association = request_.association();
    const auto agreement = std::make_shared<const Agreement>(association.agreement());
    auto load = [agreement,
                 &port = environment_.ports.retrieve](const InstanceReference& instance) {
        return load_for(*agreement, OurSide::acceptor, port, instance, {});
    };
    LookAhead look_ahead(association.executor(), environment_.pool, std::move(load), instances_);
    for (const InstanceReference& instance : instances_) {
        if (!request_.is_wanted()) {
            break;
        }
        auto sent = co_await send_one(look_ahead, instance);
        if (sent && is_report_due()) {
            sent = co_await report_progress();
        }
        if (!sent) {
            co_return std::move(sent).error();
        }
    }
    co_return operations_.final_response(!request_.is_wanted());
}

/// Faults: peer_gone. What fails for one object only is counted.
Awaitable<Result<void>> Getter::send_one(LookAhead& look_ahead, const InstanceReference& instance) {
    while (!co_await look_ahead.wait(environment_.settings.pending_every)) {
        if (auto reported = co_await report_progress(); !reported) {
            co_return reported;
        }
    }
    auto loaded = co_await look_ahead.next();
    if (!request_.is_wanted()) {
        co_return Result<void>{};
    }
    if (!loaded) {
        operations_.fail(instance, loaded.error());
        co_return Result<void>{};
    }
    StoreInvocation invocation{.message_id = next_message_id(),
                               .priority = request_.command().priority.value_or(0),
                               .originator = std::nullopt};
    const std::size_t bytes = loaded->object.size_bytes();
    const auto response = co_await send_object(request_.association(),
                                               std::move(*loaded),
                                               std::move(invocation),
                                               environment_.takes_response);
    if (!response) {
        co_return response.error();
    }
    operations_.count(instance, *response, bytes);
    co_return Result<void>{};
}

bool Getter::is_report_due() const {
    const std::size_t every = environment_.settings.pending_every_suboperations;
    const bool by_count = every != 0 && operations_.done() - reported_ >= every;
    const bool by_time = Clock::now() - reported_at_ >= environment_.settings.pending_every;
    return by_count || by_time;
}

Awaitable<Result<void>> Getter::report_progress() {
    reported_ = operations_.done();
    reported_at_ = Clock::now();
    if (!request_.is_wanted() || operations_.remaining() == 0) {
        co_return Result<void>{};
    }
    co_return co_await request_.send(operations_.pending_response(), {});
}

}  // namespace

Awaitable<Result<Completion>> get_scp(const ServiceEnvironment& environment, Request& request) {
    auto identifier =
        co_await request.read_identifier(environment.settings.limits.identifier_bytes_max);
    if (!identifier) {
        if (identifier.error().kind == FaultKind::peer_gone) {
            co_return identifier.error();
        }
        co_return completion_of(request, identifier.error(), Service::get);
    }
    auto task = co_await find_instances(environment, request, *std::move(identifier));
    if (!task) {
        co_return completion_of(request, task.error(), Service::get);
    }
    std::string detail = detail_of(*task);
    auto subjects = std::move(task->subjects);
    Getter getter(environment, request, *std::move(task));
    auto completion = co_await getter.run();
    if (completion) {
        completion->detail = std::move(detail);
        completion->subjects = std::move(subjects);
    }
    co_return completion;
}

}  // namespace cxr::storescp
