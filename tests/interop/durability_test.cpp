// Acknowledged means durable: kill -9 in the middle of 2,000 C-STOREs, then a restart. So many that
// the sender cannot be done before the kill.

#include "interop/running_bridge.hpp"
#include "interop/small_objects.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <set>
#include <sstream>

using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t object_count = 2000;

/// Numbers of the files whose C-STORE storescu saw acknowledged.
std::set<std::size_t> acknowledged(const std::string& storescu_output) {
    std::set<std::size_t> numbers;
    std::istringstream lines(storescu_output);
    std::string line;
    std::size_t current = object_count;
    while (std::getline(lines, line)) {
        if (const std::size_t at = line.find("Sending file: "); at != std::string::npos) {
            current = std::stoul(fs::path(line.substr(at + 14)).stem().string());
        }
        if (line.find("Received Store Response (Success)") != std::string::npos) {
            numbers.insert(current);
        }
    }
    return numbers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(acknowledged_means_durable)

BOOST_AUTO_TEST_CASE(kill_9_in_the_middle_of_2000_c_stores_loses_nothing_acknowledged) {
    const TemporaryFolder folder;
    const auto uids = write_small_objects(folder / "objects", object_count);
    const StoreSCP destination;
    RunningBridge bridge({destination.destination()});
    std::vector<std::string> command{"storescu", "-v", "+sd"};
    Server sender(command + bridge.dcmtk_peer() +
                  std::vector<std::string>{(folder / "objects").string()});
    sender.wait_for_line("(MsgID 100,", std::chrono::seconds(120));
    bridge.server().kill(SIGKILL);
    bridge.server().stop(SIGKILL);
    sender.wait_for_end(std::chrono::seconds(60));
    const auto promised = acknowledged(sender.output());
    BOOST_TEST_MESSAGE(promised.size()
                       << " of " << object_count << " acknowledged before the kill");
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
    for (const std::size_t number : promised) {
        BOOST_TEST(catalogued.count(uids[number]) == 1U, "acknowledged but lost: " << number);
    }
    const Finished moved = run(std::vector<std::string>{"movescu",
                                                        "-P",
                                                        "-aem",
                                                        "STORESCP",
                                                        "-k",
                                                        "QueryRetrieveLevel=PATIENT",
                                                        "-k",
                                                        "PatientID=DURABLE"} +
                                   bridge.dcmtk_peer(),
                               std::chrono::seconds(120));
    BOOST_TEST(moved.exit_code == 0);
    BOOST_TEST(destination.files().size() == catalogued.size());
}

BOOST_AUTO_TEST_SUITE_END()
