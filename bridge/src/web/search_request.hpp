#pragma once
/// A QIDO-RS search (PS3.18 §8.3.4, §10.6) as the identifier that C-FIND would have had: there is
/// no second way to match.

#include "bridge/web/request.hpp"
#include "dicom/query/identifier.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cxr::bridge::web {

struct SearchRequest {
    dicom::QueryIdentifier identifier;
    std::size_t offset = 0;
    std::optional<std::size_t> limit{};
    /// Parameters that narrow nothing: unknown ones, and attributes that are not matched.
    std::vector<std::string> ignored{};
};

/// Captures `study` and `series`, where there are any, are matched, too. Matching is relational: at
/// every level by the attributes of all levels above. Faults: malformed, naming the parameter.
[[nodiscard]] Result<SearchRequest> parse_search(const Request& request,
                                                 dicom::QueryLevel level,
                                                 const dicom::QueryRules& rules);

/// What is returned of a level when nothing is asked for (PS3.18 tables 10.6.3-3 to -5), as far as
/// the catalogue knows it.
[[nodiscard]] std::vector<DcmTagKey> default_attributes(dicom::QueryLevel level);

}  // namespace cxr::bridge::web
