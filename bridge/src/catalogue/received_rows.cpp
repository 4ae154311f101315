#include "catalogue/received_rows.hpp"

#include "catalogue/revisions.hpp"
#include "catalogue/row_writer.hpp"
#include "catalogue/schema.hpp"
#include "catalogue/statements.hpp"
#include "catalogue/stored_record.hpp"
#include "dicom/report/report_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::bridge {

namespace {

/// The id after the greatest one of a range, at least `at_least`.
Result<std::int64_t> next_in_range(sqlite::Connection& connection,
                                   std::string_view table,
                                   std::int64_t at_least,
                                   std::int64_t last) {
    const std::string sql =
        fmt::format("SELECT ifnull(max(id) + 1, ?1) FROM {} WHERE id BETWEEN ?1 AND ?2", table);
    auto next = sqlite::integer(connection, at_least, sql, at_least, last);
    if (next && *next > last) {
        return Fault{.kind = FaultKind::exhausted,
                     .doing = fmt::format("catalogue: no room for another {}", table)};
    }
    return next;
}

/// The study with this UID, whoever's it is; else a new one of the object's patient.
Result<std::int64_t> place_study(RowWriter& writer,
                                 const ReceivedObject& object,
                                 std::int64_t kind) {
    const StoredUID uid(object.study.study_instance_uid);
    auto existing = writer.find_study(uid);
    if (!existing || *existing != 0) {
        return existing;
    }
    auto patient = writer.patient(object.patient, OnExisting::keep);
    if (!patient) {
        return patient.error();
    }
    return writer.study({.patient = *patient, .kind = kind, .uid = uid, .entity = object.study},
                        OnExisting::keep);
}

/// The series with this UID in the study; a new id when there is none yet.
struct SeriesPlace {
    std::int64_t id;
    bool is_new;
};
Result<SeriesPlace> place_series(sqlite::Connection& connection,
                                 std::int64_t study,
                                 const StoredUID& uid) {
    auto found = sqlite::integer(connection,
                                 0,
                                 "SELECT id FROM series WHERE uid = ? AND id BETWEEN ? AND ?",
                                 uid,
                                 schema::first_series(study),
                                 schema::last_series(study));
    if (!found) {
        return found.error();
    }
    if (*found != 0) {
        return SeriesPlace{.id = *found, .is_new = false};
    }
    auto next = next_in_range(connection,
                              "series",
                              schema::first_series(study) + last_made_series_number + 1,
                              schema::last_series(study));
    if (!next) {
        return next.error();
    }
    return SeriesPlace{.id = *next, .is_new = true};
}

Result<void> insert_received(sqlite::Connection& connection,
                             const ReceivedObject& object,
                             std::int64_t instance) {
    return sqlite::run(connection,
                       "INSERT INTO received(instance, file, bytes, sha256, calling_ae_title) "
                       "VALUES(?, ?, ?, ?, ?)",
                       instance,
                       object.file,
                       static_cast<std::int64_t>(object.bytes),
                       object.sha256,
                       object.calling_ae_title);
}

Result<bool> is_received(sqlite::Connection& connection, std::int64_t instance) {
    auto find = connection.cached("SELECT 1 FROM received WHERE instance = ?");
    if (!find) {
        return find.error();
    }
    const sqlite::Use use(**find);
    (*find)->bind(1, instance);
    return (*find)->step();
}

/// Makes room for an object that replaces another of its UID.
Result<void> make_way(sqlite::Connection& connection, const ReceivedObject& object, bool replace) {
    auto existing = find_instance_row(connection, object.instance.sop_instance_uid);
    if (!existing) {
        return existing.error();
    }
    if (*existing == 0) {
        return {};
    }
    auto received = is_received(connection, *existing);
    if (!received) {
        return received.error();
    }
    if (!replace || !*received) {
        return Fault{.kind = FaultKind::refused,
                     .doing = "catalogue: the SOP Instance UID is there already"};
    }
    return RowWriter(connection).remove_instance(*existing);
}

/// FNV-1a.
std::uint64_t hash_of(std::span<const std::byte> bytes, std::uint64_t seed) {
    std::uint64_t hash = seed ^ 0xCBF29CE484222325ULL;
    for (const std::byte byte : bytes) {
        hash = (hash ^ static_cast<std::uint64_t>(byte)) * 0x100000001B3ULL;
    }
    return hash;
}

MadeObject made_object(dicom::ImageRecord record, const sqlite::Statement& row) {
    MadeObject object{.record = std::move(record),
                      .kind = static_cast<dicom::DerivedKind>(row.integer(0)),
                      .image_file = std::nullopt};
    if (const auto path = row.text(3); !path.empty()) {
        object.image_file = ImageFile{.path = std::string(path),
                                      .bytes = static_cast<std::uint64_t>(row.integer(4)),
                                      .mtime_ns = row.integer(5)};
    }
    object.version = hash_of(row.blob(1), 0);
    for (const int column : {3, 4, 5}) {
        object.version = hash_of(std::as_bytes(std::span(row.text(column))), object.version);
    }
    return object;
}

/// Which revision a document is; an earlier one is made of what it was made of.
Result<void> revise(sqlite::Connection& connection,
                    const std::string& sop_instance_uid,
                    MadeObject& object) {
    auto earlier = superseded_in(connection, object.record.row.image_index, sop_instance_uid);
    if (!earlier) {
        return earlier.error();
    }
    if (*earlier) {
        object.record = std::move((*earlier)->record);
        object.kind = (*earlier)->kind;
        object.mapping = std::move((*earlier)->options);
        return {};
    }
    auto revisions = revisions_in(connection, object.record);
    if (!revisions) {
        return revisions.error();
    }
    object.record.revisions = *std::move(revisions);
    return {};
}

}  // namespace

