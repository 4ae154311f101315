#pragma once
/// One prepared statement in one call. Statements are kept by the connection (Connection::cached).

#include "catalogue/sqlite.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>

namespace cxr::bridge::sqlite {

template <typename Value>
void bind_value(Statement& statement, int index, const Value& value) {
    if constexpr (requires { value.bind(statement, index); }) {
        value.bind(statement, index);  // a StoredUID
    } else {
        statement.bind(index, value);
    }
}

/// Binds in order and hands each row to `take`, which says whether to go on: by a bool, by a
/// Result<void> whose fault becomes the outcome, or it says nothing and gets them all.
template <typename Take, typename... Values>
Result<void> query(Connection& connection,
                   std::string_view sql,
                   Take take,
                   const Values&... values) {
    auto cached = connection.cached(sql);
    if (!cached) {
        return cached.error();
    }
    Use statement(**cached);
    int index = 0;
    (bind_value(*statement, ++index, values), ...);
    for (;;) {
        const auto row = statement->step();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            return {};
        }
        using Taken = std::invoke_result_t<Take&, const Statement&>;
        if constexpr (std::is_void_v<Taken>) {
            take(*statement);
        } else if constexpr (std::is_same_v<Taken, bool>) {
            if (!take(*statement)) {
                return {};
            }
        } else if (auto taken = take(*statement); !taken) {
            return taken;
        }
    }
}

template <typename... Values>
Result<void> run(Connection& connection, std::string_view sql, const Values&... values) {
    return query(
        connection, sql, [](const Statement&) { return false; }, values...);
}

/// The first column of the first row; `otherwise` when there is none.
template <typename... Values>
Result<std::int64_t> integer(Connection& connection,
                             std::int64_t otherwise,
                             std::string_view sql,
                             const Values&... values) {
    std::int64_t found = otherwise;
    const auto take = [&found](const Statement& row) {
        found = row.integer(0);
        return false;
    };
    if (auto done = query(connection, sql, take, values...); !done) {
        return done.error();
    }
    return found;
}

[[nodiscard]] inline std::string text(const Statement& row, int column) {
    return std::string(row.text(column));
}

// Times are kept as milliseconds since 1970 (UTC).

[[nodiscard]] inline std::int64_t milliseconds(std::chrono::system_clock::time_point time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}
[[nodiscard]] inline std::chrono::system_clock::time_point time_of(
    std::int64_t milliseconds_since_1970) {
    return std::chrono::system_clock::time_point(
        std::chrono::milliseconds(milliseconds_since_1970));
}

}  // namespace cxr::bridge::sqlite
