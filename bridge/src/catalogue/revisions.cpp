#include "catalogue/revisions.hpp"

#include "catalogue/statements.hpp"
#include "catalogue/stored_record.hpp"
#include "dicom/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::bridge {

using dicom::DerivedKind;
using dicom::ImageRecord;
using dicom::MappingOptions;

namespace {

/// What the log calls a document: the name that its UIDs are made of.
std::string name_of(const ImageRecord& record, DerivedKind kind) {
    return kind == DerivedKind::presentation_state ? "gsps"
           : kind == DerivedKind::key_objects      ? "ko"
                                                   : dicom::report_name(record, kind);
}

std::vector<DerivedKind> document_kinds(const ImageRecord& record) {
    std::vector<DerivedKind> kinds{DerivedKind::label_report,
                                   DerivedKind::box_report,
                                   DerivedKind::presentation_state,
                                   DerivedKind::key_objects};
    for (std::size_t source = 0; source < record.sources.size(); ++source) {
        kinds.push_back(dicom::source_report(source));
    }
    return kinds;
}

/// The UID that the record's document has; empty when it has none.
std::string uid_of(const ImageRecord& record, DerivedKind kind, const MappingOptions& options) {
    return dicom::is_made_of(record, kind)
               ? dicom::instance_entity(record, kind, options).sop_instance_uid
               : std::string();
}

Result<SupersededReport> report_of(ImageRecord record,
                                   std::string_view document,
                                   std::string_view options,
                                   std::optional<dicom::Revision> revision) {
    auto restored = MappingOptions::restore(options);
    const auto kind = kind_named(record, document);
    if (!restored || !kind) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = record.row.image_index +
                              ": an earlier report was made by options that this release lacks"};
    }
    if (revision) {
        revision->kind = *kind;
        record.revisions = {*std::move(revision)};
    }
    return SupersededReport{
        .record = std::move(record), .kind = *kind, .options = *std::move(restored)};
}

