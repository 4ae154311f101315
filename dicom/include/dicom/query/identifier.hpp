#pragma once
/// What a C-FIND, C-MOVE or C-GET identifier asks for (PS3.4 C.2.2, C.4.1.1.3, C.6), checked
/// against the information model; and the rules by which values match keys (C.2.2.2).
/// The table of supported keys is the only one: the catalogue compiles SQL from it, the conformance
/// statement prints it, QIDO-RS uses it.

#include "dicom/core/attributes.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::dicom {

enum class QueryLevel : std::uint8_t { patient, study, series, image };
enum class InformationModel : std::uint8_t { patient_root, study_root, patient_study_only };

/// PS3.4 C.2.2.2: which matching a key supports. Range includes single value; wild card includes
/// single and universal; any key matches universally.
enum class Matching : std::uint8_t {
    single_value,
    uid_list,
    wild_card,
    person_name,
    range,
    sequence,
    return_only
};

/// U, R, O of PS3.4 tables C.6-1 to C.6-5.
enum class KeyType : std::uint8_t { unique, required, optional };

struct SupportedKey {
    DcmTagKey tag;
    VR vr;
    QueryLevel level;
    KeyType type;
    Matching matching;
};
[[nodiscard]] std::span<const SupportedKey> supported_keys();
[[nodiscard]] const SupportedKey* find_supported_key(const DcmTagKey& tag);
/// The unique key of a level: PatientID, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID.
[[nodiscard]] DcmTagKey unique_key(QueryLevel level);

struct QueryKey {
    const SupportedKey* supported;  ///< never null
    std::string value;              ///< UTF-8 as requested; empty: universal
    Attributes sequence_keys;       ///< the one item of a sequence key
};

struct QueryIdentifier {
    InformationModel model = InformationModel::study_root;
    QueryLevel level = QueryLevel::study;
    std::vector<QueryKey> keys;  ///< supported ones at or above the level, in tag order
    /// Requested, but their existence is not supported: not returned, and FF01 on every pending
    /// response.
    std::vector<DcmTagKey> unsupported;
    bool combined_date_time = false;  ///< negotiated (C.5.1 byte 2)
};

/// Chosen by configuration and extended negotiation.
struct QueryRules {
    bool relational = false;  ///< negotiated (C.5.1 byte 1)
    bool lenient = false;     ///< answers what strict refuses, as most archives do
    bool combined_date_time = false;
};

/// Faults: malformed, with the offending element (A900H): no or unknown level, level not in the
/// model, missing or wildcard unique keys, malformed dates, keys of another level where not
/// allowed.
[[nodiscard]] Result<QueryIdentifier> parse_query_identifier(const Attributes& identifier,
                                                             InformationModel model,
                                                             const QueryRules& rules);

struct RetrieveIdentifier {
    InformationModel model = InformationModel::study_root;
    QueryLevel level = QueryLevel::study;
    std::optional<std::string> patient_id;
    std::vector<std::string> study_instance_uids, series_instance_uids,
        sop_instance_uids;  ///< no duplicates
};
[[nodiscard]] Result<RetrieveIdentifier> parse_retrieve_identifier(const Attributes& identifier,
                                                                   InformationModel model,
                                                                   const QueryRules& rules);

// The matching rules, one function per kind: the oracle for the catalogue's SQL. `value` and `key`
// are UTF-8; multi-valued values match when any value does (C.2.2.3).

/// '*' any run, '?' exactly one character (code point); linear in practice: no backtracking
/// blow-up.
[[nodiscard]] bool matches_wild_card(std::string_view value, std::string_view key);
/// Person names: case- and accent-insensitive, per component group, trailing '^' optional.
[[nodiscard]] bool matches_person_name(std::string_view value, std::string_view key);
/// DA or TM single value or range, inclusive; TM of lower precision covers its whole interval.
[[nodiscard]] bool matches_range(std::string_view value, std::string_view key, VR vr);
[[nodiscard]] bool matches_uid_list(std::string_view value, std::string_view key);
/// By the key's kind; an empty value of a required key matches anything when `zero_length_matches`.
[[nodiscard]] bool matches(const QueryKey& key,
                           std::string_view value,
                           bool zero_length_matches = false);

/// Case and accents folded: what matches_person_name compares and the catalogue stores beside
/// names.
[[nodiscard]] std::string folded_person_name(std::string_view name);

}  // namespace cxr::dicom
