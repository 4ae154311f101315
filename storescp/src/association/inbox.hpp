#pragma once
/// What has arrived on an association and was not fetched yet: puts presentation data values
/// together to commands and data set pieces (PS3.8 Annex E), takes C-CANCEL-RQ out (PS3.7
/// §9.3.2.3), and counts bytes so that the reader can stop reading. No I/O; one owner at a time.

#include "storescp/association/message.hpp"
#include "storescp/upper_layer/upper_layer.hpp"

#include <cstddef>
#include <deque>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace cxr::storescp {

class Inbox {
public:
    /// The reader stops at this many bytes that nobody has fetched.
    static constexpr std::size_t bytes_queued_max = 262'144;

    explicit Inbox(std::size_t command_set_bytes_max)
        : command_set_bytes_max_(command_set_bytes_max) {}

    /// The peer broke PS3.8 Annex E or PS3.7 §6.3: to be aborted.
    struct Violation {
        ProtocolError error;
        std::string why;
    };
    [[nodiscard]] std::optional<Violation> take(const DataIndication& part);

    [[nodiscard]] bool full() const { return bytes_queued_ >= bytes_queued_max; }
    /// A message has begun and is not complete.
    [[nodiscard]] bool message_begun() const { return phase_ != Phase::between; }
    /// Grows by every byte of a message that arrives.
    [[nodiscard]] std::uint64_t bytes_taken() const { return bytes_taken_; }

    /// The next command; what is left of an earlier message's data set is dropped.
    [[nodiscard]] std::optional<Message> next_message();
    /// The next piece of the data set of the message fetched last, empty at its end; nothing: it
    /// has not arrived yet.
    [[nodiscard]] std::optional<std::vector<std::byte>> next_fragment();

    /// More requests outstanding than this break the negotiated window (PS3.7 D.3.3.3).
    void limit_operations(std::size_t operations_max) { operations_max_ = operations_max; }
    [[nodiscard]] bool awaits_answers() const { return !outstanding_.empty(); }

    /// Requests received and not finally answered; a C-CANCEL-RQ for any other is ignored.
    void answered(std::uint16_t message_id);
    [[nodiscard]] bool cancel_requested(std::uint16_t message_id) const {
        return cancelled_.contains(message_id);
    }
    void forget_cancel(std::uint16_t message_id) { cancelled_.erase(message_id); }

    /// Final responses seen since the last call.
    [[nodiscard]] unsigned take_final_responses() { return std::exchange(final_responses_, 0U); }

private:
    enum class Phase : std::uint8_t { between, command, data };
    struct DataEnd {};
    using Entry = std::variant<Message, std::vector<std::byte>, DataEnd>;

    [[nodiscard]] std::optional<Violation> take_command(const DataIndication& part);
    [[nodiscard]] std::optional<Violation> complete_command();
    void take_data(const DataIndication& part);
    void push(Entry entry);
    Entry pop();
    [[nodiscard]] static std::size_t weight(const Entry& entry);

    std::size_t command_set_bytes_max_;
    std::size_t operations_max_ = std::numeric_limits<std::size_t>::max();
    Phase phase_ = Phase::between;
    std::uint8_t presentation_context_id_ = 0;
    bool drop_data_ = false;      ///< of a C-CANCEL-RQ, which has none
    bool data_expected_ = false;  ///< by the consumer: of the message fetched last
    std::vector<std::byte> command_;
    std::deque<Entry> queue_;
    std::size_t bytes_queued_ = 0;
    std::uint64_t bytes_taken_ = 0;
    unsigned final_responses_ = 0;
    std::multiset<std::uint16_t> outstanding_;
    std::set<std::uint16_t> cancelled_;
};

}  // namespace cxr::storescp
