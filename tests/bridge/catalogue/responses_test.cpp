// What the catalogue's answers hold (PS3.4 C.4.1.1.3.2), from identifiers as peers send them.
#include "bridge/catalogue/catalogue.hpp"
#include "bridge/catalogue/generated_folder.hpp"
#include "bridge/catalogue/generated_objects.hpp"
#include "bridge/catalogue/queries.hpp"
#include "support/folders.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ostream>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
using dicom::QueryLevel;

namespace {

struct Archive {
    Archive() {
        CatalogueSettings settings;
        settings.file = state / "catalogue.sqlite";
        settings.list_missing_images = true;
        catalogue = need(Catalogue::open(settings));
        folder.images.erase(folder.records[2].row.image_index);
        need(catalogue->synchronise(folder));
        ReceivedObject object = received_object("1.2.3.4.5");
        object.study.study_date = "20200101";
        object.study.study_time = "233000";
        object.study.timezone_offset_from_utc = "-0500";
        need(catalogue->add_received(object, false));
    }

    /// As parsed from what a peer sends.
    std::vector<dicom::Attributes> ask(const char* level,
                                       const std::vector<std::pair<DcmTagKey, std::string>>& keys,
                                       const dicom::QueryRules& rules = {}) {
        dicom::Attributes identifier;
        dicom::put(identifier, DCM_QueryRetrieveLevel, level);
        for (const auto& [tag, value] : keys) {
            dicom::put(identifier, tag, value);
        }
        return find_all(*catalogue,
                        need(dicom::parse_query_identifier(
                            identifier, dicom::InformationModel::patient_root, rules)));
    }

