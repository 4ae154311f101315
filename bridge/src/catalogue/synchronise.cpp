#include "catalogue/synchronise.hpp"

#include "catalogue/made_rows.hpp"
#include "catalogue/replaced_reports.hpp"
#include "catalogue/row_writer.hpp"
#include "catalogue/schema.hpp"
#include "catalogue/statements.hpp"
#include "catalogue/stored_record.hpp"
#include "dicom/core/implementation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace cxr::bridge {

namespace {

/// Above so many changed images, rows are built anew and indexes after them: faster than one by
/// one.
constexpr std::size_t one_by_one_max = 10'000;

struct Difference {
    std::vector<OfferedImage> to_add;     ///< new and changed ones
    std::vector<std::int64_t> to_remove;  ///< studies of gone and changed ones
    SyncReport report;
};

/// Why images are quarantined, as long as they are the same files.
struct Quarantined {
    ImageFile file;
    std::string damage;
};
using Quarantine = std::unordered_map<std::string, Quarantined>;

std::vector<OfferedImage> offered_images(const DataSetFolder& folder, bool list_missing_images) {
    std::vector<OfferedImage> offered;
    offered.reserve(list_missing_images ? folder.records.size()
                                        : std::min(folder.records.size(), folder.images.size()));
    for (const dicom::ImageRecord& record : folder.records) {
        const auto file = folder.images.find(record.row.image_index);
        if (file != folder.images.end()) {
            offered.push_back({.record = &record, .file = &file->second});
        } else if (list_missing_images) {
            offered.push_back({.record = &record, .file = nullptr});
        }
    }
    return offered;
}

/// The catalogued images beside the offered ones.
class Comparison {
public:
    explicit Comparison(const std::vector<OfferedImage>& offered) : offered_(offered) {
        by_name_.reserve(offered.size());
        for (std::size_t i = 0; i < offered.size(); ++i) {
            by_name_.emplace(offered[i].record->row.image_index, i);
        }
        catalogued_.resize(offered.size());
    }

    void catalogued(std::int64_t study,
                    std::string_view image_index,
                    const ImageFile& file,
                    std::span<const std::byte> record) {
        const auto found = by_name_.find(image_index);
        if (found == by_name_.end() || catalogued_[found->second]) {
            ++difference_.report.images_removed;
            difference_.to_remove.push_back(study);
            return;
        }
        catalogued_[found->second] = true;
        const OfferedImage& image = offered_[found->second];
        const bool same_file = image.file != nullptr ? *image.file == file : file.path.empty();
        if (same_file && std::ranges::equal(store_record(*image.record), record)) {
            return;
        }
        ++difference_.report.images_changed;
        difference_.to_remove.push_back(study);
        difference_.to_add.push_back(image);
    }

    Difference take() {
        for (std::size_t i = 0; i < offered_.size(); ++i) {
            if (!catalogued_[i]) {
                ++difference_.report.images_added;
                difference_.to_add.push_back(offered_[i]);
            }
        }
        return std::move(difference_);
    }

private:
    const std::vector<OfferedImage>& offered_;
    std::unordered_map<std::string_view, std::size_t> by_name_;
    std::vector<bool> catalogued_;
    Difference difference_;
};

struct CataloguedImages {
    Difference difference;
    Quarantine quarantine;
};

Result<CataloguedImages> compare(sqlite::Connection& connection,
                                 const std::vector<OfferedImage>& offered) {
    Comparison comparison(offered);
    CataloguedImages images;
    const auto take = [&](const sqlite::Statement& row) {
        ImageFile file{.path = sqlite::text(row, 2),
                       .bytes = static_cast<std::uint64_t>(row.integer(3)),
                       .mtime_ns = row.integer(4)};
        comparison.catalogued(row.integer(0), row.text(1), file, row.blob(5));
        if (const auto damage = row.text(6); !damage.empty()) {
            images.quarantine.emplace(
                row.text(1), Quarantined{.file = std::move(file), .damage = std::string(damage)});
        }
    };
    if (auto done = sqlite::query(
            connection,
            "SELECT study, image_index, file, file_bytes, file_mtime_ns, record, damage FROM image",
            take);
        !done) {
        return done.error();
    }
    images.difference = comparison.take();
    return images;
}

Result<CataloguedImages> all_new(const std::vector<OfferedImage>& offered) {
    CataloguedImages images;
    images.difference.to_add = offered;
    images.difference.report.images_added = offered.size();
    return images;
}

Result<void> add(sqlite::Connection& connection,
                 RowWriter& writer,
                 const std::vector<OfferedImage>& images,
                 const CatalogueSettings& settings,
                 const RevisionLog& log) {
    Kinds kinds;
    if (auto loaded = kinds.load(connection); !loaded) {
        return loaded.error();
    }
    const Offer offer{.mapping = settings.mapping, .kinds = settings.made_kinds, .revisions = log};
    return for_made_rows(images, offer, kinds, [&](MadeBatch& batch) -> Result<void> {
        if (auto inserted = insert(connection, kinds, batch.kinds); !inserted) {
            return inserted.error();
        }
        for (const MadeRows& rows : batch.rows) {
            if (auto made = writer.made(rows); !made) {
                return made.error();
            }
        }
        return {};
    });
}

Result<void> build_anew(sqlite::Connection& connection,
                        std::vector<OfferedImage> offered,
                        const Quarantine& quarantine,
                        const CatalogueSettings& settings,
                        const RevisionLog& log) {
    for (OfferedImage& image : offered) {
        const auto found = quarantine.find(image.record->row.image_index);
        if (found != quarantine.end() && image.file != nullptr &&
            *image.file == found->second.file) {
            image.damage = found->second.damage;
        }
    }
    if (auto dropped = schema::drop_indexes(connection); !dropped) {
        return dropped.error();
    }
    RowWriter writer(connection);
    if (auto removed = writer.remove_all_made(); !removed) {
        return removed.error();
    }
    if (auto loaded = writer.preload(); !loaded) {
        return loaded.error();
    }
    if (auto added = add(connection, writer, offered, settings, log); !added) {
        return added.error();
    }
    return schema::create_indexes(connection);
}

Result<void> apply(sqlite::Connection& connection,
                   const Difference& difference,
                   const CatalogueSettings& settings,
                   const RevisionLog& log) {
    RowWriter writer(connection);
    for (const std::int64_t study : difference.to_remove) {
        if (auto removed = writer.remove_made(study); !removed) {
            return removed.error();
        }
    }
    return add(connection, writer, difference.to_add, settings, log);
}

std::string text_of(const std::vector<dicom::DerivedKind>& kinds) {
    std::string text;
    for (const dicom::DerivedKind kind : kinds) {
        text += static_cast<char>('0' + static_cast<int>(kind));
    }
    return text;
}

Result<void> remember(sqlite::Connection& connection,
                      const MadeFrom& from,
                      const dicom::MappingOptions& options) {
    const std::pair<std::string_view, std::string> entries[] = {
        {"tables", from.fingerprint.tables},
        {"images", from.fingerprint.images},
        {"mapping", from.mapping},
        {"options", options.stored()},
        {"list_missing_images", from.list_missing_images ? "1" : "0"}};
    for (const auto& [key, value] : entries) {
        if (auto done = sqlite::run(
                connection, "INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", key, value);
            !done) {
            return done;
        }
    }
    return {};
}

}  // namespace

