// Storage commitment (PS3.4 Annex J) with programs that we did not write, and across restarts.

#include "interop/orthanc.hpp"
#include "interop/running_bridge.hpp"
#include "interop/secure_bridge.hpp"
#include "storescp/dimse/command_set.hpp"
#include "support/commitment_requests.hpp"
#include "support/peer_talk.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <csignal>
#include <set>
#include <sstream>

using namespace cxr;
using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

struct Reference {
    std::string sop_class, instance;
};

/// Of the first images of the sample, as the node offers them.
std::vector<Reference> sample_images(std::size_t count) {
    const TemporaryFolder folder;
    const Finished wrapped = run({cxrbridge(),
                                  "wrap",
                                  sample().string(),
                                  "-o",
                                  (folder / "files").string(),
                                  "--limit",
                                  std::to_string(count)});
    BOOST_REQUIRE(wrapped.exit_code == 0);
    std::vector<Reference> references;
    for (const fs::path& file : files_below(folder / "files")) {
        const std::string dump =
            run({"dcmdump", "-Un", "+P", "0008,0016", "+P", "0008,0018", file.string()}).output;
        references.push_back(
            {values_of(dump, "0008,0016").at(0), values_of(dump, "0008,0018").at(0)});
    }
    return references;
}

/// Orthanc's answer to POST /modalities/…/storage-commitment: the transaction's path.
std::string asks(const Orthanc& orthanc, const std::vector<Reference>& references) {
    std::string list;
    for (const Reference& reference : references) {
        list += fmt::format(R"({}{{"SOPClassUID": "{}", "SOPInstanceUID": "{}"}})",
                            list.empty() ? "" : ", ",
                            reference.sop_class,
                            reference.instance);
    }
    const Finished asked = orthanc.request("POST",
                                           "/modalities/bridge/storage-commitment",
                                           fmt::format(R"({{"DicomInstances": [{}]}})", list));
    BOOST_REQUIRE(asked.exit_code == 0);
    return json_string(asked.output, "Path");
}

/// What Orthanc knows of it, once that is not "Pending".
std::string report_in(const Orthanc& orthanc, const std::string& path) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (;;) {
        std::string report = orthanc.get(path);
        if (json_string(report, "Status") != "Pending") {
            return report;
        }
        if (std::chrono::steady_clock::now() > until) {
            throw std::runtime_error("Orthanc has no report: " + report);
        }
    }
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

Finished commitments(const RunningBridge& bridge, const std::vector<std::string>& options = {}) {
    return run(
        std::vector<std::string>{cxrbridge(), "commitments", "--state", bridge.state().string()} +
        options);
}

/// `cxrbridge send` of the sample's objects under other UIDs than the node's own, with --commit.
std::vector<std::string> send_and_commit(const RunningBridge& bridge,
                                         const fs::path& state,
                                         std::uint16_t port,
                                         const std::string& aet) {
    return {cxrbridge(),
            "send",
            sample().string(),
            "--to",
            fmt::format("CXRBRIDGE@127.0.0.1:{}", bridge.port()),
            "--set",
            "dataset.dates=none",
            "--set",
            "node.aet=" + aet,
            "--limit",
            "3",
            "--commit-port",
            std::to_string(port),
            "--commit-wait",
            "20",
            "--state",
            state.string()};
}

/// What `send --commit` printed, a line for each object.
std::vector<std::string> uids_committed(const std::string& text) {
    const std::string ending = " committed";
    std::vector<std::string> uids;
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
        if (line.ends_with(ending)) {
            uids.push_back(line.substr(0, line.size() - ending.size()));
        }
    }
    return uids;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(orthanc_asks)

BOOST_AUTO_TEST_CASE(k1_k5_k12_and_hears_of_what_is_committed_over_a_new_association) {
    const Orthanc witness;
    RunningBridge bridge({witness.destination()});
    witness.knows(bridge);
    const auto images = sample_images(3);
    const std::string report = report_in(witness, asks(witness, images));
    BOOST_TEST(json_string(report, "Status") == "Success");
    for (const Reference& image : images) {
        BOOST_TEST(contains(report, image.instance));
    }
    const std::string line = bridge.server().wait_for_line("storage commitment report");
    BOOST_TEST(contains(line, "outcome=delivered"));
    BOOST_TEST(contains(line, "new association"));
    const Finished listed = commitments(bridge);
    BOOST_TEST(listed.exit_code == 0);
    BOOST_TEST(contains(listed.output, "delivered"));
    BOOST_TEST(contains(listed.output, "3 committed, 0 failed"));
}

