#include "catalogue/replaced_reports.hpp"

#include "catalogue/stored_record.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace cxr::bridge {
namespace {

/// The options that the catalogued reports were made by; nothing when that was not kept.
Result<std::optional<dicom::MappingOptions>> options_before(sqlite::Connection& connection) {
    auto rows = connection.prepare("SELECT value FROM meta WHERE key = 'options'");
    if (!rows) {
        return rows.error();
    }
    auto row = rows->step();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return std::optional<dicom::MappingOptions>();
    }
    auto restored = dicom::MappingOptions::restore(rows->text(0));
    return restored ? std::optional(*std::move(restored)) : std::nullopt;
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
    auto rows = connection.prepare("SELECT image_index, record FROM image");
    if (!rows) {
        return rows.error();
    }
    while (true) {
        auto row = rows->step();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            return {};
        }
        const auto found = by_name.find(rows->text(0));
        if (found == by_name.end() ||
            (same_options && std::ranges::equal(store_record(*found->second), rows->blob(1)))) {
            continue;
        }
        auto record = restore_record(rows->blob(1), std::string(rows->text(0)));
        if (!record) {
            return record.error();
        }
        log.compare({*record, before}, {*found->second, now.mapping}, now.made_kinds);
    }
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
