#include "bridge/daemon/credentials.hpp"

#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>

using namespace cxr::bridge;
using namespace cxr::test;

BOOST_AUTO_TEST_SUITE(a_secret)

BOOST_AUTO_TEST_CASE(comes_from_the_first_line_of_a_file_or_from_the_environment) {
    const TemporaryFolder folder;
    const std::string file = (folder / "passcode").string();
    std::ofstream(file) << "open sesame\r\nand more\n";
    BOOST_TEST(read_secret(file, "").value() == "open sesame");
    ::setenv("CXR_TEST_PASSCODE", "abracadabra", 1);
    BOOST_TEST(read_secret("", "CXR_TEST_PASSCODE").value() == "abracadabra");
    BOOST_TEST(read_secret("", "").value() == "");
}

BOOST_AUTO_TEST_CASE(that_is_not_there_is_a_fault_and_not_an_empty_one) {
    const TemporaryFolder folder;
    const std::string empty = (folder / "empty").string();
    std::ofstream(empty) << "\nsecond line\n";
    ::unsetenv("CXR_TEST_PASSCODE");
    BOOST_TEST(read_secret("/no/such/file", "").error().doing.find("/no/such/file") !=
               std::string::npos);
    BOOST_TEST(!read_secret(empty, "").has_value());
    BOOST_TEST(read_secret("", "CXR_TEST_PASSCODE").error().doing ==
               "the environment variable CXR_TEST_PASSCODE is not set");
}

BOOST_AUTO_TEST_CASE(of_a_user_names_the_user_when_it_is_missing) {
    cxr::config::Config config;
    config.users = {{.name = "alice",
                     .passcode_hash = {},
                     .passcode_file = "/no/such/file",
                     .passcode_env = {}}};
    BOOST_TEST(users(config).error().doing.starts_with("user alice: "));
    config.users = {
        {.name = "guest", .passcode_hash = {}, .passcode_file = {}, .passcode_env = {}}};
    BOOST_TEST(users(config)->at("guest").passcode == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tls)

BOOST_AUTO_TEST_CASE(is_nothing_where_nobody_wants_it) {
    cxr::config::Config config;
    config.tls.certificate = "/no/such/file";
    BOOST_TEST(tls_context(config).value() == nullptr);
}

BOOST_AUTO_TEST_CASE(names_the_key_and_file_that_cannot_be_read) {
    cxr::config::Config config;
    config.tls.enabled = true;
    config.tls.certificate = "/no/such/file";
    BOOST_TEST(tls_context(config).error().doing ==
               "tls.certificate: cannot read /no/such/file, or it is empty");
}

BOOST_AUTO_TEST_SUITE_END()
