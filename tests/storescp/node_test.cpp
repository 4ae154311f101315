// The node over real sockets: DCMTK's clients, and peers of our own for what those cannot do.
#include "storescp/services/echo_scu.hpp"
#include "storescp/services/store_scu.hpp"
#include "support/folders.hpp"
#include "support/running_node.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* secondary_capture = "1.2.840.10008.5.1.4.1.1.7";
constexpr const char* study_root_find = "1.2.840.10008.5.1.4.1.2.2.1";
const std::string explicit_le(dicom::explicit_vr_little_endian.uid);

const DcmTagKey query_retrieve_level(0x0008, 0x0052);
const DcmTagKey study_instance_uid(0x0020, 0x000D);

std::vector<InstanceReference> objects(std::size_t count) {
    std::vector<InstanceReference> all;
    for (std::size_t index = 0; index < count; ++index) {
        all.push_back({.sop_class_uid = secondary_capture,
                       .sop_instance_uid = "1.2.3.4." + std::to_string(index),
                       .transfer_syntax_uid = explicit_le});
    }
    return all;
}

std::vector<dicom::Attributes> studies(std::size_t count) {
    std::vector<dicom::Attributes> all(count);
    for (std::size_t index = 0; index < count; ++index) {
        put(all[index], query_retrieve_level, "STUDY");
        put(all[index], study_instance_uid, "1.2." + std::to_string(index));
    }
    return all;
}

std::vector<std::string> client(std::vector<std::string> command, const RunningNode& node) {
    command.insert(command.end(), {"-aet", "VIEWER", "-aec", "NODE", "127.0.0.1", node.port()});
    return command;
}

const std::vector<std::string> one_study{
    "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.3"};

