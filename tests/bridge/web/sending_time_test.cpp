// How long a client may take for an answer.
#include "web/sending_time.hpp"

#include <boost/test/unit_test.hpp>

using cxr::bridge::web::SendingTime;
using namespace std::chrono_literals;

namespace {

/// A client that takes `bytes` each `pause` for as long as it is borne: how long that is, an hour
/// at most.
std::chrono::seconds borne(std::uint64_t bytes, std::chrono::seconds pause) {
    SendingTime time(30s, 4'096);
    const SendingTime::Clock::time_point begin{};
    auto now = begin;
    while (now - begin < 1h && now + pause < time.deadline(now)) {
        time.took(bytes, pause);
        now += pause;
    }
    return std::chrono::duration_cast<std::chrono::seconds>(now - begin);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_client_that_reads)

BOOST_AUTO_TEST_CASE(nothing_has_its_patience) {
    const SendingTime time(30s, 4'096);
    BOOST_CHECK((time.deadline({}) == SendingTime::Clock::time_point{30s}));
}

BOOST_AUTO_TEST_CASE(a_byte_now_and_then_is_not_borne_for_ever) {
    BOOST_TEST(borne(1, 20s).count() == 20);
    BOOST_TEST(borne(1, 1s).count() <= 30);
    BOOST_TEST(borne(2'048, 1s).count() <= 60);
}

BOOST_AUTO_TEST_CASE(at_the_least_rate_is_borne_for_as_long_as_it_takes) {
    BOOST_TEST(borne(4'096, 1s).count() == 3'600);
    BOOST_TEST(borne(100'000, 20s).count() == 3'600);
}

BOOST_AUTO_TEST_CASE(much_at_once_may_not_rest_longer_than_its_patience) {
    BOOST_TEST(borne(1'000'000'000, 31s).count() == 0);
    BOOST_TEST(borne(1'000'000'000, 29s).count() >= 3'600);
}

BOOST_AUTO_TEST_CASE(odd_bytes_are_not_lost) {
    BOOST_TEST(borne(4'097, 1s).count() == 3'600);
    BOOST_TEST(borne(1'000, 1s).count() <= 40);
    BOOST_TEST(borne(1'000, 1s).count() > 30);
}

BOOST_AUTO_TEST_SUITE_END()
