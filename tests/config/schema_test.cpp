#include "config/schema.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <ostream>
#include <sstream>

using namespace cxr::config;

namespace {

// openssl passwd -6 -salt testsalt secret
const std::string hash =
    "$6$testsalt$51yaaBMXXXt5vK522YOlIMZ267vqHtMIzc2klcsu3EEv/"
    "bkRDU9g3UmkypXf.NvlpPpIPK1nX5zdbCeJBiQb"
    "B/";

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + '\n';
    }
    return text;
}

Config parsed(std::string_view text) {
    auto outcome = parse_config(text, "t.toml");
    if (const auto* refused = std::get_if<ConfigMistakes>(&outcome)) {
        BOOST_FAIL(joined(refused->mistakes));
    }
    return std::get<Config>(outcome);
}

std::vector<std::string> mistakes_in(std::string_view text) {
    auto outcome = parse_config(text, "t.toml");
    const auto* refused = std::get_if<ConfigMistakes>(&outcome);
    return refused == nullptr ? std::vector<std::string>{} : refused->mistakes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_configuration)

BOOST_AUTO_TEST_CASE(is_all_defaults_when_empty) {
    const Config config = parsed("");
    BOOST_TEST(config.node.aet == "CXRBRIDGE");
    BOOST_TEST(config.node.port == 11112);
    BOOST_TEST(config.node.listen == "127.0.0.1");  // reachable from this machine only
    BOOST_TEST(config.peers.empty());
}

BOOST_AUTO_TEST_CASE(says_every_kind_of_value) {
    const Config config = parsed(R"(
        [dataset]
        path = "/data"
        missing_images = "list"
        modality = "auto"
        clinical_trial = false
        [node]
        aet = "ARCHIVE 1"
        port = 0
        listen = "::"
        idle_timeout = 5
        [[peer]]
        aet = "A"
        host = "a.example"
        may = ["query"]
        prefer = ["jpeg-ls", "1.2.840.10008.1.2.1"]
        [[peer]]
        aet = "B"
        host = "::1"
        port = 4242
        [log]
        format = "json"
    )");
    BOOST_TEST(config.data_set.path == "/data");
    BOOST_CHECK(config.data_set.missing_images == MissingImages::list);
    BOOST_CHECK(config.data_set.mapping.modality == cxr::dicom::ModalityChoice::automatic);
    BOOST_TEST(!config.data_set.mapping.clinical_trial);
    BOOST_TEST(config.node.aet == "ARCHIVE 1");
    BOOST_TEST(config.node.port == 0);
    BOOST_CHECK(config.node.idle_timeout == std::chrono::seconds(5));
    BOOST_REQUIRE(config.peers.size() == 2);
    BOOST_TEST(config.peers[0].may == std::vector<std::string>{"query"});
    BOOST_TEST(config.peers[0].prefer.size() == 2);
    BOOST_TEST(config.peers[1].port == 4242);
    BOOST_CHECK(config.log.format == LogFormat::json);
}

BOOST_AUTO_TEST_CASE(is_read_back_from_what_show_prints) {
    Config config = parsed("[node]\nmax_pdu = 16384\n[dataset]\npath = 'C:\\x \"y\"'\n");
    config.peers.push_back({.aet = "A",
                            .host = "h",
                            .may = {"store"},
                            .sop_classes = {"SecondaryCaptureImageStorage"},
                            .prefer = {"jpeg-ls"}});
    const std::string shown = show(config);
    BOOST_TEST(show(parsed(shown)) == shown);
    BOOST_TEST(parsed(shown).data_set.path == "C:\\x \"y\"");
    BOOST_TEST(parsed(shown).node.max_pdu == 16384u);
}

