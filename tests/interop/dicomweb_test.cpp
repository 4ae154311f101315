// The web side of the built program, by curl and Python.
#include "interop/web_bridge.hpp"

#include <boost/test/unit_test.hpp>

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
