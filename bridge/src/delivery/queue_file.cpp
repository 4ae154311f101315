#include "delivery/queue_file.hpp"

#include "catalogue/versioned_tables.hpp"

#include <array>

namespace cxr::bridge {

using dicom::Result;

namespace {

/// Raised with every change of the tables; upgrades from every earlier one are below.
constexpr std::int64_t version = 2;

// A crash of the machine may lose the last marks: what they tell is sent once more.
constexpr const char* pragmas =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4096";

// state and commitment: DeliveryState and CommitmentState. Times: milliseconds since 1970 (UTC).
// uid: a StoredUID. exported: what an `export --to` that was not completed has delivered.
constexpr const char* tables = R"sql(
CREATE TABLE destination(
  id INTEGER PRIMARY KEY,
  ae_title TEXT NOT NULL UNIQUE,
  attempts INTEGER NOT NULL DEFAULT 0, next_attempt INTEGER NOT NULL DEFAULT 0,
  given_up INTEGER NOT NULL DEFAULT 0, why TEXT NOT NULL DEFAULT '');

CREATE TABLE delivery(
  id INTEGER PRIMARY KEY,
  destination INTEGER NOT NULL,
  uid NOT NULL, sop_class_uid TEXT NOT NULL, route TEXT NOT NULL,
  state INTEGER NOT NULL, commitment INTEGER NOT NULL,
  transaction_uid TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0,
  queued_at INTEGER NOT NULL, next_attempt INTEGER NOT NULL DEFAULT 0,
  settled_at INTEGER NOT NULL DEFAULT 0, why TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX delivery_by_uid ON delivery(destination, uid);
CREATE INDEX delivery_waiting ON delivery(destination, attempts, id) WHERE state = 0;
CREATE INDEX delivery_sending ON delivery(destination) WHERE state = 1;
CREATE INDEX delivery_to_commit ON delivery(destination, id) WHERE state = 2 AND commitment = 1;
CREATE INDEX delivery_asked ON delivery(transaction_uid) WHERE commitment = 2;

CREATE TABLE exported(
  destination TEXT NOT NULL, uid NOT NULL,
  PRIMARY KEY(destination, uid)) WITHOUT ROWID;
)sql";

Result<void> create_tables(sqlite::Connection& connection) {
    return connection.execute(tables);
}

/// gone_since: when the node was first seen not to offer a settled object any more; 0: it does.
Result<void> note_what_is_gone(sqlite::Connection& connection) {
    return connection.execute(
        "ALTER TABLE delivery ADD COLUMN gone_since INTEGER NOT NULL DEFAULT 0");
}

constexpr std::array<sqlite::Migration, version> migrations{create_tables, note_what_is_gone};

constexpr sqlite::VersionedTables tables_of_the_queue{
    .application_id = 0x43585251,  // "CXRQ", in the file's header
    .migrations = migrations,
    .what = "delivery queue",
    .consequence = "all that routes name is sent once more"};

}  // namespace

Result<sqlite::Connection> open_queue_file(const std::filesystem::path& file) {
    auto connection = sqlite::Connection::open(file, sqlite::Access::read_write_create);
    if (!connection) {
        return connection;
    }
    if (auto set = connection->execute(pragmas); !set) {
        return set.error();
    }
    if (auto prepared = tables_of_the_queue.prepare(*connection, file); !prepared) {
        return prepared.error();
    }
    return connection;
}

}  // namespace cxr::bridge
