#include "import/line_spool.hpp"

#include "support/folders.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using cxr::bridge::LineSpool;
using cxr::test::TemporaryFolder;

BOOST_AUTO_TEST_SUITE(lines_that_wait_on_the_disk)

BOOST_AUTO_TEST_CASE(come_back_in_their_order_and_leave_nothing_behind) {
    const TemporaryFolder folder;
    auto spool = LineSpool::beside(folder / "output.json");
    BOOST_REQUIRE(spool.has_value());
    BOOST_TEST(std::filesystem::is_empty(folder.path()));
    std::vector<std::string> told;
    for (const std::size_t size : {0U, 1U, 100'000U, 3U}) {
        told.push_back(std::string(size, static_cast<char>('a' + told.size())));
        spool->append(told.back());
    }
    std::vector<std::string> back;
    const auto done = spool->for_each([&](std::size_t number, std::string_view line) {
        BOOST_TEST(number == back.size());
        back.emplace_back(line);
    });
    BOOST_TEST(done.has_value());
    BOOST_TEST(back == told, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(need_a_folder) {
    const TemporaryFolder folder;
    const auto spool = LineSpool::beside(folder / "not there" / "output.json");
    BOOST_TEST(!spool.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
