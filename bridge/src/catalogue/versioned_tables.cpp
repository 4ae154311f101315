#include "catalogue/versioned_tables.hpp"

#include <fmt/format.h>

namespace cxr::bridge::sqlite {

using dicom::Fault;
using dicom::FaultKind;

Result<void> VersionedTables::prepare(Connection& connection,
                                      const std::filesystem::path& file) const {
    const auto refusal = [&](const std::string& why) {
        return Fault{.kind = FaultKind::storage,
                     .doing = fmt::format("{} {}: {}. Move the file (and its -wal and -shm) away "
                                          "and start again: {}",
                                          what,
                                          file.string(),
                                          why,
                                          consequence)};
    };
    auto transaction = Transaction::begin(connection);
    if (!transaction) {
        return refusal("cannot be used, " + transaction.error().doing);
    }
    const auto objects = connection.integer("SELECT count(*) FROM sqlite_schema");
    if (!objects) {
        return refusal("cannot be read, " + objects.error().doing);
    }
    const auto application = connection.integer("PRAGMA application_id");
    const auto found = connection.integer("PRAGMA user_version");
    if (!application || !found) {
        return refusal("its header cannot be read");
    }
    if (*objects > 0 && *application != application_id) {
        return refusal("is a database of another program");
    }
    const auto version = static_cast<std::int64_t>(migrations.size());
    if (*found > version) {
        return refusal(
            fmt::format("has version {}, this program knows {} at most: a newer release wrote it",
                        *found,
                        version));
    }
    if (*found == version) {
        return {};
    }
    for (const Migration migrate : migrations.subspan(static_cast<std::size_t>(*found))) {
        if (auto migrated = migrate(connection); !migrated) {
            return migrated.error();
        }
    }
    if (auto marked = connection.execute(fmt::format(
            "PRAGMA user_version = {}; PRAGMA application_id = {}", version, application_id));
        !marked) {
        return marked.error();
    }
    return transaction->commit();
}

}  // namespace cxr::bridge::sqlite
