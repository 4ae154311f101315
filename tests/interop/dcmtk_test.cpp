// DCMTK's clients and its storescp against the running program.

#include "interop/running_bridge.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <set>

using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

/// Grey bytes of a PNG as Pillow decodes it, against what DCMTK reads from the DICOM file.
bool same_pixels(const fs::path& dicom_file, const fs::path& png) {
    static const TemporaryFolder folder;
    const fs::path pgm = folder / "pixels.pgm";
    const Finished converted =
        run({"dcm2pnm", "+op", "-q", "--no-windowing", dicom_file.string(), pgm.string()});
    const Finished compared =
        run({"/usr/bin/python3",
             "-c",
             "import sys; from PIL import Image; "
             "a = Image.open(sys.argv[1]); b = Image.open(sys.argv[2]); "
             "b = b.getchannel(0) if b.mode != 'L' else b; "
             "sys.exit(0 if a.size == b.size and a.tobytes() == b.tobytes() else 1)",
             pgm.string(),
             png.string()});
    return converted.exit_code == 0 && compared.exit_code == 0;
}

fs::path png_of(const RunningBridge& bridge, const std::string& image_index) {
    for (const fs::path& file : files_below(bridge.data_set())) {
        if (file.filename() == image_index) {
            return file;
        }
    }
    throw std::runtime_error("the sample lacks " + image_index);
}

std::string study_of(const RunningBridge& bridge, const std::string& image_index) {
    const std::string stem = image_index.substr(0, image_index.find('.'));
    const Finished found = find(
        bridge, {"QueryRetrieveLevel=STUDY", "AccessionNumber=CXR" + stem, "StudyInstanceUID"});
    return values_of(found.errors + found.output, "0020,000d").at(0);
}

std::map<std::string, fs::path> by_series_description(const std::vector<fs::path>& files) {
    std::map<std::string, fs::path> sorted;
    for (const fs::path& file : files) {
        const Finished dump = run({"dcmdump", "+P", "0008,103e", file.string()});
        sorted[values_of(dump.output, "0008,103e").at(0)] = file;
    }
    return sorted;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dcmtk_clients)