BOOST_AUTO_TEST_CASE(shows_no_secret) {
    const Config config = parsed("[[user]]\nname = 'bob'\npasscode_hash = '" + hash +
                                 "'\n[[user]]\nname = 'eve'\npasscode_file = '/run/eve'\n");
    BOOST_TEST(config.users.at(0).passcode_hash == hash);
    const std::string shown = show(config);
    BOOST_TEST(shown.find("$6$") == std::string::npos, shown);
    BOOST_TEST(shown.find("# passcode_hash is set; a secret is not shown") != std::string::npos);
    BOOST_TEST(shown.find("passcode_file = \"/run/eve\"") != std::string::npos);
    BOOST_TEST(parsed(shown).users.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_mistake)

struct Mistake {
    const char* says;
    const char* text;
    const char* complaint;
};
std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
    return out << mistake.says;
}

const Mistake mistakes[] = {
    {"a misspelt key names its neighbour",
     "[node]\nprot = 1",
     "t.toml:2: node.prot: unknown key; did you mean port?"},
    {"a key like no other lists them all",
     "[export]\ncolour = 1",
     "t.toml:2: export.colour: unknown key; there are: threads"},
    {"a misspelt section",
     "[nodes]\nport = 1",
     "t.toml:1: nodes: unknown section; did you mean node?"},
    {"a section that is none, with those that are",
     "[hl7]\nport = 1",
     "t.toml:1: hl7: unknown section; there are: dataset, node"},
    {"a key outside any section", "port = 104", "t.toml:1: port: unknown key"},
    {"a section written as a value",
     "node = 3",
     "t.toml:1: node: must be a section, written [node]"},
    {"text for a number", "[node]\nport = '104'", "t.toml:2: node.port: must be a whole number"},
    {"a fraction for a number",
     "[node]\nport = 1.5",
     "t.toml:2: node.port: must be a whole number"},
    {"a port out of range",
     "[node]\nport = 65536",
     "t.toml:2: node.port: 65536 is not allowed; allowed: 0 to 65535"},
    {"a negative limit",
     "[state]\nquota_bytes = -1",
     "t.toml:2: state.quota_bytes: -1 is not allowed; allowed: 0 or more bytes"},
    {"a timeout of zero",
     "[node]\nidle_timeout = 0",
     "t.toml:2: node.idle_timeout: 0 is not allowed; allowed: 1 to 86400 seconds"},
    {"a choice that is not one",
     "[dataset]\nspacing = 'real'",
     "t.toml:2: dataset.spacing: \"real\" is not allowed; allowed: "
     "\"nominal\" or \"pixel\" or \"none\""},
    {"a host name to listen on",
     "[node]\nlisten = 'localhost'",
     "t.toml:2: node.listen: \"localhost\" is not allowed; allowed: an IPv4 or IPv6 address"},
    {"an AE title of 17 characters",
     "[node]\naet = 'SEVENTEENLETTERSX'",
     "t.toml:2: node.aet: \"SEVENTEENLETTERSX\" is not allowed; allowed: "
     "1 to 16 printable ASCII characters without backslash"},
    {"a peer without a host", "\n[[peer]]\naet = 'A'", "t.toml:2: peer.host: missing"},
    {"a peer as a plain section",
     "[peer]\naet = 'A'",
     "t.toml:1: peer: is written [[peer]], one section each"},
    {"a SOP class that does not exist",
     "[[peer]]\naet = 'A'\nhost = 'h'\nsop_classes = ['Pictures']",
     "t.toml:4: peer.sop_classes: [\"Pictures\"] is not allowed; allowed: "
     "a list of SOP classes, by UID or, of storage classes, by keyword"},
    {"a passcode in clear, which is not repeated",
     "[[user]]\nname = 'A'\npasscode_hash = 'open sesame'",
     "t.toml:3: user.passcode_hash: this is not allowed; allowed: what `openssl passwd -6` prints"},
    {"a user without a name", "\n[[user]]\npasscode_env = 'A'", "t.toml:2: user.name: missing"},
    {"a user as a plain section",
     "[user]\nname = 'A'",
     "t.toml:1: user: is written [[user]], one section each"},
    {"a right that does not exist",
     "[[peer]]\naet = 'A'\nhost = 'h'\nmay = ['delete']",
     "t.toml:4: peer.may: [\"delete\"] is not allowed; allowed: "
     "a list of \"echo\", \"query\", \"retrieve\", \"move\", \"get\", \"store\", \"commit\" and "
     "\"destination\""},
    {"a transfer syntax that does not exist",
     "[[peer]]\naet = 'A'\nhost = 'h'\nprefer = ['gif']",
     "t.toml:4: peer.prefer: [\"gif\"] is not allowed"},
    {"no TOML at all", "[node]\nport 104", "t.toml:2: not TOML: "},
};

