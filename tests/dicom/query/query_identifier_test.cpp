#include "dicom/query/identifier_cases.hpp"

#include <algorithm>
#include <random>

using namespace cxr::dicom;
using namespace cxr::test;

namespace {

const QueryKey* key_of(const QueryIdentifier& query, const DcmTagKey& tag) {
    const auto key = std::find_if(query.keys.begin(), query.keys.end(), [&tag](const QueryKey& k) {
        return k.supported->tag == tag;
    });
    return key != query.keys.end() ? &*key : nullptr;
}

bool lists(const QueryIdentifier& query, const DcmTagKey& tag) {
    return std::find(query.unsupported.begin(), query.unsupported.end(), tag) !=
           query.unsupported.end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_c_6_information_models)

BOOST_AUTO_TEST_CASE(the_tables_are_in_tag_order_and_of_the_dictionarys_vr) {
    const auto keys = supported_keys();
    BOOST_TEST(std::is_sorted(
        keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.tag < b.tag; }));
    for (const SupportedKey& key : keys) {
        BOOST_TEST_CONTEXT(key.tag.toString()) {
            const VR vr = dictionary_vr(key.tag);
            BOOST_TEST((vr == key.vr || vr == VR::UN));
            BOOST_TEST(find_supported_key(key.tag) == &key);
            BOOST_TEST((key.vr != VR::UI || key.matching == Matching::uid_list ||
                        key.matching == Matching::return_only));
        }
    }
}

BOOST_AUTO_TEST_CASE(every_required_and_unique_key_can_be_matched) {
    const DcmTagKey due[] = {DCM_PatientName,
                             DCM_PatientID,
                             DCM_StudyDate,
                             DCM_StudyTime,
                             DCM_AccessionNumber,
                             DCM_StudyID,
                             DCM_StudyInstanceUID,
                             DCM_Modality,
                             DCM_SeriesNumber,
                             DCM_SeriesInstanceUID,
                             DCM_InstanceNumber,
                             DCM_SOPInstanceUID};
    int found = 0;
    for (const SupportedKey& key : supported_keys()) {
        if (key.type != KeyType::optional) {
            BOOST_TEST((key.matching != Matching::return_only));
            BOOST_TEST((std::find(std::begin(due), std::end(due), key.tag) != std::end(due)));
            ++found;
        }
    }
    BOOST_TEST(found == 12);
}

BOOST_AUTO_TEST_CASE(study_root_has_the_patients_keys_at_study_level) {
    const SupportedKey& id = *find_supported_key(DCM_PatientID);
    BOOST_TEST((level_in(id, study_root) == QueryLevel::study));
    BOOST_TEST((type_in(id, study_root) == KeyType::required));
    BOOST_TEST((level_in(id, patient_root) == QueryLevel::patient));
    BOOST_TEST((type_in(id, patient_root) == KeyType::unique));
    const auto query = parse_query_identifier(
        identifier_of("STUDY", {{DCM_PatientName, "A*"}, {DCM_StudyInstanceUID, ""}}),
        study_root,
        strict);
    BOOST_TEST_REQUIRE(query.has_value());
    BOOST_TEST(key_of(*query, DCM_PatientName)->value == "A*");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_c_4_1_query_identifiers)

