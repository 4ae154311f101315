// What routes deliver to programs that we did not write: down, back, killed half-way.

#include "interop/orthanc.hpp"
#include "interop/running_bridge.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <csignal>
#include <map>
#include <regex>

using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

std::string route(const std::string& destination,
                  const std::string& objects = R"("reports")",
                  const std::string& further = "",
                  unsigned retry_interval = 1) {
    return fmt::format(
        "[[route]]\nname = \"a-route\"\nto = \"{0}\"\nobjects = [{1}]\nretry_interval = {3}\n"
        "retry_interval_max = {3}\nretry_limit = 10000\n{2}\n[log]\nlevel = \"debug\"\n",
        destination,
        objects,
        further,
        retry_interval);
}

std::size_t report_count() {
    return sample_rows(sample()).size() + boxed_images(sample()).size();
}

Finished queue(const RunningBridge& bridge, std::vector<std::string> options = {}) {
    return run(std::vector<std::string>{cxrbridge(), "queue"} + std::move(options) +
               std::vector<std::string>{"--state", bridge.state().string()});
}

/// A number of the (only) destination.
std::size_t number_in(const std::string& json, const std::string& name) {
    std::smatch found;
    const std::regex pattern("\"" + name + R"("\s*:\s*(\d+))");
    return std::regex_search(json, found, pattern) ? std::stoul(found[1]) : 0;
}

/// What is neither delivered nor given up: an attempt may be under way at any moment.
std::size_t undelivered_in(const std::string& json) {
    return number_in(json, "waiting") + number_in(json, "sending");
}

/// `cxrbridge queue --json`, once `name` is at least `count`.
std::string wait_for(const RunningBridge& bridge, const std::string& name, std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (;;) {
        const std::string json = queue(bridge, {"--json"}).output;
        if (number_in(json, name) >= count) {
            return json;
        }
        if (std::chrono::steady_clock::now() > until) {
            throw std::runtime_error(name + " did not happen: " + json);
        }
    }
}

/// storescp on a port that stays the same, every object in a file of its own, even when it comes
/// twice; all that it ever received stays.
class Receiver {
public:
    Receiver() : port(free_port()) {}
    void start(std::vector<std::string> options = {}) {
        server = std::make_unique<Server>(
            std::vector<std::string>{"storescp", "+uf", "-od", folder.path().string()} +
            std::move(options) + std::vector<std::string>{std::to_string(port)});
        wait_for_port(port);
    }
    [[nodiscard]] Destination destination() const { return {"STORESCP", port}; }
    /// How often each SOP Instance UID arrived.
    [[nodiscard]] std::map<std::string, int> arrivals() const {
        std::map<std::string, int> count;
        for (const fs::path& file : files_below(folder.path())) {
            const Finished dump = run({"dcmdump", "-Un", "+P", "0008,0018", file.string()});
            for (const std::string& uid : values_of(dump.output, "0008,0018")) {
                ++count[uid];
            }
        }
        return count;
    }

    const std::uint16_t port;
    TemporaryFolder folder;
    std::unique_ptr<Server> server;
};

std::size_t twice(const std::map<std::string, int>& arrivals) {
    std::size_t more = 0;
    for (const auto& [uid, count] : arrivals) {
        more += static_cast<std::size_t>(count - 1);
    }
    return more;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_stock_storescp)

BOOST_AUTO_TEST_CASE(that_is_down_gets_everything_once_when_it_is_up) {
    Receiver receiver;
    RunningBridge bridge({receiver.destination()}, sample(), route("STORESCP"));
    const std::string before = wait_for(bridge, "attempts_in_vain", 2);
    BOOST_TEST(undelivered_in(before) == report_count());
    BOOST_TEST(before.find("efused") != std::string::npos, before);
    BOOST_TEST(queue(bridge).exit_code == 0);
    receiver.start();
    const std::string after = wait_for(bridge, "delivered", report_count());
    BOOST_TEST(undelivered_in(after) == 0U);
    BOOST_TEST(number_in(after, "attempts_in_vain") == 0U);
    const auto arrivals = receiver.arrivals();
    BOOST_TEST(arrivals.size() == report_count());
    BOOST_TEST(twice(arrivals) == 0U);
}

