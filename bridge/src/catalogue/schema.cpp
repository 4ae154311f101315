#include "catalogue/schema.hpp"

#include "catalogue/versioned_tables.hpp"

#include <fmt/format.h>

#include <array>

namespace cxr::bridge::schema {

using dicom::Result;

namespace {

constexpr const char* tables = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE patient(
  id INTEGER PRIMARY KEY,
  patient_id TEXT NOT NULL, issuer_of_patient_id TEXT NOT NULL,
  patient_name TEXT NOT NULL, patient_birth_date TEXT NOT NULL, patient_sex TEXT NOT NULL);

-- One row for every component group of a name, folded as it is compared.
CREATE TABLE patient_name(
  folded TEXT NOT NULL, patient INTEGER NOT NULL,
  PRIMARY KEY(folded, patient)) WITHOUT ROWID;

CREATE TABLE study_kind(
  id INTEGER PRIMARY KEY,
  study_description TEXT NOT NULL, referring_physician_name TEXT NOT NULL,
  procedure_code_value TEXT NOT NULL, procedure_coding_scheme TEXT NOT NULL,
  procedure_code_meaning TEXT NOT NULL);

CREATE TABLE study(
  id INTEGER PRIMARY KEY,
  patient INTEGER NOT NULL, kind INTEGER NOT NULL,
  uid NOT NULL,
  study_date TEXT NOT NULL, study_time TEXT NOT NULL,
  accession_number TEXT NOT NULL, study_id TEXT NOT NULL, patient_age TEXT NOT NULL);

CREATE TABLE series_kind(
  id INTEGER PRIMARY KEY,
  modality TEXT NOT NULL, series_number TEXT NOT NULL, series_description TEXT NOT NULL,
  body_part_examined TEXT NOT NULL, protocol_name TEXT NOT NULL, manufacturer TEXT NOT NULL,
  institution_name TEXT NOT NULL, laterality TEXT NOT NULL);

CREATE TABLE series(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  uid NOT NULL,
  series_date TEXT NOT NULL, series_time TEXT NOT NULL);

-- derived: dicom::DerivedKind of a made object, -1 for a received one.
-- availability: 0 ONLINE, 1 OFFLINE.
CREATE TABLE instance_kind(
  id INTEGER PRIMARY KEY,
  sop_class_uid TEXT NOT NULL, transfer_syntax_uid TEXT NOT NULL,
  image_rows INTEGER NOT NULL, image_columns INTEGER NOT NULL,
  concept_code_value TEXT NOT NULL, concept_coding_scheme TEXT NOT NULL,
  concept_code_meaning TEXT NOT NULL,
  completion_flag TEXT NOT NULL, verification_flag TEXT NOT NULL,
  derived INTEGER NOT NULL, availability INTEGER NOT NULL);

CREATE TABLE instance(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  uid NOT NULL,
  instance_number TEXT NOT NULL, content_date TEXT NOT NULL, content_time TEXT NOT NULL);

-- The row of the data set behind a study of ours; file '': the PNG is absent; damage: why its image
-- is not offered.
CREATE TABLE image(
  study INTEGER PRIMARY KEY,
  image_index TEXT NOT NULL, record BLOB NOT NULL,
  file TEXT NOT NULL, file_bytes INTEGER NOT NULL, file_mtime_ns INTEGER NOT NULL,
  damage TEXT NOT NULL);

CREATE TABLE received(
  instance INTEGER PRIMARY KEY,
  file TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
  calling_ae_title TEXT NOT NULL);
)sql";

struct Index {
    const char* name;
    const char* columns;
};

constexpr std::array indexes{
    Index{"patient_by_id", "patient(patient_id)"},
    Index{"patient_name_by_patient", "patient_name(patient)"},
    Index{"study_by_uid", "study(uid)"},
    Index{"study_by_patient", "study(patient)"},
    Index{"study_by_accession_number", "study(accession_number)"},
    Index{"study_by_date", "study(study_date)"},
    Index{"series_by_uid", "series(uid)"},
    Index{"instance_by_uid", "instance(uid)"},
};

Result<void> create_tables(sqlite::Connection& connection) {
    if (auto created = connection.execute(tables); !created) {
        return created.error();
    }
    return create_indexes(connection);
}

Result<void> add_time_zones(sqlite::Connection& connection) {
    return connection.execute(
        "ALTER TABLE study_kind ADD COLUMN timezone_offset_from_utc TEXT NOT NULL DEFAULT ''");
}

/// Reports that later ones replaced, by what they were made from (catalogue/revisions.hpp).
Result<void> add_revisions(sqlite::Connection& connection) {
    return connection.execute(R"sql(
CREATE TABLE revision_options(id INTEGER PRIMARY KEY, options TEXT NOT NULL);
CREATE TABLE revision(
  image_index TEXT NOT NULL, document TEXT NOT NULL, number INTEGER NOT NULL,
  sop_class_uid TEXT NOT NULL, sop_instance_uid TEXT NOT NULL,
  record BLOB NOT NULL, options INTEGER NOT NULL,
  PRIMARY KEY(image_index, document, number)) WITHOUT ROWID;
)sql");
}

constexpr std::array<sqlite::Migration, version> migrations{
    create_tables, add_time_zones, add_revisions};

constexpr sqlite::VersionedTables tables_of_the_catalogue{
    .application_id = 0x43585242,  // "CXRB", in the file's header
    .migrations = migrations,
    .what = "catalogue",
    .consequence =
        "it is rebuilt from the data set and the received objects; reports that later "
        "ones replaced are lost with it"};

}  // namespace

Result<void> prepare(sqlite::Connection& connection, const std::filesystem::path& file) {
    return tables_of_the_catalogue.prepare(connection, file);
}

Result<void> create_indexes(sqlite::Connection& connection) {
    for (const Index& index : indexes) {
        if (auto created =
                connection.execute(fmt::format("CREATE INDEX {} ON {}", index.name, index.columns));
            !created) {
            return created.error();
        }
    }
    return {};
}

Result<void> drop_indexes(sqlite::Connection& connection) {
    for (const Index& index : indexes) {
        if (auto dropped = connection.execute(fmt::format("DROP INDEX {}", index.name)); !dropped) {
            return dropped.error();
        }
    }
    return {};
}

}  // namespace cxr::bridge::schema