Result<std::int64_t> find_instance_row(sqlite::Connection& connection,
                                       const std::string& sop_instance_uid) {
    return sqlite::integer(
        connection, 0, "SELECT id FROM instance WHERE uid = ?", StoredUID(sop_instance_uid));
}

Result<void> add_received_rows(sqlite::Connection& connection,
                               const ReceivedObject& object,
                               bool replace) {
    if (auto free = make_way(connection, object, replace); !free) {
        return free.error();
    }
    Kinds kinds;
    if (auto loaded = kinds.load(connection); !loaded) {
        return loaded.error();
    }
    const std::int64_t study_kind = kinds.id_of(object.study);
    const std::int64_t series_kind = kinds.id_of(object.series);
    const std::int64_t instance_kind = kinds.id_of(
        object.instance, InstanceOrigin{.transfer_syntax_uid = object.transfer_syntax_uid});
    if (auto inserted = insert(connection, kinds, take_new(kinds)); !inserted) {
        return inserted.error();
    }
    RowWriter writer(connection);
    auto study = place_study(writer, object, study_kind);
    if (!study) {
        return study.error();
    }
    const StoredUID series_uid(object.series.series_instance_uid);
    auto series = place_series(connection, *study, series_uid);
    if (!series) {
        return series.error();
    }
    if (series->is_new) {
        if (auto done = writer.series({.id = series->id,
                                       .kind = series_kind,
                                       .uid = series_uid,
                                       .date = object.series.series_date,
                                       .time = object.series.series_time});
            !done) {
            return done.error();
        }
    }
    auto instance = next_in_range(connection,
                                  "instance",
                                  schema::first_received_instance(series->id),
                                  schema::last_received_instance(series->id));
    if (!instance) {
        return instance.error();
    }
    const StoredUID instance_uid(object.instance.sop_instance_uid);
    if (auto done = writer.instance({.id = *instance,
                                     .kind = instance_kind,
                                     .uid = instance_uid,
                                     .number = object.instance.instance_number,
                                     .content_date = object.instance.content_date,
                                     .content_time = object.instance.content_time});
        !done) {
        return done.error();
    }
    return insert_received(connection, object, *instance);
}

