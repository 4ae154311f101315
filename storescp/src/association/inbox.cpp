#include "inbox.hpp"

#include <fmt/format.h>

#include <utility>

namespace cxr::storescp {
namespace {

/// What a queued command costs beside what its values hold: a stranger may pipeline requests.
constexpr std::size_t command_weight = 1'024;
/// Pieces that arrive together are handed on together up to this size.
constexpr std::size_t piece_bytes_max = 131'072;

bool is_pending(const CommandSet& response) {
    const unsigned status = response.status.value_or(0);
    return status == 0xFF00 || status == 0xFF01;
}

/// A stranger's UIDs, titles and comments are as long as a command set may be.
std::size_t weight_of(const CommandSet& command) {
    std::size_t bytes = command_weight + command.offending_elements.size() * sizeof(std::uint32_t);
    for (const auto* text : {&command.affected_sop_class_uid,
                             &command.requested_sop_class_uid,
                             &command.move_destination,
                             &command.error_comment,
                             &command.affected_sop_instance_uid,
                             &command.requested_sop_instance_uid,
                             &command.move_originator_ae_title}) {
        bytes += *text ? (*text)->size() : 0;
    }
    return bytes;
}

}  // namespace

std::optional<Inbox::Violation> Inbox::take(const DataIndication& part) {
    bytes_taken_ += part.bytes.size();
    if (phase_ == Phase::between) {
        if (!part.command) {
            return Violation{ProtocolError::unexpected_parameter,
                             "a data set without a command that announces it"};
        }
        phase_ = Phase::command;
        presentation_context_id_ = part.presentation_context_id;
    }
    if (part.presentation_context_id != presentation_context_id_) {
        return Violation{ProtocolError::unexpected_parameter,
                         "a message on another presentation context before the last one's end"};
    }
    if (part.command != (phase_ == Phase::command)) {
        return Violation{ProtocolError::unexpected_parameter,
                         part.command ? "a command before the last message's data set ended"
                                      : "a data set before its command ended"};
    }
    if (part.command) {
        return take_command(part);
    }
    take_data(part);
    return std::nullopt;
}

std::optional<Inbox::Violation> Inbox::take_command(const DataIndication& part) {
    if (command_.size() + part.bytes.size() > command_set_bytes_max_) {
        return Violation{
            ProtocolError::invalid_parameter_value,
            fmt::format("a command set of more than {} bytes", command_set_bytes_max_)};
    }
    command_.insert(command_.end(), part.bytes.begin(), part.bytes.end());
    return part.last ? complete_command() : std::nullopt;
}

std::optional<Inbox::Violation> Inbox::complete_command() {
    auto command = decode_command_set(command_);
    command_ = {};
    if (!command) {
        return Violation{ProtocolError::invalid_parameter_value, command.error().doing};
    }
    phase_ = command->has_data_set() ? Phase::data : Phase::between;
    drop_data_ = command->is(CommandField::c_cancel_rq);
    if (drop_data_) {
        const auto message_id = command->message_id_being_responded_to;
        if (message_id && outstanding_.contains(*message_id)) {
            cancelled_.insert(*message_id);
        }
        return std::nullopt;
    }
    Message message{.presentation_context_id = presentation_context_id_,
                    .command = std::move(*command)};
    if (message.command.is_response()) {
        final_responses_ += is_pending(message.command) ? 0 : 1;
    } else if (message.command.message_id) {
        message.duplicate_message_id = outstanding_.contains(*message.command.message_id);
        outstanding_.insert(*message.command.message_id);
        if (outstanding_.size() > operations_max_) {
            return Violation{
                ProtocolError::unexpected_parameter,
                fmt::format("more than the {} outstanding operations that were negotiated",
                            operations_max_)};
        }
    }
    push(std::move(message));
    return std::nullopt;
}

void Inbox::take_data(const DataIndication& part) {
    if (part.last) {
        phase_ = Phase::between;
    }
    if (drop_data_) {
        return;
    }
    if (!part.bytes.empty()) {
        auto* tail = queue_.empty() ? nullptr : std::get_if<std::vector<std::byte>>(&queue_.back());
        if (tail != nullptr && tail->size() + part.bytes.size() <= piece_bytes_max) {
            tail->insert(tail->end(), part.bytes.begin(), part.bytes.end());
            bytes_queued_ += part.bytes.size();
        } else {
            push(std::vector<std::byte>(part.bytes.begin(), part.bytes.end()));
        }
    }
    if (part.last) {
        push(DataEnd{});
    }
}

std::size_t Inbox::weight(const Entry& entry) {
    if (const auto* bytes = std::get_if<std::vector<std::byte>>(&entry)) {
        return bytes->size();
    }
    const auto* message = std::get_if<Message>(&entry);
    return message != nullptr ? weight_of(message->command) : 0;
}

void Inbox::push(Entry entry) {
    bytes_queued_ += weight(entry);
    queue_.push_back(std::move(entry));
}

Inbox::Entry Inbox::pop() {
    Entry entry = std::move(queue_.front());
    queue_.pop_front();
    bytes_queued_ -= weight(entry);
    return entry;
}

std::optional<Message> Inbox::next_message() {
    while (!queue_.empty()) {
        Entry entry = pop();
        if (auto* message = std::get_if<Message>(&entry)) {
            data_expected_ = message->command.has_data_set();
            return std::move(*message);
        }
    }
    return std::nullopt;
}

std::optional<std::vector<std::byte>> Inbox::next_fragment() {
    if (!data_expected_) {
        return std::vector<std::byte>{};
    }
    if (queue_.empty()) {
        return std::nullopt;
    }
    Entry entry = pop();
    if (auto* bytes = std::get_if<std::vector<std::byte>>(&entry)) {
        return std::move(*bytes);
    }
    data_expected_ = false;
    return std::vector<std::byte>{};
}

void Inbox::answered(std::uint16_t message_id) {
    if (const auto found = outstanding_.find(message_id); found != outstanding_.end()) {
        outstanding_.erase(found);
    }
    if (!outstanding_.contains(message_id)) {
        cancelled_.erase(message_id);
    }
}

}  // namespace cxr::storescp
