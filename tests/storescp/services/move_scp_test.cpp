#include "services/sub_operation.hpp"
#include "support/move_bench.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;

namespace {

struct Ending {
    const char* says;
    std::vector<std::uint16_t> answers;
    std::uint16_t status;
    Counters counters;
    const char* failed_list;  ///< null: no data set
};
std::ostream& operator<<(std::ostream& out, const Ending& ending) {
    return out << ending.says;
}

const Ending endings[] = {
    {"R5 all succeed", {0, 0, 0}, 0x0000, {{}, 3, 0, 0}, nullptr},
    {"R6 one fails", {0, 0xA700, 0}, 0xB000, {{}, 2, 1, 0}, "1.2.3.4.1"},
    {"R6 two fail", {0xC000, 0, 0xA900}, 0xB000, {{}, 1, 2, 0}, "1.2.3.4.0\\1.2.3.4.2"},
    {"R7 all fail",
     {0xA700, 0x0122, 0xC001},
     0xA702,
     {{}, 0, 3, 0},
     "1.2.3.4.0\\1.2.3.4.1\\1.2.3.4.2"},
    {"R8 all warn", {0xB000, 0xB006, 0xB007}, 0xB000, {{}, 0, 0, 3}, nullptr},
    {"R8 one warns", {0, 0xB000, 0}, 0xB000, {{}, 2, 0, 1}, nullptr},
    {"R12 S24 an unknown status is a failure", {0, 0x4711, 0}, 0xB000, {{}, 2, 1, 0}, "1.2.3.4.1"},
    {"one warns, the others fail",
     {0xB000, 0xA700, 0xA700},
     0xB000,
     {{}, 0, 2, 1},
     "1.2.3.4.1\\1.2.3.4.2"},
};

const std::string htj2k = "1.2.840.10008.1.2.4.201";
const std::string jpeg_ls = "1.2.840.10008.1.2.4.80";

/// Contexts that the destination accepted, ids 1, 3 and so on; the object is kept in Explicit VR.
struct Choice {
    const char* says;
    std::vector<std::string> prefer, accepted;
    std::string taken;
};
std::ostream& operator<<(std::ostream& out, const Choice& choice) {
    return out << choice.says;
}

const Choice choices[] = {
    {"the first preferred one", {htj2k, jpeg_ls}, {jpeg_ls, htj2k, explicit_le()}, htj2k},
    {"the second where the first is refused", {htj2k, jpeg_ls}, {explicit_le(), jpeg_ls}, jpeg_ls},
    {"as it is kept where all are refused", {htj2k}, {implicit_le(), explicit_le()}, explicit_le()},
    {"as it is kept where none is preferred", {}, {jpeg_ls, explicit_le()}, explicit_le()},
    {"another where that is refused", {}, {"1.2.3", implicit_le()}, implicit_le()},
    {"none that it cannot be had in", {"1.2.3"}, {"1.2.3", jpeg_ls}, jpeg_ls},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_c_4_2_1_5_c_move_endings)

BOOST_DATA_TEST_CASE(status_counters_and_failed_list_are_those_of_the_stores, endings, ending) {
    MoveBench bench(3);
    bench.answers = ending.answers;
    bench.move();
    const SentMessage& response = bench.final_response();
    BOOST_TEST(response.command.status.value() == ending.status);
    BOOST_TEST(counters_of(response.command) == ending.counters);
    BOOST_TEST(response.has_data_set == (ending.failed_list != nullptr));
    if (ending.failed_list != nullptr) {
        BOOST_TEST(failed_list_of(response) == ending.failed_list);
    }
    BOOST_TEST(bench.destinations.at(0)->released);
    BOOST_TEST(bench.events.failed_sub_operations.size() ==
               std::size_t{ending.counters.failed.value()});
}

BOOST_AUTO_TEST_CASE(r4_no_match_is_a_success_of_nothing) {
    MoveBench bench(0);
    bench.move();
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 0, 0, 0}));
    BOOST_TEST(bench.requests.empty());
}