std::vector<std::byte> bytes_of(std::span<const std::byte> bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace

std::optional<DerivedKind> kind_named(const ImageRecord& record, std::string_view document) {
    for (const DerivedKind kind : document_kinds(record)) {
        if (name_of(record, kind) == document) {
            return kind;
        }
    }
    return std::nullopt;
}

Result<RevisionLog> RevisionLog::load(sqlite::Connection& connection) {
    RevisionLog log;
    const auto take_options = [&log](const sqlite::Statement& row) {
        log.options_.emplace(row.integer(0), row.text(1));
        log.options_saved_ = std::max(log.options_saved_, row.integer(0));
    };
    if (auto done =
            sqlite::query(connection, "SELECT id, options FROM revision_options", take_options);
        !done) {
        return done.error();
    }
    const auto take = [&log](const sqlite::Statement& row) {
        log.images_[sqlite::text(row, 0)][sqlite::text(row, 1)].push_back(
            {.number = static_cast<std::uint32_t>(row.integer(2)),
             .sop_class_uid = sqlite::text(row, 3),
             .sop_instance_uid = sqlite::text(row, 4),
             .record = bytes_of(row.blob(5)),
             .options = row.integer(6)});
    };
    auto done = sqlite::query(
        connection,
        "SELECT image_index, document, number, sop_class_uid, sop_instance_uid, record, options"
        " FROM revision ORDER BY image_index, document, number",
        take);
    return done ? Result(std::move(log)) : done.error();
}

std::int64_t RevisionLog::id_of(const MappingOptions& options) {
    std::string stored = options.stored();
    for (const auto& [id, known] : options_) {
        if (known == stored) {
            return id;
        }
    }
    const std::int64_t id = options_.empty() ? 1 : options_.rbegin()->first + 1;
    options_.emplace(id, std::move(stored));
    return id;
}

void RevisionLog::compare(const State& before,
                          const State& now,
                          std::span<const DerivedKind> kinds) {
    ImageRecord old = before.record;
    old.revisions = revisions_of(old);
    ImageRecord unrevised = now.record;
    unrevised.revisions = revisions_of(unrevised);
    for (const DerivedKind kind : document_kinds(old)) {
        const bool is_offered =
            dicom::is_source_report(kind) || std::ranges::find(kinds, kind) != kinds.end();
        const std::string uid = is_offered ? uid_of(old, kind, before.options) : std::string();
        const std::string document = name_of(old, kind);
        const auto kind_now = kind_named(unrevised, document);
        if (uid.empty() || !kind_now) {
            continue;
        }
        // Other profiles are other studies: nothing of theirs is replaced.
        const bool same_series =
            dicom::series_entity(old, kind, before.options).series_instance_uid ==
            dicom::series_entity(unrevised, *kind_now, now.options).series_instance_uid;
        if (!same_series || uid_of(unrevised, *kind_now, now.options) == uid) {
            continue;
        }
        const dicom::Revision* revision = dicom::revision_of(old, kind);
        images_[old.row.image_index][document].push_back(
            {.number = revision == nullptr ? 1 : revision->number,
             .sop_class_uid = dicom::instance_entity(old, kind, before.options).sop_class_uid,
             .sop_instance_uid = uid,
             .record = store_record(before.record),
             .options = id_of(before.options),
             .is_new = true});
    }
}

Result<void> RevisionLog::save(sqlite::Connection& connection) {
    auto write_options =
        connection.cached("INSERT INTO revision_options(id, options) VALUES(?, ?)");
    if (!write_options) {
        return write_options.error();
    }
    for (const auto& [id, options] : options_) {
        if (id > options_saved_) {
            (*write_options)->bind(1, id);
            (*write_options)->bind(2, std::string_view(options));
            if (auto done = (*write_options)->run(); !done) {
                return done.error();
            }
        }
    }
    options_saved_ = options_.empty() ? 0 : options_.rbegin()->first;
    auto write = connection.cached(
        "INSERT INTO revision(image_index, document, number, sop_class_uid, sop_instance_uid,"
        " record, options) VALUES(?, ?, ?, ?, ?, ?, ?)");
    if (!write) {
        return write.error();
    }
    for (auto& [image, documents] : images_) {
        for (auto& [document, entries] : documents) {
            if (entries.empty() || !entries.back().is_new) {
                continue;
            }
            Entry& entry = entries.back();
            (*write)->bind(1, std::string_view(image));
            (*write)->bind(2, std::string_view(document));
            (*write)->bind(3, std::int64_t{entry.number});
            (*write)->bind(4, std::string_view(entry.sop_class_uid));
            (*write)->bind(5, std::string_view(entry.sop_instance_uid));
            (*write)->bind(6, std::span<const std::byte>(entry.record));
            (*write)->bind(7, entry.options);
            if (auto done = (*write)->run(); !done) {
                return done.error();
            }
            entry.is_new = false;
        }
    }
    return {};
}

std::optional<dicom::Revision> RevisionLog::revision_after(const std::vector<Entry>& entries,
                                                           DerivedKind kind) {
    if (entries.empty()) {
        return std::nullopt;
    }
    const Entry& last = entries.back();
    return dicom::Revision{.kind = kind,
                           .number = last.number + 1,
                           .predecessor_sop_class_uid = last.sop_class_uid,
                           .predecessor_sop_instance_uid = last.sop_instance_uid};
}

std::vector<dicom::Revision> RevisionLog::revisions_of(const ImageRecord& record) const {
    std::vector<dicom::Revision> revisions;
    const auto documents = images_.find(record.row.image_index);
    if (documents == images_.end()) {
        return revisions;
    }
    for (const auto& [document, entries] : documents->second) {
        if (const auto kind = kind_named(record, document)) {
            revisions.push_back(*revision_after(entries, *kind));
        }
    }
    return revisions;
}

std::vector<SupersededReport> RevisionLog::superseded(const ImageRecord& record,
                                                      DerivedKind kind) const {
    std::vector<SupersededReport> reports;
    const auto documents = images_.find(record.row.image_index);
    if (documents == images_.end()) {
        return reports;
    }
    const auto found = documents->second.find(name_of(record, kind));
    if (found == documents->second.end()) {
        return reports;
    }
    std::vector<Entry> before;
    for (const Entry& entry : found->second) {
        auto stored = restore_record(entry.record, record.row.image_index);
        if (stored) {
            auto report = report_of(*std::move(stored),
                                    found->first,
                                    options_.at(entry.options),
                                    revision_after(before, kind));
            if (report) {
                reports.push_back(*std::move(report));
            }
        }
        before.push_back(entry);
    }
    return reports;
}

Result<std::vector<dicom::Revision>> revisions_in(sqlite::Connection& connection,
                                                  const ImageRecord& record) {
    std::vector<dicom::Revision> revisions;
    const auto take = [&](const sqlite::Statement& row) {
        if (const auto kind = kind_named(record, row.text(0))) {
            revisions.push_back({.kind = *kind,
                                 .number = static_cast<std::uint32_t>(row.integer(1)) + 1,
                                 .predecessor_sop_class_uid = sqlite::text(row, 2),
                                 .predecessor_sop_instance_uid = sqlite::text(row, 3)});
        }
    };
    auto done =
        sqlite::query(connection,
                      "SELECT document, max(number), sop_class_uid, sop_instance_uid FROM revision"
                      " WHERE image_index = ? GROUP BY document",
                      take,
                      record.row.image_index);
    return done ? Result(std::move(revisions)) : done.error();
}

Result<std::optional<SupersededReport>> superseded_in(sqlite::Connection& connection,
                                                      const std::string& image_index,
                                                      const std::string& sop_instance_uid) {
    auto statement = connection.cached(
        "SELECT r.document, r.number, r.record, o.options, p.sop_class_uid, p.sop_instance_uid"
        " FROM revision r JOIN revision_options o ON o.id = r.options"
        " LEFT JOIN revision p ON p.image_index = r.image_index AND p.document = r.document"
        " AND p.number = r.number - 1"
        " WHERE r.image_index = ? AND r.sop_instance_uid = ?");
    if (!statement) {
        return statement.error();
    }
    const sqlite::Use use(**statement);
    (*statement)->bind(1, std::string_view(image_index));
    (*statement)->bind(2, std::string_view(sop_instance_uid));
    auto row = (*statement)->step();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return std::optional<SupersededReport>();
    }
    auto record = restore_record((*statement)->blob(2), image_index);
    if (!record) {
        return record.error();
    }
    std::optional<dicom::Revision> revision;
    if ((*statement)->integer(1) > 1) {
        revision = {.kind = DerivedKind::label_report,
                    .number = static_cast<std::uint32_t>((*statement)->integer(1)),
                    .predecessor_sop_class_uid = std::string((*statement)->text(4)),
                    .predecessor_sop_instance_uid = std::string((*statement)->text(5))};
    }
    auto report = report_of(
        *std::move(record), (*statement)->text(0), (*statement)->text(3), std::move(revision));
    if (!report) {
        return report.error();
    }
    if (uid_of(report->record, report->kind, report->options) != sop_instance_uid) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = image_index +
                              ": an earlier report was written by a template that this release "
                              "does not have"};
    }
    return std::optional(*std::move(report));
}

}  // namespace cxr::bridge
