#include "bridge/catalogue/catalogue.hpp"

#include "bridge/catalogue/generated_folder.hpp"
#include "bridge/catalogue/generated_objects.hpp"
#include "bridge/catalogue/queries.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
using dicom::QueryLevel;

namespace {

std::unique_ptr<Catalogue> open_in(const TemporaryFolder& state, bool list_missing_images = false) {
    CatalogueSettings settings;
    settings.file = state / "catalogue.sqlite";
    settings.list_missing_images = list_missing_images;
    return need(Catalogue::open(settings));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_catalogue_follows_its_data_set)

BOOST_AUTO_TEST_CASE(it_holds_every_image_with_its_reports) {
    const TemporaryFolder state;
    const DataSetFolder folder = generated_folder(50);
    const auto catalogue = open_in(state);
    const SyncReport report = need(catalogue->synchronise(folder));

    const std::size_t boxed = static_cast<std::size_t>(std::ranges::count_if(
        folder.records, [](const auto& record) { return !record.boxes.empty(); }));
    BOOST_TEST(report.images_added == folder.records.size());
    BOOST_TEST(!report.unchanged);
    const CatalogueCounts counts = need(catalogue->counts());
    BOOST_TEST(counts.patients == 50U);
    BOOST_TEST(counts.studies == folder.records.size());
    BOOST_TEST(counts.series == 2 * folder.records.size() + boxed);
    BOOST_TEST(counts.instances == counts.series);
}

BOOST_AUTO_TEST_CASE(opened_again_on_the_same_folder_it_is_current) {
    const TemporaryFolder state;
    const DataSetFolder folder = generated_folder(5);
    BOOST_TEST(!open_in(state)->is_current(folder.fingerprint));
    need(open_in(state)->synchronise(folder));
    BOOST_TEST(open_in(state)->is_current(folder.fingerprint));
    BOOST_TEST(!open_in(state, true)->is_current(folder.fingerprint));
    BOOST_TEST(need(open_in(state)->synchronise(folder)).unchanged);
}

BOOST_AUTO_TEST_CASE(a_changed_folder_changes_what_changed_and_nothing_else) {
    const TemporaryFolder state;
    DataSetFolder folder = generated_folder(20);
    const auto catalogue = open_in(state);
    need(catalogue->synchronise(folder));
    const auto before = need(catalogue->instances(study_of(folder.records[3])));

    folder.records[1].row.view = dicom::ViewPosition::unknown;
    folder.images.at(folder.records[2].row.image_index).mtime_ns += 1;
    folder.images.erase(folder.records[0].row.image_index);
    std::mt19937 random(1);
    folder.records.push_back(generated_record(99, 0, random));
    folder.images.emplace(image_index(99, 0), generated_file(image_index(99, 0)));
    touch(folder);
    const SyncReport report = need(catalogue->synchronise(folder));

    BOOST_TEST(report.images_added == 1U);
    BOOST_TEST(report.images_changed == 2U);
    BOOST_TEST(report.images_removed == 1U);
    BOOST_TEST(need(catalogue->counts()).studies == folder.images.size());
    BOOST_TEST(need(catalogue->instances(study_of(folder.records[0]))).empty());
    const auto after = need(catalogue->instances(study_of(folder.records[3])));
    BOOST_REQUIRE(after.size() == before.size());
    BOOST_TEST(after[0].handle == before[0].handle);
    const auto changed = find_all(
        *catalogue,
        QueryLevel::study,
        {key(DCM_StudyInstanceUID, study_uid(folder.records[1])), key(DCM_StudyDescription)});
    BOOST_REQUIRE(changed.size() == 1U);
    BOOST_TEST(text_of(changed[0], DCM_StudyDescription) == "XR CHEST");
}

BOOST_AUTO_TEST_CASE(other_options_make_other_objects_of_every_image) {
    const TemporaryFolder state;
    const DataSetFolder folder = generated_folder(10);
    need(open_in(state)->synchronise(folder));
    CatalogueSettings settings;
    settings.file = state / "catalogue.sqlite";
    settings.mapping.spacing = dicom::Spacing::pixel;
    const auto catalogue = need(Catalogue::open(settings));
    BOOST_TEST(!catalogue->is_current(folder.fingerprint));
    const SyncReport report = need(catalogue->synchronise(folder));
    BOOST_TEST(report.images_changed == folder.records.size());
    BOOST_TEST(need(catalogue->counts()).studies == folder.records.size());
    BOOST_TEST(need(catalogue->instances(study_of(folder.records[0]))).empty());
}

BOOST_AUTO_TEST_CASE(a_missing_png_hides_its_row_or_lists_it_offline) {
    const TemporaryFolder state;
    DataSetFolder folder = generated_folder(3);
    const dicom::ImageRecord& missing = folder.records[0];
    folder.images.erase(missing.row.image_index);
    const std::vector keys{key(DCM_StudyInstanceUID, study_uid(missing))};

    need(open_in(state)->synchronise(folder));
    BOOST_TEST(find_all(*open_in(state), QueryLevel::study, keys).empty());

    const auto listing = open_in(state, true);
    BOOST_TEST(need(listing->synchronise(folder)).images_added == 1U);
    const auto found = find_all(*listing, QueryLevel::study, keys);
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(text_of(found[0], DCM_InstanceAvailability) == "OFFLINE");
    const auto series = find_all(
        *listing, QueryLevel::series, {keys[0], key(DCM_Modality), key(DCM_SeriesInstanceUID)});
    for (const dicom::Attributes& one : series) {
        const bool report = text_of(one, DCM_Modality) == "SR";
        BOOST_TEST(text_of(one, DCM_InstanceAvailability) == (report ? "ONLINE" : "OFFLINE"));
    }
}

BOOST_AUTO_TEST_CASE(a_quarantined_image_is_not_offered_until_its_file_changes) {
    const TemporaryFolder state;
    DataSetFolder folder = generated_folder(3);
    const auto catalogue = open_in(state);
    need(catalogue->synchronise(folder));
    const auto whole = need(catalogue->instances(study_of(folder.records[0])));
    catalogue->quarantine_image(whole[0].handle, "IDAT: CRC error");
    BOOST_TEST(need(catalogue->instances(study_of(folder.records[0]))).size() == whole.size() - 1);
    touch(folder);
    need(catalogue->synchronise(folder));
    BOOST_TEST(need(catalogue->instances(study_of(folder.records[0]))).size() == whole.size() - 1);
    folder.images.at(folder.records[0].row.image_index).mtime_ns += 1;
    need(catalogue->synchronise(folder));
    BOOST_TEST(need(catalogue->instances(study_of(folder.records[0]))).size() == whole.size());
}

BOOST_AUTO_TEST_CASE(an_object_comes_from_the_record_and_file_that_were_catalogued) {
    const TemporaryFolder state;
    const DataSetFolder folder = generated_folder(30);
    const auto catalogue = open_in(state);
    need(catalogue->synchronise(folder));
    for (const dicom::ImageRecord& record : folder.records) {
        std::set<dicom::DerivedKind> kinds;
        for (const auto& instance : need(catalogue->instances(study_of(record)))) {
            const auto made = std::get<MadeObject>(need(catalogue->origin_of(instance.handle)));
            kinds.insert(made.kind);
            BOOST_TEST((made.record == record));
            BOOST_TEST((made.image_file == folder.images.at(record.row.image_index)));
            BOOST_TEST(dicom::instance_entity(record, made.kind, {}).sop_instance_uid ==
                       instance.sop_instance_uid);
        }
        BOOST_TEST(kinds.size() == (record.boxes.empty() ? 2U : 3U));
    }
}

BOOST_AUTO_TEST_CASE(presentation_states_and_key_objects_come_when_they_are_asked_for) {
    const TemporaryFolder state;
    const DataSetFolder folder = generated_folder(20);
    const auto boxed = static_cast<std::uint64_t>(std::ranges::count_if(
        folder.records, [](const auto& record) { return !record.boxes.empty(); }));
    BOOST_REQUIRE(boxed != 0U);
    CatalogueSettings settings{.file = state / "catalogue.sqlite"};
    {
        const auto without = need(Catalogue::open(settings));
        need(without->synchronise(folder));
        BOOST_TEST(need(without->counts()).instances == 2 * folder.records.size() + boxed);
    }
    settings.made_kinds.push_back(dicom::DerivedKind::presentation_state);
    settings.made_kinds.push_back(dicom::DerivedKind::key_objects);
    const auto with = need(Catalogue::open(settings));
    BOOST_TEST(!with->is_current(folder.fingerprint));
    need(with->synchronise(folder));
    BOOST_TEST(need(with->counts()).instances == 2 * folder.records.size() + 3 * boxed);
    const auto states =
        find_all(*with,
                 QueryLevel::series,
                 {key(DCM_Modality, "PR"), key(DCM_SeriesNumber), key(DCM_SeriesInstanceUID)});
    BOOST_TEST(states.size() == boxed);
    BOOST_TEST(text_of(states.at(0), DCM_SeriesNumber) == "801");
    for (const dicom::ImageRecord& record : folder.records) {
        for (const auto& instance : need(with->instances(study_of(record)))) {
            const auto made = std::get<MadeObject>(need(with->origin_of(instance.handle)));
            BOOST_TEST(dicom::instance_entity(record, made.kind, {}).sop_instance_uid ==
                       instance.sop_instance_uid);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_whole_collection_is_listed_with_every_report) {
    const auto root = real_data_set();
    if (!root) {
        return;
    }
    const TemporaryFolder state;
    const DataSetFolder folder = need(read_data_set(*root, {}));
    const auto catalogue = open_in(state, true);
    BOOST_TEST(need(catalogue->synchronise(folder)).images_added == 112'120U);
    const CatalogueCounts counts = need(catalogue->counts());
    BOOST_TEST(counts.patients == 30'805U);
    BOOST_TEST(counts.studies == 112'120U);
    BOOST_TEST(counts.instances == 2 * 112'120U + 880U);  // image and labels; boxes where there are
    BOOST_TEST(counts.series == counts.instances);
    BOOST_TEST(find_all(*catalogue, QueryLevel::study, {key(DCM_PatientID, "00013911")}).size() ==
               static_cast<std::size_t>(std::ranges::count_if(folder.records, [](const auto& one) {
                   return one.row.patient_id() == "00013911";
               })));
    const auto all = query(QueryLevel::study, {key(DCM_StudyDate), key(DCM_ModalitiesInStudy)});
    BOOST_TEST(find_all(*catalogue, all, 1000).size() == 112'120U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(readers_and_the_writer_do_not_wait_for_each_other)

BOOST_AUTO_TEST_CASE(a_cursor_in_the_middle_of_its_answers_sees_what_was_there_when_it_began) {
    const TemporaryFolder state;
    DataSetFolder folder = generated_folder(30);
    const auto catalogue = open_in(state);
    need(catalogue->synchronise(folder));
    const auto cursor = need(catalogue->find(query(QueryLevel::study, {key(DCM_PatientID)})));
    std::size_t answered = need(cursor->next(3)).size();

    const std::size_t studies = folder.records.size();
    folder.images.erase(folder.records.back().row.image_index);
    touch(folder);
    need(catalogue->synchronise(folder));
    need(catalogue->add_received(received_object("1.2.3.4.5"), false));
    BOOST_TEST(need(catalogue->counts()).studies == studies);  // one gone, one come

    while (const std::size_t more = need(cursor->next(5)).size()) {
        answered += more;
    }
    BOOST_TEST(answered == studies);
    BOOST_TEST(need(cursor->next(5)).empty());
}

BOOST_AUTO_TEST_CASE(f47_counts_are_right_at_every_moment_while_objects_arrive) {
    const TemporaryFolder state;
    const auto catalogue = open_in(state);
    constexpr int arrivals = 60;
    need(catalogue->add_received(received_object("1.9.0"), false));
    const auto one_study =
        query(QueryLevel::study,
              {key(DCM_StudyInstanceUID, "1.2.3"), key(DCM_NumberOfStudyRelatedInstances)});
    std::atomic<bool> done = false;
    std::atomic<int> wrong = 0;
    const auto read = [&] {
        int before = 0;
        while (!done) {
            auto cursor = catalogue->find(one_study);
            auto match = cursor ? (*cursor)->next(1) : cursor.error();
            const int count =
                match && match->size() == 1
                    ? std::stoi(text_of((*match)[0], DCM_NumberOfStudyRelatedInstances))
                    : -1;
            wrong += count < before || count > arrivals + 1 ? 1 : 0;
            before = count;
        }
    };
    {
        const std::jthread first(read), second(read);
        for (int i = 1; i <= arrivals; ++i) {
            need(catalogue->add_received(received_object("1.9." + std::to_string(i)), false));
        }
        done = true;
    }
    BOOST_TEST(wrong == 0);
    BOOST_TEST(text_of(find_all(*catalogue, one_study).at(0), DCM_NumberOfStudyRelatedInstances) ==
               std::to_string(arrivals + 1));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_search_for_what_is_named_ends_with_its_match)

BOOST_AUTO_TEST_CASE(so_that_its_connection_is_free_before_the_match_is_sent) {
    const TemporaryFolder state;
    const DataSetFolder folder = generated_folder(5);
    const auto catalogue = open_in(state);
    need(catalogue->synchronise(folder));
    const std::string uid = study_uid(folder.records[0]);

    const auto one =
        need(catalogue->find(query(QueryLevel::study, {key(DCM_StudyInstanceUID, uid)})));
    BOOST_TEST(need(one->next(1)).size() == 1U);
    BOOST_TEST(one->is_done());
    BOOST_TEST(need(one->next(1)).empty());

    const auto none =
        need(catalogue->find(query(QueryLevel::study, {key(DCM_StudyInstanceUID, "1.2.3")})));
    BOOST_TEST(need(none->next(1)).empty());
    BOOST_TEST(none->is_done());
}

BOOST_AUTO_TEST_CASE(in_batches_of_one_without_leaving_any_out) {
    const TemporaryFolder state;
    const DataSetFolder folder = generated_folder(5);
    const auto catalogue = open_in(state);
    need(catalogue->synchronise(folder));
    const auto series = query(
        QueryLevel::series,
        {key(DCM_StudyInstanceUID, study_uid(folder.records[0])), key(DCM_SeriesInstanceUID)});
    const auto together = find_all(*catalogue, series, 100);
    BOOST_REQUIRE(together.size() > 1U);
    const auto singly = find_all(*catalogue, series, 1);
    BOOST_REQUIRE(singly.size() == together.size());
    for (std::size_t i = 0; i < singly.size(); ++i) {
        BOOST_TEST(text_of(singly[i], DCM_SeriesInstanceUID) ==
                   text_of(together[i], DCM_SeriesInstanceUID));
    }
}

BOOST_AUTO_TEST_CASE(but_a_wide_one_gives_its_first_match_before_it_looks_on) {
    const TemporaryFolder state;
    const auto catalogue = open_in(state);
    need(catalogue->synchronise(generated_folder(5)));
    const auto all = need(catalogue->find(query(QueryLevel::study, {key(DCM_StudyInstanceUID)})));
    BOOST_TEST(need(all->next(1)).size() == 1U);
    BOOST_TEST(!all->is_done());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(received_objects_belong_somewhere)

BOOST_AUTO_TEST_CASE(f49_one_patient_id_of_two_issuers_is_two_patients) {
    const TemporaryFolder state;
    const auto catalogue = open_in(state);
    int number = 0;
    for (const char* issuer : {"A", "B", "", ""}) {
        bridge::ReceivedObject object = received_object("1.9." + std::to_string(++number));
        object.study.study_instance_uid = "1.8." + std::to_string(number);
        object.patient.issuer_of_patient_id = issuer;
        need(catalogue->add_received(object, false));
    }
    BOOST_TEST(find_all(*catalogue,
                        query(QueryLevel::patient,
                              {key(DCM_PatientID, "P1")},
                              dicom::InformationModel::patient_root))
                   .size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_study_stays_with_its_first_patient_and_with_the_data_set_for_ever) {
    const TemporaryFolder state;
    DataSetFolder folder = generated_folder(2);
    const auto catalogue = open_in(state);
    bridge::ReceivedObject object = received_object("1.9.1");
    object.study.study_instance_uid = study_uid(folder.records[0]);
    need(catalogue->add_received(object, false));
    need(catalogue->synchronise(folder));  // the study turns out to be the data set's
    const auto patients = [&] {
        return find_all(
            *catalogue,
            QueryLevel::study,
            {key(DCM_StudyInstanceUID, study_uid(folder.records[0])), key(DCM_PatientID)});
    };
    BOOST_REQUIRE(patients().size() == 1U);
    BOOST_TEST(text_of(patients()[0], DCM_PatientID) == "00000001");

    folder.images.erase(folder.records[0].row.image_index);
    touch(folder);
    need(catalogue->synchronise(folder));  // the image goes, what others sent stays
    const auto left = need(catalogue->instances(study_of(folder.records[0])));
    BOOST_REQUIRE(left.size() == 1U);
    BOOST_TEST(left[0].sop_instance_uid == "1.9.1");
    need(catalogue->remove_received(object.file));
    BOOST_TEST(patients().empty());
}

BOOST_AUTO_TEST_CASE(a_rebuild_with_other_options_leaves_them_untouched) {
    const TemporaryFolder state;
    const DataSetFolder folder = generated_folder(5);
    {
        const auto catalogue = open_in(state);
        need(catalogue->synchronise(folder));
        need(catalogue->add_received(received_object("1.9.1"), false));
    }
    CatalogueSettings settings{.file = state / "catalogue.sqlite"};
    settings.mapping.names = dicom::Names::human;
    const auto catalogue = need(Catalogue::open(settings));
    need(catalogue->synchronise(folder));
    const auto kept = need(catalogue->find_instance("1.9.1"));
    BOOST_REQUIRE(kept.has_value());
    BOOST_TEST(std::get<KeptObject>(*kept).file == "objects/1.9.1");
    BOOST_TEST(need(catalogue->counts()).received == 1U);
    BOOST_TEST(need(catalogue->counts()).studies == folder.records.size() + 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_file_that_cannot_be_used_is_refused_with_what_to_do)

BOOST_AUTO_TEST_CASE(a_newer_version) {
    const TemporaryFolder state;
    open_in(state).reset();
    // user_version is the big-endian number at offset 60 of the header.
    std::string file = read_file(state / "catalogue.sqlite");
    file[63] = 99;
    write_file(state / "catalogue.sqlite", file);
    const auto opened = Catalogue::open({.file = state / "catalogue.sqlite"});
    BOOST_REQUIRE(!opened);
    BOOST_TEST((opened.error().kind == FaultKind::storage));
    BOOST_TEST(opened.error().doing.find("version 99") != std::string::npos);
    BOOST_TEST(opened.error().doing.find("Move the file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(something_that_is_no_database) {
    const TemporaryFolder state;
    write_file(state / "catalogue.sqlite", std::string(5000, 'x'));
    const auto opened = Catalogue::open({.file = state / "catalogue.sqlite"});
    BOOST_REQUIRE(!opened);
    BOOST_TEST(opened.error().doing.find("Move the file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written) {
    const TemporaryFolder state;
    const auto opened = Catalogue::open({.file = state / "no/such/folder/catalogue.sqlite"});
    BOOST_REQUIRE(!opened);
    BOOST_TEST((opened.error().kind == FaultKind::storage));
}

BOOST_AUTO_TEST_SUITE_END()
