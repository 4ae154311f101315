// What a route sends, and that it is enqueued once.
#include "bridge/delivery/routes.hpp"

#include "bridge/objects/objects_to_store.hpp"
#include "support/folders.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;

namespace {

config::RouteSection section(std::vector<std::string> what) {
    config::RouteSection route;
    route.name = "a-route";
    route.to = "ARCHIVE";
    route.objects = std::move(what);
    return route;
}

Route route_of(const config::RouteSection& section) {
    return need(Route::of(section, "nowhere"));
}

OfferedObject made(dicom::DerivedKind kind) {
    return {.reference = {"1.2.3", "1.2.3.4"}, .kind = kind, .record = {}, .calling_ae_title = ""};
}

OfferedObject received(const std::string& from) {
    return {.reference = {"1.2.3", "1.2.3.4"}, .kind = {}, .record = {}, .calling_ae_title = from};
}

struct Catalogued {
    explicit Catalogued(unsigned patients) : folder(generated_folder(patients)) {
        CatalogueSettings settings;
        settings.file = state / "catalogue.sqlite";
        catalogue = need(Catalogue::open(settings));
        need(catalogue->synchronise(folder));
        queue = need(DeliveryQueue::open(state / "deliveries.sqlite"));
    }
    std::size_t enqueue(const config::RouteSection& route) {
        return need(enqueue_offered(*catalogue, {route_of(route)}, *queue, {}));
    }
    [[nodiscard]] std::size_t count(auto&& predicate) const {
        return static_cast<std::size_t>(std::ranges::count_if(folder.records, predicate));
    }

    TemporaryFolder state;
    DataSetFolder folder;
    std::unique_ptr<Catalogue> catalogue;
    std::unique_ptr<DeliveryQueue> queue;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(a_route_sends)

BOOST_AUTO_TEST_CASE(the_kinds_that_it_names) {
    using dicom::DerivedKind;
    const Route reports = route_of(section({"reports"}));
    BOOST_TEST(reports.sends(made(DerivedKind::label_report)));
    BOOST_TEST(reports.sends(made(DerivedKind::box_report)));
    for (const DerivedKind other :
         {DerivedKind::image, DerivedKind::presentation_state, DerivedKind::key_objects}) {
        BOOST_TEST(!reports.sends(made(other)));
    }
    BOOST_TEST(!reports.sends(received("MODALITY")));
    BOOST_TEST(route_of(section({"images"})).sends(made(DerivedKind::image)));
    BOOST_TEST(
        route_of(section({"presentation_states"})).sends(made(DerivedKind::presentation_state)));
    BOOST_TEST(route_of(section({"key_objects"})).sends(made(DerivedKind::key_objects)));
}

BOOST_AUTO_TEST_CASE(received_objects_but_never_back_to_their_sender) {
    const Route route = route_of(section({"received"}));
    BOOST_TEST(route.sends(received("MODALITY")));
    BOOST_TEST(!route.sends(received("ARCHIVE")));
    BOOST_TEST(!route.sends(made(dicom::DerivedKind::image)));
}

BOOST_AUTO_TEST_CASE(nothing_by_a_split_list_that_is_not_there) {
    config::RouteSection by_list = section({"reports"});
    by_list.splits = {"val"};
    const TemporaryFolder empty;
    const auto route = Route::of(by_list, empty.path());
    BOOST_REQUIRE(!route.has_value());
    BOOST_TEST(route.error().doing.starts_with("route a-route: "));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_the_catalogue_offers)

BOOST_AUTO_TEST_CASE(is_enqueued_once) {
    Catalogued work(40);
    const std::size_t boxed = work.count([](const auto& record) { return !record.boxes.empty(); });
    BOOST_TEST_REQUIRE(boxed > 0U);
    BOOST_TEST(work.enqueue(section({"reports"})) == work.folder.records.size() + boxed);
    BOOST_TEST(work.enqueue(section({"reports"})) == 0U);
    BOOST_TEST(work.enqueue(section({"reports", "images"})) == work.folder.records.size());
}

BOOST_AUTO_TEST_CASE(grows_by_what_is_new_in_the_data_set) {
    Catalogued work(10);
    work.enqueue(section({"images"}));
    std::mt19937 random(3);
    work.folder.records.push_back(generated_record(77, 0, random));
    const std::string name = image_index(77, 0);
    work.folder.images.emplace(name, generated_file(name));
    touch(work.folder);
    need(work.catalogue->synchronise(work.folder));
    BOOST_TEST(work.enqueue(section({"images"})) == 1U);
}

BOOST_AUTO_TEST_CASE(is_chosen_by_finding_and_split) {
    Catalogued work(60);
    config::RouteSection route = section({"images"});
    route.findings = {"Mass", "Hernia"};
    const auto has = [](const auto& record) {
        return record.row.findings[0] == dicom::finding_of("Mass") ||
               record.row.findings[0] == dicom::finding_of("Hernia");
    };
    const std::size_t some = work.count(has);
    BOOST_TEST_REQUIRE(some > 0U);
    BOOST_TEST_REQUIRE(some < work.folder.records.size());
    BOOST_TEST(work.enqueue(route) == some);
    route = section({"images"});
    route.splits = {"test"};
    const auto new_ones = [&has](const auto& record) {
        return record.split == "test" && !has(record);
    };
    BOOST_TEST(work.enqueue(route) == work.count(new_ones));
}

BOOST_AUTO_TEST_CASE(is_enqueued_with_each_received_object) {
    StoreAtWork store;
    const auto queue = need(DeliveryQueue::open(store.root().parent_path() / "deliveries.sqlite"));
    const std::vector<Route> routes{route_of(section({"received"}))};
    std::size_t added = 0;
    store.catalogue->on_received([&](const bridge::ReceivedObject& object) {
        added += need(enqueue_received(object, routes, *queue));
    });
    need(store.put(object_to_store("1.2.1.1")));
    need(store.put(object_to_store("1.2.1.2")));
    BOOST_TEST(added == 2U);
    BOOST_TEST(need(enqueue_offered(*store.catalogue, routes, *queue, {})) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
