#pragma once
/// An association without a peer: what it receives is put in, what it sends is kept. Confined to
/// the one thread that runs its executor.

#include "storescp/association/association.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <deque>
#include <functional>
#include <set>

namespace cxr::test {

using Bytes = std::vector<std::byte>;

struct SentMessage {
    std::uint8_t presentation_context_id;
    storescp::CommandSet command;
    bool has_data_set;
    Bytes data_set;
};

class FakeAssociation final : public storescp::Association {
public:
    FakeAssociation(boost::asio::any_io_executor executor, storescp::Agreement agreement)
        : executor_(executor), arrived_(executor), agreement_(std::move(agreement)) {}

    // The script.
    void deliver(storescp::CommandSet command,
                 std::vector<Bytes> fragments = {},
                 std::uint8_t presentation_context_id = 1,
                 bool duplicate_message_id = false) {
        incoming_.push_back({{presentation_context_id, std::move(command), duplicate_message_id},
                             std::move(fragments)});
        arrived_.cancel();
    }
    void cancel(std::uint16_t message_id) { cancelled_.insert(message_id); }
    /// The peer goes: nothing more arrives, nothing more can be sent.
    void lose(const std::string& how = "aborted by peer") {
        gone_ = how;
        arrived_.cancel();
    }
    /// Called after each message that is sent.
    std::function<void(const SentMessage&)> on_sent;
    /// The peer is lost when so many fragments of a data set have been read.
    std::optional<std::size_t> lost_after_fragments;
    /// With no message left receive_message() waits for one; otherwise the peer has released.
    bool waits = false;

    // The record.
    std::vector<SentMessage> sent;
    std::size_t writes = 0;  ///< of several messages together
    std::optional<storescp::AbortReason> aborted;
    bool released = false;

    const storescp::Agreement& agreement() const override { return agreement_; }
    std::uint64_t number() const override { return 7; }
    std::string peer_address() const override { return "127.0.0.1:104"; }
    boost::asio::any_io_executor executor() override { return executor_; }

    storescp::Awaitable<storescp::Result<storescp::Message>> receive_message() override {
        while (incoming_.empty() && waits && !gone_ && !aborted) {
            arrived_.expires_after(std::chrono::hours(1));
            co_await arrived_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
        if (incoming_.empty() || gone_ || aborted) {
            co_return lost();
        }
        auto next = std::move(incoming_.front());
        incoming_.pop_front();
        fragments_.assign(next.fragments.begin(), next.fragments.end());
        co_return std::move(next.message);
    }

    storescp::Awaitable<storescp::Result<Bytes>> receive_data_fragment() override {
        if (lost_after_fragments && (*lost_after_fragments)-- == 0) {
            lose();
        }
        if (gone_ || aborted) {
            co_return lost();
        }
        if (fragments_.empty()) {
            co_return Bytes{};
        }
        auto next = std::move(fragments_.front());
        fragments_.pop_front();
        co_return next;
    }

    bool cancel_requested(std::uint16_t message_id) const override {
        return cancelled_.contains(message_id);
    }
    void forget_cancel(std::uint16_t message_id) override { cancelled_.erase(message_id); }
    bool is_open() const override { return !gone_ && !aborted && !released; }

    storescp::Awaitable<storescp::Result<void>> send_message(
        std::uint8_t presentation_context_id,
        storescp::CommandSet command,
        std::span<const dicom::Segment> data_set) override {
        if (gone_ || aborted) {
            co_return lost();
        }
        SentMessage message{presentation_context_id, std::move(command), !data_set.empty(), {}};
        for (const dicom::Segment& segment : data_set) {
            message.data_set.insert(
                message.data_set.end(), segment.bytes.begin(), segment.bytes.end());
        }
        sent.push_back(std::move(message));
        if (on_sent) {
            on_sent(sent.back());
        }
        co_return storescp::Result<void>{};
    }

    storescp::Awaitable<storescp::Result<void>> send_messages(
        std::uint8_t presentation_context_id,
        std::vector<storescp::OutgoingMessage> messages) override {
        ++writes;
        for (storescp::OutgoingMessage& message : messages) {
            const auto sent_one = co_await send_message(
                presentation_context_id, std::move(message.command), message.data_set);
            if (!sent_one) {
                co_return sent_one;
            }
        }
        co_return storescp::Result<void>{};
    }

    storescp::Awaitable<void> release() override {
        released = true;
        co_return;
    }
    void abort(storescp::AbortReason reason) override {
        aborted = reason;
        arrived_.cancel();
    }

private:
    struct Incoming {
        storescp::Message message;
        std::vector<Bytes> fragments;
    };

    storescp::Fault lost() const {
        return {.kind = storescp::FaultKind::peer_gone, .doing = gone_.value_or("released")};
    }

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer arrived_;
    storescp::Agreement agreement_;
    std::deque<Incoming> incoming_;
    std::deque<Bytes> fragments_;
    std::set<std::uint16_t> cancelled_;
    std::optional<std::string> gone_;
};

}  // namespace cxr::test
