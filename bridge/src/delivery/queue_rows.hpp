#pragma once
/// The SQL of the delivery queue, inside the caller's transaction where it writes.

#include "bridge/delivery/queue.hpp"
#include "catalogue/sqlite.hpp"

namespace cxr::bridge::queue_rows {

struct Destination {
    std::int64_t id = 0;  ///< 0: none of this AE title
    unsigned attempts = 0;
    std::int64_t next_attempt = 0;
    bool given_up = false;
    [[nodiscard]] bool is_paused(std::int64_t now) const {
        return id == 0 || given_up || next_attempt > now;
    }
};
[[nodiscard]] Result<Destination> find_destination(sqlite::Connection& connection,
                                                   const std::string& ae_title);
/// Its id; made when absent.
[[nodiscard]] Result<std::int64_t> destination(sqlite::Connection& connection,
                                               const std::string& ae_title);
[[nodiscard]] Result<void> pause(sqlite::Connection& connection,
                                 std::int64_t destination,
                                 const storescp::DestinationPause& pause);

/// False: the destination has, or is to get, it already.
[[nodiscard]] Result<bool> add(sqlite::Connection& connection,
                               std::int64_t destination,
                               const NewDelivery& delivery,
                               std::int64_t now);

struct Due {
    std::int64_t id;
    unsigned attempts;
    storescp::SOPReference reference;
};
[[nodiscard]] Result<std::vector<Due>> due(sqlite::Connection& connection,
                                           std::int64_t destination,
                                           std::int64_t now,
                                           std::size_t count);
/// False: it does not wait any more.
[[nodiscard]] Result<bool> take(sqlite::Connection& connection, std::int64_t id);
/// Of a destination; of all when 0.
[[nodiscard]] Result<void> put_back(sqlite::Connection& connection, std::int64_t destination);
struct Settlement {
    DeliveryState state;
    std::int64_t next_attempt = 0;
    std::string_view why = {};
    std::int64_t now = 0;
};
[[nodiscard]] Result<void> settle(sqlite::Connection& connection,
                                  std::int64_t id,
                                  const Settlement& settlement);

/// Delivered, and not asked to be committed to yet.
[[nodiscard]] Result<std::vector<Due>> to_commit(sqlite::Connection& connection,
                                                 std::int64_t destination,
                                                 std::size_t count);
[[nodiscard]] Result<void> set_asked(sqlite::Connection& connection,
                                     std::int64_t id,
                                     const std::string& transaction_uid);
/// Transactions whose report is awaited.
[[nodiscard]] Result<std::vector<std::string>> asked_transactions(sqlite::Connection& connection);
/// Everything asked for with this transaction.
[[nodiscard]] Result<void> set_commitment(sqlite::Connection& connection,
                                          const std::string& transaction_uid,
                                          CommitmentState state,
                                          const std::string& why);
[[nodiscard]] Result<void> set_not_committed(sqlite::Connection& connection,
                                             const std::string& transaction_uid,
                                             const std::string& sop_instance_uid,
                                             const std::string& why);

/// Delivered or dropped, and no commitment awaited: nothing more will happen to it.
struct Settled {
    std::int64_t id;
    std::string sop_instance_uid;
    std::int64_t gone_since;
};
/// Those with greater ids than `after`, by id.
[[nodiscard]] Result<std::vector<Settled>> settled(sqlite::Connection& connection,
                                                   std::int64_t after,
                                                   std::size_t count);
[[nodiscard]] Result<void> set_gone_since(sqlite::Connection& connection,
                                          std::int64_t id,
                                          std::int64_t time);
[[nodiscard]] Result<void> forget(sqlite::Connection& connection, std::int64_t id);

/// @param destination 0: every one. @param uid empty: every object.
[[nodiscard]] Result<std::size_t> retry(sqlite::Connection& connection,
                                        std::int64_t destination,
                                        const std::string& uid);
[[nodiscard]] Result<void> resume(sqlite::Connection& connection, std::int64_t destination);
[[nodiscard]] Result<std::size_t> drop(sqlite::Connection& connection,
                                       std::int64_t destination,
                                       const std::string& uid,
                                       std::int64_t now);

[[nodiscard]] Result<std::vector<DestinationEntry>> destinations(sqlite::Connection& connection);
[[nodiscard]] Result<void> for_each_entry(sqlite::Connection& connection,
                                          const std::function<void(const DeliveryEntry&)>& visit);

}  // namespace cxr::bridge::queue_rows
