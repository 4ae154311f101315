#include "dicom/query/identifier.hpp"
#include "dicom/query/retrieve_keys.hpp"
#include "identifier_reading.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

namespace cxr::dicom {
namespace {

bool is_unique_key(const DcmTagKey& tag, InformationModel model, QueryLevel down_to) {
    for (const QueryLevel level :
         {QueryLevel::patient, QueryLevel::study, QueryLevel::series, QueryLevel::image}) {
        if (unique_key(level) == tag) {
            return level >= top_level(model) && level <= down_to;
        }
    }
    return false;
}

class RetrieveReader {
public:
    RetrieveReader(const Attributes& identifier,
                   InformationModel model,
                   QueryLevel level,
                   const QueryRules& rules)
        : identifier_(identifier), strict_(!rules.relational && !rules.lenient) {
        retrieve_.model = model;
        retrieve_.level = level;
    }

    Result<RetrieveIdentifier> read() {
        if (auto checked = check_other_keys(); !checked) {
            return checked.error();
        }
        if (top_level(retrieve_.model) == QueryLevel::patient) {
            if (auto patient = read_patient_id(); !patient) {
                return patient.error();
            }
        }
        struct Place {
            QueryLevel level;
            std::vector<std::string>& uids;
        };
        for (const Place& place : {Place{QueryLevel::study, retrieve_.study_instance_uids},
                                   Place{QueryLevel::series, retrieve_.series_instance_uids},
                                   Place{QueryLevel::image, retrieve_.sop_instance_uids}}) {
            if (place.level > retrieve_.level) {
                break;
            }
            if (auto read = read_uids(place.level, place.uids); !read) {
                return read.error();
            }
        }
        return std::move(retrieve_);
    }

private:
    [[nodiscard]] bool is_needed(QueryLevel level) const {
        return level == retrieve_.level || (strict_ && level >= top_level(retrieve_.model));
    }

    Result<void> check_other_keys() const {
        const auto others = ignored_retrieve_keys(identifier_, retrieve_.model, retrieve_.level);
        if (strict_ && !others.empty()) {
            return offending(others.front(),
                             "a retrieval has only the unique keys down to its level");
        }
        return {};
    }

    Result<void> read_patient_id() {
        const std::string_view id = trimmed_key(value_of(identifier_, DCM_PatientID));
        if (id.empty()) {
            if (is_needed(QueryLevel::patient)) {
                return offending(DCM_PatientID, "the unique key of the patient is missing");
            }
            return {};
        }
        if (has_wild_card(id) || id.find('\\') != std::string_view::npos) {
            return offending(DCM_PatientID, "the unique key of the patient has a single value");
        }
        retrieve_.patient_id = std::string(id);
        return {};
    }

    Result<void> read_uids(QueryLevel level, std::vector<std::string>& uids) const {
        const DcmTagKey tag = unique_key(level);
        auto list = read_uid_list(value_of(identifier_, tag));
        if (!list) {
            return offending(tag, "the unique key is no list of UIDs; they take no wild cards");
        }
        if (list->empty() && is_needed(level)) {
            return offending(tag, "the unique key is missing or empty");
        }
        if (strict_ && level < retrieve_.level && list->size() > 1) {
            return offending(tag, "a unique key above the retrieve level has a single value");
        }
        uids = std::move(*list);
        return {};
    }

    const Attributes& identifier_;
    bool strict_;
    RetrieveIdentifier retrieve_;
};

}  // namespace

std::vector<DcmTagKey> ignored_retrieve_keys(const Attributes& identifier,
                                             InformationModel model,
                                             QueryLevel level) {
    std::vector<DcmTagKey> ignored;
    for (const Attribute& attribute : identifier) {
        if (!is_control_attribute(attribute.tag) && !is_unique_key(attribute.tag, model, level)) {
            ignored.push_back(attribute.tag);
        }
    }
    return ignored;
}

Result<RetrieveIdentifier> parse_retrieve_identifier(const Attributes& identifier,
                                                     InformationModel model,
                                                     const QueryRules& rules) {
    auto level = read_level(identifier, model);
    if (!level) {
        return level.error();
    }
    return RetrieveReader(identifier, model, *level, rules).read();
}

}  // namespace cxr::dicom
