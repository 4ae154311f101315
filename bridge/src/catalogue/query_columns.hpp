#pragma once
/// Where the catalogue keeps each attribute that a query can name: the one table from DICOM tags to
/// SQL.
/// Aliases: p patient, t study, s series, i instance; tk, sk, ik their kinds.

#include "dicom/query/identifier.hpp"

#include <cstdint>
#include <string_view>

namespace cxr::bridge {

/// Where a value is.
enum class Place : std::uint8_t {
    own,         ///< a column of the level's own table
    kind,        ///< a column of the level's kind table
    computed,    ///< an expression over the level's row: return only
    any_series,  ///< of every series of the study: a value each, distinct
    any_instance,
};

enum class Form : std::uint8_t {
    text,
    stored_uid,
    number,
    positive_number,  ///< 0: no value
    code,             ///< a sequence of one item: three columns, or no item
    availability,     ///< 0 ONLINE, 1 OFFLINE
    optional_text,    ///< left out where it is empty: never answered with zero length
};

struct QueryColumn {
    DcmTagKey tag;
    dicom::QueryLevel level;
    Place place;
    Form form;
    std::string_view sql;        ///< column (without alias) or expression
    std::string_view scheme{};   ///< code: the other two columns
    std::string_view meaning{};  ///< code
};

/// A date with its time of day in one row of a level: what a time zone moves together.
struct MomentColumns {
    DcmTagKey date, time;
    dicom::QueryLevel level;
    std::string_view date_sql, time_sql;  ///< columns without alias
};
/// Null: the tag is neither.
[[nodiscard]] const MomentColumns* find_moment_columns(const DcmTagKey& tag);

/// Null: nothing is kept for this tag; it is answered with zero length.
[[nodiscard]] const QueryColumn* find_query_column(const DcmTagKey& tag, dicom::QueryLevel level);

}  // namespace cxr::bridge
