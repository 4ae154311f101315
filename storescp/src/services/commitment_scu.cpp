#include "storescp/services/commitment_scu.hpp"

#include "dicom/core/transfer_syntax.hpp"
#include "services/commitment_information.hpp"
#include "services/sub_operation.hpp"
#include "storescp/on_pool.hpp"
#include "storescp/status.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

namespace cxr::storescp {

namespace {

struct ReceivedEvent {
    Message message;
    std::vector<std::byte> data_set;
};

/// Faults: peer_gone.
Awaitable<Result<ReceivedEvent>> receive_request(Association& association) {
    constexpr std::size_t bytes_max = 16U << 20U;
    auto message = co_await association.receive_message();
    if (!message) {
        co_return Fault{.kind = FaultKind::peer_gone, .doing = message.error().doing};
    }
    ReceivedEvent event{.message = *std::move(message), .data_set = {}};
    if (event.message.command.has_data_set()) {
        auto data_set = co_await receive_data_set(association, bytes_max);
        if (!data_set) {
            association.abort();
            co_return Fault{.kind = FaultKind::peer_gone, .doing = data_set.error().doing};
        }
        event.data_set = *std::move(data_set);
    }
    co_return event;
}

/// The report in an N-EVENT-REPORT-RQ, or the status that it is refused with.
std::variant<CommitmentReport, std::uint16_t> report_in(const ReceivedEvent& event,
                                                        const Agreement& agreement) {
    const CommandSet& command = event.message.command;
    const auto* const context = agreement.accepted(event.message.presentation_context_id);
    const auto* const syntax =
        context == nullptr ? nullptr : dicom::find_transfer_syntax(context->transfer_syntax);
    if (!command.is(CommandField::n_event_report_rq) || syntax == nullptr) {
        return status::unrecognised_operation;
    }
    if (command.affected_sop_class_uid != storage_commitment_sop_class_uid) {
        return status::no_such_sop_class;
    }
    if (command.event_type_id != storage_commitment_successful &&
        command.event_type_id != storage_commitment_with_failures) {
        return status::no_such_event_type;
    }
    const auto information = dicom::decode_attributes(
        event.data_set, *syntax, {.elements_max = 1'000'000, .inflated_bytes_max = 16U << 20U});
    if (!information) {
        return status::invalid_argument_value;
    }
    auto parsed = parse_event_information(*information);
    if (const auto* refused = std::get_if<RefusedInformation>(&parsed)) {
        return refused->status;
    }
    return std::get<CommitmentReport>(std::move(parsed));
}

/// Releases an association when nothing came; whoever waits for a message there then learns so.
class Patience {
public:
    Patience(Association& association, std::chrono::milliseconds patience)
        : timer_(association.executor(), patience), state_(std::make_shared<State>(&association)) {
        timer_.async_wait([state = state_](const boost::system::error_code& error) {
            if (!error && state->association != nullptr) {
                state->over = true;
                auto* const patient = state->association;
                boost::asio::co_spawn(patient->executor(), patient->release(), [state](auto) {
                    state->released = true;
                    if (state->waiter) {
                        state->waiter->cancel();
                    }
                });
            }
        });
    }
    [[nodiscard]] bool is_over() const { return state_->over; }
    /// To be called before it is destroyed: the release looks at the association.
    [[nodiscard]] Awaitable<void> end() {
        timer_.cancel();
        state_->association = nullptr;
        while (state_->over && !state_->released) {
            state_->waiter.emplace(timer_.get_executor(),
                                   boost::asio::steady_timer::time_point::max());
            co_await state_->waiter->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
    }

private:
    struct State {
        explicit State(Association* patient) : association(patient) {}
        Association* association;
        bool over = false, released = false;
        std::optional<boost::asio::steady_timer> waiter;
    };
    boost::asio::steady_timer timer_;
    std::shared_ptr<State> state_;
};

/// Faults: peer_gone.
Awaitable<Result<CommitmentReport>> receive_report(Association& association,
                                                   const std::string& transaction_uid) {
    for (;;) {
        auto event = co_await receive_request(association);
        if (!event) {
            co_return std::move(event).error();
        }
        if (event->message.command.is_response()) {
            association.abort();
            co_return Fault{.kind = FaultKind::peer_gone,
                            .doing = "aborted: a response to nothing came"};
        }
        auto report = report_in(*event, association.agreement());
        auto* const ours = std::get_if<CommitmentReport>(&report);
        const bool awaited = ours != nullptr && ours->transaction_uid == transaction_uid;
        const std::uint16_t answer = awaited           ? status::success
                                     : ours != nullptr ? status::processing_failure
                                                       : std::get<std::uint16_t>(report);
        const auto sent = co_await association.send_message(
            event->message.presentation_context_id, response_to(event->message.command, answer));
        if (awaited) {  // what it says holds, heard or not
            co_return std::move(*ours);
        }
        if (!sent) {
            co_return sent.error();
        }
    }
}

}  // namespace

ProposedContext commitment_context(std::uint8_t id) {
    return {.id = id,
            .abstract_syntax = storage_commitment_sop_class_uid,
            .transfer_syntaxes = {std::string(dicom::explicit_vr_little_endian.uid),
                                  std::string(dicom::implicit_vr_little_endian.uid)}};
}

Awaitable<Result<void>> request_commitment(Association& association,
                                           CommitmentRequest request,
                                           std::uint16_t message_id) {
    const auto* const context = association.agreement().accepted(storage_commitment_sop_class_uid);
    if (context == nullptr) {
        co_return Fault{.kind = FaultKind::refused,
                        .doing = "the peer does not accept storage commitment"};
    }
    const auto* const syntax = dicom::find_transfer_syntax(context->transfer_syntax);
    CommandSet command;
    command.requested_sop_class_uid = storage_commitment_sop_class_uid;
    command.command_field = static_cast<std::uint16_t>(CommandField::n_action_rq);
    command.message_id = message_id;
    command.requested_sop_instance_uid = storage_commitment_sop_instance_uid;
    command.action_type_id = request_storage_commitment;
    const std::vector<dicom::Segment> data_set{
        dicom::Segment::of(dicom::encode_attributes(action_information(request), *syntax))};
    const auto sent = co_await association.send_message(context->id, std::move(command), data_set);
    if (!sent) {
        co_return sent.error();
    }
    const auto response =
        co_await receive_response(association, CommandField::n_action_rsp, message_id);
    if (!response) {
        co_return response.error();
    }
    if (response->status != status::success) {
        co_return Fault{.kind = FaultKind::refused,
                        .doing = fmt::format("N-ACTION answered with status {:04X}H{}{}",
                                             *response->status,
                                             response->error_comment ? ": " : "",
                                             response->error_comment.value_or(""))};
    }
    co_return Result<void>{};
}

Awaitable<Result<std::optional<CommitmentReport>>> wait_for_report(
    Association& association, std::string transaction_uid, std::chrono::milliseconds patience) {
    Patience waiting(association, patience);
    auto report = co_await receive_report(association, transaction_uid);
    const bool in_vain = waiting.is_over();
    co_await waiting.end();
    if (report) {
        co_return std::optional<CommitmentReport>(*std::move(report));
    }
    if (in_vain) {
        co_return std::optional<CommitmentReport>();
    }
    co_return std::move(report).error();
}

AcceptableContexts report_contexts() {
    AcceptableContexts contexts;
    contexts.by_abstract_syntax[storage_commitment_sop_class_uid] = {
        .transfer_syntaxes = commitment_context().transfer_syntaxes, .provider_role = true};
    return contexts;
}

Awaitable<void> take_reports(Association& association,
                             boost::asio::thread_pool& pool,
                             CommitmentResultPort& results) {
    for (;;) {
        auto event = co_await receive_request(association);
        if (!event) {
            co_return;
        }
        auto report = report_in(*event, association.agreement());
        std::uint16_t answer = status::success;
        if (const auto* refused = std::get_if<std::uint16_t>(&report)) {
            answer = *refused;
        } else {
            auto conclude = [&results,
                             told = std::get<CommitmentReport>(std::move(report)),
                             provider = association.agreement().peers.calling] {
                return results.conclude(told, provider);
            };
            const auto known = co_await on_pool(pool, std::move(conclude));
            answer = known && *known ? status::success : status::processing_failure;
        }
        CommandSet response = response_to(event->message.command, answer);
        const auto sent = co_await association.send_message(event->message.presentation_context_id,
                                                            std::move(response));
        if (!sent) {
            co_return;
        }
    }
}

}  // namespace cxr::storescp
