// C-MOVE as a provider (PS3.7 §9.1.4, PS3.4 C.4.2): who may receive what, or why not.
#include "services/mover.hpp"

namespace cxr::storescp {

namespace {

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
    std::string detail = detail_of(*task, destination->ae_title);
    auto subjects = std::move(task->subjects);
    const auto mover =
        std::make_shared<Mover>(environment, request, *destination, *std::move(task));
    Completion completion = co_await mover->run();
    completion.detail = std::move(detail);
    completion.subjects = std::move(subjects);
    co_return completion;
}

}  // namespace cxr::storescp
