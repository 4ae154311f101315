#include "search_request.hpp"

#include "dicom/core/keyword.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace cxr::bridge::web {

using dicom::Attributes;
using dicom::QueryLevel;
using dicom::VR;

namespace {

Fault wrong(std::string_view parameter, std::string_view why) {
    return {.kind = FaultKind::malformed, .doing = fmt::format("{}: {}", parameter, why)};
}

Result<std::size_t> count_of(const Field& parameter) {
    std::size_t count = 0;
    const char* const end = parameter.value.data() + parameter.value.size();
    const auto [at, error] = std::from_chars(parameter.value.data(), end, count);
    return error == std::errc{} && at == end
               ? Result<std::size_t>(count)
               : wrong(parameter.name, "is to be a number, 0 or more");
}

Result<bool> truth_of(const Field& parameter) {
    if (parameter.value == "true" || parameter.value == "false") {
        return parameter.value == "true";
    }
    return wrong(parameter.name, "is to be true or false");
}

/// Where a list is meant, and no value has a comma in it (PS3.18 8.3.4.1).
bool lists_by_comma(VR vr) {
    switch (vr) {
        case VR::AS:
        case VR::CS:
        case VR::DA:
        case VR::DS:
        case VR::DT:
        case VR::IS:
        case VR::TM:
        case VR::UI:
        case VR::US:
            return true;
        default:
            return false;
    }
}

class SearchReader {
public:
    SearchReader(QueryLevel level, const dicom::QueryRules& rules) : level_(level), rules_(rules) {
        rules_.relational = true;
        dicom::put(identifier_, DCM_QueryRetrieveLevel, std::string(dicom::level_name(level)));
    }

    Result<void> read(const Field& parameter) {
        const std::string& name = parameter.name;
        if (name == "limit" || name == "offset") {
            const auto count = count_of(parameter);
            if (!count) {
                return count.error();
            }
            (name == "limit" ? limit_.emplace() : search_.offset) = *count;
            return {};
        }
        if (name == "fuzzymatching" || name == "emptyvaluematching" ||
            name == "multiplevaluematching") {
            const auto truth = truth_of(parameter);
            if (!truth) {
                return truth.error();
            }
            rules_.fuzzy_names = name == "fuzzymatching" ? *truth : rules_.fuzzy_names;
            rules_.empty_values = name == "emptyvaluematching" ? *truth : rules_.empty_values;
            return {};
        }
        if (name == "includefield") {
            include(parameter.value);
            return {};
        }
        return name == "accept" ? Result<void>() : match(parameter);
    }

    Result<void> match(const Field& parameter) {
        const std::size_t dot = parameter.name.find('.');
        const auto tag = dicom::tag_of(std::string_view(parameter.name).substr(0, dot));
        // These two say how our identifier is to be read; the resource is the level.
        if (!tag || *tag == DCM_QueryRetrieveLevel || *tag == DCM_SpecificCharacterSet) {
            search_.ignored.push_back(parameter.name);
            return {};
        }
        if (dot == std::string::npos) {
            return match(parameter, *tag);
        }
        const auto nested = dicom::tag_of(std::string_view(parameter.name).substr(dot + 1));
        const dicom::SupportedKey* const key = dicom::find_supported_key(*tag);
        if (!nested || key == nullptr || key->vr != VR::SQ) {
            search_.ignored.push_back(parameter.name);
            return {};
        }
        Attributes item;
        if (const dicom::Attribute* const known = dicom::find(identifier_, *tag);
            known != nullptr && !known->items.empty()) {
            item = known->items.front();
        }
        if (dicom::find(item, *nested) != nullptr) {
            return wrong(parameter.name, "the attribute is given twice");
        }
        dicom::put(item, *nested, parameter.value);
        dicom::put_sequence(identifier_, *tag, {std::move(item)});
        matched_.emplace_back(*tag, parameter.name);
        return {};
    }

    Result<void> match(const Field& parameter, const DcmTagKey& tag) {
        const dicom::SupportedKey* const key = dicom::find_supported_key(tag);
        if (key != nullptr && key->vr == VR::SQ) {
            return wrong(parameter.name, "a sequence is matched by an attribute in it: A.B=value");
        }
        if (std::ranges::find(matched_, tag, &Matched::first) != matched_.end()) {
            return wrong(parameter.name, "the attribute is given twice");
        }
        const VR vr = key != nullptr ? key->vr : dicom::dictionary_vr(tag);
        std::string value = parameter.value;
        if (lists_by_comma(vr)) {
            std::ranges::replace(value, ',', '\\');
        }
        if (!value.empty()) {
            matched_.emplace_back(tag, parameter.name);
        }
        dicom::put(identifier_, tag, vr, std::move(value));
        return {};
    }

