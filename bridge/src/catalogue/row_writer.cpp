#include "catalogue/row_writer.hpp"

#include "catalogue/schema.hpp"
#include "catalogue/statements.hpp"
#include "dicom/query/identifier.hpp"

#include <fmt/format.h>

namespace cxr::bridge {

using dicom::Result;

namespace {

std::string key_of(std::string_view patient_id, std::string_view issuer) {
    // '\\' separates values: it is in neither.
    return std::string(patient_id).append(1, '\\').append(issuer);
}

}  // namespace

Result<sqlite::Statement*> RowWriter::statement(Insert which) {
    static constexpr std::array<const char*, insert_count> texts{
        "INSERT OR REPLACE INTO patient(id, patient_id, issuer_of_patient_id, patient_name, "
        "patient_birth_date, patient_sex) VALUES(?, ?, ?, ?, ?, ?)",
        "INSERT OR IGNORE INTO patient_name(folded, patient) VALUES(?, ?)",
        "INSERT INTO study(id, patient, kind, uid, study_date, study_time, accession_number, "
        "study_id, patient_age) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "UPDATE study SET patient = ?2, kind = ?3, uid = ?4, study_date = ?5, study_time = ?6, "
        "accession_number = ?7, study_id = ?8, patient_age = ?9 WHERE id = ?1",
        // A made series may be there still, for a received object's sake (remove_made).
        "INSERT INTO series(id, kind, uid, series_date, series_time) VALUES(?, ?, ?, ?, ?) "
        "ON CONFLICT(id) DO UPDATE SET kind = excluded.kind, uid = excluded.uid, "
        "series_date = excluded.series_date, series_time = excluded.series_time",
        "INSERT INTO instance(id, kind, uid, instance_number, content_date, content_time) "
        "VALUES(?, ?, ?, ?, ?, ?)",
        "INSERT INTO image(study, image_index, record, file, file_bytes, file_mtime_ns, damage) "
        "VALUES(?, ?, ?, ?, ?, ?, ?)"};
    sqlite::Statement& statement = inserts_[which];
    if (!statement) {
        auto prepared = connection_.prepare(texts[which]);
        if (!prepared) {
            return prepared.error();
        }
        statement = std::move(*prepared);
    }
    return &statement;
}

Result<std::int64_t> RowWriter::next_id(std::string_view table, std::int64_t& last) {
    if (last < 0) {
        auto found = connection_.integer(fmt::format("SELECT max(id) FROM {}", table));
        if (!found) {
            return found.error();
        }
        last = *found;
    }
    return ++last;
}

Result<void> RowWriter::preload() {
    const auto take_patient = [this](const sqlite::Statement& row) {
        patients_.emplace(key_of(row.text(1), row.text(2)),
                          KnownPatient{.id = row.integer(0), .written = false});
    };
    if (auto done = sqlite::query(
            connection_, "SELECT id, patient_id, issuer_of_patient_id FROM patient", take_patient);
        !done) {
        return done;
    }
    const auto take_study = [this](const sqlite::Statement& row) {
        studies_.emplace(StoredUID(uid_in(row, 1)), row.integer(0));
    };
    preloaded_ = true;
    return sqlite::query(connection_, "SELECT id, uid FROM study", take_study);
}

Result<std::int64_t> RowWriter::find_patient(const dicom::PatientEntity& patient) {
    if (preloaded_) {
        return 0;  // not among the known ones
    }
    return sqlite::integer(
        connection_,
        0,
        "SELECT id FROM patient WHERE patient_id = ? AND issuer_of_patient_id = ?",
        patient.patient_id,
        patient.issuer_of_patient_id);
}

Result<std::int64_t> RowWriter::patient(const dicom::PatientEntity& patient,
                                        OnExisting on_existing) {
    const auto [known, is_new] =
        patients_.try_emplace(key_of(patient.patient_id, patient.issuer_of_patient_id));
    if (is_new) {
        auto found = find_patient(patient);
        if (!found) {
            return found.error();
        }
        known->second = {.id = *found, .written = false};
    }
    KnownPatient& row = known->second;
    if (row.id != 0 && (row.written || on_existing == OnExisting::keep)) {
        return row.id;
    }
    if (row.id != 0) {
        if (auto gone =
                sqlite::run(connection_, "DELETE FROM patient_name WHERE patient = ?", row.id);
            !gone) {
            return gone.error();
        }
    } else {
        auto next = next_id("patient", last_patient_);
        if (!next) {
            return next.error();
        }
        row.id = *next;
    }
    row.written = true;
    if (auto done = write_patient(row.id, patient); !done) {
        return done.error();
    }
    return row.id;
}

Result<void> RowWriter::write_patient(std::int64_t id, const dicom::PatientEntity& patient) {
    auto write = statement(insert_patient);
    if (!write) {
        return write.error();
    }
    (*write)->bind(1, id);
    (*write)->bind(2, std::string_view(patient.patient_id));
    (*write)->bind(3, std::string_view(patient.issuer_of_patient_id));
    (*write)->bind(4, std::string_view(patient.patient_name));
    (*write)->bind(5, std::string_view(patient.patient_birth_date));
    (*write)->bind(6, std::string_view(patient.patient_sex));
    if (auto done = (*write)->run(); !done) {
        return done.error();
    }
    return write_names(id, patient.patient_name);
}

Result<void> RowWriter::write_names(std::int64_t patient, std::string_view name) {
    auto write = statement(insert_name);
    if (!write) {
        return write.error();
    }
    while (true) {
        const std::size_t end = name.find('=');
        const std::string folded = dicom::folded_person_name(name.substr(0, end));
        (*write)->bind(1, std::string_view(folded));
        (*write)->bind(2, patient);
        if (auto done = (*write)->run(); !done) {
            return done.error();
        }
        if (end == std::string_view::npos) {
            return {};
        }
        name.remove_prefix(end + 1);
    }
}

Result<std::int64_t> RowWriter::find_study(const StoredUID& uid) {
    if (preloaded_) {
        const auto known = studies_.find(uid);
        return known != studies_.end() ? known->second : 0;
    }
    return sqlite::integer(connection_, 0, "SELECT id FROM study WHERE uid = ?", uid);
}

Result<std::int64_t> RowWriter::study(const StudyRow& row, OnExisting on_existing) {
    auto id = find_study(row.uid);
    if (!id || (*id != 0 && on_existing == OnExisting::keep)) {
        return id;
    }
    const bool exists = *id != 0;
    if (!exists) {
        id = next_id("study", last_study_);
        if (!id) {
            return id.error();
        }
    }
    auto write = statement(exists ? update_study : insert_study);
    if (!write) {
        return write.error();
    }
    sqlite::Statement& out = **write;
    out.bind(1, *id);
    out.bind(2, row.patient);
    out.bind(3, row.kind);
    row.uid.bind(out, 4);
    out.bind(5, std::string_view(row.entity.study_date));
    out.bind(6, std::string_view(row.entity.study_time));
    out.bind(7, std::string_view(row.entity.accession_number));
    out.bind(8, std::string_view(row.entity.study_id));
    out.bind(9, std::string_view(row.entity.patient_age));
    if (auto done = out.run(); !done) {
        return done.error();
    }
    return *id;
}

Result<void> RowWriter::series(const SeriesRow& row) {
    auto write = statement(insert_series);
    if (!write) {
        return write.error();
    }
    (*write)->bind(1, row.id);
    (*write)->bind(2, row.kind);
    row.uid.bind(**write, 3);
    (*write)->bind(4, row.date);
    (*write)->bind(5, row.time);
    return (*write)->run();
}

Result<void> RowWriter::instance(const InstanceRow& row) {
    auto write = statement(insert_instance);
    if (!write) {
        return write.error();
    }
    (*write)->bind(1, row.id);
    (*write)->bind(2, row.kind);
    row.uid.bind(**write, 3);
    (*write)->bind(4, row.number);
    (*write)->bind(5, row.content_date);
    (*write)->bind(6, row.content_time);
    return (*write)->run();
}

Result<void> RowWriter::made(const MadeRows& rows) {
    if (rows.patient) {
        auto id = patient(*rows.patient, OnExisting::update);
        if (!id) {
            return id.error();
        }
        current_patient_ = *id;
    }
    auto study_id = study({.patient = current_patient_,
                           .kind = rows.study_kind,
                           .uid = rows.study_uid,
                           .entity = rows.study},
                          OnExisting::update);
    if (!study_id) {
        return study_id.error();
    }
    for (const MadeSeries& made : rows.series) {
        const std::int64_t series_id = schema::first_series(*study_id) + made.number;
        if (auto done = series({.id = series_id,
                                .kind = made.series_kind,
                                .uid = made.uid,
                                .date = made.series_date,
                                .time = made.series_time});
            !done) {
            return done.error();
        }
        if (auto done = instance({.id = schema::made_instance(series_id),
                                  .kind = made.instance_kind,
                                  .uid = made.sop_instance_uid,
                                  .number = made.instance_number,
                                  .content_date = made.content_date,
                                  .content_time = made.content_time});
            !done) {
            return done.error();
        }
        std::int64_t id = schema::last_instance(series_id);
        for (const MadeSeries::Earlier& earlier : made.earlier) {
            if (auto done = instance({.id = id--,
                                      .kind = earlier.instance_kind,
                                      .uid = earlier.sop_instance_uid,
                                      .number = earlier.instance_number,
                                      .content_date = earlier.content_date,
                                      .content_time = earlier.content_time});
                !done) {
                return done.error();
            }
        }
    }
    return write_image(*study_id, rows);
}

Result<void> RowWriter::write_image(std::int64_t study, const MadeRows& rows) {
    auto write = statement(insert_image);
    if (!write) {
        return write.error();
    }
    static const ImageFile absent;
    const ImageFile& file = rows.file != nullptr ? *rows.file : absent;
    (*write)->bind(1, study);
    (*write)->bind(2, std::string_view(rows.record->row.image_index));
    (*write)->bind(3, std::span<const std::byte>(rows.stored_record));
    (*write)->bind(4, std::string_view(file.path));
    (*write)->bind(5, static_cast<std::int64_t>(file.bytes));
    (*write)->bind(6, file.mtime_ns);
    (*write)->bind(7, rows.damage);
    return (*write)->run();
}

}  // namespace cxr::bridge
