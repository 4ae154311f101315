#pragma once
/// Short words for statements on single rows.

#include "catalogue/sqlite.hpp"

#include <cstdint>
#include <string_view>

namespace cxr::bridge {

/// Runs a cached statement that gives no rows, with integers as parameters.
template <typename... Integers>
[[nodiscard]] dicom::Result<void> run(sqlite::Connection& connection,
                                      std::string_view sql,
                                      Integers... values) {
    auto statement = connection.cached(sql);
    if (!statement) {
        return statement.error();
    }
    int index = 0;
    (((*statement)->bind(++index, std::int64_t{values})), ...);
    return (*statement)->run();
}

/// The first column of the row that a lookup finds; 0: none.
[[nodiscard]] inline dicom::Result<std::int64_t> lookup(sqlite::Statement& statement) {
    const sqlite::Use use(statement);
    auto row = statement.step();
    if (!row) {
        return row.error();
    }
    return *row ? statement.integer(0) : 0;
}

}  // namespace cxr::bridge
