// The web side of the built program, by curl and Python.
#include "interop/orthanc.hpp"
#include "interop/web_bridge.hpp"
#include "support/files.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace cxr::test;

BOOST_AUTO_TEST_SUITE(the_web_side)

BOOST_AUTO_TEST_CASE(is_off_unless_asked_for) {
    const RunningBridge bridge;
    BOOST_TEST(bridge.ready_line().find("http") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_where_it_is_and_how_it_is) {
    RunningBridge bridge({}, sample(), web_on);
    const std::string root = web_root(bridge);
    const Finished health = curl(root + "/healthz");
    BOOST_TEST(status_of(health) == "200");
    BOOST_TEST(body_of(health) == "ok\n");
    BOOST_TEST(status_of(curl(root + "/readyz")) == "200");
    BOOST_TEST(status_of(curl(root + "/nowhere?PatientName=SECRET")) == "404");
    BOOST_TEST(status_of(curl(root + "/../../etc/passwd")) == "400");
    BOOST_TEST(bridge.server().stop(SIGTERM) == 0);
    const std::string log = bridge.server().output();
    BOOST_TEST(log.find("path=/nowhere status=404") != std::string::npos);
    BOOST_TEST(log.find("SECRET") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(dicomweb_by_python)

namespace {

const RunningBridge& bridge() {
    static const RunningBridge running(
        {}, sample(), std::string(web_on) + "allowed_origins = [\"https://viewer.example.org\"]\n");
    return running;
}

void check(const std::string& name, const std::string& file = "") {
    const Finished client = run({"/usr/bin/python3",
                                 "tests/interop/dicomweb_client.py",
                                 web_root(bridge()),
                                 sample().string(),
                                 name,
                                 file});
    BOOST_TEST(client.exit_code == 0, client.errors);
}

}  // namespace

BOOST_AUTO_TEST_CASE(ps3_18_10_6_searches) {
    check("search");
}

BOOST_AUTO_TEST_CASE(ps3_18_8_3_4_4_limits_beyond_the_greatest) {
    const TemporaryFolder folder;
    {
        std::ofstream table(folder / "Data_Entry_2017_v2020.csv");
        table << "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,"
                 "View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n";
        for (int patient = 1; patient <= 10'003; ++patient) {
            table << fmt::format(
                "{:08}_000.png,No Finding,0,{},50,M,PA,2500,2048,0.168,0.168\n", patient, patient);
        }
    }
    const RunningBridge many(
        {}, folder.path(), std::string(web_on) + "[dataset]\nmissing_images = \"list\"\n");
    const Finished client = run({"/usr/bin/python3",
                                 "tests/interop/dicomweb_client.py",
                                 web_root(many),
                                 folder.path().string(),
                                 "limits"});
    BOOST_TEST(client.exit_code == 0, client.errors);
}

BOOST_AUTO_TEST_CASE(ps3_18_10_4_metadata) {
    check("metadata");
}

BOOST_AUTO_TEST_CASE(ps3_18_10_4_frames_and_bulk_data) {
    check("frames");
}

BOOST_AUTO_TEST_CASE(ps3_18_10_4_objects_that_are_valid) {
    const TemporaryFolder folder;
    const std::string file = (folder / "image.dcm").string();
    check("objects", file);
    BOOST_TEST(iod_errors(file).empty());
}

BOOST_AUTO_TEST_CASE(ps3_18_10_4_rendered_pictures) {
    check("rendered");
}

BOOST_AUTO_TEST_CASE(ps3_18_10_4_pictures_with_a_presentation_state) {
    check("presented");
}

BOOST_AUTO_TEST_CASE(ps3_18_9_wado_uri) {
    check("uri");
}

BOOST_AUTO_TEST_CASE(other_origins_and_methods) {
    check("manners");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hostile_http)

BOOST_AUTO_TEST_CASE(is_answered_rightly_and_disturbs_nobody) {
    RunningBridge hostile({}, sample(), std::string(web_on) + "header_timeout = 2\n");
    const std::string root = web_root(hostile);
    const Finished client = run({"/usr/bin/python3",
                                 "tests/interop/dicomweb_hostile.py",
                                 root.substr(root.rfind(':') + 1),
                                 std::to_string(hostile.server().process())});
    BOOST_TEST(client.exit_code == 0, client.errors);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(users_and_tokens)

BOOST_AUTO_TEST_CASE(are_asked_for_and_read_anew) {
    const TemporaryFolder folder;
    const auto tokens = folder / "tokens";
    write_file(tokens, "viewer read 0123456789abcdefghij\n");
    const std::string passcode_file = (folder / "passcode").string();
    write_file(passcode_file, "open sesame\n");
    RunningBridge guarded(
        {},
        sample(),
        std::string(web_on) + "authentication = \"required\"\ntokens_file = \"" + tokens.string() +
            "\"\n[[user]]\nname = \"alice\"\npasscode_file = \"" + passcode_file + "\"\n");
    const std::string studies = web_root(guarded) + "/dicom-web/studies";
    BOOST_TEST(status_of(curl(studies)) == "401");
    BOOST_TEST(status_of(curl(studies, {"-u", "alice:open sesame"})) == "200");
    BOOST_TEST(status_of(curl(studies, {"-u", "alice:sesame"})) == "401");
    const std::vector<std::string> bearer{"-H", "Authorization: Bearer 0123456789abcdefghij"};
    BOOST_TEST(status_of(curl(studies, bearer)) == "200");
    BOOST_TEST(status_of(curl(web_root(guarded) + "/healthz")) == "200");
    write_file(tokens, "other read abcdefghij0123456789\n");
    guarded.server().kill(SIGHUP);
    guarded.server().wait_for_line("reloaded");
    BOOST_TEST(status_of(curl(studies, bearer)) == "401");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(orthanc_s_plugin_as_client)

BOOST_AUTO_TEST_CASE(retrieves_a_study) {
    const std::string plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
    if (!std::filesystem::exists(plugin)) {
        BOOST_TEST_MESSAGE("skipped: orthanc-dicomweb is not installed");
        return;
    }
    RunningBridge served({}, sample(), web_on);
    const std::string root = web_root(served);
    const Orthanc orthanc(
        plugin, "\"DicomWeb\": {\"Servers\": {\"bridge\": [\"" + root + "/dicom-web/\"]}}");
    const std::string patient = sample_rows(served.data_set()).at(0).patient_id;
    const std::string found = body_of(curl(root + "/dicom-web/studies?PatientID=" + patient));
    const std::size_t at = found.find("\"0020000D\"");
    BOOST_TEST_REQUIRE(at != std::string::npos);
    const std::size_t begin = found.find("[\"", at) + 2;
    const std::string uid = found.substr(begin, found.find('"', begin) - begin);
    const Finished retrieved = orthanc.request("POST",
                                               "/dicom-web/servers/bridge/retrieve",
                                               "{\"Resources\": [{\"Study\": \"" + uid + "\"}]}");
    BOOST_TEST(retrieved.exit_code == 0, retrieved.output);
    BOOST_TEST(orthanc.get("/studies?expand").find(uid) != std::string::npos);
    const std::string expected = body_of(curl(root + "/dicom-web/studies/" + uid + "/instances"));
    std::size_t instances = 0;
    for (std::size_t i = expected.find("\"00080018\""); i != std::string::npos;
         i = expected.find("\"00080018\"", i + 1)) {
        ++instances;
    }
    BOOST_TEST(
        orthanc.get("/statistics").find("\"CountInstances\" : " + std::to_string(instances)) !=
        std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
