#pragma once
/// The statement that a query becomes, put together piece by piece: which tables it joins, in which
/// order (fixed by CROSS JOIN, beginning with the most selective path), what it selects and where.

#include "dicom/query/identifier.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace cxr::bridge {

/// How the tables of a level are called and joined.
struct Level {
    const char* alias;
    const char* table;
    const char* kind_alias;
    const char* kind_table;  ///< null: no kinds
    const char* to_parent;   ///< join condition when the child is already there
    const char* to_child;    ///< join condition when the parent is already there
};
inline constexpr std::array<Level, 4> levels{
    Level{"p", "patient", nullptr, nullptr, "p.id = t.patient", ""},
    Level{"t", "study", "tk", "study_kind", "t.id = s.id >> 14", "t.patient = p.id"},
    Level{"s",
          "series",
          "sk",
          "series_kind",
          "s.id = i.id >> 22",
          "s.id BETWEEN t.id << 14 AND ((t.id + 1) << 14) - 1"},
    Level{"i",
          "instance",
          "ik",
          "instance_kind",
          "",
          "i.id BETWEEN s.id << 22 AND ((s.id + 1) << 22) - 1"}};

[[nodiscard]] constexpr std::size_t index_of(dicom::QueryLevel level) {
    return static_cast<std::size_t>(level);
}

/// What an access path leaves of a table; the least selective first.
enum class Selectivity : std::uint8_t { none, range, prefix, value, uid };

class SelectStatement {
public:
    /// @param bottom the level whose entities are selected @param top the first that is needed
    SelectStatement(std::size_t bottom, std::size_t top) : bottom_(bottom), top_(top) {}

    void need(std::size_t level) { top_ = std::min(top_, level); }
    void need_kind(std::size_t level) {
        need(level);
        kind_joined_.at(level) = true;
    }
    /// There is an access path to this level: begin there if none is better.
    void begin_at(std::size_t level, Selectivity selectivity);
    void where(const std::string& condition) {
        where_ += (where_.empty() ? " WHERE " : " AND ") + condition;
    }
    void select(const std::string& expression);
    /// How many expressions are selected.
    [[nodiscard]] int columns() const { return columns_; }
    [[nodiscard]] std::string text() const;

private:
    std::size_t bottom_;
    std::size_t top_;
    std::size_t first_ = 0;
    Selectivity best_ = Selectivity::none;
    int columns_ = 0;
    std::string selected_;
    std::string where_;
    std::array<bool, 4> kind_joined_{};
};

}  // namespace cxr::bridge
