// odil's and GDCM's clients: DICOM implementations that share no code with DCMTK's network layer.

#include "interop/running_bridge.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cxr::test;

namespace {

std::vector<std::string> gdcm_peer(const RunningBridge& bridge) {
    return {"--aetitle", "GDCM", "--call", "CXRBRIDGE", "127.0.0.1", std::to_string(bridge.port())};
}

std::vector<std::string> odil_peer(const RunningBridge& bridge) {
    return {"127.0.0.1", std::to_string(bridge.port()), "ODIL", "CXRBRIDGE"};
}

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gdcm)

BOOST_AUTO_TEST_CASE(echoes) {
    const RunningBridge bridge;
    const Finished echoed = run(std::vector<std::string>{"gdcmscu", "--echo"} + gdcm_peer(bridge));
    BOOST_TEST(echoed.exit_code == 0, echoed.output << echoed.errors);
}

BOOST_AUTO_TEST_CASE(finds_a_patient) {
    const RunningBridge bridge;
    const std::string patient = sample_rows(bridge.data_set()).front().patient_id;
    const Finished found = run(std::vector<std::string>{"gdcmscu",
                                                        "--find",
                                                        "--patientroot",
                                                        "--patient",
                                                        "--key",
                                                        "10,20=" + patient,
                                                        "--key",
                                                        "10,10="} +
                               gdcm_peer(bridge));
    BOOST_TEST(found.exit_code == 0);
    BOOST_TEST(occurrences(found.output + found.errors, "NIHCXR14^" + patient) >= 1U, found.output);
}

BOOST_AUTO_TEST_CASE(moves_a_patient_to_itself) {
    const std::uint16_t own_port = free_port();
    const RunningBridge bridge({{.ae_title = "GDCM", .port = own_port}});
    const std::string patient = sample_rows(bridge.data_set()).front().patient_id;
    const TemporaryFolder folder;
    const Finished moved = run(std::vector<std::string>{"gdcmscu",
                                                        "--move",
                                                        "--patientroot",
                                                        "--patient",
                                                        "--key",
                                                        "10,20=" + patient,
                                                        "--port-scp",
                                                        std::to_string(own_port),
                                                        "--output",
                                                        folder.path().string()} +
                               gdcm_peer(bridge));
    BOOST_TEST(moved.exit_code == 0, moved.output << moved.errors);
    BOOST_TEST(files_below(folder.path()).size() >= 2U);
}

BOOST_AUTO_TEST_CASE(stores_an_image) {
    const RunningBridge bridge;
    const TemporaryFolder folder;
    const std::string image = sample_rows(bridge.data_set()).at(0).image_index;
    BOOST_REQUIRE(
        run({cxrbridge(), "wrap", bridge.data_set().string(), "-o", (folder / "w").string(), image})
            .exit_code == 0);
    const auto file = files_below(folder / "w").at(0);
    BOOST_REQUIRE(
        run({"dcmodify", "-nb", "-gst", "-gse", "-gin", "-m", "PatientID=VIA-GDCM", file.string()})
            .exit_code == 0);
    const Finished stored =
        run(std::vector<std::string>{"gdcmscu", "--store", "--input", file.string()} +
            gdcm_peer(bridge));
    BOOST_TEST(stored.exit_code == 0, stored.output << stored.errors);
    const Finished found = find(bridge, {"QueryRetrieveLevel=PATIENT", "PatientID=VIA-GDCM"}, "-P");
    BOOST_TEST(values_of(found.errors + found.output, "0010,0020").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(odil)

BOOST_AUTO_TEST_CASE(echoes) {
    const RunningBridge bridge;
    const Finished echoed = run(std::vector<std::string>{"odil", "echo"} + odil_peer(bridge));
    BOOST_TEST(echoed.exit_code == 0, echoed.output << echoed.errors);
}

BOOST_AUTO_TEST_CASE(finds_a_patient) {
    const RunningBridge bridge;
    const std::string patient = sample_rows(bridge.data_set()).front().patient_id;
    const Finished found =
        run(std::vector<std::string>{"odil", "find"} + odil_peer(bridge) +
            std::vector<std::string>{
                "patient", "QueryRetrieveLevel=PATIENT", "PatientID=" + patient, "PatientName="});
    BOOST_TEST(found.exit_code == 0, found.output << found.errors);
    BOOST_TEST(occurrences(found.output, patient) >= 1U, found.output);
}

BOOST_AUTO_TEST_CASE(gets_a_patient) {
    const RunningBridge bridge;
    const std::string patient = sample_rows(bridge.data_set()).front().patient_id;
    const TemporaryFolder folder;
    const Finished got = run(
        std::vector<std::string>{"odil", "get", "--directory", folder.path().string()} +
        odil_peer(bridge) +
        std::vector<std::string>{"patient", "QueryRetrieveLevel=PATIENT", "PatientID=" + patient});
    BOOST_TEST(got.exit_code == 0, got.output << got.errors);
    BOOST_TEST(files_below(folder.path()).size() >= 2U);
}

BOOST_AUTO_TEST_SUITE_END()
