// When what failed is tried again, and when no more.
#include "storescp/retry_schedule.hpp"

#include <boost/test/unit_test.hpp>

using namespace cxr::storescp;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(a_schedule)

BOOST_AUTO_TEST_CASE(doubles_the_wait_up_to_the_greatest_and_ends) {
    const RetrySchedule schedule{.first = 60s, .greatest = 5min, .attempts_max = 6};
    BOOST_TEST((schedule.wait_after(1) == 60s));
    BOOST_TEST((schedule.wait_after(2) == 2min));
    BOOST_TEST((schedule.wait_after(3) == 4min));
    BOOST_TEST((schedule.wait_after(4) == 5min));
    BOOST_TEST((schedule.wait_after(5) == 5min));
    BOOST_TEST(!schedule.wait_after(6).has_value());
    BOOST_TEST(!schedule.wait_after(7).has_value());
}

BOOST_AUTO_TEST_CASE(of_one_attempt_has_no_second) {
    BOOST_TEST(!RetrySchedule{.attempts_max = 1}.wait_after(1).has_value());
}

BOOST_AUTO_TEST_CASE(never_waits_longer_than_the_greatest_though_that_is_less_than_the_first) {
    const RetrySchedule schedule{.first = 60s, .greatest = 1s, .attempts_max = 9};
    BOOST_TEST((schedule.wait_after(1) == 1s));
    BOOST_TEST((schedule.wait_after(8) == 1s));
}

BOOST_AUTO_TEST_CASE(has_no_overflow_after_many_attempts) {
    const RetrySchedule schedule{.first = 1s, .greatest = 24h, .attempts_max = 100'000};
    BOOST_TEST((schedule.wait_after(99'999) == 24h));
}

BOOST_AUTO_TEST_SUITE_END()