BOOST_DATA_TEST_CASE(says_where_and_what_is_allowed, mistakes, mistake) {
    const auto found = mistakes_in(mistake.text);
    BOOST_REQUIRE(found.size() == 1);
    BOOST_TEST(found[0].starts_with(mistake.complaint), found[0]);
}

BOOST_AUTO_TEST_CASE(does_not_hide_the_next_ones) {
    const auto found = mistakes_in("[log]\nlevl = 'x'\n[node]\nport = -1\naet = ''\n[lab]\n");
    BOOST_TEST_REQUIRE(found.size() == 4);
    BOOST_TEST(found[0].starts_with("t.toml:2: log.levl"));
    BOOST_TEST(found[1].starts_with("t.toml:4: node.port"));
    BOOST_TEST(found[2].starts_with("t.toml:5: node.aet"));
    BOOST_TEST(found[3].starts_with("t.toml:6: lab"));
}

BOOST_AUTO_TEST_CASE(between_keys_is_found_too) {
    Config config;
    config.access.mode = AccessMode::known;
    BOOST_TEST(contradictions(config).size() == 1);
    config.peers = {{.aet = "A", .host = "h"}, {.aet = "A", .host = "i"}};
    BOOST_TEST_REQUIRE(contradictions(config).size() == 1);
    BOOST_TEST(contradictions(config)[0] == "peer: two peers have the AE title A");
    config.peers.pop_back();
    BOOST_TEST(contradictions(config).empty());
}

struct Contradiction {
    const char* says;
    const char* text;
    const char* complaint;  ///< how it begins; empty: there is none
};
std::ostream& operator<<(std::ostream& out, const Contradiction& contradiction) {
    return out << contradiction.says;
}
const Contradiction security[] = {
    {"a listener without a certificate",
     "[tls]\nenabled = true\nca = 'c'",
     "tls.enabled needs tls.certificate and tls.key"},
    {"a certificate without a key",
     "[tls]\ncertificate = 'c'",
     "tls.certificate and tls.key belong together"},
    {"nobody whose certificates are trusted",
     "[tls]\nenabled = true\ncertificate = 'c'\nkey = 'k'",
     "tls.ca is missing"},
    {"nobody is asked for one",
     "[tls]\nenabled = true\ncertificate = 'c'\nkey = 'k'\nclient_certificate = 'none'",
     ""},
    {"two passphrases",
     "[tls]\nkey_passphrase_file = 'f'\nkey_passphrase_env = 'E'",
     "tls: the passphrase is given in more than one way"},
    {"a peer whose certificate cannot be checked",
     "[[peer]]\naet = 'A'\nhost = 'h'\ntls = true",
     "peer A: tls needs tls.ca"},
    {"a passcode of nobody",
     "[[peer]]\naet = 'A'\nhost = 'h'\nuser_passcode_env = 'E'",
     "peer A: a passcode without a user"},
    {"identities required, and no user",
     "[access]\nuser_identity = 'required'",
     "access.user_identity is \"required\", but there is no [[user]]"},
    {"two users of one name",
     "[[user]]\nname = 'u'\n[[user]]\nname = 'u'",
     "user: two users have the name u"},
    {"a passcode twice",
     "[[user]]\nname = 'u'\npasscode_env = 'E'\npasscode_file = 'f'",
     "user u: the passcode is given in more than one way"},
};