MadeFrom made_from(const FolderFingerprint& fingerprint, const CatalogueSettings& settings) {
    return {.fingerprint = fingerprint,
            .mapping = fmt::format("{};rows={};kinds={};{}",
                                   dicom::implementation_version_name,
                                   stored_record_version,
                                   text_of(settings.made_kinds),
                                   settings.mapping.stored()),
            .list_missing_images = settings.list_missing_images};
}

Result<std::optional<MadeFrom>> last_made_from(sqlite::Connection& connection) {
    std::optional<MadeFrom> from;
    const auto take = [&from](const sqlite::Statement& row) {
        if (!from) {
            from.emplace();
        }
        const auto key = row.text(0);
        std::string value = sqlite::text(row, 1);
        if (key == "tables") {
            from->fingerprint.tables = std::move(value);
        } else if (key == "images") {
            from->fingerprint.images = std::move(value);
        } else if (key == "mapping") {
            from->mapping = std::move(value);
        } else if (key == "list_missing_images") {
            from->list_missing_images = value == "1";
        }
    };
    auto done = sqlite::query(connection, "SELECT key, value FROM meta", take);
    return done ? Result(std::move(from)) : done.error();
}

Result<SyncReport> synchronise(sqlite::Connection& connection,
                               const DataSetFolder& folder,
                               const CatalogueSettings& settings) {
    const MadeFrom now = made_from(folder.fingerprint, settings);
    auto transaction = sqlite::Transaction::begin(connection);
    if (!transaction) {
        return transaction.error();
    }
    auto before = last_made_from(connection);
    if (!before) {
        return before.error();
    }
    std::vector<OfferedImage> offered = offered_images(folder, settings.list_missing_images);
    auto log = look_at_revisions(connection, offered, settings);
    if (!log) {
        return log.error();
    }
    const auto revised = with_revisions(offered, *log);
    const bool empty = !*before;
    auto images = empty ? all_new(offered) : compare(connection, offered);
    if (!images) {
        return images.error();
    }
    SyncReport report = images->difference.report;
    const bool other_mapping = *before && (*before)->mapping != now.mapping;
    if (other_mapping) {
        report.images_changed = offered.size() - report.images_added;
    }
    const std::size_t changes =
        images->difference.to_add.size() + images->difference.to_remove.size();
    auto done = other_mapping || changes > one_by_one_max
                    ? build_anew(connection, offered, images->quarantine, settings, *log)
                    : apply(connection, images->difference, settings, *log);
    if (!done) {
        return done.error();
    }
    if (auto remembered = remember(connection, now, settings.mapping); !remembered) {
        return remembered.error();
    }
    if (auto committed = transaction->commit(); !committed) {
        return committed.error();
    }
    report.unchanged = !other_mapping && changes == 0;
    return report;
}

}  // namespace cxr::bridge
