#pragma once
/// An established association (PS3.8 §7), driven by Boost.Asio on one strand. A reader coroutine
/// decodes PDUs into a bounded queue (a slow consumer stops the reading, so TCP holds the peer
/// back) and notices C-CANCEL-RQ, release and abort while a response is on the wire. Every wait has
/// a deadline. Destroying an association ends its connection, whichever way its coroutine ended.
/// All members: from the association's strand only.

#include "dicom/core/encoded_object.hpp"
#include "dicom/core/result.hpp"
#include "storescp/association/message.hpp"
#include "storescp/association/negotiation.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::storescp {

template <typename T>
using Awaitable = boost::asio::awaitable<T>;

class Association {
public:
    Association() = default;
    Association(const Association&) = delete;
    Association& operator=(const Association&) = delete;
    virtual ~Association() = default;

    [[nodiscard]] virtual const Agreement& agreement() const = 0;
    /// Counts up from 1 over the process: what log lines and events name it by.
    [[nodiscard]] virtual std::uint64_t number() const = 0;
    /// "127.0.0.1:40112"
    [[nodiscard]] virtual std::string peer_address() const = 0;
    [[nodiscard]] virtual boost::asio::any_io_executor executor() = 0;

    /// The next command, request or response. C-CANCEL-RQs are taken out (see cancel_requested()).
    /// Faults: peer_gone (released: the release is answered, `doing` says "released"; aborted,
    /// closed, idle or stalled too long), malformed (the association has then been aborted as PS3.8
    /// says).
    [[nodiscard]] virtual Awaitable<Result<Message>> receive_message() = 0;

    /// A piece of the current message's data set, in order; empty when it is complete. The bytes
    /// live until the next receive call. Faults as receive_message().
    [[nodiscard]] virtual Awaitable<Result<std::vector<std::byte>>> receive_data_fragment() = 0;

    /// Did the peer send C-CANCEL-RQ for this message since it was received? Stays true until
    /// forget.
    [[nodiscard]] virtual bool cancel_requested(std::uint16_t message_id) const = 0;
    virtual void forget_cancel(std::uint16_t message_id) = 0;
    /// False once the peer released, aborted or closed, though unread messages may remain.
    [[nodiscard]] virtual bool is_open() const = 0;

    /// Sends a command and its data set as P-DATA-TF PDUs of at most the peer's maximum length,
    /// several PDUs a write, segments gathered, not copied. Sets (0000,0800) by `data_set`. Faults:
    /// peer_gone. Not to be cancelled from outside: half a PDU would be on the wire.
    [[nodiscard]] virtual Awaitable<Result<void>> send_message(
        std::uint8_t presentation_context_id,
        CommandSet command,
        std::span<const dicom::Segment> data_set = {}) = 0;

    /// Several messages of one context in order, as send_message() each, but gathered into as few
    /// writes as they fit. Faults: peer_gone; some may have been sent.
    [[nodiscard]] virtual Awaitable<Result<void>> send_messages(
        std::uint8_t presentation_context_id, std::vector<OutgoingMessage> messages);

    /// What the peer did beside the standard and was borne, since the last call: for a person.
    [[nodiscard]] virtual std::vector<std::string> take_remarks() { return {}; }

    /// A-RELEASE-RQ and its answer, collision included; then the connection is closed.
    [[nodiscard]] virtual Awaitable<void> release() = 0;
    /// A-ABORT, then the connection is closed. Safe at any time, also from within other waits.
    virtual void abort(AbortReason reason = abort_by_user) = 0;
};

/// Reads the rest of a message's data set, at most bytes_max. Faults: exhausted (drained,
/// association alive), and those of receive_data_fragment().
[[nodiscard]] Awaitable<Result<std::vector<std::byte>>> receive_data_set(Association& association,
                                                                         std::size_t bytes_max);
/// Reads and drops it.
[[nodiscard]] Awaitable<Result<void>> drain_data_set(Association& association);

}  // namespace cxr::storescp
