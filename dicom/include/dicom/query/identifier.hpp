#pragma once
/// What a C-FIND, C-MOVE or C-GET identifier asks for (PS3.4 C.2.2, C.4.1.1.3, C.6), checked
/// against the information model. The table of supported keys is the only one: the catalogue
/// compiles SQL from it, the conformance statement prints it, QIDO-RS uses it. How values match
/// keys stands in matching.hpp.

#include "dicom/core/attributes.hpp"
#include "dicom/query/matching.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::dicom {

enum class QueryLevel : std::uint8_t { patient, study, series, image };
enum class InformationModel : std::uint8_t { patient_root, study_root, patient_study_only };

/// U, R, O of PS3.4 tables C.6-1 to C.6-5.
enum class KeyType : std::uint8_t { unique, required, optional };

/// A key whose existence is supported: a response has it whenever it was requested, with zero
/// length where there is no value. Matching::return_only: its value in a request counts as
/// universal (C.2.2.1.3); keys that the entities never know (OtherPatientIDs, PatientWeight, …) are
/// of this kind and always empty.
struct SupportedKey {
    DcmTagKey tag;
    VR vr;
    QueryLevel level;  ///< of the entity it belongs to; see level_in()
    KeyType type;
    Matching matching;
};
/// In tag order.
[[nodiscard]] std::span<const SupportedKey> supported_keys();
[[nodiscard]] const SupportedKey* find_supported_key(const DcmTagKey& tag);

/// In Study Root the patient's attributes are keys of the study level, Patient ID a required one
/// (table C.6-5).
[[nodiscard]] QueryLevel level_in(const SupportedKey& key, InformationModel model);
[[nodiscard]] KeyType type_in(const SupportedKey& key, InformationModel model);
/// The first level of a model, and the last.
[[nodiscard]] QueryLevel top_level(InformationModel model);
[[nodiscard]] QueryLevel bottom_level(InformationModel model);

/// The unique key of a level: PatientID, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID.
[[nodiscard]] DcmTagKey unique_key(QueryLevel level);
/// "PATIENT", "STUDY", "SERIES", "IMAGE".
[[nodiscard]] std::string_view level_name(QueryLevel level);

struct QueryKey {
    const SupportedKey* supported;  ///< never null
    std::string value;              ///< UTF-8, trimmed; empty: universal, as is "*" in a request
    Attributes sequence_keys;       ///< the one item of a sequence key; empty: universal
    /// Empty Value Matching (C.2.2.2.7): only what has no value matches; `value` is empty.
    bool wants_empty = false;
    bool fuzzy = false;  ///< person names: matches_fuzzy_person_name()
    /// An entity without a value for it matches whatever is asked (C.2.2.1.2).
    bool unknown_matches = false;

    /// Does it leave anything out? Not for sequence keys.
    [[nodiscard]] bool restricts() const { return wants_empty || !value.empty(); }
};

/// Dates and times of keys and answers are meant at one offset from UTC, those kept without one at
/// another; minutes east.
struct TimezoneAdjustment {
    int asked_minutes = 0, unknown_minutes = 0;
};

struct QueryIdentifier {
    InformationModel model = InformationModel::study_root;
    QueryLevel level = QueryLevel::study;
    std::vector<QueryKey> keys;  ///< supported ones at or above the level, in tag order
    /// Requested, but not answered: not returned, and FF01 on every pending response (C.4.1.1.4).
    std::vector<DcmTagKey> unsupported;
    bool combined_date_time = false;  ///< negotiated (C.5.1 byte 2)
    /// Negotiated (C.5.1 byte 4).
    std::optional<TimezoneAdjustment> timezone;
};

/// Chosen by extended negotiation (PS3.4 C.5.1, its bytes in this order) and by configuration.
struct QueryRules {
    bool relational = false;           ///< byte 1; retrievals: C.5.2 byte 1
    bool lenient = false;              ///< of the hierarchy: answers as most archives do
    bool combined_date_time = false;   ///< byte 2
    bool fuzzy_names = false;          ///< byte 3
    bool timezone_adjustment = false;  ///< byte 4
    bool empty_values = false;         ///< byte 6; byte 7, multiple values, needs no rule: F40
    bool lenient_values = false;       ///< wild cards where the VR takes none
    /// An entity without a value for a required key matches whatever is asked (C.2.2.1.2).
    bool unknown_matches = false;
    /// The time zone of objects that tell none, in minutes east of UTC.
    int utc_offset_minutes = 0;
};

/// Specific Character Set, Query/Retrieve Level, Retrieve AE Title, Storage Media File-Set ID and
/// UID, Instance Availability, Timezone Offset From UTC and group lengths are no keys: they are
/// neither in `keys` nor in `unsupported` (F19 to F23).
///
/// What follows is policy where the standard leaves a choice; the ids are those of our conformance
/// cases. "Strict" is neither relational nor lenient; F25 and F29 look at lenient_values alone.
/// Faults: malformed, with the offending element
/// (A900H).
///   F4 F5 F6 F7  no level, an unknown one, one not in the model: a fault, always.
///   F9 F10       a parent's unique key missing, empty, a list, or with wild cards: a fault when
///                strict; else that level is searched relationally.
///   F11          the level's own unique key absent: a fault when strict; else universal.
///   F12          another key above the level: a fault when strict; relational: matched and
///                returned; lenient: not answered, listed in `unsupported`.
///   F13          a key below the level: a fault when strict; else not answered, listed in
///                `unsupported`.
///   F18 F51      a key not in the table, private ones included: listed in `unsupported`.
///   F25 F29      wild cards in UI, DA, TM, IS and the like: a fault when strict. When lenient a
///                lone '*' is universal and a UID or number with wild cards is kept and matches
///                nothing.
///   F34          a malformed date or time: a fault, always. yyyy.mm.dd and hh:mm:ss are read.
///   F38          a sequence key has no item or one; nested keys other than the three of a code are
///                listed in `unsupported`.
///   F40          several values in a key: any of them may match, negotiated or not.
///   F42          two quotation marks are Empty Value Matching when negotiated, else text.
///   F23          Timezone Offset From UTC is read when its adjustment was negotiated: malformed or
///                of zero length it is a fault when strict, else the node's own.
///   A text key is at most key_bytes_max long.
[[nodiscard]] Result<QueryIdentifier> parse_query_identifier(const Attributes& identifier,
                                                             InformationModel model,
                                                             const QueryRules& rules);
inline constexpr std::size_t key_bytes_max = 1024;

struct RetrieveIdentifier {
    InformationModel model = InformationModel::study_root;
    QueryLevel level = QueryLevel::study;
    std::optional<std::string> patient_id;
    std::vector<std::string> study_instance_uids, series_instance_uids,
        sop_instance_uids;  ///< no duplicates, in the order given
};

/// Faults: malformed, with the offending element (A900H).
///   R16          level missing, unknown or not in the model; its unique key missing or empty.
///   R17          wild cards, a list of Patient IDs, something that is no UID: a fault, always.
///   R18          any other key: a fault when strict; else ignored.
///   R19          a parent's unique key missing or a list: a fault when strict; else it does not
///                restrict, or restricts to the list.
///   R21          a UID given twice counts once.
/// In Study Root the Patient ID is such an "other key" (C.6.2). See ignored_retrieve_keys().
[[nodiscard]] Result<RetrieveIdentifier> parse_retrieve_identifier(const Attributes& identifier,
                                                                   InformationModel model,
                                                                   const QueryRules& rules);

/// By the key's kind. Not for sequence keys: see matches_code().
[[nodiscard]] bool matches(const QueryKey& key, std::string_view value);

}  // namespace cxr::dicom
