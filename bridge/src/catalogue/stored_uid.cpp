#include "catalogue/stored_uid.hpp"

#include "dicom/core/uid.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace cxr::bridge {

namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::string_view derived_prefix = "2.25.";
constexpr std::size_t digits_max = 39;

/// Only what dicom::uid_of() would write back digit by digit. In words of 64 bits as long as it
/// can: a bulk build reads half a million.
std::optional<Uint128> parse_decimal(std::string_view digits) {
    if (digits.empty() || digits.size() > digits_max || (digits[0] == '0' && digits.size() > 1)) {
        return std::nullopt;
    }
    constexpr std::size_t digits_a_word = 19;
    Uint128 value = 0;
    while (!digits.empty()) {
        std::uint64_t word = 0;
        std::uint64_t scale = 1;
        for (const char digit : digits.substr(0, digits_a_word)) {
            if (digit < '0' || digit > '9') {
                return std::nullopt;
            }
            word = word * 10 + static_cast<std::uint64_t>(digit - '0');
            scale *= 10;
        }
        if (value > (~Uint128{0} - word) / scale) {
            return std::nullopt;
        }
        value = value * scale + word;
        digits.remove_prefix(std::min(digits.size(), digits_a_word));
    }
    return value;
}

}  // namespace

StoredUID::StoredUID(std::string_view uid) {
    if (uid.starts_with(derived_prefix)) {
        if (auto number = parse_decimal(uid.substr(derived_prefix.size()))) {
            std::array<std::byte, 16> bytes{};
            for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
                *byte = static_cast<std::byte>(*number & 0xFF);
                *number >>= 8;
            }
            value_ = bytes;
            return;
        }
    }
    value_ = std::string(uid);
}

void StoredUID::bind(sqlite::Statement& statement, int index) const {
    if (const auto* bytes = std::get_if<std::array<std::byte, 16>>(&value_)) {
        statement.bind(index, std::span<const std::byte>(*bytes));
    } else {
        statement.bind(index, std::string_view(std::get<std::string>(value_)));
    }
}

std::string uid_in(const sqlite::Statement& row, int column) {
    if (!row.is_blob(column)) {
        return std::string(row.text(column));
    }
    const auto bytes = row.blob(column);
    dicom::Uuid uuid{};
    std::memcpy(uuid.data(), bytes.data(), std::min(bytes.size(), uuid.size()));
    return dicom::uid_of(uuid);
}

}  // namespace cxr::bridge