BOOST_AUTO_TEST_CASE(r1_an_unknown_destination_is_a801_without_counters) {
    MoveBench bench(3);
    bench.move("NOWHERE");
    BOOST_TEST(bench.final_status() == 0xA801);
    BOOST_TEST(counters_of(bench.final_response().command) == Counters{});
    BOOST_TEST(!bench.final_response().has_data_set);
    BOOST_TEST(bench.requests.empty());
}

BOOST_AUTO_TEST_CASE(r1_a_peer_that_may_not_receive_is_a801) {
    MoveBench bench(3);
    bench.access->peers["DEST"].is_move_destination = false;
    bench.move();
    BOOST_TEST(bench.final_status() == 0xA801);
}

BOOST_AUTO_TEST_CASE(r31_a_missing_destination_is_0212) {
    MoveBench bench(3);
    bench.peer.deliver(with_data_set(request(CommandField::c_move_rq, study_root_move)),
                       {encoded(study_identifier())});
    bench.serve();
    BOOST_TEST(bench.final_status() == 0x0212);
}

BOOST_AUTO_TEST_CASE(r2_a_destination_that_refuses_is_a702_with_the_failed_list) {
    MoveBench bench(2);
    bench.refusal = Fault{.kind = FaultKind::refused, .doing = "rejected 1/1/7"};
    bench.move();
    BOOST_TEST(bench.final_status() == 0xA702);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 0, 2, 0}));
    BOOST_TEST(failed_list_of(bench.final_response()) == "1.2.3.4.0\\1.2.3.4.1");
    BOOST_TEST(bench.events.failed_sub_operations.at(0).why == "rejected 1/1/7");
    BOOST_TEST(bench.events.failed_sub_operations.at(0).destination == "DEST");
}

BOOST_AUTO_TEST_CASE(r2_a_destination_that_accepts_no_context_is_a702) {
    MoveBench bench(2);
    bench.accept_only = "1.2.3";
    bench.move();
    BOOST_TEST(bench.final_status() == 0xA702);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 0, 2, 0}));
    BOOST_TEST(bench.retrieve.loads == 0U);
}

BOOST_AUTO_TEST_CASE(something_thrown_while_moving_is_an_answer) {
    MoveBench bench(2);
    bench.request_association =
        [](AssociationRequest) -> Awaitable<Result<std::unique_ptr<Association>>> {
        throw std::runtime_error("a bug");
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0xC000);
    BOOST_TEST(bench.events.kept.at(0).why == "internal error: a bug");
}

BOOST_AUTO_TEST_CASE(r3_a_catalogue_without_resources_is_a701) {
    MoveBench bench(2);
    bench.retrieve.instances_fault = Fault{.kind = FaultKind::exhausted, .doing = "too many"};
    bench.move();
    BOOST_TEST(bench.final_status() == 0xA701);
}

BOOST_AUTO_TEST_CASE(a_catalogue_that_fails_is_c000) {
    MoveBench bench(2);
    bench.retrieve.instances_fault = Fault{.kind = FaultKind::storage, .doing = "disk"};
    bench.move();
    BOOST_TEST(bench.final_status() == 0xC000);
}

