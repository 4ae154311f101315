#include "bridge/catalogue/catalogue.hpp"

#include "catalogue/match_cursor.hpp"
#include "catalogue/offered_objects.hpp"
#include "catalogue/reader_pool.hpp"
#include "catalogue/received_rows.hpp"
#include "catalogue/retrieve_query.hpp"
#include "catalogue/revisions.hpp"
#include "catalogue/row_writer.hpp"
#include "catalogue/schema.hpp"
#include "catalogue/synchronise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <malloc.h>
#include <mutex>

namespace cxr::bridge {

namespace {

// Write-ahead logging: readers and the writer do not wait for each other. FULL: what is committed
// is in the log on the disk.
constexpr const char* serving_pragmas =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -2048";
// What can be read again from a file that is on the disk need not be waited for: a power cut may
// lose the last such commits, never part of one.
constexpr const char* unhurried = "PRAGMA synchronous = NORMAL";
constexpr const char* durable = "PRAGMA synchronous = FULL";
// A catalogue without any row yet is built in place, before anybody reads it: its rollback journal
// stays empty, since only pages that were there before are journalled. Indexes are sorted in pieces
// of the default cache's size, each by a second thread while the next is read.
constexpr const char* building_pragmas = "PRAGMA synchronous = NORMAL; PRAGMA threads = 2";

}  // namespace

class Catalogue::Impl {
public:
    Impl(CatalogueSettings given, sqlite::Connection opened)
        : settings(std::move(given)), writer(std::move(opened)), readers(settings.file) {}

    Result<void> start() {
        auto instances = writer.integer("SELECT count(*) FROM (SELECT 1 FROM instance LIMIT 1)");
        if (!instances) {
            return instances.error();
        }
        if (*instances > 0) {
            if (auto set = serve(); !set) {
                return set.error();
            }
        }
        return look_for_exceptions();
    }

    /// From the first commit that is to be durable on.
    Result<void> serve() {
        if (serving) {
            return {};
        }
        if (auto set = writer.execute(serving_pragmas); !set) {
            return set.error();
        }
        serving = true;
        return {};
    }

    /// What is the same for all answers is not looked up for each.
    Result<void> look_for_exceptions() {
        auto found =
            writer.integer("SELECT EXISTS(SELECT 1 FROM instance_kind WHERE availability > 0)");
        if (!found) {
            return found.error();
        }
        some_offline = *found != 0;
        auto zones = writer.integer(
            "SELECT EXISTS(SELECT 1 FROM study_kind WHERE timezone_offset_from_utc <> '')");
        if (!zones) {
            return zones.error();
        }
        some_time_zones = *zones != 0;
        return {};
    }

    /// A transaction of the writer that `work` fills.
    template <typename Work>
    Result<void> write(Work work, bool at_once = true) {
        const std::lock_guard lock(writing);
        if (auto set = serve(); !set) {
            return set.error();
        }
        if (auto set = writer.execute(at_once ? durable : unhurried); !set) {
            return set.error();
        }
        auto transaction = sqlite::Transaction::begin(writer);
        if (!transaction) {
            return transaction.error();
        }
        if (Result<void> done = work(writer); !done) {
            return done.error();
        }
        return transaction->commit();
    }

    const CatalogueSettings settings;
    std::function<void(const ReceivedObject&)> received;  // constant while serving
    std::atomic<bool> some_offline{false}, some_time_zones{false};

    std::mutex writing;  // guards the writer and `serving`
    sqlite::Connection writer;
    bool serving = false;