    Result<SearchRequest> finish() && {
        return_defaults();
        auto parsed =
            dicom::parse_query_identifier(identifier_, dicom::InformationModel::study_root, rules_);
        if (!parsed) {
            return told(parsed.error());
        }
        search_.identifier = *std::move(parsed);
        search_.limit = limit_;
        for (const auto& [tag, name] : matched_) {
            const auto key = std::ranges::find_if(
                search_.identifier.keys,
                [&tag = tag](const dicom::QueryKey& each) { return each.supported->tag == tag; });
            if (key == search_.identifier.keys.end() ||
                key->supported->matching == dicom::Matching::return_only) {
                search_.ignored.push_back(name);
            }
        }
        return std::move(search_);
    }

private:
    using Matched = std::pair<DcmTagKey, std::string>;

    /// Keywords or tags; those that nobody knows are asked for in vain.
    void include(std::string_view list) {
        while (!list.empty()) {
            const std::string_view each = list.substr(0, list.find(','));
            list.remove_prefix(std::min(list.size(), each.size() + 1));
            if (each == "all") {
                for (const dicom::SupportedKey& key : dicom::supported_keys()) {
                    ask_for(key.tag);
                }
            } else if (const auto tag = dicom::tag_of(each.substr(0, each.find('.')))) {
                ask_for(*tag);
            }
        }
    }

    void ask_for(const DcmTagKey& tag) {
        const dicom::SupportedKey* const key = dicom::find_supported_key(tag);
        const bool answerable =
            key != nullptr && dicom::level_in(*key, dicom::InformationModel::study_root) <= level_;
        if (!answerable || dicom::find(identifier_, tag) != nullptr) {
            return;
        }
        if (key->vr == VR::SQ) {
            dicom::put_sequence(identifier_, tag, {});
        } else {
            dicom::put(identifier_, tag, key->vr, {});
        }
    }

    /// Of the level, and of those above that the path does not fix (PS3.18 10.6.3.3).
    void return_defaults() {
        const auto fixed = [this](const DcmTagKey& unique) {
            return std::ranges::any_of(matched_,
                                       [&](const Matched& each) { return each.first == unique; });
        };
        for (const QueryLevel level : {QueryLevel::study, QueryLevel::series, QueryLevel::image}) {
            if (level == level_ || (level < level_ && !fixed(dicom::unique_key(level)))) {
                for (const DcmTagKey& tag : default_attributes(level)) {
                    ask_for(tag);
                }
            } else if (level < level_) {
                ask_for(dicom::unique_key(level));
            }
        }
    }

    [[nodiscard]] Fault told(const Fault& fault) const {
        if (!fault.element) {
            return fault;
        }
        const auto named = std::ranges::find(matched_, *fault.element, &Matched::first);
        return wrong(named == matched_.end() ? dicom::keyword_of(*fault.element)
                                             : std::string_view(named->second),
                     fault.doing);
    }

    const QueryLevel level_;
    dicom::QueryRules rules_;
    Attributes identifier_;
    std::vector<Matched> matched_;
    std::optional<std::size_t> limit_;
    SearchRequest search_;
};

}  // namespace

std::vector<DcmTagKey> default_attributes(QueryLevel level) {
    switch (level) {
        case QueryLevel::patient:
            return {};
        case QueryLevel::study:
            return {DCM_StudyDate,
                    DCM_StudyTime,
                    DCM_AccessionNumber,
                    DCM_ModalitiesInStudy,
                    DCM_ReferringPhysicianName,
                    DCM_PatientName,
                    DCM_PatientID,
                    DCM_PatientBirthDate,
                    DCM_PatientSex,
                    DCM_StudyInstanceUID,
                    DCM_StudyID,
                    DCM_NumberOfStudyRelatedSeries,
                    DCM_NumberOfStudyRelatedInstances};
        case QueryLevel::series:
            return {DCM_Modality,
                    DCM_SeriesDescription,
                    DCM_SeriesInstanceUID,
                    DCM_SeriesNumber,
                    DCM_NumberOfSeriesRelatedInstances};
        case QueryLevel::image:
            break;
    }
    return {DCM_SOPClassUID, DCM_SOPInstanceUID, DCM_InstanceNumber, DCM_Rows, DCM_Columns};
}

Result<SearchRequest> parse_search(const Request& request,
                                   QueryLevel level,
                                   const dicom::QueryRules& rules) {
    SearchReader reader(level, rules);
    for (const auto& [capture, tag] :
         {std::pair{"study", DCM_StudyInstanceUID}, std::pair{"series", DCM_SeriesInstanceUID}}) {
        if (const std::string* const uid = find(request.captures, capture)) {
            if (uid->empty() || uid->find(',') != std::string::npos) {  // all, or several
                return wrong(capture, "the path is to have one UID there");
            }
            if (auto matched = reader.match({.name = capture, .value = *uid}, tag); !matched) {
                return matched.error();
            }
        }
    }
    for (const Field& parameter : request.target.query) {
        if (auto read = reader.read(parameter); !read) {
            return read.error();
        }
    }
    return std::move(reader).finish();
}

}  // namespace cxr::bridge::web
