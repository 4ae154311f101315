// What an acknowledgement costs: how often a stored object waits for the disk, and for what.
#include "bridge/objects/objects_to_store.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <sys/syscall.h>
#include <unistd.h>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
using storescp::StoreOutcome;

namespace {

std::atomic<int> waits{0};

}  // namespace

// In place of the library's, for this program and for SQLite in it.
extern "C" int fsync(int descriptor) {
    ++waits;
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}
extern "C" int fdatasync(int descriptor) {
    ++waits;
    return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

namespace {

template <typename Work>
int waits_of(Work work) {
    const int before = waits;
    work();
    return waits - before;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_stored_object_waits_for_the_disk)

BOOST_AUTO_TEST_CASE(once_for_its_contents_and_now_and_then_for_what_many_share) {
    StoreAtWork store;
    constexpr int objects = 60;
    const int waited = waits_of([&store] {
        for (int i = 0; i < objects; ++i) {
            need(store.put(object_to_store("1.2." + std::to_string(i))));
        }
    });
    BOOST_TEST_MESSAGE(objects << " objects waited " << waited << " times");
    BOOST_TEST(waited >= objects);
    // The names of incoming/, and SQLite's log when it is full or new.
    BOOST_TEST(waited <= objects + objects / 4);
}

BOOST_AUTO_TEST_CASE(not_at_all_when_it_was_there_already) {
    StoreAtWork store;
    need(store.put(object_to_store("1.2.3")));
    const int waited = waits_of([&store] {
        BOOST_TEST(
            (need(store.put(object_to_store("1.2.3"))) == StoreOutcome::duplicate_identical));
        BOOST_TEST(
            (need(store.put(object_to_store("1.2.3", "another"))) == StoreOutcome::duplicate_kept));
    });
    BOOST_TEST(waited == 0);
}

BOOST_AUTO_TEST_CASE(also_for_its_row_when_it_replaces_another) {
    StoreAtWork store({.duplicates = DuplicatePolicy::replace});
    need(store.put(object_to_store("1.2.3")));
    const int waited = waits_of([&store] {
        BOOST_TEST((need(store.put(object_to_store("1.2.3", "another"))) ==
                    StoreOutcome::duplicate_replaced));
    });
    BOOST_TEST(waited >= 2);
}

BOOST_AUTO_TEST_SUITE_END()