BOOST_AUTO_TEST_CASE(r32_more_than_65535_objects_are_a701) {
    MoveBench bench(65'536);
    bench.move();
    BOOST_TEST(bench.final_status() == 0xA701);
    BOOST_TEST(bench.requests.empty());
}

BOOST_AUTO_TEST_CASE(r16_an_illegal_level_is_a900) {
    MoveBench bench(2);
    dicom::Attributes identifier = study_identifier();
    put(identifier, DcmTagKey(0x0008, 0x0052), "PATIENT");
    bench.move("DEST", identifier);
    BOOST_TEST(bench.final_status() == 0xA900);
}

BOOST_AUTO_TEST_CASE(r18_another_key_is_a900_or_ignored_and_told) {
    dicom::Attributes identifier = study_identifier();
    put(identifier, DcmTagKey(0x0008, 0x0050), "NO_SUCH_NUMBER");
    MoveBench strict(2);
    strict.move("DEST", identifier);
    BOOST_TEST(strict.final_status() == 0xA900);
    const std::vector<std::uint32_t> expected{0x00080050};
    BOOST_TEST((strict.final_response().command.offending_elements == expected));
    MoveBench lenient(2);
    lenient.settings.query_rules.lenient = true;
    lenient.move("DEST", identifier);
    BOOST_TEST(lenient.final_status() == 0x0000);
    BOOST_TEST(lenient.stores().size() == 2);
    BOOST_TEST(lenient.events.kept.at(0).detail == "STUDY to DEST, ignored AccessionNumber");
}

BOOST_AUTO_TEST_CASE(r16_a_missing_unique_key_is_a900) {
    MoveBench bench(2);
    dicom::Attributes identifier = study_identifier();
    identifier.pop_back();
    bench.move("DEST", identifier);
    BOOST_TEST(bench.final_status() == 0xA900);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_c_4_2_3_1_sub_operations)

BOOST_AUTO_TEST_CASE(r14_r15_a_store_names_its_originator_and_has_the_priority_of_the_request) {
    MoveBench bench(2);
    bench.move();
    const auto stores = bench.stores();
    BOOST_REQUIRE(stores.size() == 2);
    for (const SentMessage& stored : stores) {
        BOOST_TEST(stored.command.move_originator_ae_title.value() == "VIEWER");
        BOOST_TEST(stored.command.move_originator_message_id.value() == 21);
        BOOST_TEST(stored.command.priority.value() == 2);
        BOOST_TEST(stored.command.affected_sop_class_uid.value() == secondary_capture);
        BOOST_TEST(stored.has_data_set);
    }
    BOOST_TEST(stores[0].command.message_id.value() != stores[1].command.message_id.value());
}

BOOST_AUTO_TEST_CASE(the_destination_is_asked_as_configured_for_what_is_moved) {
    MoveBench bench(2);
    bench.move();
    BOOST_REQUIRE(bench.requests.size() == 1);
    const AssociationRequest& request = bench.requests[0];
    BOOST_TEST(request.peers.calling == "CXRBRIDGE");
    BOOST_TEST(request.peers.called == "DEST");
    BOOST_TEST(request.host == "dest.example");
    BOOST_TEST(request.port == 4242);
    BOOST_REQUIRE(request.contexts.size() == 1);
    BOOST_TEST(request.contexts[0].abstract_syntax == secondary_capture);
    BOOST_TEST((request.contexts[0].transfer_syntaxes ==
                std::vector<std::string>{explicit_le(), implicit_le()}));
}

BOOST_AUTO_TEST_CASE(r13_a_class_that_is_not_accepted_fails_alone) {
    MoveBench bench(3);
    bench.retrieve.kept[1].sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.33";
    bench.accept_only = secondary_capture;
    bench.move();
    BOOST_TEST(bench.final_status() == 0xB000);
    BOOST_TEST(failed_list_of(bench.final_response()) == "1.2.3.4.1");
    BOOST_TEST(bench.stores().size() == 2);
}

BOOST_AUTO_TEST_CASE(r22_an_object_that_is_gone_or_damaged_fails_alone) {
    MoveBench bench(4);
    bench.retrieve.load_faults = {
        {"1.2.3.4.1", Fault{.kind = FaultKind::not_found, .doing = "deleted"}},
        {"1.2.3.4.2", Fault{.kind = FaultKind::malformed, .doing = "damaged PNG"}}};
    bench.move();
    BOOST_TEST(bench.final_status() == 0xB000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 2, 2, 0}));
    BOOST_TEST(failed_list_of(bench.final_response()) == "1.2.3.4.1\\1.2.3.4.2");
    BOOST_TEST(bench.events.failed_sub_operations.at(1).why == "damaged PNG");
}

