#include "bridge/data_set/folder.hpp"
#include "support/folders.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace cxr::bridge;

BOOST_AUTO_TEST_SUITE(the_real_folder)

BOOST_AUTO_TEST_CASE(is_read_whole) {
    const auto root = cxr::test::real_data_set();
    if (!root) {
        return;
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto read = read_data_set(*root, {});
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    BOOST_REQUIRE(read);
    const DataSetFolder& folder = *read;
    BOOST_TEST_MESSAGE("read in " << took.count() << " ms");
    BOOST_TEST(folder.records.size() == 112120U);
    BOOST_TEST(folder.faults.empty());
    BOOST_TEST(folder.notes.empty());
    BOOST_TEST(folder.images_without_row.empty());
    std::size_t train_val = 0;
    std::size_t test = 0;
    std::size_t boxes = 0;
    for (const auto& record : folder.records) {
        train_val += record.split == "train_val" ? 1U : 0U;
        test += record.split == "test" ? 1U : 0U;
        boxes += record.boxes.size();
    }
    BOOST_TEST(train_val == 86524U);
    BOOST_TEST(test == 25596U);
    BOOST_TEST(boxes == 984U);
    BOOST_TEST(select(folder, {})->size() == folder.images.size());
    BOOST_TEST(read_image_wise_lists(*root)->size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
