#include "commitment/ledger_schema.hpp"

#include <fmt/format.h>

#include <array>

namespace cxr::bridge::ledger_schema {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

namespace {

constexpr std::int64_t application_id = 0x43585243;  // "CXRC", in the file's header

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

Fault refusal(const std::filesystem::path& file, const std::string& why) {
    return Fault{.kind = FaultKind::storage,
                 .doing = fmt::format(
                     "storage commitment transactions {}: {}. Move the file (and its -wal and "
                     "-shm) away and start again: reports that are still owed are lost with it",
                     file.string(),
                     why)};
}

/// migrations[n] turns version n into n + 1.
using Migration = Result<void> (*)(sqlite::Connection&);

Result<void> create_tables(sqlite::Connection& connection) {
    return connection.execute(tables);
}

constexpr std::array<Migration, version> migrations{create_tables};

}  // namespace

Result<void> prepare(sqlite::Connection& connection, const std::filesystem::path& file) {
    // Several programs may come at once: whoever has the transaction looks and changes.
    auto transaction = sqlite::Transaction::begin(connection);
    if (!transaction) {
        return refusal(file, "cannot be used, " + transaction.error().doing);
    }
    const auto objects = connection.integer("SELECT count(*) FROM sqlite_schema");
    const auto application = connection.integer("PRAGMA application_id");
    const auto found = connection.integer("PRAGMA user_version");
    if (!objects || !application || !found) {
        return refusal(file, "cannot be read");
    }
    if (*objects > 0 && *application != application_id) {
        return refusal(file, "is a database of another program");
    }
    if (*found > version) {
        return refusal(file,
                       fmt::format("has version {}, this program knows {} at most: a newer release "
                                   "wrote it",
                                   *found,
                                   version));
    }
    for (auto step = static_cast<std::size_t>(*found); step < migrations.size(); ++step) {
        if (auto migrated = migrations[step](connection); !migrated) {
            return migrated.error();
        }
    }
    if (*found < version) {
        if (auto marked = connection.execute(fmt::format(
                "PRAGMA user_version = {}; PRAGMA application_id = {}", version, application_id));
            !marked) {
            return marked.error();
        }
    }
    return transaction->commit();
}

}  // namespace cxr::bridge::ledger_schema