    ReaderPool readers;
};

Catalogue::Catalogue(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Catalogue::~Catalogue() = default;

Result<std::unique_ptr<Catalogue>> Catalogue::open(CatalogueSettings settings) {
    auto connection = sqlite::Connection::open(settings.file, sqlite::Access::read_write_create);
    if (!connection) {
        return connection.error();
    }
    if (auto prepared = schema::prepare(*connection, settings.file); !prepared) {
        return prepared.error();
    }
    auto impl = std::make_unique<Impl>(std::move(settings), std::move(*connection));
    if (auto started = impl->start(); !started) {
        return started.error();
    }
    return std::unique_ptr<Catalogue>(new Catalogue(std::move(impl)));
}

bool Catalogue::is_current(const FolderFingerprint& fingerprint) const {
    const std::lock_guard lock(impl_->writing);
    const auto last = last_made_from(impl_->writer);
    return last && *last && **last == made_from(fingerprint, impl_->settings);
}

Result<SyncReport> Catalogue::synchronise(const DataSetFolder& folder) {
    const std::lock_guard lock(impl_->writing);
    if (auto set = impl_->writer.execute(impl_->serving ? durable : building_pragmas); !set) {
        return set.error();
    }
    auto report = bridge::synchronise(impl_->writer, folder, impl_->settings);
    impl_->writer.forget_statements();
    impl_->readers.close_idle();  // their statements are of the time before
    if (!report) {
        return report.error();
    }
    if (auto set = impl_->serve(); !set) {
        return set.error();
    }
    if (auto looked = impl_->look_for_exceptions(); !looked) {
        return looked.error();
    }
    impl_->writer.release_memory();
    malloc_trim(0);  // a build leaves tens of megabytes of free pieces behind
    return report;
}

Result<CatalogueCounts> Catalogue::counts() const {
    auto reader = impl_->readers.lease();
    if (!reader) {
        return reader.error();
    }
    CatalogueCounts counts;
    const std::pair<const char*, std::uint64_t*> tables[] = {{"patient", &counts.patients},
                                                             {"study", &counts.studies},
                                                             {"series", &counts.series},
                                                             {"instance", &counts.instances},
                                                             {"received", &counts.received}};
    for (const auto& [table, count] : tables) {
        auto rows = (*reader)->integer(fmt::format("SELECT count(*) FROM {}", table));
        if (!rows) {
            return rows.error();
        }
        *count = static_cast<std::uint64_t>(*rows);
    }
    return counts;
}

Result<std::unique_ptr<storescp::MatchCursor>> Catalogue::find(
    const dicom::QueryIdentifier& identifier) {
    return open_cursor(impl_->readers,
                       identifier,
                       {.retrieve_ae_title = impl_->settings.retrieve_ae_title,
                        .some_offline = impl_->some_offline,
                        .some_time_zones = impl_->some_time_zones});
}

Result<std::vector<storescp::InstanceReference>> Catalogue::instances(
    const dicom::RetrieveIdentifier& identifier) const {
    auto reader = impl_->readers.lease();
    if (!reader) {
        return reader.error();
    }
    return retrieve_instances(**reader, identifier);
}

std::vector<storescp::AuditSubject> Catalogue::subjects(
    std::span<const storescp::InstanceReference> instances) const {
    auto reader = impl_->readers.lease();
    return reader ? subjects_of(**reader, instances) : std::vector<storescp::AuditSubject>{};
}

Result<ObjectOrigin> Catalogue::origin_of(std::int64_t handle) const {
    auto reader = impl_->readers.lease();
    if (!reader) {
        return reader.error();
    }
    return origin_of_row(**reader, handle);
}

void Catalogue::quarantine_image(std::int64_t handle, const std::string& why) {
    // A failing write leaves the image on offer: the next retrieve finds the damage again.
    static_cast<void>(impl_->write([&](sqlite::Connection& writer) {
        return RowWriter(writer).quarantine(schema::study_of(handle), why);
    }));
}

Result<std::optional<ObjectOrigin>> Catalogue::find_instance(
    const std::string& sop_instance_uid) const {
    auto reader = impl_->readers.lease();
    if (!reader) {
        return reader.error();
    }
    auto row = find_instance_row(**reader, sop_instance_uid);
    if (!row) {
        return row.error();
    }
    if (*row == 0) {
        return std::optional<ObjectOrigin>();
    }
    auto origin = origin_of_row(**reader, *row);
    if (!origin) {
        return origin.error();
    }
    return std::optional<ObjectOrigin>(std::move(*origin));
}

Result<void> Catalogue::add_received(const ReceivedObject& object, bool replace) {
    auto added = impl_->write(
        [&](sqlite::Connection& writer) { return add_received_rows(writer, object, replace); },
        replace);
    if (added && !object.study.timezone_offset_from_utc.empty()) {
        impl_->some_time_zones = true;
    }
    if (added && impl_->received) {
        impl_->received(object);
    }
    return added;
}

Result<std::vector<SupersededReport>> Catalogue::revise(
    std::span<dicom::ImageRecord> records) const {
    auto reader = impl_->readers.lease();
    if (!reader) {
        return reader.error();
    }
    const auto log = RevisionLog::load(**reader);
    if (!log) {
        return log.error();
    }
    std::vector<SupersededReport> superseded;
    for (dicom::ImageRecord& record : records) {
        if (!log->knows(record.row.image_index)) {
            continue;
        }
        record.revisions = log->revisions_of(record);
        for (const dicom::Revision& revision : record.revisions) {
            std::ranges::move(log->superseded(record, revision.kind),
                              std::back_inserter(superseded));
        }
    }
    return superseded;
}

Result<std::vector<KeptObject>> Catalogue::received_reports() const {
    auto reader = impl_->readers.lease();
    if (!reader) {
        return reader.error();
    }
    return received_report_rows(**reader);
}

void Catalogue::on_received(std::function<void(const ReceivedObject&)> received) {
    impl_->received = std::move(received);
}

Result<void> Catalogue::for_each_offered(
    bool with_records, const std::function<bool(const OfferedObject&)>& visit) const {
    auto reader = impl_->readers.lease();
    if (!reader) {
        return reader.error();
    }
    return for_each_offered_row(**reader, with_records, visit);
}

Result<std::vector<std::string>> Catalogue::received_files() const {
    auto reader = impl_->readers.lease();
    if (!reader) {
        return reader.error();
    }
    return received_file_names(**reader);
}

Result<void> Catalogue::remove_received(const std::string& file) {
    return impl_->write(
        [&](sqlite::Connection& writer) { return remove_received_rows(writer, file); });
}

}  // namespace cxr::bridge
