// Overload (A12, A13; PS3.8 9.3.4): five hundred ask at once for fewer places. Each is answered,
// and who gets no place is told to come again: 2/3/2 (transient, local limit exceeded). No request
// waits for a place, none is dropped.

#include "support/associations.hpp"
#include "support/peer_talk.hpp"
#include "support/raw_peer.hpp"
#include "support/running_listener.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <latch>
#include <map>
#include <sys/resource.h>

using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t requestors = 500;
constexpr std::size_t places = 100;
/// Of connections that are no associations, as registry.cpp has it.
constexpr std::size_t unassociated_borne = 512;

/// Both ends of the connections are of this process.
struct Handles {
    Handles() {
        rlimit handles{};
        getrlimit(RLIMIT_NOFILE, &handles);
        handles.rlim_cur = std::min<rlim_t>(handles.rlim_max, 8'192);
        setrlimit(RLIMIT_NOFILE, &handles);
    }
};

struct Answered {
    RawPeer peer{-1};  ///< still connected
    std::string pdu;
    std::chrono::duration<double, std::milli> took{0};
};

/// So many requestors, each in a thread of its own, that all begin at the same moment.
std::vector<Answered> ask_at_once(std::uint16_t port, std::size_t count) {
    std::vector<Answered> all(count);
    std::latch begin(static_cast<std::ptrdiff_t>(count));
    std::vector<std::jthread> threads;
    threads.reserve(count);
    for (Answered& one : all) {
        threads.emplace_back([&one, &begin, port] {
            begin.arrive_and_wait();
            const auto begun = std::chrono::steady_clock::now();
            try {
                one.peer = RawPeer::connect(port);
                one.peer.send(pdu::encode(association_request()));
                one.pdu = hex(one.peer.receive(20s));
            } catch (const std::exception& failed) {
                one.pdu = failed.what();
            }
            one.took = std::chrono::steady_clock::now() - begun;
        });
    }
    threads.clear();
    return all;
}

bool is_accepted(const Answered& one) {
    return one.pdu.starts_with("02 ");
}

/// How often each answer was given.
std::map<std::string, std::size_t> tally(const std::vector<Answered>& all) {
    std::map<std::string, std::size_t> counts;
    for (const Answered& one : all) {
        ++counts[is_accepted(one) ? "accepted" : one.pdu];
    }
    return counts;
}

std::string told(const std::map<std::string, std::size_t>& counts) {
    std::string text;
    for (const auto& [answer, count] : counts) {
        text += std::to_string(count) + " x " + (answer.empty() ? "closed" : answer) + "; ";
    }
    return text;
}

}  // namespace

BOOST_TEST_GLOBAL_CONFIGURATION(Handles);

BOOST_AUTO_TEST_SUITE(ps3_8_9_3_4_overload)

BOOST_AUTO_TEST_CASE(A12_A13_five_hundred_at_once_get_a_place_or_a_transient_rejection) {
    RunningListener node(with([](NodeSettings& settings) {
                             settings.limits.associations_max = places;
                             settings.limits.associations_per_address_max = requestors;
                         }),
                         acceptable_contexts(),
                         answer_everything);
    std::vector<Answered> all = ask_at_once(node.port(), requestors);
    const std::map<std::string, std::size_t> expected{
        {"accepted", places}, {rejection_bytes({2, 3, 2}), requestors - places}};
    BOOST_TEST((tally(all) == expected), told(tally(all)));
    BOOST_TEST(node.listener().associations() == places);
    BOOST_TEST(node.events().wait_for<AssociationRejected>(requestors - places).why ==
               "as many associations as there may be");
    BOOST_TEST(node.events().count<AssociationRejected>() == requestors - places);

    std::ranges::sort(all, {}, &Answered::took);
    BOOST_TEST_MESSAGE(requestors << " requests at once: " << told(tally(all)) << "answered after "
                                  << all[requestors / 2].took.count() << " ms (median), "
                                  << all[requestors - 1].took.count() << " ms (the slowest)");
    BOOST_TEST(all.back().took.count() < 10'000);

    // Who has a place is served; who comes again when places are free gets one.
    std::erase_if(all, [](const Answered& one) { return !is_accepted(one); });
    for (Answered& one : all) {
        BOOST_TEST(echoes(one.peer, 1));
        one.peer.send(pdu::encode_release_rq());
        BOOST_TEST(hex(one.peer.receive()) == hex(pdu::encode_release_rp()));
    }
    static_cast<void>(node.events().wait_for<AssociationEnded>(places));
    const auto again = ask_at_once(node.port(), places);
    BOOST_TEST((tally(again) == std::map<std::string, std::size_t>{{"accepted", places}}),
               told(tally(again)));
}

BOOST_AUTO_TEST_CASE(X11_connections_that_say_nothing_do_not_keep_a_newcomer_out) {
    RunningListener node({}, acceptable_contexts(), answer_everything);
    std::vector<RawPeer> silent;
    for (std::size_t i = 0; i < unassociated_borne + 20; ++i) {
        silent.push_back(RawPeer::connect(node.port()));
    }
    RawPeer peer = associated(node.port());
    BOOST_TEST(echoes(peer, 1));
    BOOST_TEST(hex(silent.front().receive()) == closed, "the oldest had to go");
}

BOOST_AUTO_TEST_CASE(who_has_been_rejected_goes_before_one_who_has_not_asked_yet) {
    RunningListener node(with([](NodeSettings& settings) { settings.limits.associations_max = 1; }),
                         acceptable_contexts(),
                         answer_everything);
    RawPeer slow = RawPeer::connect(node.port());
    RawPeer associate = associated(node.port());
    std::vector<RawPeer> rejected;
    for (std::size_t i = 0; i < unassociated_borne + 20; ++i) {
        RawPeer& peer = rejected.emplace_back(RawPeer::connect(node.port()));
        peer.send(pdu::encode(association_request()));
        BOOST_REQUIRE(hex(peer.receive()) == rejection_bytes({2, 3, 2}));
    }
    BOOST_TEST(hex(rejected.front().receive()) == closed);
    slow.send(pdu::encode(association_request()));
    BOOST_TEST(hex(slow.receive()) == rejection_bytes({2, 3, 2}));
}

BOOST_AUTO_TEST_SUITE_END()
