// docs/api.yaml is what the router has, and the resources answer what it says.
#include "bridge/web/operations.hpp"

#include "bridge/objects/objects_to_store.hpp"
#include "dicom/core/json_reader.hpp"
#include "support/files.hpp"
#include "web/console_files.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <sstream>

using namespace cxr;
using namespace cxr::bridge::web;
using namespace cxr::test;

namespace {

struct Nobody final : storescp::EventSink {
    void on(const storescp::Event& /*event*/) override {}
};

struct AtWork {
    AtWork() {
        config.node.aet = "NODE";
        operations.add_resources(router,
                                 {.catalogue = *store.catalogue,
                                  .objects = objects,
                                  .queue = *queue,
                                  .config = config,
                                  .port = 11112});
        add_console_resources(router);
    }

    Response get(const std::string& target) {
        Request request;
        request.method = "GET";
        request.target = need(parse_target(target));
        const auto found = router.find("GET", request.target.path);
        BOOST_REQUIRE_MESSAGE(found.resource != nullptr, target);
        request.captures = found.captures;
        return std::get<Answer>(found.resource->handler)(request);
    }
    dicom::JsonValue json(const std::string& target) {
        const Response response = get(target);
        BOOST_TEST(response.status == 200U, target);
        return need(dicom::parse_json(std::get<std::string>(response.content), target));
    }

    StoreAtWork store;
    bridge::ObjectSource objects{*store.catalogue,
                                 {.data_set = {}, .store = store.root(), .mapping = {}}};
    TemporaryFolder folder;
    std::unique_ptr<bridge::DeliveryQueue> queue =
        need(bridge::DeliveryQueue::open(folder / "queue.sqlite"));
    config::Config config;
    Nobody nobody;
    Operations operations{nobody};
    Router router;
};

/// "get /api/node", of the lines of the file's paths.
std::set<std::string> documented() {
    std::istringstream lines(read_file("docs/api.yaml"));
    std::string line, path;
    std::set<std::string> found;
    while (std::getline(lines, line) && line != "components:") {
        if (line.starts_with("  /") && line.ends_with(":")) {
            path = line.substr(2, line.size() - 3);
        } else if (!path.empty() && (line == "    get:" || line == "    post:")) {
            found.insert(line.substr(4, line.size() - 5) + " " + path);
        }
    }
    return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(the_api)

BOOST_AUTO_TEST_CASE(is_what_its_document_says) {
    const AtWork node;
    std::set<std::string> offered;
    for (const Resource& resource : node.router.resources()) {
        if (resource.pattern.starts_with("/api/") || resource.pattern == "/metrics") {
            offered.insert((resource.method == "GET" ? "get " : "post ") + resource.pattern);
        }
    }
    BOOST_TEST(offered == documented(), boost::test_tools::per_element());
    BOOST_TEST(offered.size() == documented().size());
}

BOOST_AUTO_TEST_CASE(only_changes_by_those_who_may_write) {
    const AtWork node;
    for (const Resource& resource : node.router.resources()) {
        BOOST_TEST((resource.method == "GET" || resource.role == Role::writer), resource.pattern);
    }
}

BOOST_AUTO_TEST_CASE(tells_what_the_node_is) {
    AtWork node;
    need(node.store.put(object_to_store("1.2.3")));
    const auto facts = node.json("/api/node");
    BOOST_TEST(*facts.member("aeTitle")->text() == "NODE");
    BOOST_TEST(*facts.member("instances")->number() == 1.0);
    BOOST_TEST(*facts.member("received")->number() == 1.0);
}

BOOST_AUTO_TEST_CASE(follows_what_goes_on) {
    AtWork node;
    node.operations.on(storescp::AssociationAccepted{.association = 1,
                                                     .peers = {.calling = "A\"B", .called = "NODE"},
                                                     .address = "127.0.0.1:1",
                                                     .contexts_accepted = 1,
                                                     .contexts_proposed = 1});
    node.operations.on(storescp::RetrieveProgressed{.association = 1,
                                                    .message_id = 1,
                                                    .peers = {.calling = "A\"B", .called = "NODE"},
                                                    .service = "C-MOVE",
                                                    .destination = "PACS",
                                                    .remaining = 3,
                                                    .completed = 2});
    const auto seen = node.json("/api/activity");
    const auto& associations = *seen.member("associations")->array();
    BOOST_REQUIRE(associations.size() == 1U);
    BOOST_TEST(*associations[0].member("calling")->text() == "A\"B");
    const auto& retrievals = *seen.member("retrievals")->array();
    BOOST_REQUIRE(retrievals.size() == 1U);
    BOOST_TEST(*retrievals[0].member("remaining")->number() == 3.0);
}

BOOST_AUTO_TEST_CASE(lists_peers_as_the_last_reload_left_them) {
    AtWork node;
    BOOST_TEST(node.json("/api/peers").array()->empty());
    auto access = std::make_shared<storescp::AccessPolicy>();
    storescp::Peer& peer = access->peers["PACS"];
    peer.ae_title = "PACS";
    peer.host = "pacs.example";
    node.operations.replace_access(access);
    const auto peers = node.json("/api/peers");
    BOOST_REQUIRE(peers.array()->size() == 1U);
    BOOST_TEST(*peers.array()->at(0).member("host")->text() == "pacs.example");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_question) {
    AtWork node;
    BOOST_TEST(node.get("/api/images?view=LL").status == 400U);
    BOOST_TEST(node.get("/api/studies/none/annotations").status == 400U);
    BOOST_TEST(node.get("/api/studies/1.2.99/annotations").status == 404U);
    BOOST_TEST(node.json("/api/images").member("images")->array()->empty());
    BOOST_TEST(node.json("/api/queue").array()->empty());
    BOOST_TEST(*node.json("/api/dictionary").member("00100010")->text() == "PatientName");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(the_console)

BOOST_AUTO_TEST_CASE(has_every_file_that_its_files_name) {
    AtWork node;
    for (const ConsoleFile& file : console_files()) {
        const std::string text(file.text);
        for (const auto& [before, after, prefix] :
             {std::tuple{"from \"./", '"', ""}, std::tuple{"\"/console/", '"', ""}}) {
            for (std::size_t at = text.find(before); at != std::string::npos;
                 at = text.find(before, at + 1)) {
                const std::size_t begin = at + std::string_view(before).size();
                const std::string name = text.substr(begin, text.find(after, begin) - begin);
                BOOST_TEST(node.get("/console/" + name).status == 200U, file.name << " " << name);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(is_served_with_a_strict_policy_and_not_twice) {
    AtWork node;
    const Response page = node.get("/");
    BOOST_TEST(page.status == 200U);
    const std::string policy = *find(page.headers, "Content-Security-Policy");
    BOOST_TEST(policy.find("unsafe") == std::string::npos);
    BOOST_TEST(policy.find("default-src 'none'") != std::string::npos);
    const std::string text = std::get<std::string>(page.content);
    BOOST_TEST(text.find("<style") == std::string::npos);
    BOOST_TEST(text.find("style=") == std::string::npos);
    BOOST_TEST(text.find("http") == std::string::npos);

    Request again;
    again.method = "GET";
    again.target = need(parse_target("/"));
    again.headers.push_back({.name = "if-none-match", .value = *find(page.headers, "ETag")});
    const auto found = node.router.find("GET", again.target.path);
    BOOST_TEST(std::get<Answer>(found.resource->handler)(again).status == 304U);
    BOOST_TEST(node.get("/console/none.js").status == 404U);
}

BOOST_AUTO_TEST_SUITE_END()