Result<void> remove_received_rows(sqlite::Connection& connection, const std::string& file) {
    const auto instance =
        sqlite::integer(connection, 0, "SELECT instance FROM received WHERE file = ?", file);
    if (!instance) {
        return instance.error();
    }
    return *instance != 0 ? RowWriter(connection).remove_instance(*instance) : Result<void>();
}

Result<std::vector<std::string>> received_file_names(sqlite::Connection& connection) {
    std::vector<std::string> files;
    const auto take = [&files](const sqlite::Statement& row) { files.emplace_back(row.text(0)); };
    auto done = sqlite::query(connection, "SELECT file FROM received", take);
    return done ? Result(std::move(files)) : done.error();
}

Result<std::vector<KeptObject>> received_report_rows(sqlite::Connection& connection) {
    std::vector<KeptObject> reports;
    const auto take = [&reports](const sqlite::Statement& row) {
        if (dicom::is_readable_report_class(row.text(2))) {
            reports.push_back({.file = sqlite::text(row, 0),
                               .transfer_syntax_uid = sqlite::text(row, 1),
                               .sop_class_uid = sqlite::text(row, 2),
                               .sop_instance_uid = uid_in(row, 3),
                               .bytes = static_cast<std::uint64_t>(row.integer(4)),
                               .sha256 = sqlite::text(row, 5)});
        }
    };
    auto done = sqlite::query(
        connection,
        "SELECT r.file, k.transfer_syntax_uid, k.sop_class_uid, i.uid, r.bytes, r.sha256"
        " FROM received r CROSS JOIN instance i ON i.id = r.instance"
        " CROSS JOIN instance_kind k ON k.id = i.kind ORDER BY r.file",
        take);
    return done ? Result(std::move(reports)) : done.error();
}

Result<ObjectOrigin> origin_of_row(sqlite::Connection& connection, std::int64_t instance) {
    auto statement = connection.cached(
        "SELECT k.derived, m.record, m.image_index, m.file, m.file_bytes, m.file_mtime_ns,"
        " r.file, k.transfer_syntax_uid, k.sop_class_uid, i.uid, r.bytes, r.sha256"
        " FROM instance i CROSS JOIN instance_kind k ON k.id = i.kind"
        " LEFT JOIN image m ON k.derived >= 0 AND m.study = ?2"
        " LEFT JOIN received r ON r.instance = i.id"
        " WHERE i.id = ?1");
    if (!statement) {
        return statement.error();
    }
    sqlite::Use row(**statement);
    row->bind(1, instance);
    row->bind(2, schema::study_of(instance));
    auto found = row->step();
    if (!found) {
        return found.error();
    }
    if (!*found) {
        return Fault{.kind = FaultKind::not_found,
                     .doing = "catalogue: the object is not there any more"};
    }
    if (row->integer(0) < 0) {
        return ObjectOrigin(KeptObject{.file = std::string(row->text(6)),
                                       .transfer_syntax_uid = std::string(row->text(7)),
                                       .sop_class_uid = std::string(row->text(8)),
                                       .sop_instance_uid = uid_in(*row, 9),
                                       .bytes = static_cast<std::uint64_t>(row->integer(10)),
                                       .sha256 = std::string(row->text(11))});
    }
    auto record = restore_record(row->blob(1), std::string(row->text(2)));
    if (!record) {
        return record.error();
    }
    const std::string sop_instance_uid = uid_in(*row, 9);
    MadeObject object = made_object(std::move(*record), *row);
    if (object.kind != dicom::DerivedKind::image) {
        if (auto revised = revise(connection, sop_instance_uid, object); !revised) {
            return revised.error();
        }
    }
    return ObjectOrigin(std::move(object));
}

}  // namespace cxr::bridge
