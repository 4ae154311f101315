// What waits to be fetched is bounded, whatever it is made of (PS3.8 Annex E).
#include "association/inbox.hpp"

#include "support/associations.hpp"
#include "support/peer_talk.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr::storescp;
using namespace cxr::test;

namespace {

constexpr std::size_t command_set_bytes_max = 65'536;

struct Pipelined {
    const char* says;
    CommandSet command;
};
std::ostream& operator<<(std::ostream& out, const Pipelined& pipelined) {
    return out << pipelined.says;
}

CommandSet with_text(std::optional<std::string> CommandSet::*text) {
    CommandSet command = echo_request(1);
    command.*text = std::string(60'000, '1');
    return command;
}
CommandSet with_elements() {
    CommandSet command = echo_request(1);
    command.offending_elements.assign(15'000, 0x0008'0018);
    return command;
}

const Pipelined pipelined_commands[] = {
    {"nothing special", echo_request(1)},
    {"a long class", with_text(&CommandSet::affected_sop_class_uid)},
    {"a long instance", with_text(&CommandSet::affected_sop_instance_uid)},
    {"a long requested class", with_text(&CommandSet::requested_sop_class_uid)},
    {"a long requested instance", with_text(&CommandSet::requested_sop_instance_uid)},
    {"a long destination", with_text(&CommandSet::move_destination)},
    {"a long originator", with_text(&CommandSet::move_originator_ae_title)},
    {"many offending elements", with_elements()},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_annex_e_inbox)

BOOST_DATA_TEST_CASE(V13_pipelined_commands_fill_it_by_their_length,
                     pipelined_commands,
                     pipelined) {
    const Bytes bytes = encode_command_set(pipelined.command);
    Inbox inbox(command_set_bytes_max);
    std::size_t taken = 0;
    while (!inbox.full()) {
        BOOST_TEST_REQUIRE(!inbox.take(
            {.presentation_context_id = 1, .command = true, .last = true, .bytes = bytes}));
        taken += bytes.size();
        BOOST_TEST_REQUIRE(taken <= Inbox::bytes_queued_max + command_set_bytes_max);
    }
    while (inbox.next_message()) {
    }
    BOOST_TEST(!inbox.full());
}

BOOST_AUTO_TEST_SUITE_END()
