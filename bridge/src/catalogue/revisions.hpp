#pragma once
/// The revision log: documents (reports, presentation states, key object selections) that were
/// offered once and that later ones replaced. Each is kept as what it was made from, its record and
/// its options, and is made again from them: the same bytes under the same UID (docs/decisions).
/// Documents that never changed are not in it.

#include "bridge/catalogue/catalogue.hpp"
#include "catalogue/sqlite.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace cxr::bridge {

class RevisionLog {
public:
    [[nodiscard]] static Result<RevisionLog> load(sqlite::Connection& connection);

    struct State {
        const dicom::ImageRecord& record;
        const dicom::MappingOptions& options;
    };
    /// Takes down each document of `before` that `now` says otherwise, in the same series.
    /// @param kinds that are offered; those of further sources always are.
    void compare(const State& before, const State& now, std::span<const dicom::DerivedKind> kinds);
    /// Writes what compare() took down since.
    [[nodiscard]] Result<void> save(sqlite::Connection& connection);

    [[nodiscard]] bool knows(const std::string& image_index) const {
        return images_.contains(image_index);
    }
    /// Which revisions the record's documents are, after those in the log.
    [[nodiscard]] std::vector<dicom::Revision> revisions_of(const dicom::ImageRecord& record) const;
    /// The earlier documents of a kind's series, oldest first. One that cannot be made any more
    /// (options of another release) is left out.
    [[nodiscard]] std::vector<SupersededReport> superseded(const dicom::ImageRecord& record,
                                                           dicom::DerivedKind kind) const;

private:
    struct Entry {
        std::uint32_t number;
        std::string sop_class_uid, sop_instance_uid;
        std::vector<std::byte> record;
        std::int64_t options;
        bool is_new = false;
    };
    using Entries = std::map<std::string, std::vector<Entry>>;  ///< by document name, in order

    [[nodiscard]] std::int64_t id_of(const dicom::MappingOptions& options);
    [[nodiscard]] static std::optional<dicom::Revision> revision_after(
        const std::vector<Entry>& entries, dicom::DerivedKind kind);

    std::unordered_map<std::string, Entries> images_;
    std::map<std::int64_t, std::string> options_;
    std::int64_t options_saved_ = 0;
};

/// Which revisions the documents of one image are, straight from the tables.
[[nodiscard]] Result<std::vector<dicom::Revision>> revisions_in(sqlite::Connection& connection,
                                                                const dicom::ImageRecord& record);
/// The report of that UID when the log has it. Faults: unsupported (made by options or a template
/// that this release does not have), storage.
[[nodiscard]] Result<std::optional<SupersededReport>> superseded_in(
    sqlite::Connection& connection,
    const std::string& image_index,
    const std::string& sop_instance_uid);

/// The kind that a document of that name is of this record; none when it has none.
[[nodiscard]] std::optional<dicom::DerivedKind> kind_named(const dicom::ImageRecord& record,
                                                           std::string_view document);

}  // namespace cxr::bridge