BOOST_AUTO_TEST_CASE(that_is_killed_half_way_gets_the_rest_later) {
    Receiver receiver;
    receiver.start({"--sleep-after", "5"});  // acknowledges, then is slow to take the next one
    RunningBridge bridge({receiver.destination()}, sample(), route("STORESCP"));
    wait_for(bridge, "delivered", 1);
    receiver.server->stop(SIGKILL);
    const std::string down = wait_for(bridge, "attempts_in_vain", 1);
    BOOST_TEST(number_in(down, "delivered") + undelivered_in(down) == report_count());
    BOOST_TEST(undelivered_in(down) > 0U);
    receiver.start();
    wait_for(bridge, "delivered", report_count());
    const auto arrivals = receiver.arrivals();
    BOOST_TEST(arrivals.size() == report_count());
    BOOST_TEST(twice(arrivals) == 0U);
}

BOOST_AUTO_TEST_CASE(gets_the_rest_from_a_node_that_was_killed_and_nothing_again_after_a_restart) {
    Receiver receiver;
    receiver.start({"--sleep-after", "5"});
    RunningBridge bridge({receiver.destination()}, sample(), route("STORESCP"));
    wait_for(bridge, "delivered", 1);
    bridge.server().stop(SIGKILL);
    receiver.server->stop(SIGKILL);
    receiver.start();
    bridge.start();
    wait_for(bridge, "delivered", report_count());
    auto arrivals = receiver.arrivals();
    BOOST_TEST(arrivals.size() == report_count());
    BOOST_TEST(twice(arrivals) == 0U);
    for (const int signal : {SIGTERM, SIGKILL}) {
        bridge.server().stop(signal);
        bridge.start();
        const std::string line = bridge.server().wait_for_line("deliveries enqueued");
        BOOST_TEST(line.find("objects=0") != std::string::npos, line);
    }
    BOOST_TEST(number_in(queue(bridge, {"--json"}).output, "delivered") == report_count());
    BOOST_TEST(twice(receiver.arrivals()) == 0U);
}

