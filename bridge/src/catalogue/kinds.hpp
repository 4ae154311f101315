#pragma once
/// The *_kind tables: combinations of values that many rows share, each combination once. Known
/// ones are held in memory; new ones are handed to the writer before the rows that use them.

#include "catalogue/sqlite.hpp"
#include "dicom/mapping/entities.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cxr::bridge {

/// A row of a kind table still to be inserted.
struct NewKind {
    std::int64_t id;
    std::vector<std::string> values;
};

class KindTable {
public:
    KindTable(std::string table, std::vector<std::string> columns)
        : table_(std::move(table)), columns_(std::move(columns)) {}

    [[nodiscard]] dicom::Result<void> load(sqlite::Connection& connection);
    /// @param values in the order of the columns; integers as decimal text.
    [[nodiscard]] std::int64_t id_of(std::initializer_list<std::string_view> values);
    [[nodiscard]] std::vector<NewKind> take_new();
    [[nodiscard]] dicom::Result<void> insert(sqlite::Connection& connection,
                                             const std::vector<NewKind>& kinds) const;

private:
    std::string table_;
    std::vector<std::string> columns_;
    std::unordered_map<std::string, std::int64_t> ids_;
    std::string key_;  ///< written anew for each look-up: a bulk build makes hundreds of thousands
    std::vector<NewKind> new_;
    std::int64_t last_id_ = 0;
};

/// What an instance_kind row says beside the entity.
struct InstanceOrigin {
    std::string transfer_syntax_uid;
    int derived = -1;  ///< dicom::DerivedKind, -1 for a received object
    bool offline = false;
};

struct Kinds {
    KindTable study;
    KindTable series;
    KindTable instance;

    Kinds();
    [[nodiscard]] dicom::Result<void> load(sqlite::Connection& connection);
    [[nodiscard]] std::int64_t id_of(const dicom::StudyEntity& entity);
    [[nodiscard]] std::int64_t id_of(const dicom::SeriesEntity& entity);
    [[nodiscard]] std::int64_t id_of(const dicom::InstanceEntity& entity,
                                     const InstanceOrigin& origin);
};

struct NewKinds {
    std::vector<NewKind> study, series, instance;
};
[[nodiscard]] NewKinds take_new(Kinds& kinds);
[[nodiscard]] dicom::Result<void> insert(sqlite::Connection& connection,
                                         const Kinds& kinds,
                                         const NewKinds& added);

}  // namespace cxr::bridge
