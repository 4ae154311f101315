#include "delivery/queue_rows.hpp"

#include "catalogue/statements.hpp"
#include "catalogue/stored_uid.hpp"

namespace cxr::bridge::queue_rows {

using sqlite::query;
using sqlite::run;
using sqlite::Statement;
using sqlite::text;
using sqlite::time_of;

namespace {

std::int64_t number(DeliveryState state) {
    return static_cast<std::int64_t>(state);
}
std::int64_t number(CommitmentState state) {
    return static_cast<std::int64_t>(state);
}
std::uint64_t count_in(const Statement& row, int column) {
    return static_cast<std::uint64_t>(row.integer(column));
}

std::vector<Due>::value_type due_in(const Statement& row) {
    return {.id = row.integer(0),
            .attempts = static_cast<unsigned>(row.integer(1)),
            .reference = {.sop_class_uid = text(row, 2), .sop_instance_uid = uid_in(row, 3)}};
}

}  // namespace

Result<Destination> find_destination(sqlite::Connection& connection, const std::string& ae_title) {
    Destination found;
    const auto take = [&found](const Statement& row) {
        found = {.id = row.integer(0),
                 .attempts = static_cast<unsigned>(row.integer(1)),
                 .next_attempt = row.integer(2),
                 .given_up = row.integer(3) != 0};
        return false;
    };
    if (auto done = query(
            connection,
            "SELECT id, attempts, next_attempt, given_up FROM destination WHERE ae_title = ?1",
            take,
            std::string_view(ae_title));
        !done) {
        return done.error();
    }
    return found;
}

Result<std::int64_t> destination(sqlite::Connection& connection, const std::string& ae_title) {
    if (auto added = run(connection,
                         "INSERT OR IGNORE INTO destination(ae_title) VALUES(?1)",
                         std::string_view(ae_title));
        !added) {
        return added.error();
    }
    const auto found = find_destination(connection, ae_title);
    return found ? Result<std::int64_t>(found->id) : Result<std::int64_t>(found.error());
}

Result<void> pause(sqlite::Connection& connection,
                   std::int64_t destination,
                   const storescp::DestinationPause& pause) {
    const std::int64_t next = pause.next_attempt ? sqlite::milliseconds(*pause.next_attempt) : 0;
    const bool given_up = pause.attempts > 0 && !pause.next_attempt;
    return run(connection,
               "UPDATE destination SET attempts = ?2, next_attempt = ?3, given_up = ?4, why = ?5 "
               "WHERE id = ?1",
               destination,
               std::int64_t{pause.attempts},
               next,
               std::int64_t{given_up},
               std::string_view(pause.why));
}

Result<bool> add(sqlite::Connection& connection,
                 std::int64_t destination,
                 const NewDelivery& delivery,
                 std::int64_t now) {
    auto added =
        run(connection,
            "INSERT OR IGNORE INTO delivery(destination, uid, sop_class_uid, route, state, "
            "commitment, queued_at) VALUES(?1, ?2, ?3, ?4, 0, ?5, ?6)",
            destination,
            StoredUID(delivery.reference.sop_instance_uid),
            std::string_view(delivery.reference.sop_class_uid),
            std::string_view(delivery.route),
            number(delivery.commit ? CommitmentState::wanted : CommitmentState::none),
            now);
    return added ? Result<bool>(connection.changes() > 0) : Result<bool>(added.error());
}

Result<std::vector<Due>> due(sqlite::Connection& connection,
                             std::int64_t destination,
                             std::int64_t now,
                             std::size_t count) {
    std::vector<Due> found;
    const auto take = [&found](const Statement& row) {
        found.push_back(due_in(row));
        return true;
    };
    auto done =
        query(connection,
              "SELECT id, attempts, sop_class_uid, uid FROM delivery WHERE destination = ?1 "
              "AND state = 0 AND next_attempt <= ?2 ORDER BY attempts, id LIMIT ?3",
              take,
              destination,
              now,
              static_cast<std::int64_t>(count));
    return done ? Result<std::vector<Due>>(std::move(found))
                : Result<std::vector<Due>>(done.error());
}

Result<bool> take(sqlite::Connection& connection, std::int64_t id) {
    auto taken = run(connection, "UPDATE delivery SET state = 1 WHERE id = ?1 AND state = 0", id);
    return taken ? Result<bool>(connection.changes() > 0) : Result<bool>(taken.error());
}

Result<void> put_back(sqlite::Connection& connection, std::int64_t destination) {
    if (destination == 0) {
        return run(connection, "UPDATE delivery SET state = 0 WHERE state = 1");
    }
    return run(connection,
               "UPDATE delivery SET state = 0 WHERE destination = ?1 AND state = 1",
               destination);
}

Result<void> settle(sqlite::Connection& connection, std::int64_t id, const Settlement& settlement) {
    return run(connection,
               "UPDATE delivery SET state = ?2, next_attempt = ?3, why = ?4, settled_at = ?5, "
               "attempts = attempts + 1 WHERE id = ?1",
               id,
               number(settlement.state),
               settlement.next_attempt,
               settlement.why,
               settlement.now);
}

Result<std::vector<Due>> to_commit(sqlite::Connection& connection,
                                   std::int64_t destination,
                                   std::size_t count) {
    std::vector<Due> found;
    const auto take = [&found](const Statement& row) {
        found.push_back(due_in(row));
        return true;
    };
    auto done =
        query(connection,
              "SELECT id, attempts, sop_class_uid, uid FROM delivery WHERE destination = ?1 "
              "AND state = 2 AND commitment = 1 ORDER BY id LIMIT ?2",
              take,
              destination,
              static_cast<std::int64_t>(count));
    return done ? Result<std::vector<Due>>(std::move(found))
                : Result<std::vector<Due>>(done.error());
}

Result<void> set_asked(sqlite::Connection& connection,
                       std::int64_t id,
                       const std::string& transaction_uid) {
    return run(connection,
               "UPDATE delivery SET commitment = 2, transaction_uid = ?2 WHERE id = ?1",
               id,
               std::string_view(transaction_uid));
}

Result<std::vector<std::string>> asked_transactions(sqlite::Connection& connection) {
    std::vector<std::string> transactions;
    const auto take = [&transactions](const Statement& row) {
        transactions.push_back(text(row, 0));
        return true;
    };
    auto done = query(
        connection, "SELECT DISTINCT transaction_uid FROM delivery WHERE commitment = 2", take);
    return done ? Result<std::vector<std::string>>(std::move(transactions))
                : Result<std::vector<std::string>>(done.error());
}

Result<void> set_commitment(sqlite::Connection& connection,
                            const std::string& transaction_uid,
                            CommitmentState state,
                            const std::string& why) {
    return run(connection,
               "UPDATE delivery SET commitment = ?2, "
               "why = CASE WHEN ?3 = '' THEN why ELSE ?3 END, "
               "state = CASE WHEN ?2 = 4 THEN 3 ELSE state END "
               "WHERE transaction_uid = ?1 AND commitment = 2",
               std::string_view(transaction_uid),
               number(state),
               std::string_view(why));
}

Result<void> set_not_committed(sqlite::Connection& connection,
                               const std::string& transaction_uid,
                               const std::string& sop_instance_uid,
                               const std::string& why) {
    return run(connection,
               "UPDATE delivery SET commitment = 4, state = 3, why = ?3 "
               "WHERE transaction_uid = ?1 AND commitment = 2 AND uid = ?2",
               std::string_view(transaction_uid),
               StoredUID(sop_instance_uid),
               std::string_view(why));
}

Result<std::size_t> retry(sqlite::Connection& connection,
                          std::int64_t destination,
                          const std::string& uid) {
    constexpr const char* again =
        "UPDATE delivery SET state = 0, attempts = 0, next_attempt = 0, why = '', "
        "commitment = commitment > 0 WHERE (?1 = 0 OR destination = ?1) AND ";
    auto done = uid.empty()
                    ? run(connection,
                          std::string(again) + "(state = 3 OR (state = 0 AND next_attempt > 0))",
                          destination)
                    : run(connection,
                          std::string(again) + "state IN (0, 3, 4) AND uid = ?2",
                          destination,
                          StoredUID(uid));
    return done ? Result<std::size_t>(static_cast<std::size_t>(connection.changes()))
                : Result<std::size_t>(done.error());
}

Result<void> resume(sqlite::Connection& connection, std::int64_t destination) {
    return run(connection,
               "UPDATE destination SET attempts = 0, next_attempt = 0, given_up = 0, why = '' "
               "WHERE ?1 = 0 OR id = ?1",
               destination);
}

Result<std::size_t> drop(sqlite::Connection& connection,
                         std::int64_t destination,
                         const std::string& uid,
                         std::int64_t now) {
    constexpr const char* dropped =
        "UPDATE delivery SET state = 4, settled_at = ?2, why = 'dropped by hand' "
        "WHERE (?1 = 0 OR destination = ?1) AND state IN (0, 3)";
    auto done = uid.empty() ? run(connection, dropped, destination, now)
                            : run(connection,
                                  std::string(dropped) + " AND uid = ?3",
                                  destination,
                                  now,
                                  StoredUID(uid));
    return done ? Result<std::size_t>(static_cast<std::size_t>(connection.changes()))
                : Result<std::size_t>(done.error());
}

Result<std::vector<Settled>> settled(sqlite::Connection& connection,
                                     std::int64_t after,
                                     std::size_t count) {
    std::vector<Settled> found;
    const auto take = [&found](const Statement& row) {
        found.push_back({.id = row.integer(0),
                         .sop_instance_uid = uid_in(row, 1),
                         .gone_since = row.integer(2)});
        return true;
    };
    auto done = query(connection,
                      "SELECT id, uid, gone_since FROM delivery WHERE id > ?1 AND state IN (2, 4) "
                      "AND commitment NOT IN (1, 2) ORDER BY id LIMIT ?2",
                      take,
                      after,
                      static_cast<std::int64_t>(count));
    return done ? Result<std::vector<Settled>>(std::move(found))
                : Result<std::vector<Settled>>(done.error());
}

Result<void> set_gone_since(sqlite::Connection& connection, std::int64_t id, std::int64_t time) {
    return run(connection, "UPDATE delivery SET gone_since = ?2 WHERE id = ?1", id, time);
}

Result<void> forget(sqlite::Connection& connection, std::int64_t id) {
    return run(connection, "DELETE FROM delivery WHERE id = ?1 AND state IN (2, 4)", id);
}

Result<std::vector<DestinationEntry>> destinations(sqlite::Connection& connection) {
    std::vector<DestinationEntry> all;
    const auto take = [&all](const Statement& row) {
        DestinationEntry entry{.ae_title = text(row, 0),
                               .waiting = count_in(row, 5),
                               .sending = count_in(row, 6),
                               .delivered = count_in(row, 7),
                               .warnings = count_in(row, 8),
                               .failed = count_in(row, 9),
                               .dropped = count_in(row, 10),
                               .commitment_awaited = count_in(row, 11),
                               .committed = count_in(row, 12),
                               .attempts = static_cast<unsigned>(row.integer(1)),
                               .next_attempt = {},
                               .given_up = row.integer(3) != 0,
                               .last_reason = text(row, 4)};
        const std::int64_t next = std::max(row.integer(2), row.integer(13));
        if (next > 0 && entry.waiting > 0 && !entry.given_up) {
            entry.next_attempt = time_of(next);
        }
        if (entry.last_reason.empty()) {
            entry.last_reason = text(row, 14);
        }
        all.push_back(std::move(entry));
        return true;
    };
    auto done = query(
        connection,
        "SELECT ae_title, d.attempts, d.next_attempt, given_up, d.why, "
        "coalesce(sum(state = 0), 0), coalesce(sum(state = 1), 0), coalesce(sum(state = 2), 0), "
        "coalesce(sum(state = 2 AND o.why <> ''), 0), coalesce(sum(state = 3), 0), "
        "coalesce(sum(state = 4), 0), coalesce(sum(commitment IN (1, 2) AND state = 2), 0), "
        "coalesce(sum(commitment = 3), 0), "
        "coalesce(min(CASE WHEN state = 0 THEN o.next_attempt END), 0), "
        "coalesce((SELECT why FROM delivery l WHERE l.destination = d.id AND l.state IN (0, 1, 3) "
        "AND "
        "l.why <> '' ORDER BY l.settled_at DESC LIMIT 1), '') "
        "FROM destination d LEFT JOIN delivery o ON o.destination = d.id "
        "GROUP BY d.id ORDER BY ae_title",
        take);
    return done ? Result<std::vector<DestinationEntry>>(std::move(all))
                : Result<std::vector<DestinationEntry>>(done.error());
}

Result<void> for_each_entry(sqlite::Connection& connection,
                            const std::function<void(const DeliveryEntry&)>& visit) {
    const auto take = [&visit](const Statement& row) {
        visit({.destination = text(row, 0),
               .route = text(row, 1),
               .reference = {.sop_class_uid = text(row, 2), .sop_instance_uid = uid_in(row, 3)},
               .state = static_cast<DeliveryState>(row.integer(4)),
               .commitment = static_cast<CommitmentState>(row.integer(5)),
               .attempts = static_cast<unsigned>(row.integer(6)),
               .queued_at = time_of(row.integer(7)),
               .next_attempt = time_of(row.integer(8)),
               .settled_at = time_of(row.integer(9)),
               .why = text(row, 10)});
        return true;
    };
    return query(connection,
                 "SELECT ae_title, route, sop_class_uid, uid, state, commitment, o.attempts, "
                 "queued_at, o.next_attempt, settled_at, o.why FROM delivery o "
                 "JOIN destination d ON d.id = o.destination ORDER BY o.id",
                 take);
}

}  // namespace cxr::bridge::queue_rows
