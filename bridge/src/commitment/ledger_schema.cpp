#include "commitment/ledger_schema.hpp"

#include "catalogue/versioned_tables.hpp"

#include <array>

namespace cxr::bridge::ledger_schema {

using dicom::Result;

namespace {

// direction and state: LedgerEntry's. Times: milliseconds since 1970 (UTC). reason: -1 not decided,
// 0 committed, else the Failure Reason.
constexpr const char* tables = R"sql(
CREATE TABLE commitment(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  direction INTEGER NOT NULL, state INTEGER NOT NULL,
  transaction_uid TEXT NOT NULL,
  peer TEXT NOT NULL, own_title TEXT NOT NULL,
  asked_at INTEGER NOT NULL, next_attempt INTEGER NOT NULL, settled_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL, why TEXT NOT NULL);
CREATE INDEX commitment_by_uid ON commitment(transaction_uid);
CREATE INDEX commitment_owed ON commitment(direction, peer, id) WHERE state = 0;
CREATE INDEX commitment_settled ON commitment(settled_at) WHERE state > 0;

CREATE TABLE commitment_reference(
  commitment INTEGER NOT NULL, position INTEGER NOT NULL,
  sop_class_uid TEXT NOT NULL, sop_instance_uid TEXT NOT NULL,
  reason INTEGER NOT NULL,
  PRIMARY KEY(commitment, position)) WITHOUT ROWID;
)sql";

Result<void> create_tables(sqlite::Connection& connection) {
    return connection.execute(tables);
}

constexpr std::array<sqlite::Migration, version> migrations{create_tables};

constexpr sqlite::VersionedTables tables_of_the_ledger{
    .application_id = 0x43585243,  // "CXRC", in the file's header
    .migrations = migrations,
    .what = "storage commitment transactions",
    .consequence = "reports that are still owed are lost with it"};

}  // namespace

Result<void> prepare(sqlite::Connection& connection, const std::filesystem::path& file) {
    return tables_of_the_ledger.prepare(connection, file);
}

}  // namespace cxr::bridge::ledger_schema
