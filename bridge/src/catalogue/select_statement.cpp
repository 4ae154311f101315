#include "catalogue/select_statement.hpp"

#include <fmt/format.h>

namespace cxr::bridge {

void SelectStatement::begin_at(std::size_t level, Selectivity selectivity) {
    if (selectivity > best_ || (selectivity == best_ && level > first_)) {
        best_ = selectivity;
        first_ = level;
    }
}

void SelectStatement::select(const std::string& expression) {
    selected_ += (selected_.empty() ? "" : ", ") + expression;
    ++columns_;
}

std::string SelectStatement::text() const {
    std::size_t first = first_;
    if (best_ == Selectivity::none) {
        first = std::max(top_, std::min(bottom_, index_of(dicom::QueryLevel::study)));
    }
    std::string from = fmt::format("{} {}", levels.at(first).table, levels.at(first).alias);
    const auto join = [&](std::size_t level, const char* condition) {
        from += fmt::format(
            " CROSS JOIN {} {} ON {}", levels.at(level).table, levels.at(level).alias, condition);
    };
    for (std::size_t level = first; level-- > top_;) {
        join(level, levels.at(level).to_parent);
    }
    for (std::size_t level = first + 1; level <= bottom_; ++level) {
        join(level, levels.at(level).to_child);
    }
    for (std::size_t level = top_; level <= bottom_; ++level) {
        if (kind_joined_.at(level)) {
            const Level& names = levels.at(level);
            from += fmt::format(" CROSS JOIN {0} {1} ON {1}.id = {2}.kind",
                                names.kind_table,
                                names.kind_alias,
                                names.alias);
        }
    }
    return fmt::format("SELECT {} FROM {}{}", selected_, from, where_);
}

}  // namespace cxr::bridge