BOOST_DATA_TEST_CASE(of_security_is_found_too, security, given) {
    const auto found = contradictions(parsed(given.text));
    BOOST_TEST_REQUIRE(found.size() == (*given.complaint == '\0' ? 0U : 1U));
    BOOST_TEST((found.empty() || found[0].starts_with(given.complaint)), given.says);
}

BOOST_AUTO_TEST_CASE(of_routes_is_found_too) {
    Config config;
    config.peers = {{.aet = "ARCHIVE", .host = "h"}};
    config.routes.resize(2);
    config.routes[0].name = "first";
    config.routes[0].to = "ARCHIVE";
    config.routes[1].name = "second";
    config.routes[1].to = "ARCHIVE";
    BOOST_TEST(contradictions(config).empty());
    config.routes[1].retry_limit = 3;
    BOOST_TEST_REQUIRE(contradictions(config).size() == 1);
    BOOST_TEST(
        contradictions(config)[0] ==
        "route second: tries ARCHIVE again otherwise than route first; a destination has one "
        "schedule");
    config.routes[1].to = "NOBODY";
    BOOST_TEST_REQUIRE(contradictions(config).size() == 1);
    BOOST_TEST(contradictions(config)[0] ==
               "route second: there is no [[peer]] with the AE title NOBODY");
    config.routes[1] = config.routes[0];
    BOOST_TEST_REQUIRE(contradictions(config).size() == 1);
    BOOST_TEST(contradictions(config)[0] == "route: two routes are called first");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_flag)

BOOST_AUTO_TEST_CASE(goes_through_the_same_table) {
    Config config;
    BOOST_TEST(set_key(config, "node.port", "4242").has_value());
    BOOST_TEST(config.node.port == 4242);
    BOOST_TEST(set_key(config, "dataset.clinical_trial", "false").has_value());
    BOOST_TEST(!config.data_set.mapping.clinical_trial);
    BOOST_TEST(set_key(config, "node.port", "70000").error().doing ==
               "node.port: \"70000\" is not allowed; allowed: 0 to 65535");
    BOOST_TEST(!set_key(config, "node.port", "42x").has_value());
    BOOST_TEST(!set_key(config, "node.prot", "42").has_value());
    BOOST_TEST(config.node.port == 4242);
}

struct PeerText {
    const char* text;
    const char* aet;
    const char* host;
    std::uint16_t port;
};
std::ostream& operator<<(std::ostream& out, const PeerText& peer) {
    return out << peer.text;
}
const PeerText good_peers[] = {{"ORTHANC@127.0.0.1:4242", "ORTHANC", "127.0.0.1", 4242},
                               {"A B@pacs.example:104", "A B", "pacs.example", 104},
                               {"STORE@[::1]:65535", "STORE", "::1", 65535}};

BOOST_DATA_TEST_CASE(names_a_peer, good_peers, peer) {
    const auto parsed_peer = parse_peer(peer.text);
    BOOST_REQUIRE(parsed_peer.has_value());
    BOOST_TEST(parsed_peer->aet == peer.aet);
    BOOST_TEST(parsed_peer->host == peer.host);
    BOOST_TEST(parsed_peer->port == peer.port);
}

const char* const bad_peers[] = {"ORTHANC",
                                 "ORTHANC@host",
                                 "@host:104",
                                 "A@:104",
                                 "A@host:",
                                 "A@host:0",
                                 "A@host:65536",
                                 "A@host:10x",
                                 "A@::1:104",
                                 "A@[]:104",
                                 "A@ho st:104",
                                 "SEVENTEENLETTERSX@host:104"};

BOOST_DATA_TEST_CASE(that_names_no_peer_is_refused, bad_peers, text) {
    const auto parsed_peer = parse_peer(text);
    BOOST_REQUIRE(!parsed_peer.has_value());
    BOOST_TEST(parsed_peer.error().doing.starts_with(std::string("\"") + text + "\" is not AE@"));
}

BOOST_AUTO_TEST_SUITE_END()
