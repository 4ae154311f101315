// PS3.18 §10.5 against the built program: what STOW-RS has acknowledged is there, whatever happens,
// and is what a C-STORE would have made of it.
#include "dicom/core/uid.hpp"
#include "dicom/report/foreign_reports.hpp"
#include "interop/small_objects.hpp"
#include "interop/web_bridge.hpp"
#include "support/dcmtk_ready.hpp"
#include "support/files.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <set>
#include <sstream>

using namespace cxr::test;
namespace fs = std::filesystem;

BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

namespace {

constexpr std::size_t object_count = 600;
constexpr std::size_t objects_a_request = 4;

std::vector<std::string> stow_command(const std::string& url,
                                      std::size_t objects,
                                      const std::vector<fs::path>& files) {
    std::vector<std::string> command{
        "/usr/bin/python3", "tests/interop/stow.py", url, std::to_string(objects)};
    for (const fs::path& file : files) {
        command.push_back(file.string());
    }
    return command;
}

/// The second words of lines "stored UID URL".
std::set<std::string> stored(const std::string& output) {
    std::set<std::string> uids;
    for (const std::string& line : lines_with_prefix(output, "stored ")) {
        uids.insert(line.substr(7, line.find(' ', 7) - 7));
    }
    return uids;
}

/// As OHIF stores what somebody drew on an image of ours.
void write_report(const fs::path& file,
                  const std::string& patient_id,
                  const std::string& study,
                  const std::string& image) {
    ForeignDocument document;
    document.sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.22";
    document.patient_id = patient_id;
    document.context = {
        {"HAS OBS CONTEXT", "PNAME", {"121008", "DCM", "Person Observer Name"}, "Doe^Reader"}};
    document.groups = {ohif_group({100, 200, 300, 200, 300, 260, 100, 260}, image, "Atelectasis")};
    const auto data_set = data_set_of(document);
    foreign::put(*data_set, DCM_StudyInstanceUID, study);
    const auto encoded =
        cxr::dicom::encode_data_set(*data_set, cxr::dicom::explicit_vr_little_endian);
    BOOST_REQUIRE(encoded);
    const auto bytes = bytes_of(*encoded);
    const auto header = cxr::dicom::file_meta_information(
        {.sop_class_uid = document.sop_class_uid,
         .sop_instance_uid = document.sop_instance_uid,
         .transfer_syntax_uid = std::string(cxr::dicom::explicit_vr_little_endian.uid),
         .segments = {}});
    std::ofstream out(file, std::ios::binary);
    for (const auto& piece :
         {std::span<const std::byte>(header), std::span<const std::byte>(bytes)}) {
        out.write(reinterpret_cast<const char*>(piece.data()),
                  static_cast<std::streamsize>(piece.size()));
    }
}

struct Refusal {
    const char* says;
    std::vector<std::string> options;
    const char* status;
};
const std::string multipart =
    R"(Content-Type: multipart/related; type="application/dicom"; boundary=b)";
const Refusal refusals[] = {
    {"another media type", {"-H", "Content-Type: application/dicom", "--data-binary", "x"}, "415"},
    {"parts of another media type",
     {"-H",
      R"(Content-Type: multipart/related; type="application/dicom+json"; boundary=b)",
      "--data-binary",
      "--b--"},
     "415"},
    {"a content coding",
     {"-H", multipart, "-H", "Content-Encoding: gzip", "--data-binary", "x"},
     "415"},
    {"no boundary", {"-H", "Content-Type: multipart/related", "--data-binary", "x"}, "400"},
    {"no parts", {"-H", multipart, "--data-binary", "--b--"}, "400"},
    {"a body that is cut short", {"-H", multipart, "--data-binary", "--b\r\n\r\nDICM"}, "400"},
    {"nothing that we could answer in",
     {"-H", multipart, "-H", "Accept: text/html", "--data-binary", "--b--"},
     "406"},
    {"a part that is no object",
     {"-H", multipart, "--data-binary", "--b\r\n\r\nnothing\r\n--b--"},
     "409"},
    {"an endless header of a part",
     {"-H", multipart, "--data-binary", "--b\r\nX: " + std::string(10'000, 'x')},
     "413"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_18_10_5_acknowledged_means_durable)

BOOST_AUTO_TEST_CASE(kill_9_in_the_middle_of_600_objects_loses_nothing_acknowledged) {
    const TemporaryFolder folder;
    write_small_objects(folder / "objects", object_count);
    RunningBridge bridge({}, sample(), web_on);
    Server sender(stow_command(web_root(bridge) + "/dicom-web/studies",
                               objects_a_request,
                               files_below(folder / "objects")));
    sender.wait_for_line("stored ");
    bridge.server().kill(SIGKILL);
    bridge.server().stop(SIGKILL);
    sender.wait_for_end(std::chrono::seconds(60));
    const auto promised = stored(sender.output());
    BOOST_TEST_MESSAGE(promised.size() << " of " << object_count << " acknowledged");
    BOOST_REQUIRE(!promised.empty());
    BOOST_REQUIRE(promised.size() < object_count);

    bridge.start();
    const Finished found = find(bridge,
                                {"QueryRetrieveLevel=IMAGE",
                                 "StudyInstanceUID=2.25.1",
                                 "SeriesInstanceUID=2.25.2",
                                 "SOPInstanceUID"});
    const auto listed = values_of(found.errors + found.output, "0008,0018");
    const std::set<std::string> catalogued(listed.begin(), listed.end());
    for (const std::string& uid : promised) {
        BOOST_TEST(catalogued.contains(uid), "acknowledged but lost: " << uid);
    }
    // What was not acknowledged can be sent again; what was there already is no mistake.
    const Finished again = run(stow_command(web_root(bridge) + "/dicom-web/studies/2.25.1",
                                            objects_a_request,
                                            files_below(folder / "objects")),
                               std::chrono::seconds(120));
    BOOST_TEST(stored(again.output).size() == object_count, again.output);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(ps3_18_10_5_reports_come_back)

BOOST_AUTO_TEST_CASE(what_a_viewer_stored_is_among_the_annotations) {
    const TemporaryFolder folder;
    RunningBridge bridge({}, sample(), web_on);
    const Finished wrapped = run({cxrbridge(),
                                  "wrap",
                                  bridge.data_set().string(),
                                  "-o",
                                  (folder / "image").string(),
                                  "--limit",
                                  "1"});
    BOOST_REQUIRE(wrapped.exit_code == 0);
    const std::string dump =
        run({"dcmdump", "-Un", files_below(folder / "image").at(0).string()}).output;
    const std::string study = values_of(dump, "0020,000d").at(0);
    write_report(folder / "report.dcm",
                 values_of(dump, "0010,0020").at(0),
                 study,
                 values_of(dump, "0008,0018").at(0));
    const Finished sent = run(
        stow_command(web_root(bridge) + "/dicom-web/studies/" + study, 1, {folder / "report.dcm"}));
    BOOST_TEST(stored(sent.output).size() == 1U, sent.output);

    const std::string said =
        body_of(curl(web_root(bridge) + "/api/studies/" + study + "/annotations"));
    BOOST_TEST(
        said.find(R"("observer": "Doe^Reader", "box": [100, 200, 200, 60])") != std::string::npos,
        said);
    const Finished exported = run({cxrbridge(),
                                   "export",
                                   bridge.data_set().string(),
                                   "--format",
                                   "json",
                                   "--state",
                                   bridge.state().string(),
                                   "-o",
                                   (folder / "out").string()});
    BOOST_TEST(exported.exit_code == 0, exported.errors);
    const std::string annotations = read_file(folder / "out" / "annotations.json");
    BOOST_TEST(annotations.find("Doe^Reader") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(ps3_18_10_5_what_is_refused)

BOOST_AUTO_TEST_CASE(has_a_status_of_its_own_and_leaves_nothing) {
    RunningBridge bridge({}, sample(), web_on);
    const std::string url = web_root(bridge) + "/dicom-web/studies";
    for (const Refusal& refusal : refusals) {
        const Finished answer = curl(url, refusal.options);
        BOOST_TEST(status_of(answer) == refusal.status, refusal.says << ": " << answer.output);
    }
    BOOST_TEST(status_of(curl(web_root(bridge) + "/dicom-web/studies/none",
                              {"-H", multipart, "--data-binary", "--b--"})) == "400");
    BOOST_TEST(files_below(bridge.state() / "received").empty());
    BOOST_TEST(
        body_of(curl(web_root(bridge) + "/metrics"))
            .find(
                R"(cxrbridge_http_requests_total{resource="/dicom-web/studies",status="415"} 3)") !=
        std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
