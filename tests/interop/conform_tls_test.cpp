// `cxrbridge conform --tls`: the same cases by TLS, and those of TLS itself (X3 to X6), before
// nodes that are as they should be and before some that are not.

#include "interop/secure_bridge.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <sstream>

using namespace cxr::test;

namespace {

using Command = std::vector<std::string>;

/// Beginning of its line in the text report ("X3   PASS"), and what was seen, on the line after.
struct Report {
    Finished done;
    [[nodiscard]] std::string verdict(const std::string& id) const {
        std::istringstream lines(done.output);
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with(fmt::format("{:<5}", id))) {
                std::string more;
                std::getline(lines, more);
                return line.substr(5, 4) + (more.starts_with(' ') ? more.substr(9) : "");
            }
        }
        return "not played";
    }
};

Report examined(const std::string& peer,
                const PkiFiles& files,
                const std::string& only,
                const Command& more) {
    return {run(Command{cxrbridge(),
                        "conform",
                        peer,
                        "--only",
                        only,
                        "--tls",
                        "--ca",
                        files.path("ca.pem"),
                        "--certificate",
                        files.path("modality.pem"),
                        "--key",
                        files.path("modality.key")} +
                    more,
                std::chrono::seconds(120))};
}
Report examined(SecureBridge& node, const std::string& only, const Command& more = {}) {
    return examined(
        fmt::format("CXRBRIDGE@127.0.0.1:{}", node.tls_port()), node.files(), only, more);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conform_by_tls)

BOOST_AUTO_TEST_CASE(our_node_passes_in_both_directions) {
    const std::uint16_t port = free_port();
    SecureBridge node("",
                      fmt::format("[node]\nartim_timeout = 1\n[[peer]]\naet = 'CXRCONFORM'\n"
                                  "host = '127.0.0.1'\nport = {}\ntls = true\n"
                                  "certificate_name = 'modality.test'\n",
                                  port));
    const Report report =
        examined(node,
                 "A1,A21,A30,A44,V1,S1,F1,R5,R28,X3,X4,X5,X6,X11,X12",
                 {"--store", "--move-destination", fmt::format("CXRCONFORM:{}", port)});
    BOOST_TEST(report.done.exit_code == 0, report.done.output << report.done.errors);
    for (const char* id :
         {"A1", "A21", "A30", "A44", "V1", "S1", "F1", "R5", "R28", "X3", "X4", "X6", "X12"}) {
        BOOST_TEST(report.verdict(id) == "PASS", id << ": " << report.verdict(id));
    }
    BOOST_TEST(report.verdict("X5").starts_with("INFO seen: plain DICOM on the TLS port: "));
    BOOST_TEST(report.done.output.find(", by TLSv1.3 TLS_AES_256_GCM_SHA384") != std::string::npos);
    node.bridge().server().wait_for_line("unsupported protocol");
    node.bridge().server().wait_for_line("peer did not return a certificate");
}

/// It does TLS handshakes one after the other: whoever says nothing holds up all the others.
BOOST_AUTO_TEST_CASE(orthanc_deviates_by_TLS_as_it_does_without) {
    const PkiFiles files;
    const TemporaryFolder folder;
    const std::uint16_t port = free_port();
    const std::uint16_t http_port = free_port();
    const auto configuration = folder / "orthanc.json";
    write_text(configuration,
               fmt::format(R"({{"StorageDirectory": "{0}", "IndexDirectory": "{0}",
                               "DicomAet": "ORTHANC", "DicomPort": {1}, "HttpPort": {2},
                               "DicomTlsEnabled": true, "DicomTlsCertificate": "{3}",
                               "DicomTlsPrivateKey": "{4}", "DicomTlsTrustedCertificates": "{5}",
                               "DicomTlsRemoteCertificateRequired": true, "Plugins": []}})",
                           (folder / "storage").string(),
                           port,
                           http_port,
                           files.path("node.pem"),
                           files.path("node.key"),
                           files.path("ca.pem")));
    const Server server(Command{"Orthanc", configuration.string()});
    wait_for_port(port);
    const Report report = examined(
        fmt::format("ORTHANC@127.0.0.1:{}", port), files, "A2,A20,V1,X4,X6", {"--timeout", "3"});
    BOOST_TEST(report.done.exit_code == 1, report.done.output << report.done.errors);
    BOOST_TEST(report.verdict("A2") == "PASS");
    BOOST_TEST(report.verdict("A20").starts_with("FAIL"), report.verdict("A20"));
    BOOST_TEST(report.verdict("V1") == "PASS");
    BOOST_TEST(report.verdict("X4") == "PASS", report.verdict("X4"));
    BOOST_TEST(report.verdict("X6") == "PASS", report.verdict("X6"));
}

BOOST_AUTO_TEST_CASE(a_node_that_speaks_TLS_1_0_deviates) {
    SecureBridge node("profile = 'legacy'");
    const Report report = examined(node, "X3");
    BOOST_TEST(report.done.exit_code == 1);
    BOOST_TEST(report.verdict("X3").starts_with("FAIL expected: TLS 1.0: a TLS alert"),
               report.verdict("X3"));
    BOOST_TEST(report.done.output.find("seen: ServerHello 0301") != std::string::npos,
               report.done.output);
}

BOOST_AUTO_TEST_CASE(a_node_that_asks_for_no_certificate_is_not_judged_by_X4) {
    SecureBridge none("client_certificate = 'none'");
    BOOST_TEST(examined(none, "X4")
                   .verdict("X4")
                   .starts_with("SKIP skipped: the peer asks for no certificate"));
    SecureBridge optional("client_certificate = 'optional'");
    BOOST_TEST(examined(optional, "X4").verdict("X4") == "PASS");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_our_side_is_said) {
    SecureBridge node;
    const Report stranger = examined(node, "V1", {"--certificate-name", "other.test"});
    BOOST_TEST(stranger.done.exit_code == 2);
    BOOST_TEST(stranger.done.errors.find("hostname mismatch") != std::string::npos,
               stranger.done.errors);
    const Command conform{cxrbridge(),
                          "conform",
                          fmt::format("CXRBRIDGE@127.0.0.1:{}", node.tls_port()),
                          "--only",
                          "V1"};
    const auto complaint = [&](const Command& more) {
        const Finished done = run(conform + more);
        BOOST_TEST(done.exit_code == 2, done.output);
        return done.errors;
    };
    const std::string ca = node.files().path("ca.pem");
    BOOST_TEST(complaint({"--tls"}).find("--ca") != std::string::npos);
    BOOST_TEST(complaint({"--tls", "--ca", "/no/such.pem"}).find("/no/such.pem") !=
               std::string::npos);
    const std::string unasked = complaint({"--tls", "--ca", ca});
    BOOST_TEST(unasked.find("certificate required") != std::string::npos, unasked);
    BOOST_TEST(run(conform + Command{"--ca", ca}).exit_code != 0, "--ca without --tls");
}

BOOST_AUTO_TEST_SUITE_END()
