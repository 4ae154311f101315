#include "objects/object_cache.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace cxr::bridge;
using cxr::dicom::EncodedObject;
using cxr::dicom::Fault;
using cxr::dicom::FaultKind;

namespace {

constexpr std::size_t object_bytes = 10'000;

/// A cache with room for so many objects, that counts what it has to make.
struct Bench {
    explicit Bench(std::size_t objects)
        : cache(objects * (object_bytes + ObjectCache::entry_bytes)) {}

    /// True when it was there.
    bool ask(const std::string& key) {
        bool was_there = true;
        const auto object = cache.get(key, [&]() -> ObjectCache::Outcome {
            was_there = false;
            return EncodedObject{
                .sop_class_uid = {},
                .sop_instance_uid = key,
                .transfer_syntax_uid = {},
                .segments = {cxr::dicom::Segment::of(std::vector<std::byte>(object_bytes))}};
        });
        BOOST_TEST(object->sop_instance_uid == key);
        const auto now = cache.counters();
        BOOST_TEST(now.bytes <= now.bytes_max);
        return was_there;
    }
    std::size_t ask_all(const std::string& prefix, std::size_t count) {
        std::size_t there = 0;
        for (std::size_t index = 0; index < count; ++index) {
            there += ask(prefix + std::to_string(index)) ? 1 : 0;
        }
        return there;
    }

    ObjectCache cache;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(a_byte_bounded_cache)

BOOST_AUTO_TEST_CASE(keeps_what_fits) {
    Bench bench(100);
    BOOST_TEST(bench.ask_all("a", 100) == 0U);
    BOOST_TEST(bench.ask_all("a", 100) == 100U);
    const auto counters = bench.cache.counters();
    BOOST_TEST(counters.hits == 100U);
    BOOST_TEST(counters.misses == 100U);
    BOOST_TEST(counters.objects == 100U);
    BOOST_TEST(counters.evicted == 0U);
    BOOST_TEST(counters.bytes == counters.bytes_max);
}

BOOST_AUTO_TEST_CASE(is_not_ruined_by_a_walk_through_the_whole_archive) {
    Bench bench(100);
    bench.ask_all("wanted", 60);
    bench.ask_all("wanted", 60);
    bench.ask_all("walk", 5'000);
    BOOST_TEST(bench.ask_all("wanted", 60) == 60U);
    BOOST_TEST(bench.cache.counters().evicted >= 4'900U);
}

BOOST_AUTO_TEST_CASE(lets_new_favourites_take_the_place_of_old_ones) {
    Bench bench(100);
    for (int round = 0; round < 5; ++round) {
        bench.ask_all("old", 90);
    }
    for (int round = 0; round < 20; ++round) {
        bench.ask_all("new", 80);
    }
    BOOST_TEST(bench.ask_all("new", 80) >= 70U);
}

BOOST_AUTO_TEST_CASE(keeps_part_of_a_round_that_is_larger_than_itself) {
    Bench bench(100);
    std::size_t there = 0;
    for (int round = 0; round < 20; ++round) {
        there += bench.ask_all("round", 150);
    }
    BOOST_TEST(there > 500U);  // the least recently used gone first, it would be none
}

BOOST_AUTO_TEST_CASE(keeps_nothing_when_it_may_not) {
    Bench bench(0);
    bench.ask_all("a", 10);
    BOOST_TEST(bench.ask_all("a", 10) == 0U);
    BOOST_TEST(bench.cache.counters().bytes == 0U);
}

BOOST_AUTO_TEST_CASE(keeps_no_fault_and_nothing_that_was_thrown) {
    Bench bench(10);
    const auto refused = bench.cache.get("a", []() -> ObjectCache::Outcome {
        return Fault{.kind = FaultKind::malformed, .doing = "damaged"};
    });
    BOOST_TEST(!refused.has_value());
    const auto throwing = []() -> ObjectCache::Outcome { throw std::runtime_error("a bug"); };
    BOOST_CHECK_THROW(static_cast<void>(bench.cache.get("a", throwing)), std::runtime_error);
    BOOST_TEST(!bench.ask("a"));
    BOOST_TEST(bench.ask("a"));
}

BOOST_AUTO_TEST_CASE(makes_an_object_once_for_all_who_ask_at_once) {
    Bench bench(10);
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();
    std::atomic<int> made = 0;
    const auto slowly = [&]() -> ObjectCache::Outcome {
        ++made;
        released.wait();
        return EncodedObject{};
    };
    std::atomic<int> given = 0;  // Boost.Test's macros are for one thread
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] { given += bench.cache.get("a", slowly).has_value() ? 1 : 0; });
    }
    release.set_value();
    threads.clear();
    BOOST_TEST(made == 1);
    BOOST_TEST(given == 4);
    const auto counters = bench.cache.counters();
    BOOST_TEST(counters.misses == 1U);
    BOOST_TEST(counters.hits + counters.shared == 3U);
}

BOOST_AUTO_TEST_CASE(keeps_its_bound_while_many_threads_ask) {
    Bench bench(50);
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&bench, thread] {
            for (int index = 0; index < 2'000; ++index) {
                const auto key = std::to_string((index * (thread + 1)) % 170);
                const auto object = bench.cache.get(key, []() -> ObjectCache::Outcome {
                    return EncodedObject{.sop_class_uid = {},
                                         .sop_instance_uid = {},
                                         .transfer_syntax_uid = {},
                                         .segments = {cxr::dicom::Segment::of(
                                             std::vector<std::byte>(object_bytes))}};
                });
                static_cast<void>(object);
            }
        });
    }
    threads.clear();
    const auto counters = bench.cache.counters();
    BOOST_TEST(counters.bytes <= counters.bytes_max);
    BOOST_TEST(counters.objects <= 50U);
    BOOST_TEST(counters.objects >= 40U);
}

BOOST_AUTO_TEST_SUITE_END()
