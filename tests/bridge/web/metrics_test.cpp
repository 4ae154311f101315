// The text format that Prometheus reads, and what is counted in it.
#include "web/metrics.hpp"

#include "web/activity.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <sstream>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::bridge::web;

namespace {

struct Next final : storescp::EventSink {
    void on(const storescp::Event& /*event*/) override { ++told; }
    int told = 0;
};

storescp::AssociationAccepted accepted(std::uint64_t number, const std::string& calling = "PEER") {
    return {.association = number,
            .peers = {.calling = calling, .called = "CXRBRIDGE"},
            .address = "127.0.0.1:4711",
            .contexts_accepted = 1,
            .contexts_proposed = 2};
}

storescp::RequestFinished finished(std::uint64_t association,
                                   const std::string& service,
                                   std::uint16_t status) {
    storescp::RequestFinished event{};
    event.association = association;
    event.peers = {.calling = "PEER", .called = "CXRBRIDGE"};
    event.service = service;
    event.detail = "STUDY";
    event.status = status;
    event.matches_or_completed = 3;
    event.took = std::chrono::microseconds(1'500);
    event.message_id = 7;
    return event;
}

std::string text_of(const Metrics& metrics, const Gauges& gauges = {}) {
    std::ostringstream out;
    metrics.write(out, gauges);
    return out.str();
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(what_is_counted)

BOOST_AUTO_TEST_CASE(associations_by_how_they_begin_and_end) {
    Next next;
    Metrics metrics(next);
    metrics.on(accepted(1));
    metrics.on(accepted(2));
    metrics.on(storescp::AssociationEnded{.association = 1, .how = "released", .orderly = true});
    metrics.on(storescp::AssociationRejected{});
    const std::string text = text_of(metrics);
    BOOST_TEST(has_line(text, "cxrbridge_associations_total{outcome=\"accepted\"} 2"), text);
    BOOST_TEST(has_line(text, "cxrbridge_associations_total{outcome=\"released\"} 1"));
    BOOST_TEST(has_line(text, "cxrbridge_associations_total{outcome=\"lost\"} 0"));
    BOOST_TEST(has_line(text, "cxrbridge_associations_total{outcome=\"rejected\"} 1"));
    BOOST_TEST(has_line(text, "cxrbridge_associations_open 1"));
    BOOST_TEST(next.told == 4);
}

BOOST_AUTO_TEST_CASE(operations_by_service_status_and_peer) {
    Next next;
    Metrics metrics(next);
    metrics.on(finished(1, "C-FIND", 0));
    metrics.on(finished(1, "C-FIND", 0));
    metrics.on(finished(1, "C-FIND", 0xA900));
    auto move = finished(1, "C-MOVE", 0);
    move.object_bytes = 1'000;
    metrics.on(move);
    const std::string text = text_of(metrics);
    BOOST_TEST(has_line(
        text, R"(cxrbridge_operations_total{service="C-FIND",status="0000",peer="PEER"} 2)"));
    BOOST_TEST(has_line(
        text, R"(cxrbridge_operations_total{service="C-FIND",status="A900",peer="PEER"} 1)"));
    BOOST_TEST(has_line(text, R"(cxrbridge_results_total{service="C-FIND"} 9)"));
    BOOST_TEST(
        has_line(text, R"(cxrbridge_object_bytes_total{service="C-MOVE",direction="out"} 1000)"));
}

BOOST_AUTO_TEST_CASE(latencies_in_cumulative_buckets) {
    Next next;
    Metrics metrics(next);
    metrics.on(finished(1, "C-FIND", 0));
    const std::string text = text_of(metrics);
    const std::string name = "cxrbridge_operation_seconds";
    BOOST_TEST(has_line(text, name + R"(_bucket{service="C-FIND",le="0.001"} 0)"), text);
    BOOST_TEST(has_line(text, name + R"(_bucket{service="C-FIND",le="0.0025"} 1)"));
    BOOST_TEST(has_line(text, name + R"(_bucket{service="C-FIND",le="+Inf"} 1)"));
    BOOST_TEST(has_line(text, name + R"(_sum{service="C-FIND"} 0.0015)"));
    BOOST_TEST(has_line(text, name + R"(_count{service="C-FIND"} 1)"));
}

BOOST_AUTO_TEST_CASE(strangers_names_are_escaped_and_so_many_at_most) {
    Next next;
    Metrics metrics(next);
    auto event = finished(1, "C-ECHO", 0);
    event.peers.calling = "A\"B\\C\x01";
    metrics.on(event);
    for (int i = 0; i < 300; ++i) {
        event.peers.calling = fmt::format("P{}", i);
        metrics.on(event);
    }
    const std::string text = text_of(metrics);
    BOOST_TEST(text.find(R"(peer="A\"B\\C?"} 1)") != std::string::npos, text);
    BOOST_TEST(text.find("peer=\"P198\"") != std::string::npos);
    BOOST_TEST(text.find("peer=\"P199\"") == std::string::npos);
    BOOST_TEST(text.find("peer=\"(other)\"} 101") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(how_things_stand) {
    Next next;
    const Metrics metrics(next);
    Gauges gauges;
    gauges.catalogue.instances = 12;
    gauges.cache.hits = 5;
    gauges.disk_cache.bytes = 7;
    DestinationEntry destination{};
    destination.ae_title = "PACS";
    destination.waiting = 4;
    gauges.destinations = {destination};
    const std::string text = text_of(metrics, gauges);
    BOOST_TEST(has_line(text, R"(cxrbridge_catalogue_entities{level="instance"} 12)"));
    BOOST_TEST(has_line(text, R"(cxrbridge_cache_requests_total{outcome="hit"} 5)"));
    BOOST_TEST(has_line(text, "cxrbridge_disk_cache_bytes 7"));
    BOOST_TEST(has_line(text, R"(cxrbridge_queue_objects{destination="PACS",state="waiting"} 4)"));
}

BOOST_AUTO_TEST_CASE(every_sample_has_its_family_announced_once_and_before) {
    Next next;
    Metrics metrics(next);
    metrics.on(finished(1, "C-FIND", 0));
    metrics.answered("/healthz", 200, std::chrono::microseconds(10));
    std::istringstream lines(text_of(metrics));
    std::string line, family;
    std::set<std::string> families;
    while (std::getline(lines, line)) {
        if (line.starts_with("# TYPE ")) {
            family = line.substr(7, line.find(' ', 7) - 7);
            BOOST_TEST(families.insert(family).second, family);
        } else if (!line.starts_with('#')) {
            BOOST_TEST(line.starts_with(family), line);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(what_goes_on)

BOOST_AUTO_TEST_CASE(associations_stand_until_they_end) {
    Next next;
    Activity activity(next);
    activity.on(accepted(1));
    activity.on(accepted(2, "OTHER"));
    activity.on(finished(1, "C-FIND", 0));
    auto seen = activity.snapshot();
    BOOST_REQUIRE(seen.associations.size() == 2U);
    BOOST_TEST(seen.associations[0].requests == 1U);
    BOOST_TEST(seen.associations[0].last_request == "C-FIND STUDY 0000H");
    activity.on(storescp::AssociationEnded{.association = 1, .how = "released", .orderly = true});
    seen = activity.snapshot();
    BOOST_REQUIRE(seen.associations.size() == 1U);
    BOOST_TEST(seen.associations[0].peers.calling == "OTHER");
    BOOST_TEST(seen.operations.size() == 1U);
    BOOST_TEST(next.told == 4);
}

BOOST_AUTO_TEST_CASE(a_retrieval_is_followed_from_its_first_object_to_its_last) {
    Next next;
    Activity activity(next);
    storescp::RetrieveProgressed progress{.association = 1,
                                          .message_id = 7,
                                          .peers = {.calling = "PEER", .called = "CXRBRIDGE"},
                                          .service = "C-MOVE",
                                          .destination = "PACS",
                                          .remaining = 10};
    activity.on(progress);
    progress.remaining = 9;
    progress.completed = 1;
    activity.on(progress);
    const auto seen = activity.snapshot();
    BOOST_REQUIRE(seen.retrievals.size() == 1U);
    BOOST_TEST(seen.retrievals[0].progress.completed == 1U);
    activity.on(finished(1, "C-MOVE", 0));
    BOOST_TEST(activity.snapshot().retrievals.empty());
}

BOOST_AUTO_TEST_CASE(the_last_refusals_are_kept_latest_first) {
    Next next;
    Activity activity(next, 2);
    for (const char* why : {"one", "two", "three"}) {
        activity.on(storescp::AssociationRejected{.address = "127.0.0.1:1",
                                                  .peers = {},
                                                  .rejection = {1, 1, 7},
                                                  .why = why,
                                                  .section = "PS3.8 9.3.4"});
    }
    const auto seen = activity.snapshot();
    BOOST_REQUIRE(seen.refused.size() == 2U);
    BOOST_TEST(seen.refused[0].why == "three");
    BOOST_TEST(seen.refused[0].reason == "1/1/7");
}

BOOST_AUTO_TEST_SUITE_END()