BOOST_AUTO_TEST_CASE(k6_k7_k8_k9_and_hears_why_others_are_not) {
    const Orthanc witness;
    const RunningBridge bridge({witness.destination()});
    witness.knows(bridge);
    auto references = sample_images(2);
    references[1].sop_class = "1.2.840.10008.5.1.4.1.1.2";
    references.push_back({"1.2.840.10008.5.1.4.1.1.7", "1.2.3.4.5"});
    const std::string report = report_in(witness, asks(witness, references));
    BOOST_TEST(json_string(report, "Status") == "Failure");
    BOOST_TEST(contains(report, fmt::format("\"FailureReason\" : {}", 0x0119)));
    BOOST_TEST(contains(report, fmt::format("\"FailureReason\" : {}", 0x0112)));
}

BOOST_AUTO_TEST_CASE(k15_and_hears_of_it_after_a_kill_and_a_restart) {
    const Orthanc witness;
    // A node that does not know yet where Orthanc can be reached.
    const std::string settings = "[commitment]\nretry_interval = 1\nretry_limit = 100\n";
    RunningBridge bridge({}, sample(), settings);
    witness.knows(bridge);
    const std::string path = asks(witness, sample_images(2));
    bridge.server().wait_for_line("outcome=postponed");
    BOOST_TEST(contains(commitments(bridge).output, "pending"));
    bridge.server().kill(SIGKILL);
    bridge.server().stop(SIGKILL);
    BOOST_TEST(json_string(witness.get(path), "Status") == "Pending");

    bridge.write_configuration({witness.destination()}, settings);
    bridge.start();
    BOOST_TEST(json_string(report_in(witness, path), "Status") == "Success");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(other_requesters)

BOOST_AUTO_TEST_CASE(k1_k6_k11_odil_hears_it_on_the_same_association) {
    RunningBridge bridge;
    const auto images = sample_images(2);
    std::vector<std::string> command{"/usr/bin/python3",
                                     "tests/interop/odil_commitment.py",
                                     std::to_string(bridge.port()),
                                     "1.2.99.1"};
    for (const Reference& image : images) {
        command.push_back(image.sop_class + "/" + image.instance);
    }
    command.emplace_back("1.2.840.10008.5.1.4.1.1.7/1.2.3.4.5");
    const Finished asked = run(command);
    BOOST_TEST(asked.exit_code == 0, asked.errors);
    BOOST_TEST(contains(asked.output, "action 0x8130 0\nevent 0x100 2\ntransaction 1.2.99.1\n"));
    BOOST_TEST(contains(asked.output, "committed " + images[0].instance));
    BOOST_TEST(contains(asked.output, "committed " + images[1].instance));
    BOOST_TEST(contains(asked.output, "failed 1.2.3.4.5 0112"));
    BOOST_TEST(contains(bridge.server().wait_for_line("storage commitment report"),
                        "over=\"association "));
}

BOOST_AUTO_TEST_CASE(k1_k10_k17_k19_byte_by_byte) {
    const RunningBridge bridge;
    storescp::pdu::AssociateRQ request =
        association_request({{1, storescp::storage_commitment_sop_class_uid, {implicit_little}}});
    RawPeer peer = associated(bridge.port(), request);
    const auto read = [&peer](bool with_data_set) {
        Bytes command = peer.receive();
        Bytes data_set = with_data_set ? peer.receive() : Bytes{};
        command.erase(command.begin(), command.begin() + 12);
        data_set.erase(data_set.begin(), data_set.begin() + (data_set.empty() ? 0 : 12));
        return std::pair{storescp::decode_command_set(command).value(), std::move(data_set)};
    };
    const auto ask = [&peer](const storescp::CommitmentRequest& asked, std::uint16_t message_id) {
        peer.send(p_data(1, 3, storescp::encode_command_set(action_request(message_id))));
        peer.send(p_data(
            1,
            2,
            dicom::encode_attributes(action_information(asked), dicom::implicit_vr_little_endian)));
    };
    const auto images = sample_images(1);
    // Twice the same object is one object.
    storescp::CommitmentRequest asked{.transaction_uid = "1.2.99.1",
                                      .references = {{images[0].sop_class, images[0].instance},
                                                     {images[0].sop_class, images[0].instance}}};
    for (std::uint16_t round = 1; round <= 2; ++round) {
        ask(asked, round);
        const auto [response, nothing] = read(false);
        BOOST_TEST(response.command_field.value() == 0x8130);
        BOOST_TEST(response.status.value() == 0x0000);
        const auto [event, data_set] = read(true);
        BOOST_TEST(event.command_field.value() == 0x0100);
        BOOST_TEST(event.event_type_id.value() == round);
        const auto information =
            dicom::decode_attributes(data_set, dicom::implicit_vr_little_endian);
        const auto report = std::get<storescp::CommitmentReport>(
            storescp::parse_event_information(information.value()));
        BOOST_TEST(report.committed.size() == (round == 1 ? 1U : 0U));
        BOOST_TEST(report.failed.size() == (round == 1 ? 0U : 1U));
        if (round == 2) {
            BOOST_TEST(report.failed.at(0).failure_reason == 0x0131);
        } else {
            BOOST_TEST(value_of(*information, DCM_RetrieveAETitle) == "CXRBRIDGE");
        }
        peer.send(p_data(
            1,
            3,
            storescp::encode_command_set(storescp::response_to(event, storescp::status::success))));
    }
    BOOST_TEST(contains(commitments(bridge).output, "1.2.99.1"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(send_asks)

BOOST_AUTO_TEST_CASE(k16_what_is_committed_survives_kill_9) {
    const TemporaryFolder state;
    const StoreSCP destination;
    RunningBridge bridge({destination.destination()});
    const Finished sent = run(send_and_commit(bridge, state.path(), free_port(), "MODALITY"));
    BOOST_TEST(sent.exit_code == 0, sent.errors);
    BOOST_TEST(uids_committed(sent.output).size() == 3U);
    BOOST_TEST(contains(sent.output, "3 of 3 stored objects committed by CXRBRIDGE"));
    bridge.server().kill(SIGKILL);
    bridge.server().stop(SIGKILL);

    bridge.start();
    BOOST_TEST(contains(bridge.ready_line(), "(3 received)"));
    std::set<std::string> patients;
    for (const SampleRow& row : sample_rows(bridge.data_set())) {
        patients.insert(row.patient_id);
    }
    for (const std::string& patient : patients) {
        const Finished moved = run(std::vector<std::string>{"movescu",
                                                            "-P",
                                                            "-aem",
                                                            "STORESCP",
                                                            "-k",
                                                            "QueryRetrieveLevel=PATIENT",
                                                            "-k",
                                                            "PatientID=" + patient} +
                                   bridge.dcmtk_peer());
        BOOST_TEST(moved.exit_code == 0, moved.errors);
    }
    std::string names;
    for (const fs::path& file : destination.files()) {
        names += file.filename().string() + '\n';
    }
    for (const std::string& uid : uids_committed(sent.output)) {
        BOOST_TEST(contains(names, uid), uid << " was committed and is lost");
    }
}

BOOST_AUTO_TEST_CASE(k12_and_hears_it_on_a_port_of_its_own) {
    const TemporaryFolder state;
    const std::uint16_t port = free_port();
    RunningBridge bridge({{.ae_title = "MODALITY", .port = port}},
                         sample(),
                         "[commitment]\nevent_association = \"new\"\n");
    const Finished sent = run(send_and_commit(bridge, state.path(), port, "MODALITY"));
    BOOST_TEST(sent.exit_code == 0, sent.errors);
    BOOST_TEST(contains(sent.output, "3 of 3 stored objects committed by CXRBRIDGE"));
    BOOST_TEST(
        contains(bridge.server().wait_for_line("storage commitment report"), "a new association"));
}

BOOST_AUTO_TEST_CASE(k18_and_hears_it_through_a_node_that_has_the_port) {
    RunningBridge modality;
    RunningBridge bridge({{.ae_title = "CXRBRIDGE", .port = modality.port()}},
                         sample(),
                         "[commitment]\nevent_association = \"new\"\n");
    const Finished sent =
        run(send_and_commit(bridge, modality.state(), modality.port(), "CXRBRIDGE"));
    BOOST_TEST(sent.exit_code == 0, sent.errors);
    BOOST_TEST(contains(sent.output, "3 of 3 stored objects committed by CXRBRIDGE"));
    modality.server().wait_for_line("N-EVENT-REPORT");
    BOOST_TEST(contains(commitments(modality).output, "answered"));
}

BOOST_AUTO_TEST_CASE(k11_and_hears_it_by_TLS_where_its_peer_section_says_so) {
    SecureBridge modality;
    const PkiFiles& files = modality.files();
    RunningBridge bridge({},
                         sample(),
                         fmt::format("[tls]\nca = '{}'\ncertificate = '{}'\nkey = '{}'\n"
                                     "[[peer]]\naet = 'CXRBRIDGE'\nhost = '127.0.0.1'\n"
                                     "port = {}\ntls = true\n"
                                     "[commitment]\nevent_association = 'new'\n",
                                     files.path("ca.pem"),
                                     files.path("modality.pem"),
                                     files.path("modality.key"),
                                     modality.tls_port()));
    const Finished sent = run(
        send_and_commit(bridge, modality.bridge().state(), modality.bridge().port(), "CXRBRIDGE"));
    BOOST_TEST(sent.exit_code == 0, sent.errors);
    BOOST_TEST(contains(sent.output, "3 of 3 stored objects committed by CXRBRIDGE"));
    BOOST_TEST(contains(modality.bridge().server().wait_for_line("association accepted"),
                        "security=\"TLSv1.3"));
}

BOOST_AUTO_TEST_CASE(k12_and_hears_it_by_TLS_on_a_port_of_its_own) {
    const TemporaryFolder state;
    const PkiFiles files;
    const std::uint16_t port = free_port();
    const std::string identity = fmt::format("[tls]\nca = '{}'\ncertificate = '{}'\nkey = '{}'\n",
                                             files.path("ca.pem"),
                                             files.path("node.pem"),
                                             files.path("node.key"));
    RunningBridge bridge({},
                         sample(),
                         identity + fmt::format("[[peer]]\naet = 'MODALITY'\nhost = '127.0.0.1'\n"
                                                "port = {}\ntls = true\n"
                                                "[commitment]\nevent_association = 'new'\n",
                                                port));
    const auto set = [](const std::string& key, const std::string& value) {
        return std::vector<std::string>{"--set", key + '=' + value};
    };
    const Finished sent =
        run(send_and_commit(bridge, state.path(), free_port(), "MODALITY") +
            set("tls.enabled", "true") + set("tls.port", std::to_string(port)) +
            set("tls.ca", files.path("ca.pem")) + set("tls.certificate", files.path("node.pem")) +
            set("tls.key", files.path("node.key")));
    BOOST_TEST(sent.exit_code == 0, sent.errors);
    BOOST_TEST(contains(sent.output, "3 of 3 stored objects committed by CXRBRIDGE"));
    BOOST_TEST(
        contains(bridge.server().wait_for_line("storage commitment report"), "a new association"));
}

BOOST_AUTO_TEST_CASE(k14_nobody_hears_a_dead_report_until_a_person_puts_it_back) {
    RunningBridge bridge({}, sample(), "[commitment]\nretry_limit = 1\n");
    const Orthanc witness;
    witness.knows(bridge);
    const std::string path = asks(witness, sample_images(1));
    bridge.server().wait_for_line("outcome=abandoned");
    const Finished listed = commitments(bridge);
    BOOST_TEST(listed.exit_code == 1);
    BOOST_TEST(contains(listed.output, "dead"));
    BOOST_TEST(contains(listed.output, "no [[peer]] of this AE title"));

    bridge.write_configuration({witness.destination()}, "[commitment]\nretry_limit = 1\n");
    bridge.server().kill(SIGHUP);
    bridge.server().wait_for_line("reloaded");
    const std::string uid = path.substr(path.rfind('/') + 1);
    BOOST_TEST(commitments(bridge, {"--retry", uid}).exit_code == 0);
    BOOST_TEST(json_string(report_in(witness, path), "Status") == "Success");
    BOOST_TEST(contains(commitments(bridge, {"--json"}).output, "\"state\": \"delivered\""));
}

BOOST_AUTO_TEST_SUITE_END()
