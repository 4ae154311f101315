#pragma once
/// A JSON text (RFC 8259) as a value, with the line of each: for files that people bring, so that a
/// mistake in them can be pointed at. Bounded: depth and, by the text's own size, memory.

#include "dicom/core/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cxr::dicom {

struct JsonValue {
    using Array = std::vector<JsonValue>;
    using Object = std::vector<std::pair<std::string, JsonValue>>;

    std::variant<std::nullptr_t, bool, double, std::string, Array, Object> value = nullptr;
    std::size_t line = 0;  ///< where it begins; the first is 1

    [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&value); }
    [[nodiscard]] const double* number() const { return std::get_if<double>(&value); }
    [[nodiscard]] const Array* array() const { return std::get_if<Array>(&value); }
    /// The member of that name; null when there is none, or this is no object.
    [[nodiscard]] const JsonValue* member(std::string_view name) const;
};

/// @param text UTF-8, with or without a byte order mark. Of members with one name the first counts.
/// Faults: malformed, "file:line: what is wrong"; also nesting over 64 levels.
[[nodiscard]] Result<JsonValue> parse_json(std::string_view text, std::string_view file);

}  // namespace cxr::dicom