BOOST_AUTO_TEST_CASE(is_sent_on_what_others_store) {
    Receiver receiver;
    receiver.start();
    RunningBridge bridge({receiver.destination()}, sample(), route("STORESCP", R"("received")"));
    bridge.server().wait_for_line("deliveries enqueued");
    const TemporaryFolder files;
    BOOST_REQUIRE(run({cxrbridge(),
                       "export",
                       sample().string(),
                       "--format",
                       "sr",
                       "-o",
                       (files / "sr").string(),
                       "--set",
                       "dataset.dates=none"})
                      .exit_code == 0);
    const auto reports = files_below(files / "sr");
    BOOST_REQUIRE(run(std::vector<std::string>{"storescu", "+sd", "+r", "-R"} +
                      bridge.dcmtk_peer() + std::vector<std::string>{(files / "sr").string()})
                      .exit_code == 0);
    wait_for(bridge, "delivered", reports.size());
    const auto arrivals = receiver.arrivals();
    BOOST_TEST(arrivals.size() == reports.size());
    BOOST_TEST(twice(arrivals) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(refusals)

BOOST_AUTO_TEST_CASE(for_good_are_failures_that_a_person_sees_and_puts_back) {
    RunningBridge archive(
        {}, sample(), "[[peer]]\naet = \"CXRBRIDGE\"\nhost = \"127.0.0.1\"\nmay = [\"echo\"]\n");
    // One attempt, and then none for longer than this takes: what is under way is not dropped.
    RunningBridge bridge(
        {{"ARCHIVE", archive.port()}},
        sample(),
        "[access]\nignore_aet_case = false\n" + route("ARCHIVE", R"("reports")", "", 3'600));
    wait_for(bridge, "attempts_in_vain", 1);  // CXRBRIDGE is no ARCHIVE: rejected
    wait_for(bridge, "waiting", report_count());
    const Finished listed = queue(bridge);
    BOOST_TEST(listed.output.find("called AE title") != std::string::npos, listed.output);
    BOOST_TEST(listed.exit_code == 0);
    const Finished dropped = queue(bridge, {"drop", "ARCHIVE"});
    BOOST_TEST(dropped.output == fmt::format("{} objects are not sent any more\n", report_count()));
    BOOST_TEST(number_in(queue(bridge, {"--json"}).output, "dropped") == report_count());
    BOOST_TEST(queue(bridge, {"drop", "NOBODY"}).exit_code == 2);
    BOOST_TEST(queue(bridge, {"retry"}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(of_every_context_fail_each_object_with_its_reason) {
    RunningBridge archive(
        {},
        sample(),
        "[access]\ncheck_called_aet = false\n"
        "[[peer]]\naet = \"CXRBRIDGE\"\nhost = \"127.0.0.1\"\nmay = [\"echo\"]\n");
    RunningBridge bridge({{"ARCHIVE", archive.port()}}, sample(), route("ARCHIVE"));
    wait_for(bridge, "failed", report_count());
    const Finished listed = queue(bridge, {"--verbose"});
    BOOST_TEST(listed.exit_code == 1);
    BOOST_TEST(listed.output.find("no presentation context was accepted") != std::string::npos);
    archive.server().stop(SIGTERM);
    BOOST_TEST(queue(bridge, {"retry", "ARCHIVE"})
                   .output.starts_with(fmt::format("{} objects", report_count())));
    wait_for(bridge, "waiting", report_count());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(export_to)

struct Exports {
    [[nodiscard]] Finished run_with(std::vector<std::string> options = {}) const {
        return run(std::vector<std::string>{cxrbridge(),
                                            "export",
                                            sample().string(),
                                            "--format",
                                            "sr",
                                            "--to",
                                            fmt::format("STORESCP@127.0.0.1:{}", receiver.port),
                                            "--set",
                                            "state.path=" + (state / "state").string()} +
                   std::move(options));
    }
    Receiver receiver;
    TemporaryFolder state;
};

BOOST_AUTO_TEST_CASE(tries_a_node_that_is_not_there_again_and_says_so) {
    Exports exports;
    const Finished down = exports.run_with({"--attempts", "2"});
    BOOST_TEST(down.exit_code == 1);
    BOOST_TEST(down.errors.find(fmt::format("{} objects are left, next attempt in 1 s",
                                            report_count())) != std::string::npos,
               down.errors);
    BOOST_TEST(down.errors.find("goes on with what is left") != std::string::npos);
    exports.receiver.start();
    BOOST_TEST(exports.run_with().exit_code == 0);
    BOOST_TEST(exports.receiver.arrivals().size() == report_count());
}

BOOST_AUTO_TEST_CASE(goes_on_where_an_interrupted_run_ended_and_begins_anew_after_a_complete_one) {
    Exports exports;
    exports.receiver.start({"--sleep-after", "1"});
    Server interrupted({cxrbridge(),
                        "export",
                        sample().string(),
                        "--format",
                        "sr",
                        "--to",
                        fmt::format("STORESCP@127.0.0.1:{}", exports.receiver.port),
                        "--set",
                        "state.path=" + (exports.state / "state").string()});
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (files_below(exports.receiver.folder.path()).size() < 2) {
        BOOST_REQUIRE(std::chrono::steady_clock::now() < until);
    }
    interrupted.stop(SIGKILL);
    exports.receiver.server->stop(SIGKILL);
    exports.receiver.start();
    const Finished rest = exports.run_with();
    BOOST_TEST(rest.exit_code == 0);
    BOOST_TEST(rest.output.find("were stored by an earlier run") != std::string::npos, rest.output);
    const auto arrivals = exports.receiver.arrivals();
    BOOST_TEST(arrivals.size() == report_count());
    // The one whose answer the killed run did not hear.
    BOOST_TEST(twice(arrivals) <= 1U);
    BOOST_TEST(exports.run_with().output.find("earlier run") == std::string::npos);
    BOOST_TEST(twice(exports.receiver.arrivals()) >= report_count());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(orthanc)

BOOST_AUTO_TEST_CASE(takes_the_reports_and_commits_to_them) {
    const Orthanc witness;
    RunningBridge bridge(
        {witness.destination()}, sample(), route("ORTHANC", R"("reports")", "commit = true\n"));
    witness.knows(bridge);
    wait_for(bridge, "delivered", report_count());
    const std::string committed = wait_for(bridge, "committed", report_count());
    BOOST_TEST(number_in(committed, "commitment_awaited") == 0U);
    BOOST_TEST(number_in(witness.get("/statistics"), "CountInstances") == report_count());
}

BOOST_AUTO_TEST_SUITE_END()
