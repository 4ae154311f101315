#include "storescp/services/store_scu.hpp"

#include "dicom/core/transfer_syntax.hpp"
#include "services/look_ahead.hpp"
#include "services/sub_operation.hpp"
#include "storescp/on_pool.hpp"
#include "storescp/services/echo_scu.hpp"

#include <algorithm>

namespace cxr::storescp {

namespace {

bool may_send(const PresentationContext& context, OurSide side) {
    return context.result == ContextResult::acceptance &&
           (side == OurSide::requestor ? context.roles.scu : context.roles.scp);
}

Fault broken_protocol(Association& association, const std::string& why) {
    association.abort();
    return Fault{.kind = FaultKind::peer_gone, .doing = "aborted: " + why};
}

}  // namespace

std::optional<Route> route_for(const Agreement& agreement,
                               OurSide side,
                               std::string_view sop_class_uid,
                               std::span<const std::string> loadable,
                               std::span<const std::string> preferred) {
    const auto is_loadable = [&](std::string_view syntax) {
        return std::find(loadable.begin(), loadable.end(), syntax) != loadable.end();
    };
    const auto first_with = [&](auto&& suits) -> std::optional<Route> {
        for (const PresentationContext& context : agreement.contexts) {
            if (may_send(context, side) && context.abstract_syntax == sop_class_uid &&
                suits(context.transfer_syntax)) {
                return Route{context.id, context.transfer_syntax};
            }
        }
        return std::nullopt;
    };
    std::vector<std::string_view> wanted;
    std::copy_if(preferred.begin(), preferred.end(), std::back_inserter(wanted), is_loadable);
    if (!loadable.empty()) {
        wanted.push_back(loadable.front());
    }
    for (const std::string_view syntax : wanted) {
        if (auto route = first_with([&](std::string_view agreed) { return agreed == syntax; })) {
            return route;
        }
    }
    return first_with(is_loadable);
}

Result<LoadedObject> load_for(const Agreement& agreement,
                              OurSide side,
                              RetrievePort& port,
                              const InstanceReference& instance,
                              std::span<const std::string> preferred) {
    const auto loadable = port.transfer_syntaxes(instance);
    auto route = route_for(agreement, side, instance.sop_class_uid, loadable, preferred);
    if (!route) {
        return Fault{.kind = FaultKind::refused,
                     .doing = "no presentation context was accepted for " + instance.sop_class_uid +
                              " in a transfer syntax we can give"};
    }
    auto object = port.load(instance, route->transfer_syntax_uid);
    if (!object) {
        return std::move(object).error();
    }
    return LoadedObject{std::move(*route), std::move(*object)};
}

Awaitable<Result<CommandSet>> receive_response(Association& association,
                                               CommandField expected,
                                               std::uint16_t message_id) {
    co_return co_await receive_response(association, expected, std::span(&message_id, 1));
}

Awaitable<Result<CommandSet>> receive_response(Association& association,
                                               CommandField expected,
                                               std::span<const std::uint16_t> message_ids,
                                               TakesMessage takes) {
    for (;;) {
        auto message = co_await association.receive_message();
        if (!message) {
            Fault lost = std::move(message).error();
            lost.kind = FaultKind::peer_gone;
            co_return lost;
        }
        const CommandSet& response = message->command;
        const auto answers = [&response](std::uint16_t message_id) {
            return response.message_id_being_responded_to == message_id;
        };
        const bool is_due =
            response.is(expected) && response.status && std::ranges::any_of(message_ids, answers);
        if (!is_due && !(takes && takes(response))) {
            co_return broken_protocol(association, "something else came than the response due");
        }
        for (bool pending = response.has_data_set(); pending;) {
            const auto fragment = co_await association.receive_data_fragment();
            if (!fragment) {
                Fault lost = fragment.error();
                lost.kind = FaultKind::peer_gone;
                co_return lost;
            }
            pending = !fragment->empty();
        }
        if (is_due) {
            co_return std::move(message->command);
        }
    }
}

Awaitable<Result<void>> send_store_request(Association& association,
                                           LoadedObject loaded,
                                           StoreInvocation invocation) {
    CommandSet command;
    command.affected_sop_class_uid = loaded.object.sop_class_uid;
    command.affected_sop_instance_uid = loaded.object.sop_instance_uid;
    command.command_field = static_cast<std::uint16_t>(CommandField::c_store_rq);
    command.message_id = invocation.message_id;
    command.priority = invocation.priority;
    if (invocation.originator) {
        command.move_originator_ae_title = invocation.originator->ae_title;
        command.move_originator_message_id = invocation.originator->message_id;
    }
    co_return co_await association.send_message(
        loaded.route.presentation_context_id, std::move(command), loaded.object.segments);
}

StoreResponse store_response_of(const CommandSet& response) {
    return {.status = *response.status, .error_comment = response.error_comment.value_or("")};
}

Awaitable<Result<StoreResponse>> send_object(Association& association,
                                             LoadedObject loaded,
                                             StoreInvocation invocation,
                                             TakesMessage takes) {
    const std::uint16_t message_id = invocation.message_id;
    const auto sent =
        co_await send_store_request(association, std::move(loaded), std::move(invocation));
    if (!sent) {
        co_return sent.error();
    }
    const std::span due(&message_id, 1);
    auto response =
        co_await receive_response(association, CommandField::c_store_rsp, due, std::move(takes));
    if (!response) {
        co_return std::move(response).error();
    }
    co_return store_response_of(*response);
}

Awaitable<Result<StoreResponse>> store(Association& association,
                                       boost::asio::thread_pool& pool,
                                       RetrievePort& port,
                                       const InstanceReference& instance,
                                       std::uint16_t message_id,
                                       std::uint16_t priority,
                                       std::optional<MoveOriginator> originator,
                                       std::span<const std::string> preferred) {
    auto load = [&association, &port, &instance, preferred] {
        return load_for(association.agreement(), OurSide::requestor, port, instance, preferred);
    };
    auto loaded = co_await on_pool(pool, std::move(load));
    if (!loaded) {
        co_return std::move(loaded).error();
    }
    StoreInvocation invocation{
        .message_id = message_id, .priority = priority, .originator = std::move(originator)};
    co_return co_await send_object(association, std::move(*loaded), std::move(invocation));
}

class StoreSequence::Impl {
public:
    Impl(Association& over,
         boost::asio::thread_pool& pool,
         RetrievePort& port,
         std::span<const InstanceReference> instances,
         std::span<const std::string> preferred)
        : association(over),
          look_ahead(over.executor(), pool, loading(over, port, preferred), instances) {}

