// Every case that can be played, played against the built program on a synthetic data set, as a
// test named by its id: --run_test=cases/F9. What our node does where the standard leaves a choice
// stands in `policies`.

#include "dicom/codec/codec.hpp"
#include "interop/running_bridge.hpp"
#include "storescp/conformance/examiner.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace cxr::test;
using namespace cxr::storescp::conformance;

namespace {

/// Short timers, so that cases which wait for them are quick.
constexpr const char* configuration =
    "[node]\nartim_timeout = 1\nidle_timeout = 4\ndimse_timeout = 2\n"
    "max_associations_per_address = 64\n";

/// P cases: what our node is seen to do. Documented in the conformance statement.
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
    {"A55", "A-ABORT 0/0 after 4 s"},
    {"V7", "missing: C-ECHO-RSP 0000, wrong: C-ECHO-RSP 0000"},
    {"V10", "C-ECHO-RSP 0000"},
    {"V13", "served one after the other"},
    {"V15", "ignored"},
};

/// The node and its examiner, once for all cases.
struct Stage {
    Stage() : bridge({}, sample(), configuration), examiner(settings()) {
        cxr::dicom::initialise_dcmtk();
        const auto met = examiner.meet();
        BOOST_REQUIRE_MESSAGE(met.has_value(), (met ? "" : met.error().doing));
        BOOST_TEST(met->answers_beside_silent_connections);
    }
    [[nodiscard]] ExaminerSettings settings() const {
        ExaminerSettings settings;
        settings.called_ae_title = "CXRBRIDGE";
        settings.host = "127.0.0.1";
        settings.port = bridge.port();
        settings.may_store = true;
        settings.wait_at_most = std::chrono::seconds(10);
        return settings;
    }

    RunningBridge bridge;
    Examiner examiner;
};

/// Cases that the default configuration gives nothing to play with, and why.
const std::map<std::string_view, std::string_view> not_by_default{
    {"A7", "the peer lets every calling AE title in"},
};

void play(const Case& one) {
    static Stage stage;
    const Finding finding = stage.examiner.play(one);
    BOOST_TEST_MESSAGE(one.id << ": " << finding.seen);
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
        BOOST_TEST(finding.seen == policy->second);
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
