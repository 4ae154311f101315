// Orthanc as a client of the node (query, retrieve into itself, store) and as a move destination.

#include "interop/orthanc.hpp"

#include "interop/running_bridge.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

using namespace cxr::test;

namespace {

std::size_t instances_in(const Orthanc& orthanc) {
    const std::string list = orthanc.get("/instances");
    return static_cast<std::size_t>(std::count(list.begin(), list.end(), '"')) / 2;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(orthanc)

BOOST_AUTO_TEST_CASE(queries_the_node_and_retrieves_a_study_into_itself) {
    const Orthanc witness;
    const RunningBridge bridge({witness.destination()});
    witness.knows(bridge);
    BOOST_TEST(witness.request("POST", "/modalities/bridge/echo", "{}").exit_code == 0);
    const std::string image = boxed_images(bridge.data_set()).at(0);
    const Finished query = witness.request(
        "POST",
        "/modalities/bridge/query",
        fmt::format(R"({{"Level": "Study", "Query": {{"AccessionNumber": "CXR{}"}}}})",
                    image.substr(0, 12)));
    BOOST_REQUIRE(query.exit_code == 0);
    const std::string id = json_string(query.output, "ID");
    const std::string answers = witness.get("/queries/" + id + "/answers");
    BOOST_TEST(std::count(answers.begin(), answers.end(), '"') == 2);  // exactly one
    const Finished retrieved = witness.request(
        "POST", "/queries/" + id + "/retrieve", R"({"TargetAet": "ORTHANC", "Synchronous": true})");
    BOOST_TEST(retrieved.exit_code == 0, retrieved.output);
    BOOST_TEST(instances_in(witness) == 4U);  // its boxes twice
}

BOOST_AUTO_TEST_CASE(decodes_a_retrieved_image_to_its_pngs_pixels) {
    const Orthanc witness;
    const RunningBridge bridge({witness.destination()});
    const std::string image = sample_rows(bridge.data_set()).at(0).image_index;
    const Finished moved = run(std::vector<std::string>{"movescu",
                                                        "-P",
                                                        "-aem",
                                                        "ORTHANC",
                                                        "-k",
                                                        "QueryRetrieveLevel=PATIENT",
                                                        "-k",
                                                        "PatientID=" + image.substr(0, 8)} +
                               bridge.dcmtk_peer());
    BOOST_REQUIRE(moved.exit_code == 0);
    const std::string found =
        witness
            .request(
                "POST",
                "/tools/find",
                fmt::format(
                    R"({{"Level": "Instance", "Query": {{"AccessionNumber": "CXR{}", "Modality": "DX"}}}})",
                    image.substr(0, 12)))
            .output;
    const std::size_t begin = found.find('"') + 1;
    const std::string instance = found.substr(begin, found.find('"', begin) - begin);
    const TemporaryFolder folder;
    witness.download("/instances/" + instance + "/image-uint8", folder / "image.png");
    std::string png;
    for (const auto& file : files_below(bridge.data_set())) {
        if (file.filename() == image) {
            png = file.string();
        }
    }
    const Finished compared =
        run({"/usr/bin/python3",
             "-c",
             "import sys; from PIL import Image; "
             "a = Image.open(sys.argv[1]).convert('L'); b = Image.open(sys.argv[2]); "
             "b = b.getchannel(0) if b.mode != 'L' else b; "
             "sys.exit(0 if a.size == b.size and a.tobytes() == b.tobytes() else 1)",
             (folder / "image.png").string(),
             png});
    BOOST_TEST(compared.exit_code == 0, compared.errors);
}

BOOST_AUTO_TEST_CASE(stores_what_it_has_into_the_node) {
    const Orthanc witness;
    const RunningBridge bridge({witness.destination()});
    witness.knows(bridge);
    const TemporaryFolder folder;
    const std::string image = sample_rows(bridge.data_set()).at(0).image_index;
    BOOST_REQUIRE(
        run({cxrbridge(), "wrap", bridge.data_set().string(), "-o", (folder / "w").string(), image})
            .exit_code == 0);
    const auto file = files_below(folder / "w").at(0);
    BOOST_REQUIRE(run({"dcmodify",
                       "-nb",
                       "-gst",
                       "-gse",
                       "-gin",
                       "-m",
                       "PatientID=VIA-ORTHANC",
                       file.string()})
                      .exit_code == 0);
    const Finished uploaded = witness.request("POST", "/instances", "@" + file.string());
    BOOST_REQUIRE(uploaded.exit_code == 0);
    const Finished stored =
        witness.request("POST", "/modalities/bridge/store", json_string(uploaded.output, "ID"));
    BOOST_TEST(stored.exit_code == 0, stored.output);
    const Finished found =
        find(bridge, {"QueryRetrieveLevel=PATIENT", "PatientID=VIA-ORTHANC", "PatientName"}, "-P");
    BOOST_TEST(values_of(found.errors + found.output, "0010,0020").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
