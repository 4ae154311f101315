#include "catalogue/replaced_reports.hpp"

#include "catalogue/statements.hpp"
#include "catalogue/stored_record.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace cxr::bridge {
namespace {

/// The options that the catalogued reports were made by; nothing when that was not kept.
Result<std::optional<dicom::MappingOptions>> options_before(sqlite::Connection& connection) {
    std::optional<dicom::MappingOptions> options;
    const auto take = [&options](const sqlite::Statement& row) {
        if (auto restored = dicom::MappingOptions::restore(row.text(0))) {
            options = *std::move(restored);
        }
    };
    auto done = sqlite::query(connection, "SELECT value FROM meta WHERE key = 'options'", take);
    return done ? Result(std::move(options)) : done.error();
}

/// Takes down in the log which catalogued reports the offered images say otherwise.
Result<void> note_replaced_reports(sqlite::Connection& connection,
                                   const std::vector<OfferedImage>& offered,
                                   const dicom::MappingOptions& before,
                                   const CatalogueSettings& now,
                                   RevisionLog& log) {
    std::unordered_map<std::string_view, const dicom::ImageRecord*> by_name;
    by_name.reserve(offered.size());
    for (const OfferedImage& image : offered) {
        by_name.emplace(image.record->row.image_index, image.record);
    }
    const bool same_options = before == now.mapping;
    const auto take = [&](const sqlite::Statement& row) -> Result<void> {
        const auto found = by_name.find(row.text(0));
        if (found == by_name.end() ||
            (same_options && std::ranges::equal(store_record(*found->second), row.blob(1)))) {
            return {};
        }
        auto record = restore_record(row.blob(1), sqlite::text(row, 0));
        if (!record) {
            return record.error();
        }
        log.compare({*record, before}, {*found->second, now.mapping}, now.made_kinds);
        return {};
    };
    return sqlite::query(connection, "SELECT image_index, record FROM image", take);
}

}  // namespace

Result<RevisionLog> look_at_revisions(sqlite::Connection& connection,
                                      const std::vector<OfferedImage>& offered,
                                      const CatalogueSettings& settings) {
    auto log = RevisionLog::load(connection);
    if (!log) {
        return log;
    }
    const auto before = options_before(connection);
    if (!before) {
        return before.error();
    }
    if (*before) {
        if (auto noted = note_replaced_reports(connection, offered, **before, settings, *log);
            !noted) {
            return noted.error();
        }
    }
    if (auto saved = log->save(connection); !saved) {
        return saved.error();
    }
    return log;
}

std::deque<dicom::ImageRecord> with_revisions(std::vector<OfferedImage>& offered,
                                              const RevisionLog& log) {
    std::deque<dicom::ImageRecord> revised;
    for (OfferedImage& image : offered) {
        if (log.knows(image.record->row.image_index)) {
            dicom::ImageRecord& copy = revised.emplace_back(*image.record);
            copy.revisions = log.revisions_of(copy);
            image.record = &copy;
        }
    }
    return revised;
}

}  // namespace cxr::bridge
