#pragma once
/// A checked identifier as one SQL statement with bound parameters (PS3.4 C.2.2.2, C.4.1).
/// Every key that does not match universally becomes `dicom_matches(?, value)`, which is the pure
/// matching rule itself; keys with an index get an access path beside it: an equality, a range or a
/// prefix that holds for every value the rule accepts. So SQL only ever narrows the search.
/// The join order is fixed (CROSS JOIN), beginning with the most selective path: no statistics.

#include "catalogue/query_columns.hpp"
#include "catalogue/stored_uid.hpp"
#include "dicom/query/identifier.hpp"
#include "dicom/query/matching.hpp"

#include <string>
#include <variant>
#include <vector>

namespace cxr::bridge {

/// A key for dicom_matches(), or both keys for dicom_matches_date_time(): borrowed from the
/// identifier.
struct DateTimeKeys {
    const dicom::QueryKey* date = nullptr;
    const dicom::QueryKey* time = nullptr;
};
using QueryParameter =
    std::variant<StoredUID, std::string, const dicom::QueryKey*, const DateTimeKeys*>;

struct OutputColumn {
    DcmTagKey tag;
    dicom::VR vr;
    Form form;
    int first_column;  ///< -1: `constant`
    std::string constant{};
    std::vector<DcmTagKey> item_tags{};  ///< Form::code: what the item holds
};

struct CompiledQuery {
    std::string sql;
    std::vector<QueryParameter> parameters;
    std::vector<OutputColumn> outputs;  ///< in tag order
    std::unique_ptr<DateTimeKeys> date_time_keys;
};

struct QueryContext {
    std::string retrieve_ae_title;
    bool some_offline = false;     ///< false: everything is ONLINE
    bool some_time_zones = false;  ///< false: no object tells its offset from UTC
};

/// The identifier must outlive the result. Faults: exhausted (more values in lists than a statement
/// can hold).
[[nodiscard]] dicom::Result<CompiledQuery> compile(const dicom::QueryIdentifier& identifier,
                                                   const QueryContext& context);

/// Registers the functions that compiled statements call.
[[nodiscard]] dicom::Result<void> register_query_functions(sqlite::Connection& connection);
inline constexpr const char* key_pointer = "cxr-query-key";
inline constexpr const char* date_time_pointer = "cxr-date-time-keys";

}  // namespace cxr::bridge
