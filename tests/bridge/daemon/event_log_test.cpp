#include "bridge/daemon/event_log.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <sstream>

using namespace cxr::bridge;
using namespace cxr;

namespace {

struct Recorded {
    explicit Recorded(config::LogFormat format, const std::string& level = "info")
        : log({.level = level, .format = format}, stream), events(log) {}
    std::ostringstream stream;
    Log log;
    EventLog events;
};

storescp::RequestFinished a_find(std::uint16_t status) {
    storescp::RequestFinished finished{};
    finished.association = 7;
    finished.peers = {.calling = "FINDSCU", .called = "CXRBRIDGE"};
    finished.service = "C-FIND";
    finished.detail = "STUDY";
    finished.status = status;
    finished.matches_or_completed = 3;
    finished.took = std::chrono::microseconds(1500);
    return finished;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(one_line_per_event)

BOOST_AUTO_TEST_CASE(for_people_has_every_value_by_name) {
    Recorded recorded(config::LogFormat::human);
    recorded.events.on(a_find(0));
    const std::string line = recorded.stream.str();
    BOOST_TEST(line.find(" info    C-FIND association=7 calling=FINDSCU called=CXRBRIDGE "
                         "detail=STUDY status=0000H completed=3 failed=0 warnings=0 "
                         "ms=1.5\n") != std::string::npos,
               line);
}

BOOST_AUTO_TEST_CASE(S21_a_store_tells_the_move_that_it_is_part_of) {
    Recorded recorded(config::LogFormat::human);
    storescp::RequestFinished stored = a_find(0);
    stored.service = "C-STORE";
    stored.detail = "SecondaryCaptureImageStorage moved for VIEWER #12";
    recorded.events.on(stored);
    const std::string line = recorded.stream.str();
    BOOST_TEST(line.find("C-STORE association=7") != std::string::npos, line);
    BOOST_TEST(line.find("detail=\"SecondaryCaptureImageStorage moved for VIEWER #12\"") !=
                   std::string::npos,
               line);
}

BOOST_AUTO_TEST_CASE(of_a_request_that_was_not_answered_has_no_status) {
    Recorded recorded(config::LogFormat::human);
    storescp::RequestFinished finished = a_find(0xFE00);
    finished.is_answered = false;
    recorded.events.on(finished);
    const std::string line = recorded.stream.str();
    BOOST_TEST(line.find(" detail=STUDY status=none completed=3 ") != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(as_json_is_one_object) {
    Recorded recorded(config::LogFormat::json);
    recorded.events.on(a_find(0xA900));
    const std::string line = recorded.stream.str();
    BOOST_TEST(line.starts_with("{\"time\":\"20"), line);
    BOOST_TEST(line.find("Z\",\"level\":\"warning\",\"message\":\"C-FIND\",\"association\":7,"
                         "\"calling\":\"FINDSCU\",") != std::string::npos,
               line);
    BOOST_TEST(line.ends_with("\"status\":\"A900H\",\"completed\":3,\"failed\":0,\"warnings\":0,"
                              "\"ms\":1.5,\"why\":\"\",\"section\":\"\"}\n"),
               line);
}

BOOST_AUTO_TEST_CASE(below_the_level_is_not_written) {
    Recorded recorded(config::LogFormat::human, "warning");
    recorded.events.on(a_find(0));
    BOOST_TEST(recorded.stream.str().empty());
    recorded.events.on(a_find(0xC000));
    BOOST_TEST(!recorded.stream.str().empty());
}

BOOST_AUTO_TEST_CASE(stays_one_line_whatever_a_peer_calls_itself) {
    for (const auto format : {config::LogFormat::human, config::LogFormat::json}) {
        Recorded recorded(format);
        storescp::AssociationRejected rejected{};
        rejected.peers.calling = "X\n2026 error\x1b[2J\"\\\xff";
        rejected.rejection = {.result = 1, .source = 1, .reason = 3};
        recorded.events.on(rejected);
        const std::string line = recorded.stream.str();
        BOOST_TEST(line.find('\n') == line.size() - 1);
        BOOST_TEST(line.find('\x1b') == std::string::npos);
        BOOST_TEST(line.find("1/1/3") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(counters)

BOOST_AUTO_TEST_CASE(count_what_happened) {
    Recorded recorded(config::LogFormat::json);
    recorded.events.on(storescp::AssociationAccepted{});
    recorded.events.on(storescp::AssociationEnded{.association = 1, .how = "x", .orderly = true});
    recorded.events.on(storescp::AssociationEnded{.association = 2, .how = "x", .orderly = false});
    constexpr std::uint16_t statuses[] = {0x0000, 0xB000, 0xFE00, 0xA700, 0x0122};
    for (const std::uint16_t status : statuses) {
        recorded.events.on(a_find(status));
    }
    const EventCounters& counters = recorded.events.counters();
    BOOST_TEST(counters.associations_accepted == 1u);
    BOOST_TEST(counters.associations_released == 1u);
    BOOST_TEST(counters.associations_lost == 1u);
    BOOST_TEST(counters.requests == 5u);
    BOOST_TEST(counters.requests_failed == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(escaping)

struct Text {
    const char* says;
    std::string_view raw;
    const char* for_people;
    const char* for_json;
};
std::ostream& operator<<(std::ostream& out, const Text& text) {
    return out << text.says;
}
const Text texts[] = {
    {"plain stays plain", "ORTHANC", "ORTHANC", "ORTHANC"},
    {"empty is visible", "", "\"\"", ""},
    {"a space is quoted", "A B", "\"A B\"", "A B"},
    {"a quote and a backslash", "a\"\\", R"("a\"\\")", R"(a\"\\)"},
    {"a new line", "a\nb", R"("a\x0ab")", R"(a\u000ab)"},
    {"UTF-8 stays", "Grüße", "Grüße", "Grüße"},
    {"a lone continuation byte", "\x80", R"("\x80")", R"(\u0080)"},
    {"a cut character", "\xE2\x82", R"("\xe2\x82")", R"(\u00e2\u0082)"},
    {"an overlong slash", "\xC0\xAF", R"("\xc0\xaf")", R"(\u00c0\u00af)"},
    {"a C1 control", "\xC2\x9B", R"("\xc2\x9b")", R"(\u00c2\u009b)"},
    {"a surrogate", "\xED\xA0\x80", R"("\xed\xa0\x80")", R"(\u00ed\u00a0\u0080)"},
};

BOOST_DATA_TEST_CASE(keeps_a_log_line_readable, texts, text) {
    BOOST_TEST(escaped_for_people(text.raw) == text.for_people);
    BOOST_TEST(escaped_for_json(text.raw) == text.for_json);
}

BOOST_AUTO_TEST_SUITE_END()
