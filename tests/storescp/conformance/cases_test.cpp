// Every case that can be played, played against the built program on a synthetic data set, as a
// test named by its id: --run_test=cases/F9. What our node does where the standard leaves a choice
// stands in `policies`.

#include "dicom/codec/codec.hpp"
#include "interop/running_bridge.hpp"
#include "storescp/conformance/examiner.hpp"

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
    {"A43", "C-ECHO-RSP 0000"},
    {"A47", "A-ABORT 2/5"},
    {"A52", "A-ASSOCIATE-AC, result 0, 0 role items"},
    {"A53", "two items for one class: one answer"},
    {"A54", "trailing NUL: result 0, 70 characters: result 3, empty: result 3"},
    {"A55", "A-ABORT 0/0 after "},
    {"V7", "missing: C-ECHO-RSP 0000, wrong: C-ECHO-RSP 0000"},
    {"V10", "C-ECHO-RSP 0000"},
    {"V13", "served one after the other"},
    {"V15", "ignored"},
    {"S5",
     "without SOPClassUID: C-STORE-RSP A900, SOPInstanceUID: C-STORE-RSP A900, StudyInstanceUID: "
     "C-STORE-RSP A900, SeriesInstanceUID: C-STORE-RSP A900, PatientID: C-STORE-RSP 0000"},
    {"S10", "identical: C-STORE-RSP 0000, other content: C-STORE-RSP 0000"},
    {"S19", "C-STORE-RSP C000"},
    {"F13", "C-FIND-RSP A900"},
    {"F22",
     "ISO_IR 144: C-FIND-RSP 0000, ISO_IR 192: C-FIND-RSP A900, ISO_IR 999: C-FIND-RSP C000"},
    {"F29", "C-FIND-RSP A900"},
    {"F34", "20251301: C-FIND-RSP A900, 2025-01-01: C-FIND-RSP A900, 2025.01.01: C-FIND-RSP 0000"},
    {"F40", "1 match, C-FIND-RSP 0000"},
    {"F42", "C-FIND-RSP 0000"},
    {"R20", "1 sent, C-GET-RSP 0000, 1 completed, 0 failed, 0 warning"},
    {"R21", "1 sent, C-GET-RSP 0000, 1 completed, 0 failed, 0 warning"},
    {"R25", "stopped: "},
    {"X11", "A-ASSOCIATE-AC after "},
    {"X5", "A-ABORT 0/0, connection closed"},
};

/// The node and its examiner, once for all cases.
struct Stage {
    Stage()
        : listener_port(free_port()),
          bridge({{.ae_title = "CXRCONFORM", .port = listener_port}}, sample(), configuration),
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

void play(const Case& one) {
    static Stage stage;
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
    const bool standard = one.requirement == Requirement::standard;
    BOOST_TEST((finding.verdict == (standard ? Verdict::pass : Verdict::info)),
               one.id << " " << verdict_name(finding.verdict) << ", expected: " << finding.expected
                      << ", seen: " << finding.seen);
    if (!standard) {
        const auto policy = policies.find(one.id);
        BOOST_REQUIRE_MESSAGE(policy != policies.end(), one.id << " has no policy here");
        BOOST_TEST(finding.seen.starts_with(policy->second), one.id << ": " << finding.seen);
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
        boost::unit_test::framework::master_test_suite().add(suite);
    }
};
const Registration registration;

}  // namespace
