// Every case that can be played, played against the built program on a synthetic data set, as a
// test named by its id: --run_test=cases/F9. What our node does where the standard leaves a choice
// stands in `policies`.

#include "conformance/seen.hpp"
#include "dicom/codec/codec.hpp"
#include "interop/running_bridge.hpp"
#include "storescp/conformance/examiner.hpp"
#include "storescp/conformance/seen_cases.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace cxr::test;
using namespace cxr::storescp::conformance;

namespace {

/// Short timers, so that cases which wait for them are quick.
constexpr const char* configuration =
    "[node]\nartim_timeout = 1\nidle_timeout = 4\ndimse_timeout = 2\n"
    "max_associations_per_address = 64\n";

/// P cases: what our node is seen to do, or how that begins. Documented in the conformance
/// statement.
const std::map<std::string_view, std::string_view> policies{
    {"A5", "A-ASSOCIATE-RJ 1/1/2"},
    {"A11",
     "backslash, control character, byte above 7FH: A-ASSOCIATE-RJ 1/1/3, A-ASSOCIATE-RJ 1/1/3, "
     "A-ASSOCIATE-RJ 1/1/3"},
    {"A17", "A-ASSOCIATE-AC, result 3 on context 1"},
    {"A24", "A-ASSOCIATE-RJ 1/1/1"},
    {"A39", "A-ABORT 2/6"},
    {"A40", "A-ABORT 2/6"},
    {"A42", "7: C-ECHO-RSP 0000, 64: C-ECHO-RSP 0000, 1023: C-ECHO-RSP 0000"},
    {"A43", "accepted; C-ECHO and C-FIND are answered"},
    {"A47", "A-ABORT 2/5"},
    {"A52", "A-ASSOCIATE-AC, result 0, 0 role items"},
    {"A54", "trailing NUL: result 0, 70 characters: result 3, empty: result 3"},
    {"A55", "A-ABORT 0/0 after "},
    {"V7",
     "missing: C-ECHO-RSP 0000, too short: C-ECHO-RSP 0000, 0: C-ECHO-RSP 0000, too long: "
     "C-ECHO-RSP 0000"},
    {"V10", "C-ECHO-RSP 0000, and the association goes on"},
    {"V13", "served one after the other"},
    {"V15", "2 ignored, then A-ABORT 0/0"},
    {"S5",
     "without SOPClassUID: C-STORE-RSP A900, SOPInstanceUID: C-STORE-RSP A900, StudyInstanceUID: "
     "C-STORE-RSP A900, SeriesInstanceUID: C-STORE-RSP A900, PatientID: C-STORE-RSP 0000"},
    {"S10", "identical: C-STORE-RSP 0000, other content: C-STORE-RSP 0000, the first is kept"},
    {"S19", "undefined: C-STORE-RSP C000, 4 GiB: C-STORE-RSP C000"},
    {"F13", "C-FIND-RSP A900"},
    {"F29", "DA: C-FIND-RSP A900, TM: C-FIND-RSP A900, IS: C-FIND-RSP A900, UI: C-FIND-RSP A900"},
    {"F34", "20251301: C-FIND-RSP A900, 2025-01-01: C-FIND-RSP A900, 2025.01.01: C-FIND-RSP 0000"},
    {"F40", "1 match, C-FIND-RSP 0000; negotiated: 1 match, C-FIND-RSP 0000"},
    {"F42", "C-FIND-RSP 0000; negotiated: not a study that has a value, one that has none"},
    {"F51", "C-FIND-RSP FF01"},
    {"R20", "1 sent, C-GET-RSP 0000, 1 completed, 0 failed, 0 warning"},
    {"R21", "1 sent, C-GET-RSP 0000, 1 completed, 0 failed, 0 warning"},
    {"R25", "aborted, stopped: "},
    {"X11", "C-ECHO-RSP 0000 within 1 s ("},
    {"X5", "A-ABORT 0/0, connection closed"},
};

/// A node and its examiner.
struct Stage {
    explicit Stage(const std::string& sections)
        : listener_port(free_port()),
          bridge({{.ae_title = "CXRCONFORM", .port = listener_port}}, sample(), sections),
          examiner(settings()) {
        cxr::dicom::initialise_dcmtk();
        const auto met = examiner.meet();
        BOOST_REQUIRE_MESSAGE(met.has_value(), (met ? "" : met.error().doing));
        BOOST_TEST(met->answers_beside_silent_connections);
        commits = std::ranges::count(met->services, "Storage Commitment") != 0;
    }
    [[nodiscard]] ExaminerSettings settings() const {
        ExaminerSettings settings;
        settings.called_ae_title = "CXRBRIDGE";
        settings.host = "127.0.0.1";
        settings.port = bridge.port();
        settings.may_store = true;
        settings.move_destination =
            OwnListener{.ae_title = "CXRCONFORM", .port = listener_port, .address = "127.0.0.1"};
        settings.wait_at_most = std::chrono::seconds(10);
        return settings;
    }

