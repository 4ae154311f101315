#include "services/commitment_line.hpp"

#include "dicom/core/transfer_syntax.hpp"
#include "services/commitment_information.hpp"

namespace cxr::storescp {

namespace {

Fault gone() {
    return {.kind = FaultKind::peer_gone, .doing = "the requester's association ended"};
}

}  // namespace

CommitmentLine::CommitmentLine(Association& association, Settings settings)
    : association_(association),
      settings_(std::move(settings)),
      changed_(association.executor()),
      told_(association.executor()) {}

void CommitmentLine::request_ends() {
    busy_ = false;
    quiet_since_ = Clock::now();
    changed_.cancel();
}

bool CommitmentLine::takes(const CommandSet& response) {
    if (!response_due_ || !response.is(CommandField::n_event_report_rsp) ||
        response.message_id_being_responded_to != message_id_ || !response.status) {
        return false;
    }
    response_due_ = false;
    status_ = response.status;
    quiet_since_ = Clock::now();
    changed_.cancel();
    return true;
}

Awaitable<void> CommitmentLine::end() {
    ended_ = true;
    changed_.cancel();
    while (telling_) {
        co_await told_.wait();
    }
}

/// False: the association ended.
Awaitable<bool> CommitmentLine::wait_until_quiet() {
    while (!ended_ && association_.is_open()) {
        const auto quiet_at = quiet_since_ + settings_.quiet;
        if (!busy_ && Clock::now() >= quiet_at) {
            co_return true;
        }
        // While it is busy nothing is waited for but the end of that.
        changed_.expires_at(busy_ ? Clock::time_point::max() : quiet_at);
        co_await changed_.async_wait(use_result);
    }
    co_return false;
}

Awaitable<Result<std::uint16_t>> CommitmentLine::wait_for_response() {
    const auto due = Clock::now() + settings_.response;
    while (!ended_ && !status_ && Clock::now() < due) {
        changed_.expires_at(due);
        co_await changed_.async_wait(use_result);
    }
    if (status_) {
        co_return *status_;
    }
    if (ended_) {
        co_return gone();
    }
    association_.abort();  // its response could be taken for that of a later report
    co_return Fault{.kind = FaultKind::peer_gone, .doing = "no response to the N-EVENT-REPORT"};
}

Awaitable<Result<std::uint16_t>> CommitmentLine::tell(CommitmentReport report) {
    struct Telling {
        CommitmentLine& line;
        ~Telling() {
            line.telling_ = false;
            line.told_.notify();
        }
    };
    telling_ = true;
    const Telling telling{*this};
    co_return co_await exchange(std::move(report));
}

Awaitable<Result<std::uint16_t>> CommitmentLine::exchange(CommitmentReport report) {
    if (!co_await wait_until_quiet()) {
        co_return gone();
    }
    status_.reset();
    response_due_ = true;
    ++message_id_;
    const auto sent = co_await send_event_report(
        association_, std::move(report), settings_.retrieve_ae_title, message_id_);
    if (!sent) {
        response_due_ = false;
        co_return sent.error();
    }
    co_return co_await wait_for_response();
}

Awaitable<Result<void>> send_event_report(Association& association,
                                          CommitmentReport report,
                                          std::string retrieve_ae_title,
                                          std::uint16_t message_id) {
    const auto* const context = association.agreement().accepted(storage_commitment_sop_class_uid);
    if (context == nullptr) {
        co_return Fault{.kind = FaultKind::refused,
                        .doing = "no presentation context for storage commitment was accepted"};
    }
    const auto* const syntax = dicom::find_transfer_syntax(context->transfer_syntax);
    if (syntax == nullptr) {
        co_return Fault{.kind = FaultKind::unsupported,
                        .doing = "transfer syntax " + context->transfer_syntax};
    }
    CommandSet command;
    command.affected_sop_class_uid = storage_commitment_sop_class_uid;
    command.command_field = static_cast<std::uint16_t>(CommandField::n_event_report_rq);
    command.message_id = message_id;
    command.affected_sop_instance_uid = storage_commitment_sop_instance_uid;
    command.event_type_id = event_type_of(report);
    const std::vector<dicom::Segment> data_set{dicom::Segment::of(
        dicom::encode_attributes(event_information(report, retrieve_ae_title), *syntax))};
    co_return co_await association.send_message(context->id, std::move(command), data_set);
}

}  // namespace cxr::storescp
