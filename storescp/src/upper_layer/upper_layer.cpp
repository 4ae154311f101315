#include "storescp/upper_layer/upper_layer.hpp"

#include <utility>

namespace cxr::storescp {

void UpperLayer::transport_indicated() {
    happens(Evt::transport_indicated);
}

void UpperLayer::transport_confirmed() {
    happens(Evt::transport_confirmed);
}

void UpperLayer::transport_closed() {
    happens(Evt::transport_closed, {.error = {}, .why = "the connection was closed by the peer"});
}

void UpperLayer::artim_expired() {
    happens(Evt::artim_expired);
}

bool UpperLayer::request(pdu::AssociateRQ request) {
    requestor_ = true;
    proposal_ = std::move(request);
    return happens(Evt::associate_request);
}

bool UpperLayer::accept(const pdu::AssociateAC& answer) {
    answer_ = pdu::encode(answer);
    accept_contexts(answer);
    return happens(Evt::associate_accept);
}

bool UpperLayer::reject(const Rejection& rejection) {
    answer_ = pdu::encode(rejection);
    return happens(Evt::associate_reject);
}

bool UpperLayer::release() {
    return happens(Evt::release_request);
}

bool UpperLayer::answer_release() {
    return happens(Evt::release_response);
}

bool UpperLayer::abort(AbortReason reason) {
    user_abort_ = reason;
    return happens(Evt::abort_request);
}

bool UpperLayer::may_send_data() const {
    return action_for(Evt::p_data_request, state_) != Action::none;
}

bool UpperLayer::happens(Evt event, const Cause& cause) {
    const Action action = action_for(event, state_);
    if (action == Action::none) {
        return false;
    }
    perform(action, cause);
    return true;
}

void UpperLayer::perform(Action action, const Cause& cause) {
    if (action <= Action::ae8) {
        perform_association(action);
    } else if (action <= Action::dt2) {
        // DT-1 is may_send_data(); DT-2 happens part by part in data_part().
    } else if (action <= Action::ar10) {
        perform_release(action);
    } else {
        perform_abort(action, cause);
    }
}

/// PS3.8 table 9-6.
void UpperLayer::perform_association(Action action) {
    switch (action) {
        case Action::ae1:  // the driver opens the connection
            state_ = State::sta4;
            break;
        case Action::ae2:
            send(pdu::encode(proposal_));
            state_ = State::sta5;
            break;
        case Action::ae3:
            indications_.push_back(std::move(pending_));
            state_ = State::sta6;
            break;
        case Action::ae4:
            indications_.push_back(std::move(pending_));
            close();
            state_ = State::sta1;
            break;
        case Action::ae5:
            start_artim();
            state_ = State::sta2;
            break;
        case Action::ae6:  // whether it is acceptable is for negotiate() to say
            stop_artim();
            indications_.push_back(std::move(pending_));
            state_ = State::sta3;
            break;
        case Action::ae7:
            send(answer_);
            state_ = State::sta6;
            break;
        default:  // AE-8
            send(answer_);
            start_artim();
            state_ = State::sta13;
    }
}

/// PS3.8 table 9-8.
void UpperLayer::perform_release(Action action) {
    switch (action) {
        case Action::ar1:
            send(pdu::encode_release_rq());
            state_ = State::sta7;
            break;
        case Action::ar2:
            indications_.emplace_back(ReleaseIndication{});
            state_ = State::sta8;
            break;
        case Action::ar3:
            indications_.emplace_back(ReleaseConfirmation{});
            close();
            state_ = State::sta1;
            break;
        case Action::ar4:
            send(pdu::encode_release_rp());
            start_artim();
            state_ = State::sta13;
            break;
        case Action::ar5:
            stop_artim();
            close();
            state_ = State::sta1;
            break;
        case Action::ar8:
            indications_.emplace_back(ReleaseIndication{});
            state_ = requestor_ ? State::sta9 : State::sta10;
            break;
        case Action::ar9:
            send(pdu::encode_release_rp());
            state_ = State::sta11;
            break;
        case Action::ar10:
            indications_.emplace_back(ReleaseConfirmation{});
            state_ = State::sta12;
            break;
        default:  // AR-6 happens part by part in data_part(), AR-7 is may_send_data()
            break;
    }
}

/// PS3.8 table 9-9.
void UpperLayer::perform_abort(Action action, const Cause& cause) {
    switch (action) {
        case Action::aa1:
            // In Sta2 the peer's PDU is to blame, and the local user must hear of it; else it
            // asked.
            if (state_ == State::sta2) {
                indications_.emplace_back(ProviderAbortIndication{abort_by_user, cause.why});
                user_abort_ = abort_by_user;
            }
            send(pdu::encode(user_abort_));
            start_artim();
            state_ = State::sta13;
            break;
        case Action::aa2:
            stop_artim();
            close();
            state_ = State::sta1;
            break;
        case Action::aa3:
            indications_.push_back(std::move(pending_));
            close();
            state_ = State::sta1;
            break;
        case Action::aa4:
            indications_.emplace_back(ProviderAbortIndication{std::nullopt, cause.why});
            close();
            state_ = State::sta1;
            break;
        case Action::aa5:
            stop_artim();
            close();
            state_ = State::sta1;
            break;
        case Action::aa7:
            if (!std::exchange(late_abort_sent_, true)) {
                send(pdu::encode(AbortReason{2, static_cast<std::uint8_t>(cause.error)}));
            }
            break;
        case Action::aa8: {
            const AbortReason reason{2, static_cast<std::uint8_t>(cause.error)};
            send(pdu::encode(reason));
            indications_.emplace_back(ProviderAbortIndication{reason, cause.why});
            start_artim();
            state_ = State::sta13;
            break;
        }
        default:  // AA-6: ignore
            break;
    }
}

void UpperLayer::send(const std::vector<std::byte>& pdu) {
    output_.insert(output_.end(), pdu.begin(), pdu.end());
}

void UpperLayer::start_artim() {
    artim_runs_ = true;
    ++artim_starts_;
}

void UpperLayer::accept_contexts(const pdu::AssociateAC& answer) {
    contexts_.reset();
    for (const pdu::AnsweredContext& context : answer.contexts) {
        contexts_.set(context.id, context.result == ContextResult::acceptance);
    }
}

}  // namespace cxr::storescp