// clang-format off
const Case query_cases[] = {
    {"F4 no level", study_root, nullptr, {{DCM_StudyInstanceUID, ""}}, DCM_QueryRetrieveLevel,
     refused, refused, refused},
    {"F4 an empty level", study_root, "", {{DCM_StudyInstanceUID, ""}}, DCM_QueryRetrieveLevel,
     refused, refused, refused},
    {"F5 an unknown level", study_root, "FOO", {}, DCM_QueryRetrieveLevel, refused, refused,
     refused},
    {"F5 a level is no prefix", study_root, "IMAGEX", {}, DCM_QueryRetrieveLevel, refused, refused,
     refused},
    {"F5 a level in lower case", study_root, "study", {}, DCM_QueryRetrieveLevel, refused, refused,
     refused},
    {"F6 Study Root has no patient level", study_root, "PATIENT", {{DCM_PatientID, ""}},
     DCM_QueryRetrieveLevel, refused, refused, refused},
    {"F7 Patient/Study Only has no series level", patient_study_only, "SERIES", {{DCM_PatientID,
     "1"}, {DCM_StudyInstanceUID, "1.2"}, {DCM_SeriesInstanceUID, ""}}, DCM_QueryRetrieveLevel,
     refused, refused, refused},
    {"a study query with its unique key", study_root, "STUDY", {{DCM_StudyInstanceUID, ""}}, {},
     answered, answered, answered},
    {"an image query with all its parents", patient_root, "IMAGE", {{DCM_PatientID, "1"},
     {DCM_StudyInstanceUID, "1.2"}, {DCM_SeriesInstanceUID, "1.3"}, {DCM_SOPInstanceUID, ""}}, {},
     answered, answered, answered},
    {"F9 the patient is missing", patient_root, "STUDY", {{DCM_StudyInstanceUID, ""}},
     DCM_PatientID, refused, answered, answered},
    {"F9 the study is missing", study_root, "SERIES", {{DCM_SeriesInstanceUID, ""}},
     DCM_StudyInstanceUID, refused, answered, answered},
    {"F10 a parent's key with a wild card", patient_root, "STUDY", {{DCM_PatientID, "1*"},
     {DCM_StudyInstanceUID, ""}}, DCM_PatientID, refused, answered, answered},
    {"F10 a list of parents", study_root, "SERIES", {{DCM_StudyInstanceUID, "1.2\\1.3"},
     {DCM_SeriesInstanceUID, ""}}, DCM_StudyInstanceUID, refused, answered, answered},
    {"F10 a parent's key is empty", study_root, "SERIES", {{DCM_StudyInstanceUID, ""},
     {DCM_SeriesInstanceUID, ""}}, DCM_StudyInstanceUID, refused, answered, answered},
    {"F11 the level's own unique key is absent", study_root, "STUDY", {{DCM_StudyDate, ""}},
     DCM_StudyInstanceUID, refused, answered, answered},
    {"F11 a list of the level's own keys", study_root, "STUDY", {{DCM_StudyInstanceUID,
     "1.2\\1.3"}}, {}, answered, answered, answered},
    {"F12 another key above the level", study_root, "SERIES", {{DCM_StudyInstanceUID, "1.2"},
     {DCM_SeriesInstanceUID, ""}, {DCM_StudyDate, "20130101"}}, DCM_StudyDate, refused, answered,
     answered},
    {"F12 Patient ID above a Study Root series", study_root, "SERIES", {{DCM_PatientID, "1"},
     {DCM_StudyInstanceUID, "1.2"}, {DCM_SeriesInstanceUID, ""}}, DCM_PatientID, refused, answered,
     answered},
    {"F13 a key below the level", study_root, "STUDY", {{DCM_StudyInstanceUID, ""}, {DCM_Modality,
     "DX"}}, DCM_Modality, refused, answered, answered},
    {"F25 a UID with a wild card", study_root, "STUDY", {{DCM_StudyInstanceUID, "1.2.*"}},
     DCM_StudyInstanceUID, refused, refused, answered},
    {"F25 a lone star for a UID", study_root, "STUDY", {{DCM_StudyInstanceUID, "*"}},
     DCM_StudyInstanceUID, refused, refused, answered},
    {"F29 a number with a wild card", study_root, "SERIES", {{DCM_StudyInstanceUID, "1.2"},
     {DCM_SeriesInstanceUID, ""}, {DCM_SeriesNumber, "1*"}}, DCM_SeriesNumber, refused, refused,
     answered},
    {"F29 a date with a wild card", study_root, "STUDY", {{DCM_StudyInstanceUID, ""},
     {DCM_StudyDate, "2013*"}}, DCM_StudyDate, refused, refused, refused},
    {"F34 a month of 13", study_root, "STUDY", {{DCM_StudyInstanceUID, ""}, {DCM_StudyDate,
     "20251301"}}, DCM_StudyDate, refused, refused, refused},
    {"F34 a date in another form", study_root, "STUDY", {{DCM_StudyInstanceUID, ""},
     {DCM_StudyDate, "2025-01-01"}}, DCM_StudyDate, refused, refused, refused},
    {"F34 a date in the old form", study_root, "STUDY", {{DCM_StudyInstanceUID, ""},
     {DCM_StudyDate, "2025.01.01"}}, {}, answered, answered, answered},
    {"F33 an upside-down range is well-formed", study_root, "STUDY", {{DCM_StudyInstanceUID, ""},
     {DCM_StudyDate, "20140101-20130101"}}, {}, answered, answered, answered},
};
// clang-format on
BOOST_DATA_TEST_CASE(is_read_as_the_rules_say, query_cases, c) {
    check_case(c, parse_query_identifier);
}

