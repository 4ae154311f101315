// `cxrbridge conform` before nodes whose deviations are known: what it must find, and not find.

#include "interop/running_bridge.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <fstream>
#include <map>

using namespace cxr::test;

namespace {

/// By case id: "FAIL A-ASSOCIATE-RJ 2/1/2".
using Verdicts = std::map<std::string, std::string>;

/// Plays these cases; what the JSON report says. `exit_code` is checked.
Verdicts examined(const std::string& peer,
                  const std::string& only,
                  int exit_code,
                  const std::vector<std::string>& more = {}) {
    const TemporaryFolder folder;
    const std::string file = (folder / "report.json").string();
    const std::vector<std::string> command{
        cxrbridge(), "conform", peer, "--format", "json", "-o", file, "--only", only};
    const Finished done = run(command + more, std::chrono::seconds(120));
    BOOST_TEST(done.exit_code == exit_code, done.output << done.errors);
    const Finished read = run({"/usr/bin/python3",
                               "-c",
                               "import sys, json\n"
                               "for f in json.load(open(sys.argv[1]))['findings']:\n"
                               "    print(f['id'] + '\\t' + f['verdict'] + ' ' + f['seen'])",
                               file});
    BOOST_REQUIRE(read.exit_code == 0);
    Verdicts verdicts;
    std::istringstream lines(read.output);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t tab = line.find('\t');
        verdicts[line.substr(0, tab)] = line.substr(tab + 1);
    }
    return verdicts;
}

/// Each of these, as the report has it, or how that begins.
void expect(const Verdicts& found, const Verdicts& expected) {
    for (const auto& [id, text] : expected) {
        const auto one = found.find(id);
        BOOST_REQUIRE_MESSAGE(one != found.end(), id << " was not played");
        BOOST_TEST(one->second.starts_with(text), id << ": " << one->second);
    }
}

class Dcmqrscp {
public:
    Dcmqrscp() : port_(free_port()) {
        std::filesystem::create_directory(folder_ / "db");
        const auto configuration = folder_ / "dcmqrscp.cfg";
        std::ofstream(configuration) << fmt::format(
            "NetworkTCPPort = {}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
            "HostTable BEGIN\nHostTable END\nVendorTable BEGIN\nVendorTable END\n"
            "AETable BEGIN\nQRSCP {} RW (200, 100mb) ANY\nAETable END\n",
            port_,
            (folder_ / "db").string());
        server_ = std::make_unique<Server>(
            std::vector<std::string>{"dcmqrscp", "-c", configuration.string()});
        wait_for_port(port_);
    }
    [[nodiscard]] std::string name() const { return fmt::format("QRSCP@127.0.0.1:{}", port_); }

private:
    TemporaryFolder folder_;
    std::uint16_t port_;
    std::unique_ptr<Server> server_;
};

class Orthanc {
public:
    Orthanc() : port_(free_port()) {
        const std::uint16_t http_port = free_port();
        const auto configuration = folder_ / "orthanc.json";
        std::ofstream(configuration) << fmt::format(
            R"({{"StorageDirectory": "{0}", "IndexDirectory": "{0}", "DicomAet": "ORTHANC",
                "DicomPort": {1}, "HttpPort": {2}, "DicomAlwaysAllowFind": true,
                "DicomAlwaysAllowMove": true, "DicomAlwaysAllowGet": true, "Plugins": []}})",
            (folder_ / "storage").string(),
            port_,
            http_port);
        server_ =
            std::make_unique<Server>(std::vector<std::string>{"Orthanc", configuration.string()});
        wait_for_port(port_);
    }
    [[nodiscard]] std::string name() const { return fmt::format("ORTHANC@127.0.0.1:{}", port_); }

private:
    TemporaryFolder folder_;
    std::uint16_t port_;
    std::unique_ptr<Server> server_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(conform)

BOOST_AUTO_TEST_CASE(finds_what_dcmqrscp_is_known_for) {
    const Dcmqrscp peer;
    expect(examined(peer.name(),
                    "A1,A2,A3,A4,A19,A20,A44,V1,V4,F1,F4,F5,F9,F12,R5,R6,S1,S15",
                    1,
                    {"--store", "--timeout", "3"}),
           {{"A2", "PASS"},
            {"A3", "PASS"},
            {"A4", "FAIL A-ASSOCIATE-RJ 2/1/2"},
            {"A19", "FAIL malformed A-ASSOCIATE-AC: presentation context id 0"},
            {"A20", "FAIL A-ASSOCIATE-AC"},
            {"A44", "FAIL A-ABORT"},
            {"V1", "PASS"},
            {"V4", "FAIL C-ECHO-RSP 0000"},
            {"S1", "PASS"},
            {"S15", "PASS"},
            {"R5", "PASS"},  // it does not tell the SOP classes that are to be retrieved
            {"R6", "PASS"},
            {"F1", "PASS"},
            {"F4", "PASS"},
            {"F5", "FAIL C-FIND-RSP C000"},
            {"F9", "FAIL C-FIND-RSP C000"},
            {"F12", "FAIL"}});
}

BOOST_AUTO_TEST_CASE(finds_what_orthanc_is_known_for) {
    const Orthanc peer;
    expect(
        examined(
            peer.name(), "A2,A6,A9,A20,V1,F1,F4,F5,F6,F9,R1,S1", 1, {"--store", "--timeout", "3"}),
        {{"A2", "PASS"},
         {"A6", "FAIL A-ASSOCIATE-AC"},
         {"A9", "FAIL A-ASSOCIATE-AC"},
         {"A20", "FAIL A-ASSOCIATE-AC"},
         {"V1", "PASS"},
         {"S1", "PASS"},
         {"F1", "PASS"},
         {"F4", "FAIL C-FIND-RSP C000"},
         {"F5", "FAIL C-FIND-RSP C000"},
         {"F6", "FAIL"},
         {"F9", "FAIL"},
         {"R1", "FAIL C-MOVE-RSP C000"}});
}

BOOST_AUTO_TEST_CASE(without_permission_nothing_is_stored) {
    const Orthanc peer;
    expect(examined(peer.name(), "V1,S1,F1", 0, {"--timeout", "3"}),
           {{"V1", "PASS"},
            {"S1", "SKIP would write to the peer: allow it with --store"},
            {"F1", "SKIP the peer holds nothing"}});
}

BOOST_AUTO_TEST_CASE(says_why_a_peer_cannot_be_examined) {
    const RunningBridge bridge;
    const Finished wrong_title =
        run({cxrbridge(), "conform", fmt::format("ELSEWHERE@127.0.0.1:{}", bridge.port())});
    BOOST_TEST(wrong_title.exit_code == 2);
    BOOST_TEST(wrong_title.errors.find("it has another AE title") != std::string::npos);
    BOOST_TEST(run({cxrbridge(), "conform"}).exit_code == 2);
    const Finished nothing_named = run({cxrbridge(), "conform", "X@127.0.0.1:1", "--only", "Z9"});
    BOOST_TEST(nothing_named.exit_code == 2);
    BOOST_TEST(nothing_named.errors.find("--list") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
