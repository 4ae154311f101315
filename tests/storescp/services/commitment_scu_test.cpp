#include "support/commitment_requester.hpp"

#include <boost/test/unit_test.hpp>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

namespace {

/// Asks a handler of ours that plays the provider.
Asked ask_of(AssociationHandler provider, std::chrono::milliseconds patience = 5s) {
    AcceptableContexts contexts;
    contexts.by_abstract_syntax[commitment_class] = {.transfer_syntaxes = {"1.2.840.10008.1.2"}};
    RunningListener listener({}, contexts, std::move(provider));
    AssociationRequest request{.peers = {.calling = "TESTER", .called = "CXRBRIDGE"},
                               .host = "127.0.0.1",
                               .port = listener.port(),
                               .contexts = {commitment_context()},
                               .roles = {},
                               .extended_negotiation = {},
                               .timeouts = {},
                               .limits = {}};
    auto asked = boost::asio::co_spawn(boost::asio::make_strand(listener.io()),
                                       ask(std::move(request), commitment_of(2), patience),
                                       boost::asio::use_future);
    if (asked.wait_for(20s) != std::future_status::ready) {
        throw std::runtime_error("the coroutine did not end");
    }
    return asked.get();
}

CommandSet action_response(const CommandSet& request, std::uint16_t status) {
    CommandSet response;
    response.affected_sop_class_uid = request.requested_sop_class_uid;
    response.command_field = std::uint16_t{0x8130};
    response.message_id_being_responded_to = request.message_id;
    response.status = status;
    return response;
}

Awaitable<CommandSet> take(Association& association) {
    auto message = co_await association.receive_message();
    if (!message) {
        throw std::runtime_error(message.error().doing);
    }
    if (message->command.has_data_set()) {
        static_cast<void>(co_await drain_data_set(association));
    }
    co_return message->command;
}

/// Reports `transaction_uid`; gives the status of the response.
Awaitable<std::uint16_t> report(Association& association,
                                std::string transaction_uid,
                                std::uint16_t event_type = 1) {
    const CommitmentReport told{
        .transaction_uid = std::move(transaction_uid), .committed = references(2), .failed = {}};
    const std::vector<dicom::Segment> data_set{dicom::Segment::of(dicom::encode_attributes(
        event_information(told, "ARCHIVE"), dicom::implicit_vr_little_endian))};
    CommandSet command = event_report(event_type, 5);
    static_cast<void>(co_await association.send_message(1, std::move(command), data_set));
    const CommandSet response = co_await take(association);
    co_return response.status.value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_j_3_the_user)

BOOST_AUTO_TEST_CASE(asks_as_the_standard_says_and_hears_the_report) {
    std::promise<CommandSet> action;
    std::promise<std::uint16_t> answer;
    const Asked asked = ask_of([&](Association& association) -> Awaitable<void> {
        const CommandSet command = co_await take(association);
        action.set_value(command);
        CommandSet response = action_response(command, 0);
        static_cast<void>(co_await association.send_message(1, std::move(response)));
        answer.set_value(co_await report(association, "1.2.99.1"));
        static_cast<void>(co_await association.receive_message());
    });
    const CommandSet command = action.get_future().get();
    BOOST_TEST(command.requested_sop_class_uid.value() == commitment_class);
    BOOST_TEST(command.requested_sop_instance_uid.value() == commitment_instance);
    BOOST_TEST(command.action_type_id.value() == 1);
    BOOST_TEST(!command.affected_sop_class_uid.has_value());
    BOOST_TEST(answer.get_future().get() == 0x0000);
    BOOST_REQUIRE(asked.report.has_value());
    BOOST_TEST((asked.report->committed == references(2)));
}

BOOST_AUTO_TEST_CASE(a_refused_action_is_told_with_its_status) {
    const Asked asked = ask_of([](Association& association) -> Awaitable<void> {
        const CommandSet command = co_await take(association);
        CommandSet response = action_response(command, 0x0213);
        static_cast<void>(co_await association.send_message(1, std::move(response)));
        static_cast<void>(co_await association.receive_message());
    });
    BOOST_REQUIRE(asked.fault.has_value());
    BOOST_TEST((asked.fault->kind == FaultKind::refused));
    BOOST_TEST(asked.fault->doing.find("0213H") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(k18_other_reports_are_refused_and_the_awaited_one_still_heard) {
    std::promise<std::vector<std::uint16_t>> answers;
    const Asked asked = ask_of([&](Association& association) -> Awaitable<void> {
        const CommandSet command = co_await take(association);
        CommandSet response = action_response(command, 0);
        static_cast<void>(co_await association.send_message(1, std::move(response)));
        std::vector<std::uint16_t> statuses;
        statuses.push_back(co_await report(association, "1.2.77"));
        statuses.push_back(co_await report(association, "1.2.99.1", 3));
        statuses.push_back(co_await report(association, "1.2.99.1"));
        answers.set_value(statuses);
        static_cast<void>(co_await association.receive_message());
    });
    const std::vector<std::uint16_t> expected{0x0110, 0x0113, 0x0000};
    BOOST_TEST((answers.get_future().get() == expected));
    BOOST_TEST(asked.report.has_value());
}

BOOST_AUTO_TEST_CASE(patience_ends_with_a_release) {
    std::promise<std::string> end;
    const auto begun = std::chrono::steady_clock::now();
    const Asked asked = ask_of(
        [&](Association& association) -> Awaitable<void> {
            const CommandSet command = co_await take(association);
            CommandSet response = action_response(command, 0);
            static_cast<void>(co_await association.send_message(1, std::move(response)));
            const auto next = co_await association.receive_message();
            end.set_value(next ? "a message" : next.error().doing);
        },
        100ms);
    BOOST_TEST(!asked.report.has_value());
    BOOST_TEST(!asked.lost.has_value());
    BOOST_TEST(end.get_future().get() == "released");
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 4s));
}

BOOST_AUTO_TEST_CASE(a_provider_that_leaves_is_no_patience_lost) {
    const Asked asked = ask_of([](Association& association) -> Awaitable<void> {
        const CommandSet command = co_await take(association);
        CommandSet response = action_response(command, 0);
        static_cast<void>(co_await association.send_message(1, std::move(response)));
        association.abort();
    });
    BOOST_TEST(!asked.report.has_value());
    BOOST_TEST(asked.lost.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
