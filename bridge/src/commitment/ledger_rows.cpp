#include "commitment/ledger_rows.hpp"

#include "catalogue/statements.hpp"

#include <string_view>

namespace cxr::bridge::ledger_rows {

using sqlite::integer;
using sqlite::milliseconds;
using sqlite::query;
using sqlite::run;
using sqlite::Statement;
using sqlite::text;
using sqlite::time_of;
using std::chrono::system_clock;
using State = LedgerEntry::State;
using Direction = LedgerEntry::Direction;

namespace {

std::int64_t number(Direction direction) {
    return static_cast<std::int64_t>(direction);
}
std::int64_t number(State state) {
    return static_cast<std::int64_t>(state);
}

storescp::OwedCommitment owed_in(const Statement& row) {
    return {.id = row.integer(0),
            .transaction_uid = text(row, 1),
            .requester_ae_title = text(row, 2),
            .own_ae_title = text(row, 3),
            .attempts = static_cast<unsigned>(row.integer(4))};
}

}  // namespace

Result<std::int64_t> add(sqlite::Connection& connection, const NewRow& row) {
    const std::int64_t now = milliseconds(system_clock::now());
    auto added = integer(connection,
                         0,
                         "INSERT INTO commitment(direction, state, transaction_uid, peer, "
                         "own_title, asked_at, next_attempt, settled_at, attempts, why) "
                         "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6, 0, '') RETURNING id",
                         number(row.direction),
                         number(row.state),
                         std::string_view(row.request.transaction_uid),
                         std::string_view(row.peer),
                         std::string_view(row.own_title),
                         now);
    if (!added) {
        return added;
    }
    std::int64_t position = 0;
    for (const storescp::SOPReference& reference : row.request.references) {
        auto kept = run(connection,
                        "INSERT INTO commitment_reference VALUES(?1, ?2, ?3, ?4, ?5)",
                        *added,
                        position++,
                        std::string_view(reference.sop_class_uid),
                        std::string_view(reference.sop_instance_uid),
                        std::int64_t{row.reason});
        if (!kept) {
            return kept.error();
        }
    }
    return added;
}

Result<bool> is_used(sqlite::Connection& connection, const std::string& transaction_uid) {
    auto used = integer(connection,
                        0,
                        "SELECT EXISTS(SELECT 1 FROM commitment WHERE transaction_uid = ?1 "
                        "AND direction = 0)",
                        std::string_view(transaction_uid));
    if (!used) {
        return used.error();
    }
    return *used != 0;
}

Result<std::int64_t> owed_count(sqlite::Connection& connection) {
    return integer(
        connection, 0, "SELECT count(*) FROM commitment WHERE direction = 0 AND state = 0");
}

Result<std::vector<storescp::OwedCommitment>> owed(sqlite::Connection& connection,
                                                   std::int64_t now,
                                                   std::size_t count) {
    std::vector<storescp::OwedCommitment> found;
    const auto take = [&found](const Statement& row) {
        found.push_back(owed_in(row));
        return true;
    };
    // The other columns are those of the row with the least id (SQLite's rule for min()).
    auto done = query(connection,
                      "SELECT min(id), transaction_uid, peer, own_title, attempts FROM commitment "
                      "WHERE direction = 0 AND state = 0 AND next_attempt <= ?1 "
                      "GROUP BY peer ORDER BY min(id) LIMIT ?2",
                      take,
                      now,
                      static_cast<std::int64_t>(count));
    if (!done) {
        return done.error();
    }
    return found;
}

Result<std::optional<storescp::OwedCommitment>> owed_to(sqlite::Connection& connection,
                                                        const std::string& requester) {
    std::optional<storescp::OwedCommitment> found;
    const auto take = [&found](const Statement& row) {
        found = owed_in(row);
        return false;
    };
    auto done = query(connection,
                      "SELECT id, transaction_uid, peer, own_title, attempts FROM commitment "
                      "WHERE direction = 0 AND state = 0 AND peer = ?1 ORDER BY id LIMIT 1",
                      take,
                      std::string_view(requester));
    if (!done) {
        return done.error();
    }
    return found;
}

Result<std::optional<std::int64_t>> next_attempt(sqlite::Connection& connection) {
    std::optional<std::int64_t> found;
    const auto take = [&found](const Statement& row) {
        if (!row.is_null(0)) {
            found = row.integer(0);
        }
        return false;
    };
    auto done = query(connection,
                      "SELECT min(next_attempt) FROM commitment WHERE direction = 0 AND state = 0",
                      take);
    if (!done) {
        return done.error();
    }
    return found;
}

Result<void> settle(sqlite::Connection& connection,
                    std::int64_t id,
                    const storescp::CommitmentDelivery& delivery) {
    using Outcome = storescp::CommitmentDelivery::Outcome;
    const State state = delivery.outcome == Outcome::delivered   ? State::settled
                        : delivery.outcome == Outcome::postponed ? State::pending
                                                                 : State::abandoned;
    return run(connection,
               "UPDATE commitment SET state = ?2, next_attempt = ?3, settled_at = ?4, why = ?5, "
               "attempts = attempts + 1 WHERE id = ?1",
               id,
               number(state),
               milliseconds(delivery.next_attempt),
               milliseconds(system_clock::now()),
               std::string_view(delivery.why));
}

Result<bool> make_due(sqlite::Connection& connection, const std::string& transaction_uid) {
    auto done = run(connection,
                    "UPDATE commitment SET state = 0, attempts = 0, next_attempt = ?2 "
                    "WHERE transaction_uid = ?1 AND direction = 0 AND state = 2",
                    std::string_view(transaction_uid),
                    milliseconds(system_clock::now()));
    if (!done) {
        return done.error();
    }
    return connection.changes() > 0;
}

Result<std::int64_t> find_asked(sqlite::Connection& connection,
                                const std::string& transaction_uid,
                                const std::string& provider,
                                std::optional<State> state) {
    return integer(connection,
                   0,
                   "SELECT id FROM commitment WHERE transaction_uid = ?1 AND direction = 1 "
                   "AND (?2 = '' OR peer = ?2) AND (?3 < 0 OR state = ?3)",
                   std::string_view(transaction_uid),
                   std::string_view(provider),
                   state ? number(*state) : std::int64_t{-1});
}

Result<void> set_state(sqlite::Connection& connection,
                       std::int64_t id,
                       State state,
                       const std::string& why) {
    return run(connection,
               "UPDATE commitment SET state = ?2, settled_at = ?3, why = ?4 WHERE id = ?1",
               id,
               number(state),
               milliseconds(system_clock::now()),
               std::string_view(why));
}

Result<std::string> transaction_uid_of(sqlite::Connection& connection, std::int64_t id) {
    std::string found;
    const auto take = [&found](const Statement& row) {
        found = text(row, 0);
        return false;
    };
    if (auto done =
            query(connection, "SELECT transaction_uid FROM commitment WHERE id = ?1", take, id);
        !done) {
        return done.error();
    }
    return found;
}

Result<std::vector<ReferenceRow>> references(sqlite::Connection& connection,
                                             std::int64_t id,
                                             bool undecided_only,
                                             std::size_t count) {
    std::vector<ReferenceRow> rows;
    const auto take = [&rows](const Statement& row) {
        rows.push_back(
            {.position = row.integer(0),
             .reference = {.sop_class_uid = text(row, 1), .sop_instance_uid = text(row, 2)},
             .reason = static_cast<int>(row.integer(3))});
        return true;
    };
    auto done = query(connection,
                      "SELECT position, sop_class_uid, sop_instance_uid, reason "
                      "FROM commitment_reference WHERE commitment = ?1 AND (?2 = 0 OR reason < 0) "
                      "ORDER BY position LIMIT ?3",
                      take,
                      id,
                      std::int64_t{undecided_only ? 1 : 0},
                      static_cast<std::int64_t>(count));
    if (!done) {
        return done.error();
    }
    return rows;
}

Result<void> set_reason(sqlite::Connection& connection,
                        std::int64_t id,
                        std::int64_t position,
                        int reason) {
    return run(connection,
               "UPDATE commitment_reference SET reason = ?3 WHERE commitment = ?1 "
               "AND position = ?2",
               id,
               position,
               std::int64_t{reason});
}

Result<void> forget_settled_before(sqlite::Connection& connection, std::int64_t time) {
    auto references = run(connection,
                          "DELETE FROM commitment_reference WHERE commitment IN "
                          "(SELECT id FROM commitment WHERE state > 0 AND settled_at < ?1)",
                          time);
    if (!references) {
        return references;
    }
    return run(connection, "DELETE FROM commitment WHERE state > 0 AND settled_at < ?1", time);
}

Result<std::vector<LedgerEntry>> entries(sqlite::Connection& connection) {
    std::vector<LedgerEntry> all;
    const auto take = [&all](const Statement& row) {
        all.push_back({.direction = static_cast<Direction>(row.integer(0)),
                       .state = static_cast<State>(row.integer(1)),
                       .transaction_uid = text(row, 2),
                       .peer_ae_title = text(row, 3),
                       .asked_at = time_of(row.integer(4)),
                       .next_attempt = time_of(row.integer(5)),
                       .attempts = static_cast<unsigned>(row.integer(6)),
                       .references = static_cast<std::uint64_t>(row.integer(8)),
                       .committed = static_cast<std::uint64_t>(row.integer(9)),
                       .failed = static_cast<std::uint64_t>(row.integer(10)),
                       .why = text(row, 7)});
        return true;
    };
    auto done = query(
        connection,
        "SELECT direction, state, transaction_uid, peer, asked_at, next_attempt, attempts, why, "
        "count(reason), coalesce(sum(reason = 0), 0), coalesce(sum(reason > 0), 0) "
        "FROM commitment LEFT JOIN commitment_reference ON commitment = id "
        "GROUP BY id ORDER BY id",
        take);
    if (!done) {
        return done.error();
    }
    return all;
}

}  // namespace cxr::bridge::ledger_rows
