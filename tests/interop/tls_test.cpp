// TLS with DCMTK's tools and openssl: X3 to X7 of the conformance cases (PS3.15 Annex B), must-show
// 4, on the built program.

#include "interop/running_bridge.hpp"
#include "interop/secure_bridge.hpp"
#include "support/files.hpp"
#include "support/tls_peer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>

using namespace cxr::test;

namespace {

namespace fs = std::filesystem;
using Command = std::vector<std::string>;

/// A DCMTK tool that speaks TLS as `name`, to the TLS listener.
Finished dcmtk(SecureBridge& node,
               Command tool,
               const std::string& name,
               const Command& rest = {}) {
    return run(tool + node.files().dcmtk_tls(name) + node.tls_peer() + rest);
}

Finished s_client(SecureBridge& node, const Command& options) {
    return run(Command{"timeout",
                       "20",
                       "openssl",
                       "s_client",
                       "-connect",
                       fmt::format("127.0.0.1:{}", node.tls_port()),
                       "-CAfile",
                       node.files().path("ca.pem"),
                       "-cert",
                       node.files().path("modality.pem"),
                       "-key",
                       node.files().path("modality.key"),
                       "-brief"} +
               options);
}

/// One of the sample's images as a Part 10 file.
fs::path an_object(const TemporaryFolder& folder) {
    const Finished made =
        run({cxrbridge(), "wrap", sample().string(), "-o", folder.path().string(), "--limit", "1"});
    BOOST_TEST_REQUIRE(made.exit_code == 0, made.errors);
    return files_below(folder.path()).at(0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dcmtk_by_tls)

BOOST_AUTO_TEST_CASE(X6_echoscu_findscu_and_storescu_are_answered_beside_plain_ones) {
    SecureBridge node;
    const Finished echoed = dcmtk(node, {"echoscu"}, "modality");
    BOOST_TEST(echoed.exit_code == 0, echoed.errors);
    const Finished found =
        dcmtk(node,
              {"findscu", "-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID"},
              "modality");
    BOOST_TEST(found.exit_code == 0, found.errors);
    BOOST_TEST(values_of(found.errors + found.output, "0020,000d").size() > 5U);
    const TemporaryFolder folder;
    const Finished stored =
        dcmtk(node, {"storescu", "-R"}, "modality", {an_object(folder).string()});
    BOOST_TEST(stored.exit_code == 0, stored.errors);
    BOOST_TEST(run(Command{"echoscu"} + node.bridge().dcmtk_peer()).exit_code == 0, "plain");
    const std::string log = node.bridge().server().output();
    BOOST_TEST(log.find("security=\"TLSv1.3 TLS_AES_256_GCM_SHA384\"") != std::string::npos, log);
}

struct Refused {
    const char* says;
    const char* name;  ///< of the client's certificate
    const char* told;  ///< in the log
};
std::ostream& operator<<(std::ostream& out, const Refused& refused) {
    return out << refused.says;
}
const Refused refused_ones[] = {
    {"another authority", "forged", "unable to get local issuer certificate"},
    {"an expired certificate", "expired", "certificate has expired"},
    {"the certificate of nobody we know", "elsewhere", "hostname mismatch"},
};

BOOST_DATA_TEST_CASE(X4_who_is_not_good_is_refused_and_the_next_is_answered,
                     refused_ones,
                     refused) {
    SecureBridge node("check_client_name = true",
                      "[[peer]]\naet = 'MODALITY'\nhost = '127.0.0.1'\n"
                      "certificate_name = 'modality.test'\n");
    const Finished echoed = dcmtk(node, {"echoscu"}, refused.name);
    BOOST_TEST(echoed.exit_code != 0);
    const std::string line = node.bridge().server().wait_for_line("connection not secured");
    BOOST_TEST(line.find(refused.told) != std::string::npos, line);
    BOOST_TEST_MESSAGE(line);
    BOOST_TEST(dcmtk(node, {"echoscu"}, "modality").exit_code == 0);
}

BOOST_AUTO_TEST_CASE(X4_a_client_that_trusts_another_authority_refuses_us) {
    SecureBridge node;
    const Finished echoed = run(Command{"echoscu",
                                        "+tls",
                                        node.files().path("modality.key"),
                                        node.files().path("modality.pem"),
                                        "+cf",
                                        node.files().path("other_ca.pem")} +
                                node.tls_peer());
    BOOST_TEST(echoed.exit_code != 0);
    const std::string line = node.bridge().server().wait_for_line("connection not secured");
    BOOST_TEST(line.find("unknown ca") != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(X5_plain_to_the_TLS_port_and_TLS_to_the_plain_port_end_and_leave_nothing) {
    SecureBridge node;
    const std::size_t handles = node.open_handles();
    const Finished plain = run(Command{"echoscu", "-to", "5", "-ta", "5"} + node.tls_peer());
    BOOST_TEST(plain.exit_code != 0);
    const Finished secured = run(Command{"echoscu", "-to", "5", "-ta", "5"} +
                                 node.files().dcmtk_tls("modality") + node.bridge().dcmtk_peer());
    BOOST_TEST(secured.exit_code != 0);
    node.bridge().server().wait_for_line("wrong version number");
    node.bridge().server().wait_for_line("listener trouble");
    BOOST_TEST(dcmtk(node, {"echoscu"}, "modality").exit_code == 0);
    BOOST_TEST(run(Command{"echoscu"} + node.bridge().dcmtk_peer()).exit_code == 0);
    BOOST_TEST(node.settles_at(handles), "file handles");
}

BOOST_AUTO_TEST_CASE(a_destination_of_C_MOVE_may_be_called_by_TLS) {
    const PkiFiles files;
    StoreSCP storescp(Command{"-aet", "STORESCP"} + files.dcmtk_tls("node"));
    const auto port = storescp.destination().port;
    const auto peer = [&](const char* title, const char* name) {
        return fmt::format(
            "[[peer]]\naet = '{}'\nhost = '127.0.0.1'\nport = {}\ntls = true\n"
            "certificate_name = '{}'\n\n",
            title,
            port,
            name);
    };
    SecureBridge node("", peer("GOOD", "localhost") + peer("BAD", "other.test"));
    const auto move_to = [&](const char* destination) {
        return run(Command{"movescu",
                           "-S",
                           "-aem",
                           destination,
                           "-k",
                           "QueryRetrieveLevel=STUDY",
                           "-k",
                           "StudyInstanceUID=" + node.a_study()} +
                   node.bridge().dcmtk_peer());
    };
    BOOST_TEST(move_to("GOOD").exit_code == 0);
    BOOST_TEST(!storescp.files().empty());
    BOOST_TEST(move_to("BAD").exit_code != 0);
    const std::string line = node.bridge().server().wait_for_line("sub-operation failed");
    BOOST_TEST(line.find("hostname mismatch") != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(send_calls_a_configured_peer_by_TLS) {
    const PkiFiles files;
    StoreSCP storescp(Command{"-aet", "STORESCP"} + files.dcmtk_tls("node"));
    const TemporaryFolder folder;
    const std::string configuration = (folder / "send.toml").string();
    write_text(configuration,
               fmt::format("[tls]\nca = '{}'\ncertificate = '{}'\nkey = '{}'\n"
                           "[[peer]]\naet = 'STORESCP'\nhost = 'nowhere.invalid'\ntls = true\n"
                           "certificate_name = 'localhost'\n",
                           files.path("ca.pem"),
                           files.path("modality.pem"),
                           files.path("modality.key")));
    const Finished sent = run({cxrbridge(),
                               "send",
                               sample().string(),
                               "--limit",
                               "1",
                               "--config",
                               configuration,
                               "--to",
                               fmt::format("STORESCP@127.0.0.1:{}", storescp.destination().port)});
    BOOST_TEST(sent.exit_code == 0, sent.errors);
    BOOST_TEST(storescp.files().size() == 1U);
}

BOOST_AUTO_TEST_CASE(send_is_told_by_flags_whom_it_trusts_and_who_it_is) {
    const PkiFiles files;
    StoreSCP storescp(Command{"-aet", "STORESCP"} + files.dcmtk_tls("node"));
    const auto send = [&](const char* authority) {
        return run({cxrbridge(),
                    "send",
                    sample().string(),
                    "--limit",
                    "1",
                    "--to",
                    fmt::format("STORESCP@127.0.0.1:{}", storescp.destination().port),
                    "--tls",
                    "--ca",
                    files.path(authority),
                    "--certificate",
                    files.path("modality.pem"),
                    "--key",
                    files.path("modality.key")});
    };
    const Finished refused = send("other_ca.pem");
    BOOST_TEST(refused.exit_code == 1);
    BOOST_TEST(refused.errors.find("certificate verify failed") != std::string::npos,
               refused.errors);
    const Finished sent = send("ca.pem");
    BOOST_TEST(sent.exit_code == 0, sent.errors);
    BOOST_TEST(storescp.files().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(profiles)

BOOST_AUTO_TEST_CASE(X3_only_TLS_1_2_with_AEAD_and_TLS_1_3_are_agreed_on) {
    SecureBridge node;
    struct Try {
        Command options;
        bool good;
    };
    const Try tries[] = {
        {{"-tls1_3"}, true},
        {{"-tls1_2"}, true},
        {{"-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"}, false},
        {{"-tls1", "-cipher", "DEFAULT:@SECLEVEL=0"}, false},
        {{"-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"}, true},
        {{"-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"}, false},
        {{"-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"}, false},
        {{"-tls1_2", "-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"}, false},
    };
    for (const Try& attempt : tries) {
        const Finished talked = s_client(node, attempt.options);
        const std::string all = talked.output + talked.errors;
        const bool agreed = all.find("CONNECTION ESTABLISHED") != std::string::npos;
        BOOST_TEST(agreed == attempt.good, attempt.options[0] << ": " << all);
        if (!attempt.good) {
            BOOST_TEST(all.find(" alert ") != std::string::npos, all);
        }
    }
    node.bridge().server().wait_for_line("unsupported protocol");
    node.bridge().server().wait_for_line("no shared cipher");
}

BOOST_AUTO_TEST_CASE(X3_the_legacy_switch_lets_TLS_1_0_in_and_never_without_encryption) {
    SecureBridge node("profile = 'legacy'");
    const auto talks = [&](const Command& options) {
        const Finished talked = s_client(node, options);
        return (talked.output + talked.errors).find("CONNECTION ESTABLISHED") != std::string::npos;
    };
    BOOST_TEST(talks({"-tls1", "-cipher", "DEFAULT:@SECLEVEL=0"}));
    BOOST_TEST(talks({"-tls1_3"}));
    BOOST_TEST(!talks({"-tls1_2", "-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"}));
}

BOOST_AUTO_TEST_CASE(compression_and_resumption_are_off) {
    SecureBridge node;
    const Finished talked =
        run({"sh",
             "-c",
             fmt::format("echo | openssl s_client -connect 127.0.0.1:{} -tls1_2 "
                         "-CAfile {} -cert {} -key {} -reconnect",
                         node.tls_port(),
                         node.files().path("ca.pem"),
                         node.files().path("modality.pem"),
                         node.files().path("modality.key"))});
    BOOST_TEST(talked.output.find("Compression: NONE") != std::string::npos, talked.output);
    BOOST_TEST(talked.output.find("Reused, ") == std::string::npos, talked.output);
    BOOST_TEST(talked.output.find("New, TLSv1.2") != std::string::npos, talked.output);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(certificates_that_change)

BOOST_AUTO_TEST_CASE(X7_are_taken_on_SIGHUP_and_no_association_is_dropped) {
    SecureBridge node;
    TlsPeer living(node.tls_port(), node.files().modality_context());
    living.send(cxr::storescp::pdu::encode(association_request()));
    BOOST_TEST_REQUIRE(std::to_integer<int>(living.receive().at(0)) == 2);

    node.files().write(
        "node", node.files().pki.ours.issue({.name = "renewed", .alternatives = {"IP:127.0.0.1"}}));
    node.bridge().server().kill(SIGHUP);
    node.bridge().server().wait_for_line("reloaded");
    const Finished talked = s_client(node, {"-tls1_3"});
    BOOST_TEST((talked.output + talked.errors).find("CN = renewed") != std::string::npos,
               talked.errors);
    living.send(p_data(1, 3, cxr::storescp::encode_command_set(echo_request(2))));
    BOOST_TEST(std::to_integer<int>(living.receive().at(0)) == 4, "the old one still answers");

    node.files().write_text("node.key", "no key");
    node.bridge().server().kill(SIGHUP);
    node.bridge().server().wait_for_line("the running configuration stays in force");
    const std::string log = node.bridge().server().output();
    BOOST_TEST(log.find("no private key can be read from it") != std::string::npos, log);
    BOOST_TEST(dcmtk(node, {"echoscu"}, "modality").exit_code == 0, "with the one before");
    living.send(p_data(1, 3, cxr::storescp::encode_command_set(echo_request(3))));
    BOOST_TEST(std::to_integer<int>(living.receive().at(0)) == 4);
}

BOOST_AUTO_TEST_CASE(and_cannot_be_used_at_the_start_are_one_line_and_exit_code_2) {
    const PkiFiles files;
    const TemporaryFolder folder;
    const auto start =
        [&](const std::string& certificate, const std::string& key, const std::string& more) {
            const std::string configuration = (folder / "bad.toml").string();
            write_text(configuration,
                       fmt::format("[tls]\nenabled = true\nport = 0\nca = '{}'\n"
                                   "certificate = '{}'\nkey = '{}'\n{}",
                                   files.path("ca.pem"),
                                   certificate,
                                   key,
                                   more));
            return run({cxrbridge(),
                        "serve",
                        "--config",
                        configuration,
                        "--dataset",
                        sample().string(),
                        "--state",
                        (folder / "state").string(),
                        "--port",
                        "0"});
        };
    const std::string good = files.path("node.pem");
    const std::string secret_key = files.path("secret.key");
    write_text(secret_key, with_passphrase(files.pki.node.key, "open sesame"));
    for (const Finished& started :
         {start("/no/such.pem", files.path("node.key"), ""),
          start(good, files.path("modality.key"), ""),
          start(good, secret_key, ""),
          start(good, secret_key, "key_passphrase_env = 'CXR_NOT_SET'\n")}) {
        BOOST_TEST(started.exit_code == 2);
        BOOST_TEST(std::count(started.errors.begin(), started.errors.end(), '\n') == 1,
                   started.errors);
        BOOST_TEST(started.errors.find("tls") != std::string::npos, started.errors);
        BOOST_TEST_MESSAGE(started.errors);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(audit)

BOOST_AUTO_TEST_CASE(X10_queries_transfers_and_refusals_are_told_with_patient_and_study) {
    const TemporaryFolder folder;
    const std::string file = (folder / "audit.xml").string();
    SecureBridge node("", "[log]\naudit = '" + file + "'\n");
    const std::string study = node.a_study();
    const Finished got = run(Command{"getscu",
                                     "-S",
                                     "-od",
                                     folder.path().string(),
                                     "-k",
                                     "QueryRetrieveLevel=STUDY",
                                     "-k",
                                     "StudyInstanceUID=" + study} +
                             node.bridge().dcmtk_peer());
    BOOST_TEST(got.exit_code == 0, got.errors);
    const TemporaryFolder objects;
    const Finished stored = run(Command{"storescu", "-R"} + node.bridge().dcmtk_peer() +
                                Command{an_object(objects).string()});
    BOOST_TEST(stored.exit_code == 0, stored.errors);
    BOOST_TEST(dcmtk(node, {"echoscu"}, "forged").exit_code != 0);
    BOOST_TEST(node.bridge().server().stop(SIGTERM) == 0);
    std::ifstream text(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) {
        lines.push_back(line);
    }
    const auto count = [&](const std::string& code, const std::string& what) {
        return std::ranges::count_if(lines, [&](const std::string& line) {
            return line.find("<EventID csd-code=\"" + code) != std::string::npos &&
                   line.find(what) != std::string::npos;
        });
    };
    BOOST_TEST(count("110112", "<ParticipantObjectQuery>") == 1);
    BOOST_TEST(count("110102", "ParticipantObjectID=\"" + study + '"') == 1);
    BOOST_TEST(count("110104", "ParticipantObjectID=\"" + study + '"') >= 1);
    BOOST_TEST(count("110104", "EventActionCode=\"C\"") == 1);
    BOOST_TEST(count("110113", "110126") == 1);
    BOOST_TEST(count("110100", "") == 2, "start and stop");
    BOOST_TEST(count("110104", "ParticipantObjectTypeCodeRole=\"1\"") >= 2, "patients by ID");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(users)

BOOST_AUTO_TEST_CASE(X1_storescu_logs_in_with_a_passcode_and_is_rejected_with_another) {
    // openssl passwd -6 -salt testsalt secret
    RunningBridge bridge(
        {},
        sample(),
        "[access]\nuser_identity = 'required'\n[[user]]\nname = 'bob'\n"
        "passcode_hash = '$6$testsalt$51yaaBMXXXt5vK522YOlIMZ267vqHtMIzc2klcsu3EEv/"
        "bkRDU9g3UmkypXf.NvlpPpIPK1nX5zdbCeJBiQbB/'\n");
    const TemporaryFolder folder;
    const std::string object = an_object(folder).string();
    const auto store = [&](const Command& as) {
        return run(Command{"storescu", "-R"} + as + bridge.dcmtk_peer() + Command{object});
    };
    const Finished good = store({"-usr", "bob", "-pwd", "secret", "-rsp"});
    BOOST_TEST(good.exit_code == 0, good.errors);
    BOOST_TEST(store({"-usr", "bob", "-pwd", "wrong"}).exit_code != 0);
    BOOST_TEST(store({"-usr", "bob"}).exit_code != 0, "by name alone");
    BOOST_TEST(store({}).exit_code != 0, "nobody");
    bridge.server().wait_for_line("user=bob");
    bridge.server().wait_for_line("a user identity is required");
    BOOST_TEST(bridge.server().output().find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
