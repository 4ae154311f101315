// The conformance statement against the node: docs/conformance.md is what the program prints for
// its default configuration, and a running node negotiates every row of it, and nothing else.

#include "interop/running_bridge.hpp"
#include "storescp/upper_layer/pdu.hpp"
#include "support/association_requests.hpp"
#include "support/files.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <map>
#include <sstream>
#include <string_view>

using namespace cxr;
using namespace cxr::test;

namespace {

/// A row of the statement's tables of accepted presentation contexts.
struct StatedClass {
    std::string uid;
    std::vector<std::string> transfer_syntaxes;
    std::vector<std::uint8_t> extended;
};

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream in(line.substr(1));  // behind the first bar
    for (std::string cell; std::getline(in, cell, '|');) {
        const auto begin = cell.find_first_not_of(" `");
        const auto end = cell.find_last_not_of(" `");
        cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
    }
    return cells;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, separator);) {
        const auto begin = part.find_first_not_of(' ');
        if (begin != std::string::npos) {
            parts.push_back(part.substr(begin));
        }
    }
    return parts;
}

struct Statement {
    std::vector<StatedClass> classes;

    static Statement read(const std::string& markdown) {
        Statement statement;
        std::map<std::string, std::string> syntax_uids;
        std::string header;
        std::istringstream in(markdown);
        for (std::string line; std::getline(in, line);) {
            if (line.rfind("| ", 0) != 0) {
                if (line.rfind("|-", 0) != 0) {
                    header.clear();
                }
            } else if (header.empty()) {
                header = line;
            } else if (header.rfind("| Abstract syntax ", 0) == 0) {
                statement.add(cells_of(line));
            } else if (header.rfind("| Transfer syntax ", 0) == 0) {
                const auto cells = cells_of(line);
                syntax_uids[cells.at(0)] = cells.at(1);
            }
        }
        statement.resolve(syntax_uids);
        return statement;
    }

private:
    void add(const std::vector<std::string>& cells) {
        StatedClass stated{
            .uid = cells.at(1), .transfer_syntaxes = split(cells.at(2), ','), .extended = {}};
        for (const std::string& byte : split(cells.at(4), ' ')) {
            stated.extended.push_back(static_cast<std::uint8_t>(std::stoi(byte)));
        }
        classes.push_back(std::move(stated));
    }
    void resolve(const std::map<std::string, std::string>& syntax_uids) {
        for (StatedClass& stated : classes) {
            std::vector<std::string> uids;
            for (const auto& [name, uid] : syntax_uids) {
                const auto& named = stated.transfer_syntaxes;
                if (named.front() == "all" || std::ranges::find(named, name) != named.end()) {
                    uids.push_back(uid);
                }
            }
            stated.transfer_syntaxes = std::move(uids);
        }
    }
};

storescp::pdu::AssociateAC associate(const RunningBridge& node,
                                     const storescp::pdu::AssociateRQ& request) {
    RawPeer peer = RawPeer::connect(node.port());
    peer.send(storescp::pdu::encode(request));
    const auto answer = peer.receive();
    const auto decoded =
        storescp::pdu::decode_associate_ac(std::span(answer).subspan(storescp::pdu::header_bytes));
    const auto* accepted = std::get_if<storescp::pdu::AssociateAC>(&decoded);
    BOOST_REQUIRE(accepted != nullptr);
    return *accepted;
}

/// Offers every transfer syntax of a class in a context of its own.
void check_stated(const RunningBridge& node, const StatedClass& stated) {
    auto request = association_request({});
    unsigned id = 1;
    for (const std::string& syntax : stated.transfer_syntaxes) {
        request.contexts.push_back({static_cast<std::uint8_t>(id), stated.uid, {syntax}});
        id += 2;
    }
    if (!stated.extended.empty()) {
        request.user.extended = {
            {stated.uid, std::vector<std::uint8_t>(stated.extended.size(), 1)}};
    }
    const auto answer = associate(node, request);
    for (std::size_t i = 0; i < request.contexts.size(); ++i) {
        const auto& context = answer.contexts.at(i);
        BOOST_TEST((context.result == storescp::ContextResult::acceptance),
                   stated.uid << " in " << request.contexts[i].transfer_syntaxes.front());
        BOOST_TEST(context.transfer_syntax == request.contexts[i].transfer_syntaxes.front());
    }
    if (stated.extended.empty()) {
        BOOST_TEST(answer.user.extended.empty());
    } else {
        BOOST_REQUIRE(answer.user.extended.size() == 1U);
        BOOST_TEST(answer.user.extended.front().information == stated.extended,
                   boost::test_tools::per_element());
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_2_conformance_statement)

BOOST_AUTO_TEST_CASE(the_committed_one_is_what_the_program_prints) {
    const Finished printed = run({cxrbridge(), "conformance"});
    BOOST_REQUIRE(printed.exit_code == 0);
    BOOST_TEST((printed.output == read_file("docs/conformance.md")),
               "print it anew: build/bin/cxrbridge conformance > docs/conformance.md");
}

BOOST_AUTO_TEST_CASE(the_node_accepts_what_the_committed_one_says) {
    const auto statement = Statement::read(read_file("docs/conformance.md"));
    BOOST_REQUIRE(statement.classes.size() > 100U);
    const RunningBridge node;
    for (const StatedClass& stated : statement.classes) {
        BOOST_TEST_CONTEXT(stated.uid) {
            BOOST_REQUIRE(!stated.transfer_syntaxes.empty());
            check_stated(node, stated);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_node_refuses_what_it_does_not_say) {
    const auto statement = Statement::read(read_file("docs/conformance.md"));
    const RunningBridge node;
    // Worklist, procedure step, print, unified procedure step, instance availability, Patient/Study
    // Only query and retrieve.
    const std::array unstated{"1.2.840.10008.5.1.4.31",
                              "1.2.840.10008.3.1.2.3.3",
                              "1.2.840.10008.5.1.1.9",
                              "1.2.840.10008.5.1.4.34.6.1",
                              "1.2.840.10008.5.1.4.33",
                              "1.2.840.10008.5.1.4.1.2.3.1",
                              "1.2.840.10008.5.1.4.1.2.3.2"};
    auto request = association_request({});
    unsigned id = 1;
    for (const char* uid : unstated) {
        BOOST_TEST(std::ranges::none_of(statement.classes,
                                        [uid](const auto& stated) { return stated.uid == uid; }));
        request.contexts.push_back({static_cast<std::uint8_t>(id), uid, {implicit_little}});
        id += 2;
    }
    for (const auto& context : associate(node, request).contexts) {
        BOOST_TEST((context.result == storescp::ContextResult::abstract_syntax_not_supported));
    }
}

BOOST_AUTO_TEST_CASE(follows_the_configuration) {
    const Finished printed = run({cxrbridge(),
                                  "conformance",
                                  "--aet",
                                  "LABORATORY",
                                  "--set",
                                  "node.max_pdu=65536",
                                  "--format",
                                  "html"});
    BOOST_REQUIRE(printed.exit_code == 0);
    BOOST_TEST(printed.output.find("<code>LABORATORY</code>") != std::string::npos);
    BOOST_TEST(printed.output.find("65536 bytes") != std::string::npos);
    BOOST_TEST(printed.output.find("CXRBRIDGE</code>") == printed.output.npos);
}

BOOST_AUTO_TEST_SUITE_END()
