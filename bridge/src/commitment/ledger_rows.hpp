#pragma once
/// The SQL of the storage commitment ledger, inside the caller's transaction where it writes.

#include "bridge/commitment/ledger.hpp"
#include "catalogue/sqlite.hpp"

#include <span>

namespace cxr::bridge::ledger_rows {

inline constexpr int undecided = -1;
inline constexpr int committed = 0;

struct NewRow {
    LedgerEntry::Direction direction;
    LedgerEntry::State state;
    const storescp::CommitmentRequest& request;
    const std::string& peer;
    const std::string& own_title;
    int reason = undecided;  ///< of every reference
};
/// Gives its id.
[[nodiscard]] Result<std::int64_t> add(sqlite::Connection& connection, const NewRow& row);

/// Was the UID used in a request to us, by whomever, also in a refused one?
[[nodiscard]] Result<bool> is_used(sqlite::Connection& connection,
                                   const std::string& transaction_uid);
[[nodiscard]] Result<std::int64_t> owed_count(sqlite::Connection& connection);
/// The oldest owed transaction of each requester, or of `requester` alone, due at `now`.
[[nodiscard]] Result<std::vector<storescp::OwedCommitment>> owed(sqlite::Connection& connection,
                                                                 std::int64_t now,
                                                                 std::size_t count);
[[nodiscard]] Result<std::optional<storescp::OwedCommitment>> owed_to(
    sqlite::Connection& connection, const std::string& requester);
/// The next attempt's time; nothing: none is owed.
[[nodiscard]] Result<std::optional<std::int64_t>> next_attempt(sqlite::Connection& connection);
[[nodiscard]] Result<void> settle(sqlite::Connection& connection,
                                  std::int64_t id,
                                  const storescp::CommitmentDelivery& delivery);
/// Whether there was such a one.
[[nodiscard]] Result<bool> make_due(sqlite::Connection& connection,
                                    const std::string& transaction_uid);

/// The transaction of ours that was asked of `provider` (of anybody, when empty); 0: none.
[[nodiscard]] Result<std::int64_t> find_asked(sqlite::Connection& connection,
                                              const std::string& transaction_uid,
                                              const std::string& provider,
                                              std::optional<LedgerEntry::State> state);
[[nodiscard]] Result<void> set_state(sqlite::Connection& connection,
                                     std::int64_t id,
                                     LedgerEntry::State state,
                                     const std::string& why);
[[nodiscard]] Result<std::string> transaction_uid_of(sqlite::Connection& connection,
                                                     std::int64_t id);

struct ReferenceRow {
    std::int64_t position;
    storescp::SOPReference reference;
    int reason;
};
/// In their order, from the first undecided one on if `undecided_only`.
[[nodiscard]] Result<std::vector<ReferenceRow>> references(sqlite::Connection& connection,
                                                           std::int64_t id,
                                                           bool undecided_only,
                                                           std::size_t count);
[[nodiscard]] Result<void> set_reason(sqlite::Connection& connection,
                                      std::int64_t id,
                                      std::int64_t position,
                                      int reason);

[[nodiscard]] Result<void> forget_settled_before(sqlite::Connection& connection, std::int64_t time);
[[nodiscard]] Result<std::vector<LedgerEntry>> entries(sqlite::Connection& connection);

}  // namespace cxr::bridge::ledger_rows