BOOST_AUTO_TEST_CASE(F12_F13_F18_F51_what_is_not_answered_is_listed) {  // PS3.4 C.4.1.1.4
    const DcmTagKey private_tag(0x0009, 0x1001);
    Attributes identifier = identifier_of("SERIES",
                                          {{DCM_StudyInstanceUID, "1.2"},
                                           {DCM_SeriesInstanceUID, ""},
                                           {DCM_PatientName, "A*"},
                                           {DCM_SOPInstanceUID, ""},
                                           {DCM_KVP, ""}});
    put(identifier, private_tag, "x");
    const auto query = parse_query_identifier(identifier, study_root, lenient);
    BOOST_TEST_REQUIRE(query.has_value());
    BOOST_TEST(query->unsupported.size() == 4U);
    BOOST_TEST(lists(*query, private_tag));
    BOOST_TEST(lists(*query, DCM_KVP));
    BOOST_TEST(lists(*query, DCM_PatientName));
    BOOST_TEST(lists(*query, DCM_SOPInstanceUID));
    BOOST_TEST(query->keys.size() == 2U);
    // Negotiated relational queries match and return what stands above the level (F14).
    const auto negotiated = parse_query_identifier(identifier, study_root, relational);
    BOOST_TEST_REQUIRE(negotiated.has_value());
    BOOST_TEST(key_of(*negotiated, DCM_PatientName)->value == "A*");
    BOOST_TEST(negotiated->unsupported.size() == 3U);
}

BOOST_AUTO_TEST_CASE(F19_F20_F21_F23_control_attributes_are_neither_keys_nor_unsupported) {
    Attributes identifier = identifier_of("STUDY",
                                          {{DCM_SpecificCharacterSet, "ISO_IR 100"},
                                           {DCM_RetrieveAETitle, "X"},
                                           {DCM_InstanceAvailability, ""},
                                           {DCM_TimezoneOffsetFromUTC, ""},
                                           {DCM_StorageMediaFileSetID, ""},
                                           {DCM_StudyInstanceUID, ""}});
    put(identifier, DcmTagKey(0x0010, 0x0000), "4");
    const auto query = parse_query_identifier(identifier, study_root, strict);
    BOOST_TEST_REQUIRE(query.has_value());
    BOOST_TEST(query->keys.size() == 1U);
    BOOST_TEST(query->unsupported.empty());
}

BOOST_AUTO_TEST_CASE(keys_are_trimmed_and_in_tag_order) {  // F30
    const auto query = parse_query_identifier(identifier_of("STUDY ",
                                                            {{DCM_StudyInstanceUID, ""},
                                                             {DCM_StudyID, " 7 "},
                                                             {DCM_AccessionNumber, "A  B "},
                                                             {DCM_PatientWeight, "70"}}),
                                              study_root,
                                              strict);
    BOOST_TEST_REQUIRE(query.has_value());
    BOOST_TEST(key_of(*query, DCM_StudyID)->value == "7");
    BOOST_TEST(key_of(*query, DCM_AccessionNumber)->value == "A  B");
    BOOST_TEST(key_of(*query, DCM_PatientWeight)->value == "");  // returned, never matched
    BOOST_TEST(
        std::is_sorted(query->keys.begin(), query->keys.end(), [](const auto& a, const auto& b) {
            return a.supported->tag < b.supported->tag;
        }));
}

BOOST_AUTO_TEST_CASE(a_star_is_universal) {  // F28
    const auto query = parse_query_identifier(
        identifier_of(
            "STUDY",
            {{DCM_StudyInstanceUID, ""}, {DCM_PatientName, "*"}, {DCM_StudyDescription, "**"}}),
        study_root,
        strict);
    BOOST_TEST_REQUIRE(query.has_value());
    BOOST_TEST(key_of(*query, DCM_PatientName)->value == "");
    BOOST_TEST(key_of(*query, DCM_StudyDescription)->value == "");
    const auto star = parse_query_identifier(
        identifier_of("STUDY", {{DCM_StudyInstanceUID, "*"}, {DCM_StudyDate, "*"}}),
        study_root,
        lenient);
    BOOST_TEST_REQUIRE(star.has_value());
    BOOST_TEST(key_of(*star, DCM_StudyInstanceUID)->value == "");
    BOOST_TEST(key_of(*star, DCM_StudyDate)->value == "");
}

