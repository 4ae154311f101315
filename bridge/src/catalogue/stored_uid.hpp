#pragma once
/// How a UID is kept in the catalogue: a derived one ("2.25.<decimal of 128 bits>", PS3.5 B.2) as
/// its 16 bytes, any other as its text. Half the size in rows and indexes, and the same UID always
/// has the same form, so equality in SQL is equality of UIDs.

#include "catalogue/sqlite.hpp"

#include <array>
#include <string>
#include <string_view>
#include <variant>

namespace cxr::bridge {

class StoredUID {
public:
    StoredUID() = default;
    explicit StoredUID(std::string_view uid);

    void bind(sqlite::Statement& statement, int index) const;
    friend bool operator==(const StoredUID&, const StoredUID&) = default;
    friend auto operator<=>(const StoredUID&, const StoredUID&) = default;

private:
    std::variant<std::array<std::byte, 16>, std::string> value_;
};

/// The UID in a column that holds a StoredUID.
[[nodiscard]] std::string uid_in(const sqlite::Statement& row, int column);

}  // namespace cxr::bridge