BOOST_AUTO_TEST_CASE(something_thrown_while_loading_fails_that_object_alone) {
    MoveBench bench(3);
    bench.retrieve.throws_on = "1.2.3.4.1";
    bench.move();
    BOOST_TEST(bench.final_status() == 0xB000);
    BOOST_TEST(failed_list_of(bench.final_response()) == "1.2.3.4.1");
}

BOOST_AUTO_TEST_CASE(r23_a_destination_that_dies_midway_fails_the_rest) {
    MoveBench bench(5);
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        if (bench.stores().size() == 3) {
            fake.lose("connection reset");
        } else {
            fake.deliver(store_response(stored, 0));
        }
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0xB000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 2, 3, 0}));
    BOOST_TEST(failed_list_of(bench.final_response()) == "1.2.3.4.2\\1.2.3.4.3\\1.2.3.4.4");
    BOOST_TEST(!bench.destinations.at(0)->released);
}

BOOST_AUTO_TEST_CASE(r23_a_destination_that_answers_something_else_is_aborted) {
    MoveBench bench(2);
    bench.on_store = [&](FakeAssociation& fake, const SentMessage& stored) {
        CommandSet wrong = store_response(stored, 0);
        wrong.message_id_being_responded_to = 999;
        fake.deliver(wrong);
    };
    bench.move();
    BOOST_TEST(bench.final_status() == 0xA702);
    BOOST_TEST(bench.destinations.at(0)->aborted.has_value());
}

BOOST_AUTO_TEST_CASE(r33_objects_go_in_a_syntax_that_the_destination_took) {
    MoveBench bench(2);
    bench.retrieve.kept[0].transfer_syntax_uid = jpeg_ls;
    bench.access->peers["DEST"].preferred_transfer_syntaxes = {implicit_le()};
    bench.move();
    BOOST_REQUIRE(bench.requests.size() == 1);
    const auto& contexts = bench.requests[0].contexts;
    BOOST_REQUIRE(contexts.size() == 3);
    BOOST_TEST(contexts[0].transfer_syntaxes.at(0) == implicit_le());
    BOOST_TEST(contexts[1].transfer_syntaxes.at(0) == jpeg_ls);
    for (const SentMessage& stored : bench.stores()) {
        BOOST_TEST(stored.presentation_context_id == contexts[0].id);
        BOOST_TEST(dicom::decode_attributes(stored.data_set, dicom::implicit_vr_little_endian)
                       .has_value());
    }
}

BOOST_DATA_TEST_CASE(r33_of_several_syntaxes_that_it_took_one_is_chosen, choices, choice) {
    std::vector<PresentationContext> contexts;
    for (const std::string& syntax : choice.accepted) {
        contexts.push_back(accepted(
            static_cast<std::uint8_t>(contexts.size() * 2 + 1), secondary_capture, syntax));
    }
    const std::vector<std::string> loadable{explicit_le(), implicit_le(), jpeg_ls, htj2k};
    const auto route = route_for(
        agreement_of(contexts), OurSide::requestor, secondary_capture, loadable, choice.prefer);
    BOOST_REQUIRE(route.has_value());
    BOOST_TEST(route->transfer_syntax_uid == choice.taken);
}

BOOST_AUTO_TEST_CASE(more_classes_than_128_contexts_take_several_associations) {
    MoveBench bench(200);
    for (std::size_t index = 0; index < 200; ++index) {
        bench.retrieve.kept[index].sop_class_uid = "1.2.3." + std::to_string(index);
    }
    bench.move();
    BOOST_TEST(bench.final_status() == 0x0000);
    BOOST_TEST(counters_of(bench.final_response().command) == (Counters{{}, 200, 0, 0}));
    BOOST_REQUIRE(bench.requests.size() == 2);
    BOOST_TEST(bench.requests[0].contexts.size() == 128);
    BOOST_TEST(bench.requests[1].contexts.size() == 72);
}

BOOST_AUTO_TEST_SUITE_END()
