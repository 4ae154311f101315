/// The program as users run it: what it prints where, and its exit codes.

#include "support/folders.hpp"
#include "support/process.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <ostream>

using namespace cxr::test;

namespace {

Finished cxrbridge(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), CXRBRIDGE);
    return run(arguments);
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct CommandLine {
    const char* says;
    std::vector<std::string> arguments;
    const char* complaint;
};
std::ostream& operator<<(std::ostream& out, const CommandLine& line) {
    return out << line.says;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(the_program)

BOOST_AUTO_TEST_CASE(tells_its_version_and_its_libraries) {
    const Finished finished = cxrbridge({"--version"});
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.output.starts_with("cxrbridge 0."));
    BOOST_TEST(contains(finished.output, "DCMTK 3.6.7"));
}

BOOST_AUTO_TEST_CASE(documents_its_exit_codes_in_its_help) {
    const Finished finished = cxrbridge({"--help"});
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(
        contains(finished.output, "Exit codes: 0 done; 1 done with findings or failures; 2"));
}

const CommandLine wrong_usages[] = {
    {"no command", {}, "a command is missing"},
    {"an unknown command", {"conquer"}, "conquer"},
    {"an unknown flag", {"config", "check", "--prot", "1"}, "--prot"},
    {"a flag without its value", {"config", "check", "--port"}, "--port"},
    {"a port that is none",
     {"config", "check", "--port", "99999"},
     "node.port: \"99999\" is not allowed; allowed: 0 to 65535"},
    {"a peer that is none", {"config", "check", "--peer", "ORTHANC"}, "is not AE@host:port"},
    {"a setting that is none", {"config", "check", "--set", "node.port"}, "SECTION.KEY=VALUE"},
    {"a setting of an unknown key", {"config", "check", "--set", "node.prot=1"}, "node.prot"},
    {"a configuration file that is not there",
     {"config", "check", "--config", "/nowhere/x.toml"},
     "/nowhere/x.toml: cannot read it"},
    {"a folder as configuration file", {"config", "check", "--config", "/"}, "/: cannot read it"},
};

BOOST_DATA_TEST_CASE(exits_2_on_wrong_usage_and_says_why, wrong_usages, line) {
    const Finished finished = cxrbridge(line.arguments);
    BOOST_TEST(finished.exit_code == 2);
    BOOST_TEST(contains(finished.errors, line.complaint), finished.errors);
    BOOST_TEST(finished.output == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(config_command)

BOOST_AUTO_TEST_CASE(check_tells_all_mistakes_at_once) {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "bad.toml").string();
    std::ofstream(file) << "[node]\nprot = 104\n[log]\nlevel = 'loud'\n";
    const Finished finished = cxrbridge({"config", "check", "--config", file});
    BOOST_TEST(finished.exit_code == 2);
    BOOST_TEST(contains(finished.errors, file + ":2: node.prot: unknown key; did you mean port?"));
    BOOST_TEST(contains(finished.errors, file + ":4: log.level: \"loud\" is not allowed"));
}

BOOST_AUTO_TEST_CASE(check_accepts_the_installed_default_file) {
    const Finished finished = cxrbridge({"config", "check", "--config", "config/cxrbridge.toml"});
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.output == "config/cxrbridge.toml: no mistakes\n");
}

BOOST_AUTO_TEST_CASE(flags_override_the_file_and_the_file_the_defaults) {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "a.toml").string();
    std::ofstream(file) << "[node]\nport = 104\naet = 'FILE'\n"
                           "[[peer]]\naet = 'A'\nhost = 'file'\n[[peer]]\naet = 'B'\nhost = 'b'\n";
    const Finished finished = cxrbridge({"config",
                                         "show",
                                         "--config",
                                         file,
                                         "--aet",
                                         "FLAG",
                                         "--peer",
                                         "A@flag:1",
                                         "--set",
                                         "log.level=debug"});
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(contains(finished.output, "port = 104\n"));
    BOOST_TEST(contains(finished.output, "aet = \"FLAG\"\n"));
    BOOST_TEST(contains(finished.output, "listen = \"127.0.0.1\"\n"));
    BOOST_TEST(contains(finished.output, "level = \"debug\"\n"));
    BOOST_TEST(contains(finished.output, "host = \"flag\"\n"));
    BOOST_TEST(!contains(finished.output, "host = \"file\"\n"));
    BOOST_TEST(contains(finished.output, "host = \"b\"\n"));
}

BOOST_AUTO_TEST_CASE(show_prints_a_file_that_check_accepts) {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "shown.toml").string();
    const Finished shown = cxrbridge({"config", "show", "--peer", "A@[::1]:4242"});
    BOOST_TEST(shown.exit_code == 0);
    std::ofstream(file) << shown.output;
    BOOST_TEST(cxrbridge({"config", "check", "--config", file}).exit_code == 0);
    BOOST_TEST(cxrbridge({"config", "show", "--config", file}).output == shown.output);
}

BOOST_AUTO_TEST_SUITE_END()
