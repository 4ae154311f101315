// PS3.4 B.2.3, A700H: what is refused for want of room is what has none.
#include "objects/store_keeper.hpp"
#include "support/folders.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace cxr::bridge;
using namespace cxr::test;

BOOST_AUTO_TEST_SUITE(a_full_quota)

BOOST_AUTO_TEST_CASE(s7_what_fits_is_not_refused_because_something_else_does_not) {
    constexpr std::uint64_t quota = 1'000;
    const TemporaryFolder folder;
    CatalogueSettings settings;
    settings.file = folder.path() / "catalogue.sqlite";
    const auto catalogue = Catalogue::open(settings).value();
    StoreKeeper keeper(*catalogue,
                       {.root = folder.path() / "received",
                        .quota_bytes = quota,
                        .duplicates = DuplicatePolicy::keep_first});
    BOOST_REQUIRE(keeper.reserve(1).has_value());
    std::atomic<bool> is_over = false;
    std::thread too_much([&] {
        while (!is_over) {
            static_cast<void>(keeper.reserve(quota));
        }
    });
    bool fits = true;
    for (int time = 0; time < 5'000'000 && fits; ++time) {
        fits = keeper.reserve(1).has_value();
        keeper.release(fits ? 1 : 0);
    }
    is_over = true;
    too_much.join();
    BOOST_TEST(fits);
    BOOST_TEST(keeper.reserve(quota - 1).has_value());
    BOOST_TEST(!keeper.reserve(1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
