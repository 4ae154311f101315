#include "storescp/upper_layer/state_table.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <ostream>
#include <sstream>
#include <string>

using namespace cxr::storescp;

namespace {

/// PS3.8 table 9-10 read down its columns, as "event:action" pairs; the source has it by rows.
struct Column {
    const char* state;
    const char* entries;
};
std::ostream& operator<<(std::ostream& out, const Column& column) {
    return out << column.state;
}

// In Sta6 to Sta12 whatever is not spelled out is answered alike.
const std::string usual =
    "3:AA-8 4:AA-8 6:AA-8 10:AA-8 12:AA-8 13:AA-8 15:AA-1 16:AA-3 17:AA-4 19:AA-8 ";
const std::string sta6 = usual + "9:DT-1 10:DT-2 11:AR-1 12:AR-2";
const std::string sta7 = usual + "10:AR-6 12:AR-8 13:AR-3";
const std::string sta8 = usual + "9:AR-7 14:AR-4";
const std::string sta9 = usual + "14:AR-9";
const std::string sta10 = usual + "13:AR-10";
const std::string sta11 = usual + "13:AR-3";
const std::string sta12 = usual + "14:AR-4";

const Column columns[] = {
    {"Sta1", "1:AE-1 5:AE-5"},
    {"Sta2", "3:AA-1 4:AA-1 6:AE-6 10:AA-1 12:AA-1 13:AA-1 16:AA-2 17:AA-5 18:AA-2 19:AA-1"},
    {"Sta3",
     "3:AA-8 4:AA-8 6:AA-8 7:AE-7 8:AE-8 10:AA-8 12:AA-8 13:AA-8 15:AA-1 16:AA-3 17:AA-4 19:AA-8"},
    {"Sta4", "2:AE-2 15:AA-2 17:AA-4"},
    {"Sta5", "3:AE-3 4:AE-4 6:AA-8 10:AA-8 12:AA-8 13:AA-8 15:AA-1 16:AA-3 17:AA-4 19:AA-8"},
    {"Sta6", sta6.c_str()},
    {"Sta7", sta7.c_str()},
    {"Sta8", sta8.c_str()},
    {"Sta9", sta9.c_str()},
    {"Sta10", sta10.c_str()},
    {"Sta11", sta11.c_str()},
    {"Sta12", sta12.c_str()},
    {"Sta13", "3:AA-6 4:AA-6 6:AA-7 10:AA-6 12:AA-6 13:AA-6 16:AA-2 17:AR-5 18:AA-2 19:AA-7"},
};

std::string name_of(Action action) {
    const auto value = static_cast<int>(action);
    const auto within = [&](Action first, const char* family) {
        return std::string(family) + std::to_string(value - static_cast<int>(first) + 1);
    };
    if (action == Action::none) {
        return "";
    }
    if (action <= Action::ae8) {
        return within(Action::ae1, "AE-");
    }
    if (action <= Action::dt2) {
        return within(Action::dt1, "DT-");
    }
    return action <= Action::ar10 ? within(Action::ar1, "AR-") : within(Action::aa1, "AA-");
}

std::map<int, std::string> entries_of(const Column& column) {
    std::map<int, std::string> entries;
    std::istringstream in(column.entries);
    for (std::string entry; in >> entry;) {
        const auto colon = entry.find(':');
        entries[std::stoi(entry)] = entry.substr(colon + 1);
    }
    return entries;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_9_2_3_state_transition_table)

BOOST_DATA_TEST_CASE(a_state_answers_every_event_as_written, columns, column) {
    const auto state = static_cast<State>(std::stoi(std::string(column.state).substr(3)) - 1);
    const auto entries = entries_of(column);
    for (int event = 1; event <= 19; ++event) {
        const auto expected = entries.find(event);
        BOOST_TEST(name_of(action_for(static_cast<Evt>(event), state)) ==
                       (expected == entries.end() ? "" : expected->second),
                   column.state << " Evt" << event);
    }
}

BOOST_AUTO_TEST_SUITE_END()
