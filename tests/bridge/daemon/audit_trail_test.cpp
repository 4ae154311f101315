// Audit messages (PS3.15 A.5): X10 of the conformance cases.

#include "bridge/daemon/audit_trail.hpp"

#include "support/folders.hpp"
#include "support/process.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>
#include <sys/stat.h>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;

namespace {

struct Nobody final : storescp::EventSink {
    std::size_t told = 0;
    void on(const storescp::Event&) override { ++told; }
};

/// A trail, and what is in its file after these events and its end.
struct Trail {
    TemporaryFolder folder;
    std::ostringstream stream;
    Log log{{.level = "info", .format = config::LogFormat::human, .audit = {}}, stream};
    Nobody next;

    std::vector<std::string> after(const std::vector<storescp::Event>& events) {
        const auto file = folder / "audit.xml";
        {
            AuditTrail trail(file, "NODE", next, log);
            for (const storescp::Event& event : events) {
                trail.on(event);
            }
        }
        std::ifstream text(file);
        std::vector<std::string> lines;
        for (std::string line; std::getline(text, line);) {
            lines.push_back(line);
        }
        check_schema(lines);
        return lines;
    }

private:
    /// Each is as PS3.15 A.5.1 says.
    void check_schema(const std::vector<std::string>& lines) const {
        const auto all = folder / "all.xml";
        std::ofstream text(all);
        text << "<all>";
        for (const std::string& line : lines) {
            text << line << '\n';
        }
        text << "</all>" << std::flush;
        const Finished checked =
            run({"xmllint", "--noout", "--relaxng", "tests/data/audit_messages.rng", all.string()});
        BOOST_TEST(checked.exit_code == 0, checked.errors);
    }
};

storescp::AssociationAccepted accepted(const char* user = "") {
    return {.association = 7,
            .peers = {.calling = "VIEWER", .called = "NODE"},
            .address = "10.1.2.3:40112",
            .contexts_accepted = 1,
            .contexts_proposed = 1,
            .security = {},
            .user = user};
}
storescp::RequestFinished finished(const char* service, storescp::Audited audit) {
    return {.association = 7,
            .peers = {.calling = "VIEWER", .called = "NODE"},
            .service = service,
            .detail = {},
            .status = 0,
            .why = {},
            .audit = std::move(audit)};
}
storescp::AuditSubject subject(const char* patient, const char* study, std::uint64_t count) {
    return {
        .patient_id = patient, .study_instance_uid = study, .instances = {{"1.2.840.9", count}}};
}
bool has(const std::string& line, const char* part) {
    return line.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_15_a_5_audit_messages)

BOOST_AUTO_TEST_CASE(X10_start_and_stop_are_told_in_a_file_for_its_owner_alone) {
    Trail trail;
    const auto lines = trail.after({});
    BOOST_TEST_REQUIRE(lines.size() == 2U);
    BOOST_TEST(has(lines[0], R"(<EventTypeCode csd-code="110120")"));
    BOOST_TEST(has(lines[1], R"(<EventTypeCode csd-code="110121")"));
    struct stat status {};
    ::stat((trail.folder / "audit.xml").c_str(), &status);
    BOOST_TEST((status.st_mode & 0777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(X10_a_query_holds_its_identifier_in_base64_and_nowhere_else) {
    Trail trail;
    const auto lines =
        trail.after({accepted(),
                     finished("C-FIND",
                              {.sop_class_uid = "1.2.840.10008.5.1.4.1.2.2.1",
                               .transfer_syntax_uid = "1.2.840.10008.1.2",
                               .receiver = "NODE",
                               .identifier = {std::byte{'D'}, std::byte{'o'}, std::byte{'e'}}})});
    BOOST_TEST_REQUIRE(lines.size() == 3U);
    BOOST_TEST(
        has(lines[1], R"(<EventID csd-code="110112" codeSystemName="DCM" originalText="Query"/>)"));
    BOOST_TEST(has(lines[1], R"(EventActionCode="E")"));
    BOOST_TEST(has(lines[1], "<ParticipantObjectQuery>RG9l</ParticipantObjectQuery>"));
    BOOST_TEST(has(lines[1], R"(ParticipantObjectID="1.2.840.10008.5.1.4.1.2.2.1")"));
    BOOST_TEST(
        has(lines[1], R"(UserID="VIEWER" UserIsRequestor="true" NetworkAccessPointID="10.1.2.3")"));
    BOOST_TEST(!has(lines[1], "Doe"));
}

BOOST_AUTO_TEST_CASE(X10_a_retrieval_is_told_at_its_begin_and_end_study_by_study) {
    Trail trail;
    const storescp::Audited moved{
        .sop_class_uid = "1.2.840.10008.5.1.4.1.2.2.2",
        .receiver = "ARCHIVE",
        .subjects = {subject("P1", "1.2.3", 4), subject("P2", "1.2.4", 1)}};
    storescp::RequestFinished failed = finished("C-MOVE", moved);
    failed.status = 0xA702;
    const auto lines = trail.after(
        {accepted("alice"),
         storescp::TransferBegan{
             .association = 7, .peers = {.calling = "VIEWER", .called = "NODE"}, .audit = moved},
         finished("C-MOVE", moved),
         failed});
    BOOST_TEST_REQUIRE(lines.size() == 8U);
    BOOST_TEST(has(lines[1], R"(<EventID csd-code="110102")"));
    BOOST_TEST(has(lines[2], R"(ParticipantObjectID="P2")"));
    BOOST_TEST(!has(lines[2], "P1"), "a message is about one patient");
    BOOST_TEST(has(lines[3], R"(<EventID csd-code="110104")"));
    BOOST_TEST(has(lines[3], R"(EventActionCode="R")"));
    BOOST_TEST(has(lines[3], R"(EventOutcomeIndicator="0")"));
    BOOST_TEST(has(lines[3], R"(<SOPClass UID="1.2.840.9" NumberOfInstances="4"/>)"));
    for (const char* who : {"NODE", "ARCHIVE", "VIEWER", "alice"}) {
        BOOST_TEST(has(lines[3], (std::string("UserID=\"") + who + '"').c_str()), who);
    }
    BOOST_TEST(has(lines[5], R"(EventOutcomeIndicator="4")"));
}

BOOST_AUTO_TEST_CASE(X10_what_the_node_sends_of_itself_is_told_with_itself_as_the_requestor) {
    using Stage = storescp::DeliveryAudited::Stage;
    Trail trail;
    const auto told = [](Stage stage) {
        return storescp::DeliveryAudited{
            .stage = stage, .destination = "ARCHIVE", .subjects = {subject("P1", "1.2.3", 2)}};
    };
    const auto lines =
        trail.after({told(Stage::begun), told(Stage::delivered), told(Stage::failed)});
    BOOST_TEST_REQUIRE(lines.size() == 5U);
    BOOST_TEST(has(lines[1], R"(<EventID csd-code="110102")"));
    BOOST_TEST(has(lines[2], R"(<EventID csd-code="110104")"));
    BOOST_TEST(has(lines[2], R"(EventActionCode="R")"));
    BOOST_TEST(has(lines[2], R"(EventOutcomeIndicator="0")"));
    BOOST_TEST(has(lines[2], R"(UserID="NODE" UserIsRequestor="true")"));
    BOOST_TEST(has(lines[2], R"(UserID="ARCHIVE" UserIsRequestor="false")"));
    BOOST_TEST(has(lines[2], R"(NumberOfInstances="2")"));
    BOOST_TEST(has(lines[3], R"(EventOutcomeIndicator="4")"));
}

BOOST_AUTO_TEST_CASE(X10_objects_received_are_one_message_a_study_at_the_end_of_the_association) {
    Trail trail;
    const auto stored = [](storescp::AuditSubject what) {
        return finished("C-STORE", {.sop_class_uid = "1.2.840.9", .subjects = {std::move(what)}});
    };
    const auto lines = trail.after({accepted(),
                                    stored(subject("P1", "1.2.3", 1)),
                                    stored(subject("P1", "1.2.3", 1)),
                                    stored(subject("P2", "1.2.4", 1)),
                                    storescp::AssociationEnded{7, "released", true}});
    BOOST_TEST_REQUIRE(lines.size() == 4U);
    BOOST_TEST(has(lines[1], R"(EventActionCode="C")"));
    BOOST_TEST(has(lines[1], R"(NumberOfInstances="2")"));
    BOOST_TEST(has(lines[1], R"(UserID="VIEWER" UserIsRequestor="true")"));
    BOOST_TEST(has(lines[2], R"(ParticipantObjectID="P2")"));
}

BOOST_AUTO_TEST_CASE(S21_objects_received_for_a_third_party_name_it_as_the_requestor) {
    Trail trail;
    const auto stored = [](const char* originator) {
        return finished("C-STORE",
                        {.sop_class_uid = "1.2.840.9",
                         .subjects = {subject("P1", "1.2.3", 1)},
                         .originator = originator});
    };
    const auto lines = trail.after({accepted(),
                                    stored(""),
                                    stored("WORKSTATION"),
                                    stored("WORKSTATION"),
                                    storescp::AssociationEnded{7, "released", true}});
    BOOST_TEST_REQUIRE(lines.size() == 4U);
    BOOST_TEST(!has(lines[1], "WORKSTATION"));
    BOOST_TEST(has(lines[1], R"(UserID="VIEWER" UserIsRequestor="true")"));
    BOOST_TEST(has(lines[2], R"(UserID="WORKSTATION" UserIsRequestor="true")"));
    BOOST_TEST(has(lines[2], R"(UserID="VIEWER" UserIsRequestor="false")"));
    BOOST_TEST(has(lines[2], R"(NumberOfInstances="2")"));
}

BOOST_AUTO_TEST_CASE(X10_wrong_users_and_refused_nodes_are_told_whatever_they_call_themselves) {
    Trail trail;
    const auto lines = trail.after(
        {storescp::UserRefused{.address = "[::1]:5",
                               .peers = {.calling = "A", .called = "NODE"},
                               .user = "mallory",
                               .why = "the passcode is wrong"},
         storescp::AssociationRejected{.address = "10.1.2.3:5",
                                       .peers = {.calling = "\x1b[2J<&\xff\"", .called = "NODE"},
                                       .rejection = {1, 1, 3},
                                       .why = "not known",
                                       .section = {}},
         storescp::AssociationRejected{.address = "10.1.2.3:5",
                                       .peers = {.calling = "B", .called = "NODE"},
                                       .rejection = {2, 3, 2},
                                       .why = "full",
                                       .section = {}},
         storescp::HandshakeFailed{"10.1.2.4:5", "TLS handshake: certificate has expired"}});
    BOOST_TEST_REQUIRE(lines.size() == 5U);
    BOOST_TEST(has(lines[1], R"(<EventID csd-code="110114")"));
    BOOST_TEST(
        has(lines[1], R"(UserID="mallory" UserIsRequestor="true" NetworkAccessPointID="::1")"));
    BOOST_TEST(has(lines[2], R"(<EventID csd-code="110113")"));
    BOOST_TEST(has(lines[2], R"(UserID="?[2J&lt;&amp;?&quot;")"));
    BOOST_TEST(has(lines[3], R"(<EventTypeCode csd-code="110126")"));
    BOOST_TEST(has(lines[3], R"(NetworkAccessPointID="10.1.2.4")"));
    BOOST_TEST(trail.next.told == 4U, "the log hears of everything");
}

BOOST_AUTO_TEST_CASE(X10_a_file_that_was_moved_away_is_begun_anew) {
    Trail trail;
    const auto file = trail.folder / "audit.xml";
    AuditTrail living(file, "NODE", trail.next, trail.log);
    std::filesystem::rename(file, trail.folder / "old.xml");
    living.reopen();
    living.on(storescp::HandshakeFailed{"10.1.2.4:5", "why"});
    BOOST_TEST(std::filesystem::file_size(file) > 0U);
}

BOOST_AUTO_TEST_CASE(X10_a_file_that_cannot_be_written_ends_the_start) {
    Trail trail;
    BOOST_CHECK_THROW(AuditTrail("/no/such/folder/audit.xml", "NODE", trail.next, trail.log),
                      std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