BOOST_AUTO_TEST_CASE(a_sequence_key_has_one_item) {  // F38
    Attributes code;
    put(code, DCM_CodeValue, "36643-5 ");
    put(code, DCM_CodeMeaning, "*");
    put(code, DCM_CodingSchemeVersion, "1");
    Attributes identifier = identifier_of("STUDY", {{DCM_StudyInstanceUID, ""}});
    put_sequence(identifier, DCM_ProcedureCodeSequence, {code});
    const auto query = parse_query_identifier(identifier, study_root, strict);
    BOOST_TEST_REQUIRE(query.has_value());
    const Attributes& keys = key_of(*query, DCM_ProcedureCodeSequence)->sequence_keys;
    BOOST_TEST(keys.size() == 1U);
    BOOST_TEST(value_of(keys, DCM_CodeValue) == "36643-5");
    BOOST_TEST(lists(*query, DCM_CodingSchemeVersion));

    put_sequence(identifier, DCM_ProcedureCodeSequence, {code, code});
    const auto twice = parse_query_identifier(identifier, study_root, strict);
    BOOST_TEST_REQUIRE(!twice.has_value());
    BOOST_TEST((twice.error().element == DCM_ProcedureCodeSequence));

    for (const auto& universal : {std::vector<Attributes>{}, std::vector<Attributes>{{}}}) {
        put_sequence(identifier, DCM_ProcedureCodeSequence, universal);
        const auto any = parse_query_identifier(identifier, study_root, strict);
        BOOST_TEST_REQUIRE(any.has_value());
        BOOST_TEST(key_of(*any, DCM_ProcedureCodeSequence)->sequence_keys.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_key_of_another_kind_of_vr_is_refused) {
    Attributes identifier = identifier_of("STUDY", {{DCM_StudyInstanceUID, ""}});
    put_sequence(identifier, DCM_PatientName, {});
    BOOST_TEST(!parse_query_identifier(identifier, study_root, lenient).has_value());
    put(identifier, DCM_PatientName, "A");
    put(identifier, DCM_ProcedureCodeSequence, VR::LO, "x");
    BOOST_TEST(!parse_query_identifier(identifier, study_root, lenient).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_of_64_kib_is_refused) {
    const std::string longest(key_bytes_max, 'a');
    for (const DcmTagKey& tag : {DCM_PatientName, DCM_StudyID}) {
        Attributes identifier = identifier_of("STUDY", {{DCM_StudyInstanceUID, ""}});
        put(identifier, tag, longest);
        BOOST_TEST(parse_query_identifier(identifier, study_root, strict).has_value());
        put(identifier, tag, std::string(64U << 10U, '*') + "b");
        const auto query = parse_query_identifier(identifier, study_root, lenient);
        BOOST_TEST_REQUIRE(!query.has_value());
        BOOST_TEST((query.error().element == tag));
    }
}

BOOST_AUTO_TEST_CASE(combined_matching_is_as_negotiated) {  // F36
    const QueryRules combined{.combined_date_time = true};
    const Attributes identifier = identifier_of("STUDY", {{DCM_StudyInstanceUID, ""}});
    BOOST_TEST(!parse_query_identifier(identifier, study_root, strict)->combined_date_time);
    BOOST_TEST(parse_query_identifier(identifier, study_root, combined)->combined_date_time);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_c_5_1_what_is_negotiated)

BOOST_AUTO_TEST_CASE(F42_two_quotation_marks_ask_for_what_is_empty) {  // C.2.2.2.7, byte 6
    const QueryRules rules{.empty_values = true};
    const Attributes identifier = identifier_of("STUDY",
                                                {{DCM_StudyInstanceUID, ""},
                                                 {DCM_StudyDate, "\"\""},
                                                 {DCM_AccessionNumber, "\"\" "},
                                                 {DCM_PatientName, "\"\""}});
    const auto query = parse_query_identifier(identifier, study_root, rules);
    BOOST_TEST_REQUIRE(query.has_value());
    for (const DcmTagKey& tag : {DCM_StudyDate, DCM_AccessionNumber, DCM_PatientName}) {
        BOOST_TEST(key_of(*query, tag)->restricts());
        BOOST_TEST(matches(*key_of(*query, tag), ""));
        BOOST_TEST(!matches(*key_of(*query, tag), "20200101"));
    }
    BOOST_TEST(!key_of(*query, DCM_StudyInstanceUID)->restricts());
    // Not negotiated: no date, and text like any other.
    BOOST_TEST(!parse_query_identifier(identifier, study_root, strict).has_value());
    const auto literal = parse_query_identifier(
        identifier_of("STUDY", {{DCM_StudyInstanceUID, ""}, {DCM_AccessionNumber, "\"\""}}),
        study_root,
        strict);
    BOOST_TEST_REQUIRE(literal.has_value());
    BOOST_TEST(!matches(*key_of(*literal, DCM_AccessionNumber), ""));
    BOOST_TEST(matches(*key_of(*literal, DCM_AccessionNumber), "\"\""));
}

BOOST_AUTO_TEST_CASE(F32_names_are_fuzzy_only_when_negotiated) {  // byte 3
    const Attributes identifier =
        identifier_of("STUDY", {{DCM_StudyInstanceUID, ""}, {DCM_PatientName, "JOHN SMYTHE"}});
    const auto plain = parse_query_identifier(identifier, study_root, strict);
    const auto fuzzy =
        parse_query_identifier(identifier, study_root, QueryRules{.fuzzy_names = true});
    BOOST_TEST(!matches(*key_of(*plain, DCM_PatientName), "Smith^John"));
    BOOST_TEST(matches(*key_of(*fuzzy, DCM_PatientName), "Smith^John"));
    BOOST_TEST(!key_of(*fuzzy, DCM_StudyInstanceUID)->fuzzy);
}

BOOST_AUTO_TEST_CASE(F23_the_time_zone_is_read_when_its_adjustment_was_negotiated) {  // byte 4
    QueryRules rules{.timezone_adjustment = true};
    rules.utc_offset_minutes = 60;
    const auto at = [&rules](const char* offset) {
        return parse_query_identifier(
            identifier_of("STUDY",
                          {{DCM_TimezoneOffsetFromUTC, offset}, {DCM_StudyInstanceUID, ""}}),
            study_root,
            rules);
    };
    BOOST_TEST(at("-0530")->timezone->asked_minutes == -330);
    BOOST_TEST(at("-0530")->timezone->unknown_minutes == 60);
    for (const char* malformed : {"", "0530", "+5", "+1500", "-1201", "+0060", "CET"}) {
        const auto query = at(malformed);
        BOOST_TEST_REQUIRE(!query.has_value());
        BOOST_TEST((query.error().element == DCM_TimezoneOffsetFromUTC));
    }
    rules.lenient_values = true;
    BOOST_TEST(at("CET")->timezone->asked_minutes == 60);
    rules.timezone_adjustment = false;
    BOOST_TEST(!at("-0530")->timezone.has_value());
    rules.lenient_values = false;
    BOOST_TEST(!at("CET")->timezone.has_value());  // ignored where nothing was negotiated
}

BOOST_AUTO_TEST_CASE(F41_an_unknown_value_of_a_required_key_matches_where_that_is_switched_on) {
    // C.2.2.1.2
    const Attributes identifier = identifier_of(
        "STUDY", {{DCM_StudyInstanceUID, ""}, {DCM_StudyDate, "20200101"}, {DCM_PatientSex, "F"}});
    const auto on =
        parse_query_identifier(identifier, study_root, QueryRules{.unknown_matches = true});
    BOOST_TEST(matches(*key_of(*on, DCM_StudyDate), ""));
    BOOST_TEST(!matches(*key_of(*on, DCM_StudyDate), "20200102"));
    BOOST_TEST(!matches(*key_of(*on, DCM_PatientSex), ""));  // an optional key
    const auto off = parse_query_identifier(identifier, study_root, strict);
    BOOST_TEST(!matches(*key_of(*off, DCM_StudyDate), ""));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(strangers)

BOOST_AUTO_TEST_CASE(random_identifiers_are_read_or_refused_with_an_element) {
    std::mt19937 random(20170902);
    const char* const levels[] = {"PATIENT", "STUDY", "SERIES", "IMAGE", "FOO"};
    const std::string alphabet("0123456789.-*?^=\\ A\xC3\xA9", 21);
    const auto keys = supported_keys();
    int read = 0;
    for (int round = 0; round < 20'000; ++round) {
        Attributes identifier;
        put(identifier, DCM_QueryRetrieveLevel, levels[random() % std::size(levels)]);
        for (auto count = random() % 8; count > 0; --count) {
            std::string value;
            for (auto length = random() % 12; length > 0; --length) {
                value += alphabet[random() % alphabet.size()];
            }
            put(identifier, keys[random() % keys.size()].tag, value);
        }
        const QueryRules rules{.relational = random() % 2 == 0,
                               .lenient = random() % 2 == 0,
                               .fuzzy_names = random() % 2 == 0,
                               .timezone_adjustment = random() % 2 == 0,
                               .empty_values = random() % 2 == 0,
                               .lenient_values = random() % 2 == 0};
        const auto model = static_cast<InformationModel>(random() % 3);
        const auto query = parse_query_identifier(identifier, model, rules);
        if (!query) {
            BOOST_TEST_REQUIRE(query.error().element.has_value());
        } else {
            for (const QueryKey& key : query->keys) {
                static_cast<void>(matches(key, "20130101\\DX"));
            }
            ++read;
        }
        const auto retrieve = parse_retrieve_identifier(identifier, model, rules);
        BOOST_TEST_REQUIRE((retrieve || retrieve.error().element.has_value()));
    }
    BOOST_TEST(read > 500);
}

BOOST_AUTO_TEST_SUITE_END()
