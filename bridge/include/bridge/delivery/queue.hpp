#pragma once
/// What is to be delivered to whom, and what became of it, in a database of its own in the state
/// folder: SQLite (WAL). Each destination gets an object (a SOP Instance UID) once, whatever names
/// it again: delivered and dropped ones stay noted while the node offers them. Any thread; other
/// processes may have the same file open (`cxrbridge queue`).
///
/// Everything is in the database when a call returns, and survives the end of the process. A crash
/// of the machine may lose the last marks (synchronous = NORMAL): what they told is sent again, and
/// what was not enqueued is found missing at the next start.

#include "bridge/commitment/ledger.hpp"
#include "storescp/ports.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace cxr::bridge {

/// The objects with these SOP Instance UIDs, as far as they are there. Blocking.
using FindInstances = std::function<Result<std::vector<storescp::InstanceReference>>(
    std::vector<std::string> sop_instance_uids)>;

/// What a queue needs to be delivered from; to be looked at it needs nothing.
struct DeliverySource {
    FindInstances find;
    CommitmentLedger* ledger = nullptr;  ///< that notes what destinations are asked to commit to
    std::string own_ae_title;            ///< as which they are asked
};

enum class DeliveryState : std::uint8_t {
    waiting = 0,
    sending = 1,
    delivered = 2,
    failed = 3,   ///< not tried again: for a person
    dropped = 4,  ///< by a person
};
enum class CommitmentState : std::uint8_t {
    none = 0,  ///< not wanted
    wanted = 1,
    asked = 2,
    committed = 3,
    refused = 4,
};

/// An object that a destination is to get.
struct NewDelivery {
    storescp::SOPReference reference;
    std::string route;  ///< that names it
    bool commit = false;
};

/// One object, for a person.
struct DeliveryEntry {
    std::string destination, route;
    storescp::SOPReference reference;
    DeliveryState state;
    CommitmentState commitment;
    unsigned attempts = 0;
    std::chrono::system_clock::time_point queued_at, next_attempt, settled_at;
    std::string why;
};

/// One destination, for a person.
struct DestinationEntry {
    std::string ae_title;
    std::uint64_t waiting = 0, sending = 0, delivered = 0, warnings = 0, failed = 0, dropped = 0;
    std::uint64_t commitment_awaited = 0, committed = 0;
    unsigned attempts = 0;  ///< in a row and in vain
    /// Of the destination, else of the first object that waits for its own; nothing: at once.
    std::optional<std::chrono::system_clock::time_point> next_attempt;
    bool given_up = false;
    std::string last_reason;  ///< of the destination, else of the last object that has one
};

class DeliveryQueue final : public storescp::DeliveryPort, public storescp::CommitmentResultPort {
public:
    /// Opens or creates, migrates. Faults: storage (corrupt, newer version: says what to do).
    [[nodiscard]] static Result<std::unique_ptr<DeliveryQueue>> open(
        const std::filesystem::path& file, DeliverySource source = {});
    ~DeliveryQueue() override;

    /// What a process that was killed left as being sent waits again. What the ledger heard of
    /// commitments and the queue did not is marked; what nobody heard of is to be asked for again,
    /// for it may never have been asked. For whoever delivers, once.
    [[nodiscard]] Result<void> recover();
    /// How many of them the destination is not known to have, or to be meant for, already: those
    /// wait from now on.
    [[nodiscard]] Result<std::size_t> enqueue(const std::string& ae_title,
                                              std::span<const NewDelivery> deliveries);

    /// Forgets the delivered and dropped objects that the node has not offered for so long, from
    /// the first call that misses one; an object that comes back is remembered as before. How many.
    /// Blocking, in pieces; ends early when `stop` says so.
    [[nodiscard]] Result<std::size_t> forget_gone(std::chrono::system_clock::time_point now,
                                                  std::chrono::hours kept_for,
                                                  const std::stop_token& stop = {});

    [[nodiscard]] Result<std::vector<storescp::OwedObject>> take_due(
        const std::string& ae_title,
        std::chrono::system_clock::time_point now,
        std::size_t count) override;
    [[nodiscard]] Result<void> put_back(const std::string& ae_title) override;
    [[nodiscard]] Result<void> settle(std::int64_t id,
                                      const storescp::ObjectDelivery& delivery) override;
    [[nodiscard]] Result<unsigned> attempts(const std::string& ae_title) override;
    [[nodiscard]] Result<void> pause(const std::string& ae_title,
                                     const storescp::DestinationPause& pause) override;
    [[nodiscard]] Result<std::optional<storescp::CommitmentRequest>> begin_commitment(
        const std::string& ae_title, std::size_t references_max) override;
    [[nodiscard]] Result<void> withdraw_commitment(const std::string& transaction_uid,
                                                   const std::string& why,
                                                   bool again) override;
    /// The ledger's answer; what is not committed to has failed.
    [[nodiscard]] Result<bool> conclude(const storescp::CommitmentReport& report,
                                        const std::string& provider_ae_title) override;

    /// Which ones a person means: all of a destination, or of every one when it is empty; or the
    /// named objects of it.
    struct Choice {
        std::string ae_title;
        std::vector<std::string> sop_instance_uids;
    };
    /// Failed objects wait again, named ones also when they were dropped; nothing waits for its
    /// time any more, and destinations are not given up. How many objects that concerns.
    [[nodiscard]] Result<std::size_t> retry(const Choice& choice);
    /// Waiting and failed objects are not sent any more. How many.
    [[nodiscard]] Result<std::size_t> drop(const Choice& choice);

    [[nodiscard]] Result<std::vector<DestinationEntry>> destinations() const;
    /// In the order in which they were enqueued, handed out one by one.
    [[nodiscard]] Result<void> for_each_entry(
        const std::function<void(const DeliveryEntry&)>& visit) const;

private:
    class Impl;
    explicit DeliveryQueue(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge
