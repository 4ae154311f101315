#include "identifier_reading.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace cxr::dicom {

Fault offending(const DcmTagKey& element, std::string doing) {
    return Fault{.kind = FaultKind::malformed, .doing = std::move(doing), .element = element};
}

std::string_view trimmed_key(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) {
        text.remove_suffix(1);
    }
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    return text;
}

Result<QueryLevel> read_level(const Attributes& identifier, InformationModel model) {
    const std::string_view name = trimmed_key(value_of(identifier, DCM_QueryRetrieveLevel));
    for (const QueryLevel level :
         {QueryLevel::patient, QueryLevel::study, QueryLevel::series, QueryLevel::image}) {
        if (level_name(level) != name) {
            continue;
        }
        if (level < top_level(model) || level > bottom_level(model)) {
            return offending(DCM_QueryRetrieveLevel,
                             fmt::format("{} is no level of this information model", name));
        }
        return level;
    }
    return offending(
        DCM_QueryRetrieveLevel,
        name.empty() ? "Query/Retrieve Level is missing" : "Query/Retrieve Level is unknown");
}

bool is_control_attribute(const DcmTagKey& tag) {
    static const DcmTagKey none_of_the_keys[] = {DCM_SpecificCharacterSet,
                                                 DCM_QueryRetrieveLevel,
                                                 DCM_RetrieveAETitle,
                                                 DCM_InstanceAvailability,
                                                 DCM_TimezoneOffsetFromUTC,
                                                 DCM_StorageMediaFileSetID,
                                                 DCM_StorageMediaFileSetUID};
    return tag.getElement() == 0 ||
           std::find(std::begin(none_of_the_keys), std::end(none_of_the_keys), tag) !=
               std::end(none_of_the_keys);
}

std::optional<std::vector<std::string>> read_uid_list(std::string_view text) {
    std::vector<std::string> uids;
    std::unordered_set<std::string_view> seen;
    bool well_formed = true;
    for_each_value(text, [&](std::string_view value) {
        const std::string_view uid = trimmed_key(value);
        if (uid.find_first_not_of("0123456789.") != std::string_view::npos || uid.size() > 64) {
            well_formed = false;
        } else if (!uid.empty() && seen.insert(uid).second) {
            uids.emplace_back(uid);
        }
    });
    if (!well_formed) {
        return std::nullopt;
    }
    return uids;
}

}  // namespace cxr::dicom
