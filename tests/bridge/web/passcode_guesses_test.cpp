// One client's guesses are no other one's.
#include "web/passcode_guesses.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr::bridge::web;
using namespace std::chrono_literals;

namespace {

constexpr PasscodeGuesses::Clock::time_point today{1'800'000'000s};

void guess(PasscodeGuesses& guesses, const std::string& client, unsigned times) {
    for (unsigned i = 0; i < times; ++i) {
        guesses.wrong(client, today);
    }
}

struct Peer {
    const char *one, *other;
    bool same;
};
std::ostream& operator<<(std::ostream& out, const Peer& each) {
    return out << each.one << " and " << each.other;
}
const Peer peers[] = {
    {"192.0.2.1:40112", "192.0.2.1:9", true},
    {"192.0.2.1:40112", "192.0.2.2:40112", false},
    {"2001:db8::1:40112", "2001:db8::ffff:2:40112", true},
    {"2001:db8:0:1::1:40112", "2001:db8:0:2::1:40112", false},
    {"gone", "gone", true},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(guesses)

BOOST_DATA_TEST_CASE(count_by_client, peers, each) {
    BOOST_TEST((guessing_client(each.one) == guessing_client(each.other)) == each.same);
}

BOOST_AUTO_TEST_CASE(too_many_make_their_client_wait_and_nobody_else) {
    PasscodeGuesses guesses;
    guess(guesses, "a", PasscodeGuesses::wrong_max - 1);
    BOOST_TEST(guesses.begin("a", today) == 0U);
    guess(guesses, "a", 1);
    BOOST_TEST(guesses.must_wait("a", today) == 60U);
    guesses.end("a");
    BOOST_TEST(guesses.begin("a", today) == 60U);
    BOOST_TEST(guesses.begin("a", today + 59s) == 1U);
    BOOST_TEST(guesses.begin("b", today) == 0U);
    BOOST_TEST(guesses.begin("a", today + 60s) == 0U);
}

BOOST_AUTO_TEST_CASE(few_are_forgotten_after_a_while) {
    PasscodeGuesses guesses;
    guess(guesses, "a", PasscodeGuesses::wrong_max - 1);
    guesses.wrong("a", today + 61s);
    BOOST_TEST(guesses.begin("a", today + 61s) == 0U);
}

BOOST_AUTO_TEST_CASE(at_a_time_are_bounded_for_one_and_for_all) {
    PasscodeGuesses guesses;
    for (unsigned i = 0; i < PasscodeGuesses::at_a_time_max; ++i) {
        BOOST_TEST(guesses.begin("a", today) == 0U);
    }
    BOOST_TEST(guesses.begin("a", today) == 1U);
    BOOST_TEST(guesses.begin("b", today) == 0U);
    BOOST_TEST(guesses.begin("c", today) == 0U);
    BOOST_TEST(guesses.begin("d", today) == 1U);
    guesses.end("a");
    BOOST_TEST(guesses.begin("d", today) == 0U);
    guesses.end("b");
    BOOST_TEST(guesses.clients() == 3U);  // of who was right nothing is kept
}

BOOST_AUTO_TEST_CASE(of_very_many_clients_take_no_more_memory) {
    PasscodeGuesses guesses;
    guess(guesses, "the worst", PasscodeGuesses::wrong_max);
    BOOST_TEST(guesses.begin("busy", today) == 0U);
    for (std::size_t i = 0; i < 3 * PasscodeGuesses::clients_max; ++i) {
        const std::string client = std::to_string(i);
        BOOST_REQUIRE(guesses.begin(client, today + 1s) == 0U);
        guesses.wrong(client, today + 1s);
        guesses.end(client);
    }
    BOOST_TEST(guesses.clients() == PasscodeGuesses::clients_max);
    guesses.end("busy");
}

BOOST_AUTO_TEST_SUITE_END()
