#include "dicom/query/identifier.hpp"
#include "dicom/query/time_zone.hpp"
#include "identifier_reading.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>

namespace cxr::dicom {
namespace {

/// What asks for entities without a value (PS3.4 C.2.2.2.7).
constexpr std::string_view empty_value = "\"\"";

bool is_universal(std::string_view value) {
    return value.find_first_not_of('*') == std::string_view::npos;
}

/// The value of a key that is no sequence, trimmed and checked for its kind of matching.
Result<std::string> read_value(const SupportedKey& supported,
                               std::string_view text,
                               const QueryRules& rules) {
    const std::string_view value = trimmed_key(text);
    if (value.empty()) {
        return std::string();
    }
    switch (supported.matching) {
        case Matching::wild_card:
        case Matching::person_name:
            if (value.size() > key_bytes_max) {
                return offending(supported.tag, "the key is too long");
            }
            return is_universal(value) ? std::string() : std::string(value);
        case Matching::uid_list:
        case Matching::range:
        case Matching::single_value:
            break;
        case Matching::sequence:
        case Matching::return_only:
            return std::string();
    }
    if (rules.lenient_values && is_universal(value)) {
        return std::string();
    }
    if (supported.matching == Matching::range) {
        if (!parse_range(value, supported.vr)) {
            return offending(supported.tag, "the key is no date, time or range of them");
        }
        return std::string(value);
    }
    const bool is_number = supported.vr == VR::IS || supported.vr == VR::US;
    const bool well_formed = supported.matching == Matching::uid_list
                                 ? read_uid_list(value).has_value()
                             : is_number ? comparable(value, supported.vr).has_value()
                                         : !has_wild_card(value);
    if (!well_formed && !rules.lenient_values) {
        return offending(supported.tag,
                         supported.matching == Matching::uid_list
                             ? "the key is no list of UIDs; they take no wild cards"
                             : "the key is no value of its VR; it takes no wild cards");
    }
    return std::string(value);
}

class QueryReader {
public:
    QueryReader(InformationModel model, QueryLevel level, const QueryRules& rules) : rules_(rules) {
        query_.model = model;
        query_.level = level;
        query_.combined_date_time = rules.combined_date_time;
    }

    /// When its adjustment was negotiated: the offset that dates and times are meant at (C.5.1
    /// byte 4).
    Result<void> read_time_zone(const Attributes& identifier) {
        if (!rules_.timezone_adjustment) {
            return {};
        }
        const int own = rules_.utc_offset_minutes;
        query_.timezone = {.asked_minutes = own, .unknown_minutes = own};
        const Attribute* zone = find(identifier, DCM_TimezoneOffsetFromUTC);
        if (zone == nullptr) {
            return {};
        }
        if (const auto minutes = utc_offset_minutes(trimmed_key(zone->value))) {
            query_.timezone->asked_minutes = *minutes;
        } else if (!rules_.lenient_values) {
            return offending(DCM_TimezoneOffsetFromUTC, "the offset is not of the form +hhmm");
        }
        return {};
    }

    Result<void> read(const Attribute& attribute) {
        if (is_control_attribute(attribute.tag)) {
            return {};
        }
        const SupportedKey* supported = find_supported_key(attribute.tag);
        if (supported == nullptr) {
            query_.unsupported.push_back(attribute.tag);
            return {};
        }
        if ((attribute.vr == VR::SQ) != (supported->vr == VR::SQ)) {
            return offending(attribute.tag, "the key has another VR than it should");
        }
        if (level_in(*supported, query_.model) > query_.level) {
            return not_answered(attribute, "a key below the query level");
        }
        if (is_foreign_above(*supported)) {
            return not_answered(attribute, "a key above the query level that is not unique");
        }
        return supported->vr == VR::SQ ? read_sequence(attribute, *supported)
                                       : read_text(attribute, *supported);
    }