    const TemporaryFolder state;
    DataSetFolder folder = generated_folder(8);
    std::unique_ptr<Catalogue> catalogue;
};

const dicom::QueryRules relational{.relational = true};

struct Level {
    const char* name;
    std::vector<DcmTagKey> unique_keys;
};
std::ostream& operator<<(std::ostream& out, const Level& level) {
    return out << level.name;
}
const Level levels[] = {
    {"PATIENT", {DCM_PatientID}},
    {"STUDY", {DCM_PatientID, DCM_StudyInstanceUID}},
    {"SERIES", {DCM_PatientID, DCM_StudyInstanceUID, DCM_SeriesInstanceUID}},
    {"IMAGE", {DCM_PatientID, DCM_StudyInstanceUID, DCM_SeriesInstanceUID, DCM_SOPInstanceUID}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_c_4_1_1_3_2_responses)

BOOST_DATA_TEST_CASE(F16_they_carry_their_level_and_the_unique_keys_down_to_it, levels, level) {
    Archive archive;
    const auto answers = archive.ask(level.name, {{level.unique_keys.back(), ""}}, relational);
    BOOST_TEST_REQUIRE(!answers.empty());
    for (const dicom::Attributes& answer : answers) {
        BOOST_TEST(text_of(answer, DCM_QueryRetrieveLevel) == level.name);
        for (const DcmTagKey& tag : level.unique_keys) {
            BOOST_TEST(!text_of(answer, tag).empty());
        }
    }
}

BOOST_DATA_TEST_CASE(F17_they_have_every_key_that_was_asked_for_and_few_others, levels, level) {
    // Without a value: zero length. Not asked for: level, unique keys, Retrieve AE Title,
    // availability, time zone.
    std::vector<std::pair<DcmTagKey, std::string>> keys;
    for (const dicom::SupportedKey& key : dicom::supported_keys()) {
        const bool here = dicom::level_name(key.level) == level.name;
        if ((here && key.vr != dicom::VR::SQ) || key.tag == level.unique_keys.back()) {
            keys.emplace_back(key.tag, "");
        }
    }
    Archive archive;
    const auto answers = archive.ask(level.name, keys, relational);
    BOOST_TEST_REQUIRE(!answers.empty());
    std::vector<DcmTagKey> allowed = level.unique_keys;
    allowed.insert(allowed.end(),
                   {DCM_QueryRetrieveLevel,
                    DCM_RetrieveAETitle,
                    DCM_InstanceAvailability,
                    DCM_TimezoneOffsetFromUTC});
    for (const dicom::Attributes& answer : answers) {
        for (const auto& [tag, value] : keys) {
            BOOST_TEST((dicom::find(answer, tag) != nullptr), tag.toString());
            allowed.push_back(tag);
        }
        for (const dicom::Attribute& attribute : answer) {
            BOOST_TEST((std::ranges::find(allowed, attribute.tag) != allowed.end()),
                       attribute.tag.toString());
        }
    }
}

BOOST_DATA_TEST_CASE(F19_F20_they_tell_where_to_retrieve_and_whether_it_is_there, levels, level) {
    Archive archive;
    const auto answers = archive.ask(level.name, {{level.unique_keys.back(), ""}}, relational);
    std::size_t offline = 0;
    for (const dicom::Attributes& answer : answers) {
        BOOST_TEST(text_of(answer, DCM_RetrieveAETitle) == "CXRBRIDGE");
        const std::string availability = text_of(answer, DCM_InstanceAvailability);
        BOOST_TEST((availability == "ONLINE" || availability == "OFFLINE"));
        offline += availability == "OFFLINE" ? 1U : 0U;
    }
    BOOST_TEST(offline == 1U);  // the entity of the absent PNG
}

BOOST_DATA_TEST_CASE(F48_there_is_one_for_each_entity_of_the_level, levels, level) {
    Archive archive;
    const auto answers = archive.ask(level.name, {{level.unique_keys.back(), ""}}, relational);
    std::vector<std::string> found;
    for (const dicom::Attributes& answer : answers) {
        found.push_back(text_of(answer, level.unique_keys.back()));
    }
    std::ranges::sort(found);
    BOOST_TEST((std::ranges::adjacent_find(found) == found.end()));
    const CatalogueCounts counts = need(archive.catalogue->counts());
    const std::uint64_t expected[] = {
        counts.patients, counts.studies, counts.series, counts.instances};
    BOOST_TEST(found.size() == expected[level.unique_keys.size() - 1]);
}

BOOST_AUTO_TEST_CASE(F23_a_known_time_zone_is_told_and_an_unknown_one_is_absent) {
    Archive archive;
    for (const dicom::Attributes& answer :
         archive.ask("STUDY", {{DCM_StudyInstanceUID, ""}, {DCM_StudyTime, ""}}, relational)) {
        const bool received = text_of(answer, DCM_StudyInstanceUID) == "1.2.3";
        BOOST_TEST(text_of(answer, DCM_TimezoneOffsetFromUTC) == (received ? "-0500" : "(absent)"));
    }
}

BOOST_AUTO_TEST_CASE(F23_negotiated_dates_and_times_are_matched_and_told_at_the_asked_offset) {
    // PS3.4 C.5.1 byte 4. 23:30 at -0500 on New Year's Day is 05:30 at +0100 on the day after.
    Archive archive;
    const dicom::QueryRules rules{.relational = true, .timezone_adjustment = true};
    const auto at = [&](const std::string& date, const std::string& offset) {
        return archive.ask("STUDY",
                           {{DCM_StudyInstanceUID, "1.2.3"},
                            {DCM_StudyDate, date},
                            {DCM_StudyTime, ""},
                            {DCM_TimezoneOffsetFromUTC, offset}},
                           rules);
    };
    BOOST_TEST(at("20200101", "+0100").empty());
    const auto moved = at("20200102", "+0100");
    BOOST_TEST_REQUIRE(moved.size() == 1U);
    BOOST_TEST(text_of(moved[0], DCM_StudyDate) == "20200102");
    BOOST_TEST(text_of(moved[0], DCM_StudyTime) == "053000");
    BOOST_TEST(text_of(moved[0], DCM_TimezoneOffsetFromUTC) == "+0100");
    BOOST_TEST(at("20200101", "-0500").size() == 1U);
}

BOOST_AUTO_TEST_CASE(F42_negotiated_two_quotation_marks_find_what_is_empty) {  // byte 6
    Archive archive;
    const dicom::QueryRules rules{.relational = true, .empty_values = true};
    const auto empty =
        archive.ask("STUDY", {{DCM_StudyInstanceUID, ""}, {DCM_AccessionNumber, "\"\""}}, rules);
    BOOST_TEST_REQUIRE(empty.size() == 1U);
    BOOST_TEST(text_of(empty[0], DCM_StudyInstanceUID) == "1.2.3");
    BOOST_TEST(archive.ask("STUDY", {{DCM_StudyInstanceUID, "\"\""}}, rules).empty());
}

BOOST_AUTO_TEST_CASE(F41_an_unknown_accession_number_matches_where_that_is_switched_on) {
    // C.2.2.1.2
    Archive archive;
    const auto count = [&](const std::string& number, bool unknown_matches) {
        dicom::QueryRules rules{.relational = true};
        rules.unknown_matches = unknown_matches;
        return archive
            .ask("STUDY", {{DCM_StudyInstanceUID, ""}, {DCM_AccessionNumber, number}}, rules)
            .size();
    };
    BOOST_TEST(count("NOBODY", false) == 0U);
    BOOST_TEST(count("NOBODY", true) == 1U);
    BOOST_TEST(count("NOB*", true) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_c_4_2_retrieval)

BOOST_AUTO_TEST_CASE(R20_F24_unknown_uids_of_a_list_are_left_out) {
    // Policy: what is known is sent, and the retrieval is a success.
    Archive archive;
    dicom::RetrieveIdentifier identifier;
    identifier.level = QueryLevel::study;
    identifier.study_instance_uids = {"1.2.3", "1.9.9.9", study_uid(archive.folder.records[0])};
    const auto instances = need(archive.catalogue->instances(identifier));
    BOOST_TEST(instances.size() >= 3U);  // the received one; image and reports of the other
    BOOST_TEST((std::ranges::count(instances,
                                   std::string("1.2.3.4.5"),
                                   &storescp::InstanceReference::sop_instance_uid) == 1));
}

BOOST_AUTO_TEST_SUITE_END()
