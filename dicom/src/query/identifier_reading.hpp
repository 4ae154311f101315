#pragma once
/// What query and retrieve identifiers have in common.

#include "dicom/query/identifier.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cxr::dicom {

[[nodiscard]] Fault offending(const DcmTagKey& element, std::string doing);

/// The identifier's level, if it is one of the model's.
[[nodiscard]] Result<QueryLevel> read_level(const Attributes& identifier, InformationModel model);

/// Present in an identifier, but no key.
[[nodiscard]] bool is_control_attribute(const DcmTagKey& tag);

/// Calls use(text) for each of the values that backslashes separate.
template <typename Use>
void for_each_value(std::string_view values, Use use) {
    while (true) {
        const std::size_t end = values.find('\\');
        use(values.substr(0, end));
        if (end == std::string_view::npos) {
            return;
        }
        values.remove_prefix(end + 1);
    }
}

/// The UIDs of a list, each once; nothing if one of them has other characters than a UID's. Empty
/// ones are left out.
[[nodiscard]] std::optional<std::vector<std::string>> read_uid_list(std::string_view text);

[[nodiscard]] inline bool has_wild_card(std::string_view text) {
    return text.find_first_of("*?") != std::string_view::npos;
}

/// Spaces on both sides and trailing NULs removed.
[[nodiscard]] std::string_view trimmed_key(std::string_view text);

}  // namespace cxr::dicom