std::vector<std::string> operator+(std::vector<std::string> left,
                                   const std::vector<std::string>& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// DCMTK's storescp, keeping what it gets in a folder.
struct Destination {
    Destination()
        : port(free_port()),
          server({"storescp", "-od", folder.path().string(), std::to_string(port)}) {
        wait_for_port(port);
    }
    Peer peer() const {
        return {.ae_title = "DEST",
                .host = "127.0.0.1",
                .port = port,
                .preferred_transfer_syntaxes = {}};
    }
    TemporaryFolder folder;
    std::uint16_t port;
    Server server;
};

std::vector<std::byte> identifier() {
    dicom::Attributes attributes;
    put(attributes, query_retrieve_level, "STUDY");
    put(attributes, study_instance_uid, "");
    return dicom::encode_attributes(attributes, dicom::explicit_vr_little_endian);
}

CommandSet find_request(std::uint16_t message_id) {
    CommandSet command;
    command.affected_sop_class_uid = study_root_find;
    command.command_field = static_cast<std::uint16_t>(CommandField::c_find_rq);
    command.message_id = message_id;
    command.priority = 0;
    return command;
}

struct Answers {
    std::size_t pending = 0;
    std::uint16_t status = 0;
};

/// Reads the responses to one request; calls `on_pending` after each pending one.
Awaitable<Answers> answers(Association& association, std::function<Awaitable<void>()> on_pending) {
    Answers counted;
    for (;;) {
        auto message = co_await association.receive_message();
        if (!message) {
            throw std::runtime_error(message.error().doing);
        }
        static_cast<void>(co_await drain_data_set(association));
        counted.status = message->command.status.value();
        if (counted.status != 0xFF00) {
            co_return counted;
        }
        ++counted.pending;
        if (on_pending) {
            co_await on_pending();
        }
    }
}

Awaitable<void> send_cancel(Association& association, std::uint16_t message_id) {
    CommandSet cancel;
    cancel.command_field = static_cast<std::uint16_t>(CommandField::c_cancel_rq);
    cancel.message_id_being_responded_to = message_id;
    const auto sent = co_await association.send_message(1, cancel);
    BOOST_TEST(sent.has_value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dcmtk_clients)

BOOST_AUTO_TEST_CASE(v1_echoscu_is_answered) {
    RunningNode node;
    node.start();
    const Finished echoed = run(client({"echoscu"}, node));
    BOOST_TEST(echoed.exit_code == 0, echoed.errors);
}

BOOST_AUTO_TEST_CASE(f1_findscu_gets_every_match) {
    RunningNode node;
    node.query.matches = studies(150);
    node.start();
    const Finished found = run(client({"findscu", "-v", "-S"}, node) + one_study);
    BOOST_TEST(found.exit_code == 0, found.errors);
    BOOST_TEST(occurrences(found.errors + found.output, "(Pending)") >= 150U);
}

BOOST_AUTO_TEST_CASE(f44_findscu_cancels) {
    RunningNode node;
    node.query.matches = studies(50'000);
    node.start();
    const Finished found = run(client({"findscu", "-v", "-S", "--cancel", "3"}, node) + one_study);
    BOOST_TEST((found.errors + found.output).find("Cancel") != std::string::npos);
    BOOST_TEST(node.query.given < 50'000U);
    BOOST_TEST(node.events.wait_for(1).at(0).status == 0xFE00);
}

BOOST_AUTO_TEST_CASE(r5_movescu_moves_to_storescp) {
    const Destination destination;
    RunningNode node;
    node.retrieve.kept = objects(25);
    node.access->peers["DEST"] = destination.peer();
    node.start();
    const Finished moved = run(client({"movescu", "-v", "-S", "-aem", "DEST"}, node) + one_study);
    BOOST_TEST(moved.exit_code == 0, moved.errors);
    BOOST_TEST(files_in(destination.folder.path()) == 25U);
    BOOST_TEST(node.events.wait_for(1).at(0).matches_or_completed == 25U);
}

BOOST_AUTO_TEST_CASE(r2_movescu_to_a_dead_destination_is_told_a702) {
    RunningNode node;
    node.retrieve.kept = objects(2);
    node.access->peers["DEST"] = {.ae_title = "DEST",
                                  .host = "127.0.0.1",
                                  .port = free_port(),
                                  .preferred_transfer_syntaxes = {}};
    node.start();
    const Finished moved = run(client({"movescu", "-v", "-S", "-aem", "DEST"}, node) + one_study);
    const RequestFinished event = node.events.wait_for(1).at(0);
    BOOST_TEST(event.status == 0xA702);
    BOOST_TEST(event.failed == 2U);
}

BOOST_AUTO_TEST_CASE(r23_a_storescp_that_dies_midway_leaves_b000_and_no_hang) {
    Destination destination;
    RunningNode node;
    node.retrieve.kept = objects(20);
    node.retrieve.before_load = [&] {
        if (node.retrieve.loads == 10) {
            destination.server.stop(SIGKILL);
        }
    };
    node.access->peers["DEST"] = destination.peer();
    node.start();
    const Finished moved = run(client({"movescu", "-v", "-S", "-aem", "DEST"}, node) + one_study);
    const RequestFinished event = node.events.wait_for(1).at(0);
    BOOST_TEST((event.status == 0xB000 || event.status == 0xA702));
    BOOST_TEST(event.failed >= 1U);
    BOOST_TEST(event.matches_or_completed + event.failed == 20U);
}

BOOST_AUTO_TEST_CASE(r26_r34_two_moves_to_the_node_itself_count_for_themselves) {
    RunningNode node;
    node.retrieve.kept = objects(40);
    node.settings.port = free_port();
    node.access->peers["NODE"] = {.ae_title = "NODE",
                                  .host = "127.0.0.1",
                                  .port = node.settings.port,
                                  .preferred_transfer_syntaxes = {}};
    node.start();
    const auto move = [&] {
        return run(client({"movescu", "-S", "-aem", "NODE"}, node) + one_study).exit_code;
    };
    auto other = std::async(std::launch::async, move);
    BOOST_TEST(move() == 0);
    BOOST_TEST(other.get() == 0);
    BOOST_TEST(node.receive.committed_count() == 80U);
    std::size_t moves = 0;
    const auto events = node.events.wait_for(82);  // two moves, eighty stores
    for (const RequestFinished& event : events) {
        if (event.service == "C-MOVE") {
            ++moves;
            BOOST_TEST(event.status == 0x0000);
            BOOST_TEST(event.matches_or_completed == 40U);
        }
    }
    BOOST_TEST(moves == 2U);
}

BOOST_AUTO_TEST_CASE(r30_getscu_gets_and_storescu_stores_it_back) {
    const TemporaryFolder folder;
    RunningNode node;
    node.retrieve.kept = objects(12);
    node.start();
    const Finished got =
        run(client({"getscu", "-v", "-S", "-od", folder.path().string()}, node) + one_study);
    BOOST_TEST(got.exit_code == 0, got.errors);
    BOOST_TEST(files_in(folder.path()) == 12U);
    const Finished stored =
        run(client({"storescu", "+sd"}, node) + std::vector<std::string>{folder.path().string()});
    BOOST_TEST(stored.exit_code == 0, stored.errors);
    BOOST_TEST(node.receive.committed_count() == 12U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(peers_of_our_own)

BOOST_AUTO_TEST_CASE(v1_our_echo_is_answered) {
    RunningNode node;
    node.start();
    const auto ask = [](AssociationRequest request) -> Awaitable<std::uint16_t> {
        auto association = co_await request_association(std::move(request));
        const auto status = co_await echo(**association, 9);
        co_await (*association)->release();
        co_return status.value();
    };
    std::vector<ProposedContext> contexts{verification_context()};
    BOOST_TEST(node.wait(ask(node.request(contexts))) == 0x0000);
}

BOOST_AUTO_TEST_CASE(s1_our_store_is_kept) {
    RunningNode node;
    const auto kept = objects(3);
    node.start();
    FakeRetrieve source;
    const auto send = [&](AssociationRequest request) -> Awaitable<std::vector<std::uint16_t>> {
        auto association = co_await request_association(std::move(request));
        std::vector<std::uint16_t> statuses;
        for (const InstanceReference& instance : kept) {
            const auto response = co_await store(**association, node.pool, source, instance, 1, 0);
            statuses.push_back(response.value().status);
        }
        co_await (*association)->release();
        co_return statuses;
    };
    const auto statuses = node.wait(send(node.request(contexts_for(kept, source))));
    BOOST_TEST((statuses == std::vector<std::uint16_t>{0, 0, 0}));
    BOOST_TEST(node.receive.committed_count() == 3U);
}

BOOST_AUTO_TEST_CASE(f44_a_cancel_stops_the_stream_at_once_and_the_association_lives) {
    RunningNode node;
    node.query.matches = studies(100'000);
    node.start();
    const auto ask = [](AssociationRequest request) -> Awaitable<Answers> {
        auto association = co_await request_association(std::move(request));
        Association& peer = **association;
        std::vector<dicom::Segment> data_set{dicom::Segment::of(identifier())};
        static_cast<void>(co_await peer.send_message(1, find_request(5), data_set));
        std::size_t seen = 0;
        std::function<Awaitable<void>()> cancel_second = [&]() -> Awaitable<void> {
            if (++seen == 2) {
                co_await send_cancel(peer, 5);
            }
        };
        const Answers first = co_await answers(peer, cancel_second);
        // The same Message ID again: the cancel was for the other one.
        static_cast<void>(co_await peer.send_message(1, find_request(5), data_set));
        const Answers second = co_await answers(peer, nullptr);
        BOOST_TEST(second.status == 0x0000);
        co_await peer.release();
        co_return first;
    };
    std::vector<ProposedContext> contexts{{1, study_root_find, {explicit_le}}};
    const Answers cancelled = node.wait(ask(node.request(contexts)));
    BOOST_TEST(cancelled.status == 0xFE00);
    BOOST_TEST(cancelled.pending < 100'000U);
}

BOOST_AUTO_TEST_CASE(v3_a_message_id_in_use_is_0210_and_both_are_answered) {
    RunningNode node;
    node.query.matches = studies(2'000);
    node.start();
    const auto ask = [](AssociationRequest request) -> Awaitable<std::vector<std::uint16_t>> {
        auto association = co_await request_association(std::move(request));
        Association& peer = **association;
        std::vector<dicom::Segment> data_set{dicom::Segment::of(identifier())};
        static_cast<void>(co_await peer.send_message(1, find_request(5), data_set));
        static_cast<void>(co_await peer.send_message(1, find_request(5), data_set));
        std::vector<std::uint16_t> statuses;
        for (int count = 0; count < 2; ++count) {
            const Answers counted = co_await answers(peer, nullptr);
            statuses.push_back(counted.status);
        }
        co_await peer.release();
        co_return statuses;
    };
    std::vector<ProposedContext> contexts{{1, study_root_find, {explicit_le}}};
    const auto statuses = node.wait(ask(node.request(contexts)));
    BOOST_TEST((statuses == std::vector<std::uint16_t>{0x0000, 0x0210}));
}

BOOST_AUTO_TEST_CASE(s26_f43_extended_negotiation_is_answered_truthfully_and_no_longer_than_asked) {
    RunningNode node;
    node.start();
    const auto agree = [](AssociationRequest request) -> Awaitable<Agreement> {
        auto association = co_await request_association(std::move(request));
        Agreement agreement = (*association)->agreement();
        co_await (*association)->release();
        co_return agreement;
    };
    std::vector<ProposedContext> contexts{{1, study_root_find, {explicit_le}},
                                          {3, secondary_capture, {explicit_le}}};
    AssociationRequest request = node.request(contexts);
    request.extended_negotiation = {{study_root_find, {1, 0, 1}},
                                    {secondary_capture, {3, 0, 0, 0, 2, 0}}};
    const Agreement agreement = node.wait(agree(request));
    BOOST_TEST(
        (agreement.extended_negotiation.at(study_root_find) == std::vector<std::uint8_t>{1, 0, 1}));
    BOOST_TEST((agreement.extended_negotiation.at(secondary_capture) ==
                std::vector<std::uint8_t>{2, 0, 3, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(s27_only_known_storage_classes_are_accepted) {
    RunningNode node;
    node.start();
    const auto agree = [](AssociationRequest request) -> Awaitable<Agreement> {
        auto association = co_await request_association(std::move(request));
        Agreement agreement = (*association)->agreement();
        (*association)->abort();
        co_return agreement;
    };
    const std::string jpeg_2000 = "1.2.840.10008.1.2.4.90";
    std::vector<ProposedContext> contexts{{1, secondary_capture, {jpeg_2000}},
                                          {3, "1.2.840.10008.5.1.4.1.1.88.33", {explicit_le}},
                                          {5, "1.2.3.4.5", {explicit_le}},
                                          {7, "1.2.840.10008.5.1.4.1.2.3.1", {explicit_le}}};
    const Agreement agreement = node.wait(agree(node.request(contexts)));
    BOOST_TEST(agreement.accepted(std::uint8_t{1}) != nullptr);
    BOOST_TEST(agreement.accepted(std::uint8_t{3}) != nullptr);
    BOOST_REQUIRE(agreement.contexts.size() == 4);
    BOOST_TEST((agreement.contexts[2].result == ContextResult::abstract_syntax_not_supported));
    BOOST_TEST((agreement.contexts[3].result == ContextResult::abstract_syntax_not_supported));
}

BOOST_AUTO_TEST_SUITE_END()