    /// PS3.4 C.4.1.2.1: all unique keys from the top, single above the level.
    Result<void> check_hierarchy() const {
        if (rules_.relational || rules_.lenient) {
            return {};
        }
        for (QueryLevel level = top_level(query_.model);; level = next(level)) {
            const DcmTagKey tag = unique_key(level);
            const auto key =
                std::find_if(query_.keys.begin(), query_.keys.end(), [&tag](const QueryKey& k) {
                    return k.supported->tag == tag;
                });
            if (key == query_.keys.end()) {
                return offending(tag, "a hierarchical query needs this unique key");
            }
            if (level == query_.level) {
                return {};
            }
            if (key->value.empty() || has_wild_card(key->value) ||
                key->value.find('\\') != std::string::npos) {
                return offending(tag, "a unique key above the query level has a single value");
            }
        }
    }

    QueryIdentifier take() { return std::move(query_); }

private:
    static QueryLevel next(QueryLevel level) {
        return static_cast<QueryLevel>(static_cast<std::uint8_t>(level) + 1);
    }

    [[nodiscard]] bool is_foreign_above(const SupportedKey& supported) const {
        return !rules_.relational && level_in(supported, query_.model) < query_.level &&
               type_in(supported, query_.model) != KeyType::unique;
    }

    Result<void> not_answered(const Attribute& attribute, const char* why) {
        if (!rules_.relational && !rules_.lenient) {
            return offending(attribute.tag, why);
        }
        query_.unsupported.push_back(attribute.tag);
        return {};
    }

    Result<void> read_text(const Attribute& attribute, const SupportedKey& supported) {
        QueryKey key{.supported = &supported, .value = {}, .sequence_keys = {}};
        key.wants_empty = rules_.empty_values && trimmed_key(attribute.value) == empty_value &&
                          supported.matching != Matching::return_only;
        if (!key.wants_empty) {
            auto value = read_value(supported, attribute.value, rules_);
            if (!value) {
                return value.error();
            }
            key.value = std::move(*value);
        }
        key.fuzzy = rules_.fuzzy_names && supported.matching == Matching::person_name;
        key.unknown_matches =
            rules_.unknown_matches && type_in(supported, query_.model) == KeyType::required;
        query_.keys.push_back(std::move(key));
        return {};
    }

    Result<void> read_sequence(const Attribute& attribute, const SupportedKey& supported) {
        if (attribute.items.size() > 1) {
            return offending(attribute.tag, "a sequence key has one item (PS3.4 C.2.2.2.6)");
        }
        QueryKey key{.supported = &supported, .value = {}, .sequence_keys = {}};
        if (supported.matching == Matching::sequence && !attribute.items.empty()) {
            for (const Attribute& nested : attribute.items.front()) {
                if (auto read = read_nested(nested, key.sequence_keys); !read) {
                    return read;
                }
            }
        }
        query_.keys.push_back(std::move(key));
        return {};
    }

    Result<void> read_nested(const Attribute& nested, Attributes& sequence_keys) {
        if (is_control_attribute(nested.tag)) {
            return {};
        }
        const bool of_a_code = nested.tag == DCM_CodeValue ||
                               nested.tag == DCM_CodingSchemeDesignator ||
                               nested.tag == DCM_CodeMeaning;
        if (!of_a_code) {
            query_.unsupported.push_back(nested.tag);
            return {};
        }
        const std::string_view value = trimmed_key(nested.value);
        if (value.size() > key_bytes_max) {
            return offending(nested.tag, "the key is too long");
        }
        if (!is_universal(value)) {
            put(sequence_keys, nested.tag, nested.vr, std::string(value));
        }
        return {};
    }

    const QueryRules& rules_;
    QueryIdentifier query_;
};

}  // namespace

Result<QueryIdentifier> parse_query_identifier(const Attributes& identifier,
                                               InformationModel model,
                                               const QueryRules& rules) {
    auto level = read_level(identifier, model);
    if (!level) {
        return level.error();
    }
    QueryReader reader(model, *level, rules);
    if (auto zone = reader.read_time_zone(identifier); !zone) {
        return zone.error();
    }
    for (const Attribute& attribute : identifier) {
        if (auto read = reader.read(attribute); !read) {
            return read.error();
        }
    }
    if (auto checked = reader.check_hierarchy(); !checked) {
        return checked.error();
    }
    return reader.take();
}

}  // namespace cxr::dicom