    Association& association;
    LookAhead look_ahead;

private:
    /// What it leaves unfinished may end after the association.
    static LookAhead::Load loading(Association& over,
                                   RetrievePort& port,
                                   std::span<const std::string> preferred) {
        return [agreement = std::make_shared<const Agreement>(over.agreement()), &port, preferred](
                   const InstanceReference& instance) {
            return load_for(*agreement, OurSide::requestor, port, instance, preferred);
        };
    }
};

StoreSequence::StoreSequence(Association& association,
                             boost::asio::thread_pool& pool,
                             RetrievePort& port,
                             std::span<const InstanceReference> instances,
                             std::span<const std::string> preferred)
    : impl_(std::make_unique<Impl>(association, pool, port, instances, preferred)) {}
StoreSequence::~StoreSequence() = default;

Awaitable<Result<StoreResponse>> StoreSequence::store_next(std::uint16_t message_id,
                                                           std::uint16_t priority) {
    auto loaded = co_await impl_->look_ahead.next();
    if (!loaded) {
        co_return std::move(loaded).error();
    }
    StoreInvocation invocation{
        .message_id = message_id, .priority = priority, .originator = std::nullopt};
    co_return co_await send_object(impl_->association, std::move(*loaded), std::move(invocation));
}

StoreVerdict verdict_of(std::uint16_t c_store_status) {
    if (c_store_status == 0x0000) {
        return StoreVerdict::success;
    }
    return (c_store_status & 0xF000U) == 0xB000U ? StoreVerdict::warning : StoreVerdict::failure;
}

bool may_pass(const Result<StoreResponse>& response) {
    if (response) {
        return (response->status & 0xFF00U) == 0xA700U;
    }
    const FaultKind kind = response.error().kind;
    return kind == FaultKind::peer_gone || kind == FaultKind::storage ||
           kind == FaultKind::exhausted;
}

ProposedContext verification_context(std::uint8_t id) {
    return ProposedContext{
        .id = id,
        .abstract_syntax = verification_sop_class_uid,
        .transfer_syntaxes = {std::string(dicom::explicit_vr_little_endian.uid),
                              std::string(dicom::implicit_vr_little_endian.uid)}};
}

Awaitable<Result<std::uint16_t>> echo(Association& association, std::uint16_t message_id) {
    const auto* const context = association.agreement().accepted(verification_sop_class_uid);
    if (context == nullptr) {
        co_return Fault{.kind = FaultKind::refused,
                        .doing = "the peer does not accept the Verification SOP class"};
    }
    CommandSet command;
    command.affected_sop_class_uid = verification_sop_class_uid;
    command.command_field = static_cast<std::uint16_t>(CommandField::c_echo_rq);
    command.message_id = message_id;
    const auto sent = co_await association.send_message(context->id, std::move(command));
    if (!sent) {
        co_return sent.error();
    }
    const auto response =
        co_await receive_response(association, CommandField::c_echo_rsp, message_id);
    if (!response) {
        co_return response.error();
    }
    co_return *response->status;
}

}  // namespace cxr::storescp