BOOST_AUTO_TEST_CASE(echoscu_is_answered) {
    const RunningBridge bridge;
    BOOST_TEST(run(std::vector<std::string>{"echoscu"} + bridge.dcmtk_peer()).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(findscu_finds_every_study_once) {
    const RunningBridge bridge;
    const Finished found = find(bridge,
                                {"QueryRetrieveLevel=STUDY",
                                 "StudyInstanceUID",
                                 "AccessionNumber",
                                 "NumberOfStudyRelatedInstances"});
    const auto accession_numbers = values_of(found.errors + found.output, "0008,0050");
    std::multiset<std::string> expected;
    for (const SampleRow& row : sample_rows(bridge.data_set())) {
        expected.insert("CXR" + row.image_index.substr(0, 12));
    }
    // The request itself is not printed by findscu: only the responses are.
    const std::multiset<std::string> got(accession_numbers.begin(), accession_numbers.end());
    BOOST_TEST(got == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(findscu_finds_one_patient_at_every_level) {
    const RunningBridge bridge;
    const auto rows = sample_rows(bridge.data_set());
    const std::string patient = rows.front().patient_id;
    const auto studies = std::count_if(
        rows.begin(), rows.end(), [&](const SampleRow& row) { return row.patient_id == patient; });
    const Finished patients =
        find(bridge, {"QueryRetrieveLevel=PATIENT", "PatientID=" + patient, "PatientName"}, "-P");
    BOOST_TEST(values_of(patients.errors + patients.output, "0010,0010").size() == 1U);
    const Finished of_patient = find(
        bridge, {"QueryRetrieveLevel=STUDY", "PatientID=" + patient, "StudyInstanceUID"}, "-P");
    const auto uids = values_of(of_patient.errors + of_patient.output, "0020,000d");
    BOOST_REQUIRE(uids.size() == static_cast<std::size_t>(studies));
    const Finished series = find(bridge,
                                 {"QueryRetrieveLevel=SERIES",
                                  "PatientID=" + patient,
                                  "StudyInstanceUID=" + uids.front(),
                                  "SeriesInstanceUID",
                                  "Modality"},
                                 "-P");
    const auto modalities = values_of(series.errors + series.output, "0008,0060");
    BOOST_TEST((std::count(modalities.begin(), modalities.end(), "DX") == 1));
    BOOST_TEST((std::count(modalities.begin(), modalities.end(), "SR") >= 1));
}

BOOST_AUTO_TEST_CASE(findscu_matches_wild_cards_ranges_and_names_of_any_case) {
    const RunningBridge bridge;
    const auto rows = sample_rows(bridge.data_set());
    const std::string patient = rows.front().patient_id;
    const auto count = [&](const std::vector<std::string>& keys) {
        const Finished found =
            find(bridge,
                 std::vector<std::string>{"QueryRetrieveLevel=STUDY", "StudyInstanceUID"} + keys);
        return values_of(found.errors + found.output, "0020,000d").size();
    };
    const auto of_patient = static_cast<std::size_t>(std::count_if(
        rows.begin(), rows.end(), [&](const SampleRow& row) { return row.patient_id == patient; }));
    BOOST_TEST(count({"PatientName=nihcxr14*" + patient}) == of_patient);
    BOOST_TEST(count({"PatientID=" + patient.substr(0, 7) + "?"}) >= of_patient);
    BOOST_TEST(count({"StudyDate=19000101-20991231"}) == rows.size());
    BOOST_TEST(count({"StudyDate=20991231-"}) == 0U);
    BOOST_TEST(count({"ModalitiesInStudy=SR"}) == rows.size());
    BOOST_TEST(count({"ModalitiesInStudy=MR"}) == 0U);
}

BOOST_AUTO_TEST_CASE(movescu_brings_a_study_to_storescp) {
    const StoreSCP destination;
    const RunningBridge bridge({destination.destination()});
    const std::string image = boxed_images(bridge.data_set()).at(0);
    const std::string study = study_of(bridge, image);
    const Finished moved = run(std::vector<std::string>{"movescu",
                                                        "-v",
                                                        "-S",
                                                        "-aem",
                                                        "STORESCP",
                                                        "-k",
                                                        "QueryRetrieveLevel=STUDY",
                                                        "-k",
                                                        "StudyInstanceUID=" + study} +
                               bridge.dcmtk_peer());
    BOOST_TEST(moved.exit_code == 0, moved.output << moved.errors);
    const auto files = by_series_description(destination.files());
    BOOST_REQUIRE(files.size() == 4U);  // the image, its labels, its boxes twice
    for (const auto& [description, file] : files) {
        BOOST_TEST(iod_errors(file) == std::vector<std::string>(),
                   boost::test_tools::per_element());
    }
    BOOST_TEST(run({"dsrdump", "-q", files.at("ChestX-ray14 labels").string()}).exit_code == 0);
    BOOST_TEST(run({"dsrdump", "-q", files.at("ChestX-ray14 boxes").string()}).exit_code == 0);
    const auto picture = std::find_if(files.begin(), files.end(), [](const auto& entry) {
        return entry.first.rfind("CHEST", 0) == 0;
    });
    BOOST_REQUIRE((picture != files.end()));
    BOOST_TEST(same_pixels(picture->second, png_of(bridge, image)));
}

BOOST_AUTO_TEST_CASE(presentation_states_and_key_objects_are_found_and_moved_like_any_object) {
    const StoreSCP destination;
    const RunningBridge bridge(
        {destination.destination()}, cxr::test::sample(), "[reports]\nkey_objects = true\n");
    const std::string study = study_of(bridge, boxed_images(bridge.data_set()).at(0));
    for (const auto& [modality, number] : {std::pair("PR", "801"), std::pair("KO", "901")}) {
        const std::string series = std::string("Modality=") + modality;
        const Finished found = cxr::test::find(bridge,
                                               {"QueryRetrieveLevel=SERIES",
                                                "StudyInstanceUID=" + study,
                                                series,
                                                "SeriesNumber",
                                                "SeriesInstanceUID"});
        const auto uids = values_of(found.errors + found.output, "0020,000e");
        BOOST_REQUIRE(uids.size() == 1U);
        BOOST_TEST(values_of(found.errors + found.output, "0020,0011").at(0) == number);
        const Finished moved = run(std::vector<std::string>{"movescu",
                                                            "-S",
                                                            "-aem",
                                                            "STORESCP",
                                                            "-k",
                                                            "QueryRetrieveLevel=SERIES",
                                                            "-k",
                                                            "StudyInstanceUID=" + study,
                                                            "-k",
                                                            "SeriesInstanceUID=" + uids.at(0)} +
                                   bridge.dcmtk_peer());
        BOOST_TEST(moved.exit_code == 0, moved.output << moved.errors);
    }
    const auto files = by_series_description(destination.files());
    BOOST_REQUIRE(files.size() == 2U);
    BOOST_TEST(files.contains("ChestX-ray14 presentation state"));
    BOOST_TEST(files.contains("ChestX-ray14 boxed images"));
    for (const auto& [description, file] : files) {
        BOOST_TEST(iod_errors(file).empty(), description);
    }
}

BOOST_AUTO_TEST_CASE(movescu_transcodes_for_a_destination_that_takes_implicit_only) {
    const StoreSCP destination({"+xi"});
    const RunningBridge bridge({destination.destination()});
    const std::string image = sample_rows(bridge.data_set()).at(0).image_index;
    const Finished moved =
        run(std::vector<std::string>{"movescu",
                                     "-S",
                                     "-aem",
                                     "STORESCP",
                                     "-k",
                                     "QueryRetrieveLevel=STUDY",
                                     "-k",
                                     "StudyInstanceUID=" + study_of(bridge, image)} +
            bridge.dcmtk_peer());
    BOOST_TEST(moved.exit_code == 0);
    BOOST_TEST(destination.files().size() >= 2U);
    for (const fs::path& file : destination.files()) {
        const Finished dump = run({"dcmdump", "+P", "0002,0010", file.string()});
        BOOST_TEST(dump.output.find("LittleEndianImplicit") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(movescu_to_an_unknown_destination_is_told_so) {
    const RunningBridge bridge;
    const Finished moved = run(std::vector<std::string>{"movescu",
                                                        "-v",
                                                        "-S",
                                                        "-aem",
                                                        "NOBODY",
                                                        "-k",
                                                        "QueryRetrieveLevel=STUDY",
                                                        "-k",
                                                        "StudyInstanceUID=1.2.3"} +
                               bridge.dcmtk_peer());
    BOOST_TEST((moved.output + moved.errors).find("MoveDestinationUnknown") != std::string::npos,
               moved.output << moved.errors);
}

BOOST_AUTO_TEST_CASE(getscu_gets_a_whole_patient) {
    const RunningBridge bridge;
    const auto rows = sample_rows(bridge.data_set());
    const std::string patient = rows.front().patient_id;
    const TemporaryFolder folder;
    const Finished got = run(std::vector<std::string>{"getscu",
                                                      "-P",
                                                      "-od",
                                                      folder.path().string(),
                                                      "-k",
                                                      "QueryRetrieveLevel=PATIENT",
                                                      "-k",
                                                      "PatientID=" + patient} +
                             bridge.dcmtk_peer());
    BOOST_TEST(got.exit_code == 0, got.errors);
    const auto files = files_below(folder.path());
    const auto images = std::count_if(
        rows.begin(), rows.end(), [&](const SampleRow& row) { return row.patient_id == patient; });
    BOOST_TEST(files.size() >= static_cast<std::size_t>(2 * images));
    std::vector<std::string> check{"dcentvfy"};
    for (const fs::path& file : files) {
        check.push_back(file.string());
    }
    const Finished consistent = run(check);
    BOOST_TEST(consistent.exit_code == 0, consistent.output << consistent.errors);
}

BOOST_AUTO_TEST_CASE(storescu_stores_what_movescu_brings_back_unchanged) {
    const StoreSCP destination;
    const RunningBridge bridge({destination.destination()});
    const TemporaryFolder folder;
    const std::string image = sample_rows(bridge.data_set()).at(0).image_index;
    const Finished wrapped = run(
        {cxrbridge(), "wrap", bridge.data_set().string(), "-o", (folder / "w").string(), image});
    BOOST_REQUIRE(wrapped.exit_code == 0);
    const fs::path foreign = files_below(folder / "w").at(0);
    // Another study of another patient, with a private element and a sequence of undefined length.
    const Finished edited = run({"dcmodify",
                                 "-nb",
                                 "-gst",
                                 "-gse",
                                 "-gin",
                                 "-m",
                                 "PatientID=FOREIGN",
                                 "-m",
                                 "PatientName=Foreign^Patient",
                                 "-i",
                                 "(0029,0010)=ACME 1.0",
                                 "-i",
                                 "(0029,1001)=6b\\65\\70\\74",
                                 foreign.string()});
    BOOST_REQUIRE(edited.exit_code == 0);
    const Finished stored = run(std::vector<std::string>{"storescu"} + bridge.dcmtk_peer() +
                                std::vector<std::string>{foreign.string()});
    BOOST_TEST(stored.exit_code == 0, stored.errors);
    const Finished moved = run(std::vector<std::string>{"movescu",
                                                        "-P",
                                                        "-aem",
                                                        "STORESCP",
                                                        "-k",
                                                        "QueryRetrieveLevel=PATIENT",
                                                        "-k",
                                                        "PatientID=FOREIGN"} +
                               bridge.dcmtk_peer());
    BOOST_TEST(moved.exit_code == 0);
    BOOST_REQUIRE(destination.files().size() == 1U);
    const auto dump = [](const fs::path& file) {
        const Finished printed = run({"dcmdump", "-q", "+L", "-M", file.string()});
        return printed.output.substr(printed.output.find("# Dicom-Data-Set"));
    };
    BOOST_TEST(dump(foreign) == dump(destination.files().at(0)));
}

BOOST_AUTO_TEST_CASE(a_damaged_png_fails_alone_in_the_middle_of_a_move) {
    const TemporaryFolder folder;
    fs::copy(sample(), folder / "damaged", fs::copy_options::recursive);
    const auto rows = sample_rows(folder / "damaged");
    const std::string patient = rows.front().patient_id;
    std::vector<std::string> images;
    for (const SampleRow& row : rows) {
        if (row.patient_id == patient) {
            images.push_back(row.image_index);
        }
    }
    for (const fs::path& file : files_below(folder / "damaged")) {
        if (file.filename() == images.front()) {
            fs::resize_file(file, fs::file_size(file) / 2);
        }
    }
    const StoreSCP destination;
    const RunningBridge bridge({destination.destination()}, folder / "damaged");
    const Finished moved = run(std::vector<std::string>{"movescu",
                                                        "-v",
                                                        "-P",
                                                        "-aem",
                                                        "STORESCP",
                                                        "-k",
                                                        "QueryRetrieveLevel=PATIENT",
                                                        "-k",
                                                        "PatientID=" + patient} +
                               bridge.dcmtk_peer());
    BOOST_TEST((moved.output + moved.errors).find("SubOperationsCompleteOneOrMoreFailures") !=
                   std::string::npos,
               moved.output << moved.errors);
    BOOST_TEST(destination.files().size() >= 2 * images.size() - 1);
    BOOST_TEST(run(std::vector<std::string>{"echoscu"} + bridge.dcmtk_peer()).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(send_pushes_studies_to_storescp) {
    const StoreSCP destination;
    const std::string patient = sample_rows(sample()).front().patient_id;
    const Finished sent =
        run({cxrbridge(),
             "send",
             sample().string(),
             "--patient",
             patient,
             "--reports",
             "--to",
             fmt::format("STORESCP@127.0.0.1:{}", destination.destination().port)});
    BOOST_TEST(sent.exit_code == 0, sent.errors);
    BOOST_TEST(destination.files().size() >= 2U);
}

BOOST_AUTO_TEST_CASE(sigterm_ends_the_daemon_in_order) {
    RunningBridge bridge;
    BOOST_TEST(bridge.server().stop(SIGTERM) == 0);
    bridge.start();  // its state folder is free again and whole
    BOOST_TEST(run(std::vector<std::string>{"echoscu"} + bridge.dcmtk_peer()).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(sighup_takes_in_a_new_peer) {
    const StoreSCP destination;
    RunningBridge bridge;
    const std::string image = sample_rows(bridge.data_set()).at(0).image_index;
    const auto move = [&] {
        return run(std::vector<std::string>{"movescu",
                                            "-S",
                                            "-aem",
                                            "STORESCP",
                                            "-k",
                                            "QueryRetrieveLevel=STUDY",
                                            "-k",
                                            "StudyInstanceUID=" + study_of(bridge, image)} +
                   bridge.dcmtk_peer());
    };
    BOOST_TEST(move().exit_code != 0);
    bridge.write_configuration({destination.destination()}, "");
    bridge.server().kill(SIGHUP);
    bridge.server().wait_for_line("reloaded");
    BOOST_TEST(move().exit_code == 0);
    BOOST_TEST(destination.files().size() >= 2U);
}

BOOST_AUTO_TEST_SUITE_END()