    std::uint16_t listener_port;
    RunningBridge bridge;
    Examiner examiner;
    bool commits = false;  ///< does the node offer storage commitment?
};

/// Cases that the default configuration gives nothing to play with, and why.
const std::map<std::string_view, std::string_view> not_by_default{
    {"A7", "the peer lets every calling AE title in"},
    {"F7", "the peer does not offer C-FIND Patient/Study Only"},
    {"F45", "all studies are fewer than the peer's limit, if it has one"},
    {"X1", "the peer checks no user identity"},
    {"X3", "of TLS: --tls; our own node is shown by the test interop.tls_test"},
    {"X4", "of TLS: --tls; our own node is shown by the test interop.tls_test"},
};

/// Where our node is known to deviate.
const std::set<std::string_view> deviations{};

void expect_verdict(const Case& one, const Finding& finding) {
    const bool standard = one.requirement == Requirement::standard;
    BOOST_TEST((finding.verdict == (standard ? Verdict::pass : Verdict::info)),
               one.id << " " << verdict_name(finding.verdict) << ", expected: " << finding.expected
                      << ", seen: " << finding.seen);
    if (!standard) {
        BOOST_REQUIRE_MESSAGE(policies.contains(one.id), one.id << " has no policy here");
    }
    const auto& pinned = standard ? seen_cases : policies;
    if (const auto text = pinned.find(one.id); text != pinned.end()) {
        BOOST_TEST(begins_as(finding.seen, text->second), one.id << ": " << finding.seen);
    } else {
        // What was seen is what was expected, or the report says so in its own words.
        BOOST_TEST(!finding.seen.empty(), one.id);
        BOOST_TEST(
            (finding.seen == finding.expected || is_expected(finding.seen, finding.expected)),
            one.id << " expected: " << finding.expected << ", seen: " << finding.seen);
    }
}

void play(const Case& one) {
    static Stage stage(configuration);
    const Finding finding = stage.examiner.play(one);
    BOOST_TEST_MESSAGE(one.id << ": " << finding.seen);
    if (one.group() == 'K' && !stage.commits) {
        BOOST_TEST((finding.verdict == Verdict::skip));
        return;
    }
    if (deviations.contains(one.id)) {
        BOOST_TEST((finding.verdict == Verdict::fail),
                   one.id << " is mended: take it off the list");
        return;
    }
    const auto skipped = not_by_default.find(one.id);
    if (skipped != not_by_default.end()) {
        BOOST_TEST((finding.verdict == Verdict::skip));
        BOOST_TEST(finding.seen == skipped->second);
        return;
    }
    expect_verdict(one, finding);
}

/// The cases that the default configuration gives nothing to play with, where one does.
void play_configured() {
    Stage stage(std::string(configuration) +
                "max_matches = 2\n[access]\nmode = \"known\"\nuser_identity = \"checked\"\n");
    for (const auto& [id, begins] : {std::pair{"A7", "A-ASSOCIATE-RJ 1/1/3"},
                                     {"F45", "2 matches, C-FIND-RSP A700"},
                                     {"X1", "A-ASSOCIATE-RJ 1/2/1"}}) {
        const Finding finding = stage.examiner.play(*find_case(id));
        BOOST_TEST((finding.verdict == Verdict::pass),
                   id << ": " << finding.expected << ", seen: " << finding.seen);
        BOOST_TEST(finding.seen.starts_with(begins), id << ": " << finding.seen);
    }
}

/// Adds a test for each playable case before main() runs.
struct Registration {
    Registration() {
        auto* suite = BOOST_TEST_SUITE("cases");
        for (const Case& one : all_cases()) {
            if (one.is_playable()) {
                suite->add(boost::unit_test::make_test_case(
                    [&one] { play(one); }, std::string(one.id), __FILE__, __LINE__));
            }
        }
        suite->add(boost::unit_test::make_test_case(
            play_configured, "A7_F45_X1_where_they_are_configured", __FILE__, __LINE__));
        boost::unit_test::framework::master_test_suite().add(suite);
    }
};
const Registration registration;

}  // namespace
