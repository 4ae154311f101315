// The web side of the built program, by curl and Python.
#include "interop/web_bridge.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

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
    const Finished client = run({"python3",
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

BOOST_AUTO_TEST_CASE(other_origins_and_methods) {
    check("manners");
}

BOOST_AUTO_TEST_SUITE_END()
