#include "support/service_bench.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr;
using namespace cxr::storescp;
using namespace cxr::test;

namespace {

const DcmTagKey query_retrieve_level(0x0008, 0x0052);
const DcmTagKey patient_id(0x0010, 0x0020);
const DcmTagKey study_instance_uid(0x0020, 0x000D);
const DcmTagKey private_key(0x0009, 0x1001);

dicom::Attributes study_query() {
    dicom::Attributes identifier;
    put(identifier, query_retrieve_level, "STUDY");
    put(identifier, patient_id, "*");
    put(identifier, study_instance_uid, "");
    return identifier;
}

std::vector<dicom::Attributes> matches(std::size_t count) {
    std::vector<dicom::Attributes> all(count);
    for (std::size_t index = 0; index < count; ++index) {
        put(all[index], query_retrieve_level, "STUDY");
        put(all[index], study_instance_uid, "1.2." + std::to_string(index));
    }
    return all;
}

struct Bench : ServiceBench {
    explicit Bench(std::size_t match_count = 0,
                   Agreement agreement = agreement_of({accepted(1, study_root_find)}))
        : ServiceBench(std::move(agreement)) {
        query.matches = matches(match_count);
    }
    void ask(const dicom::Attributes& identifier = study_query()) {
        peer.deliver(with_data_set(request(CommandField::c_find_rq, study_root_find, 5)),
                     {encoded(identifier)});
        serve();
    }
};

std::string study_of(const SentMessage& message) {
    const auto attributes =
        dicom::decode_attributes(message.data_set, dicom::explicit_vr_little_endian);
    return find(*attributes, study_instance_uid)->value;
}

const std::size_t counts[] = {0, 1, 2, 65, 300};

struct Malformed {
    const char* says;
    dicom::Attributes identifier;
};
std::ostream& operator<<(std::ostream& out, const Malformed& malformed) {
    return out << malformed.says;
}

dicom::Attributes at_level(const std::string& level) {
    dicom::Attributes identifier = study_query();
    put(identifier, query_retrieve_level, level);
    return identifier;
}

dicom::Attributes without_level() {
    dicom::Attributes identifier = study_query();
    identifier.erase(identifier.begin());
    return identifier;
}

const Malformed malformed_identifiers[] = {
    {"F4 no Query/Retrieve Level", without_level()},
    {"F5 an unknown level", at_level("FOO")},
    {"F6 PATIENT in Study Root", at_level("PATIENT")},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_c_4_1_c_find)

BOOST_DATA_TEST_CASE(f1_f2_f3_each_match_is_pending_with_identifier_then_one_success,
                     counts,
                     count) {
    Bench bench(count);
    bench.ask();
    const auto pending = bench.pending_responses();
    BOOST_REQUIRE(pending.size() == count);
    for (std::size_t index = 0; index < count; ++index) {
        BOOST_TEST(pending[index].command.status.value() == 0xFF00);
        BOOST_TEST(pending[index].command.message_id_being_responded_to.value() == 5);
        BOOST_TEST(pending[index].has_data_set);
        BOOST_TEST(study_of(pending[index]) == "1.2." + std::to_string(index));
    }
    const SentMessage& last = bench.final_response();
    BOOST_TEST(last.command.status.value() == 0x0000);
    BOOST_TEST(!last.has_data_set);
    BOOST_TEST(&last == &bench.peer.sent.back());
    BOOST_TEST(bench.events.kept.at(0).matches_or_completed == count);
    BOOST_TEST(bench.events.kept.at(0).detail == "STUDY");
}

BOOST_AUTO_TEST_CASE(f1_the_first_answer_leaves_before_the_scan_goes_on) {
    Bench bench(300);
    std::size_t given_at_first_answer = 0;
    bench.peer.on_sent = [&](const SentMessage&) {
        if (bench.peer.sent.size() == 1) {
            given_at_first_answer = bench.query.given;
        }
    };
    bench.ask();
    BOOST_TEST(given_at_first_answer == 1U);
}

BOOST_AUTO_TEST_CASE(f1_a_search_that_knows_its_last_match_is_not_asked_for_more) {
    for (const bool knows : {true, false}) {
        Bench bench(1);
        bench.query.knows_its_end = knows;
        bench.ask();
        BOOST_TEST(bench.pending_responses().size() == 1U);
        BOOST_TEST(bench.final_status() == 0x0000);
        BOOST_TEST(bench.query.batches == (knows ? 1U : 2U));
    }
}

BOOST_AUTO_TEST_CASE(f18_an_unsupported_key_turns_every_pending_to_ff01) {
    Bench bench(3);
    dicom::Attributes identifier = study_query();
    identifier.insert(identifier.begin() + 1, {private_key, dicom::VR::UN, "x"});
    bench.ask(identifier);
    BOOST_REQUIRE(bench.pending_responses().size() == 3);
    for (const SentMessage& pending : bench.pending_responses()) {
        BOOST_TEST(pending.command.status.value() == 0xFF01);
    }
    BOOST_TEST(bench.final_status() == 0x0000);
}

BOOST_DATA_TEST_CASE(a_malformed_identifier_is_a900_with_its_element,
                     malformed_identifiers,
                     malformed) {
    Bench bench(3);
    bench.ask(malformed.identifier);
    BOOST_TEST(bench.final_status() == 0xA900);
    BOOST_TEST(bench.pending_responses().empty());
    const std::vector<std::uint32_t> expected{0x00080052};
    BOOST_TEST((bench.final_response().command.offending_elements == expected));
    BOOST_TEST(!bench.query.asked.has_value());
}

BOOST_AUTO_TEST_CASE(f52_an_absent_identifier_is_a900) {
    Bench bench(3);
    bench.peer.deliver(request(CommandField::c_find_rq, study_root_find));
    bench.serve();
    BOOST_TEST(bench.final_status() == 0xA900);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_data_set_are_a900_at_once) {
    Bench bench(3);
    bench.peer.deliver(with_data_set(request(CommandField::c_find_rq, study_root_find)),
                       {Bytes(7, std::byte{0xFF})});
    bench.serve();
    BOOST_TEST(bench.final_status() == 0xA900);
}

BOOST_AUTO_TEST_CASE(ten_thousand_nested_sequences_are_a900_at_once) {
    Bytes nested;
    const unsigned char sequence_and_item[] = {0x08, 0x00, 0x40, 0x11, 'S',  'Q',  0,
                                               0,    0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF,
                                               0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF};
    for (int level = 0; level < 10'000; ++level) {
        for (const unsigned char byte : sequence_and_item) {
            nested.push_back(static_cast<std::byte>(byte));
        }
    }
    Bench bench(3);
    bench.peer.deliver(with_data_set(request(CommandField::c_find_rq, study_root_find)), {nested});
    bench.serve();
    BOOST_TEST(bench.final_status() == 0xA900);
}

BOOST_AUTO_TEST_CASE(an_identifier_without_end_is_cut_and_aborted) {
    Bench bench(3);
    bench.settings.limits.identifier_bytes_max = 1000;
    bench.peer.deliver(with_data_set(request(CommandField::c_find_rq, study_root_find)),
                       {Bytes(600), Bytes(600), Bytes(600)});
    bench.serve();
    BOOST_TEST(bench.peer.aborted.has_value());
    BOOST_TEST(bench.peer.sent.empty());
}

BOOST_AUTO_TEST_CASE(f44_a_cancel_in_the_stream_is_fe00_and_ends_the_scan) {
    Bench bench(300);
    bench.peer.on_sent = [&](const SentMessage&) {
        if (bench.peer.sent.size() == 2) {
            bench.peer.cancel(5);
        }
    };
    bench.ask();
    BOOST_TEST(bench.final_status() == 0xFE00);
    BOOST_TEST(!bench.final_response().has_data_set);
    BOOST_TEST(!bench.final_response().command.error_comment.has_value());
    // The second write has four: it was on its way.
    BOOST_TEST(bench.pending_responses().size() == 5);
    BOOST_TEST(bench.query.given < 10U);
}

BOOST_AUTO_TEST_CASE(f50_answers_go_together_in_writes_of_a_bounded_size) {
    Bench bench(300);
    bench.ask();
    BOOST_TEST(bench.pending_responses().size() == 300);
    BOOST_TEST(bench.peer.writes == 8U);  // 1, 4, 16, 64, 64, 64, 64, 23
    Bench large(64);
    for (dicom::Attributes& match : large.query.matches) {
        put(match, DcmTagKey(0x0008, 0x1030), std::string(60'000, 'x'));
    }
    large.ask();
    BOOST_TEST(large.peer.writes >= 32U);
}

BOOST_AUTO_TEST_CASE(f44_a_cancel_before_the_first_answer_is_fe00) {
    Bench bench(3);
    bench.peer.cancel(5);
    bench.ask();
    BOOST_TEST(bench.final_status() == 0xFE00);
    BOOST_TEST(bench.pending_responses().empty());
}

BOOST_AUTO_TEST_CASE(f45_more_matches_than_the_limit_are_a700_after_so_many) {
    Bench bench(11);
    bench.settings.limits.matches_max = 10;
    bench.ask();
    BOOST_TEST(bench.pending_responses().size() == 10);
    BOOST_TEST(bench.final_status() == 0xA700);
}

BOOST_AUTO_TEST_CASE(f45_exactly_as_many_as_the_limit_are_a_success) {
    Bench bench(10);
    bench.settings.limits.matches_max = 10;
    bench.ask();
    BOOST_TEST(bench.pending_responses().size() == 10);
    BOOST_TEST(bench.final_status() == 0x0000);
}

BOOST_AUTO_TEST_CASE(f46_a_catalogue_that_fails_before_the_first_answer_is_c000) {
    Bench bench(3);
    bench.query.find_fault = Fault{.kind = FaultKind::storage, .doing = "open /secret"};
    bench.ask();
    BOOST_TEST(bench.final_status() == 0xC000);
    BOOST_TEST(bench.final_response().command.error_comment.value() ==
               "storage or catalogue failed (PS3.4 C.4.1.1.4)");
}

const std::size_t failing_places[] = {0, 1, 2, 3};

BOOST_DATA_TEST_CASE(f46_a_catalogue_that_fails_anywhere_is_c000, failing_places, place) {
    Bench bench(3);
    bench.query.fails_at = place;
    bench.peer.deliver(with_data_set(request(CommandField::c_find_rq, study_root_find, 5)),
                       {encoded(study_query())});
    bench.peer.deliver(request(CommandField::c_find_rq, study_root_find, 6));
    bench.serve();
    BOOST_TEST(bench.pending_responses().size() == place);
    BOOST_TEST(bench.peer.sent.at(place).command.status.value() == 0xC000);
    BOOST_TEST(!bench.peer.sent.at(place).has_data_set);
    BOOST_TEST(bench.events.kept.at(0).why == "read /secret/catalogue.db");
    // The association is alive.
    BOOST_TEST(!bench.peer.aborted.has_value());
    BOOST_TEST(bench.peer.sent.back().command.message_id_being_responded_to.value() == 6);
}

BOOST_DATA_TEST_CASE(something_thrown_anywhere_is_an_answer, failing_places, place) {
    Bench bench(3);
    bench.query.throws_at = place;
    bench.peer.deliver(with_data_set(request(CommandField::c_find_rq, study_root_find)),
                       {encoded(study_query())});
    bench.peer.deliver(request(CommandField::c_find_rq, study_root_find, 2));
    bench.serve();
    BOOST_TEST(bench.pending_responses().size() == place);
    BOOST_TEST(bench.peer.sent.at(place).command.status.value() == 0xC000);
    BOOST_TEST(bench.peer.sent.back().command.message_id_being_responded_to.value() == 2);
}

BOOST_AUTO_TEST_CASE(a_peer_that_goes_between_two_answers_ends_the_scan) {
    Bench bench(300);
    bench.peer.on_sent = [&](const SentMessage&) {
        if (bench.peer.sent.size() == 2) {
            bench.peer.lose();
        }
    };
    bench.ask();
    BOOST_TEST(bench.peer.sent.size() == 2);
    BOOST_TEST(bench.query.given < 10U);
    BOOST_TEST(bench.events.kept.at(0).why == "aborted by peer");
}

BOOST_AUTO_TEST_CASE(answers_are_encoded_as_the_context_says) {
    Bench bench(1, agreement_of({accepted(1, study_root_find, implicit_le())}));
    bench.peer.deliver(with_data_set(request(CommandField::c_find_rq, study_root_find)),
                       {dicom::encode_attributes(study_query(), dicom::implicit_vr_little_endian)});
    bench.serve();
    BOOST_REQUIRE(bench.pending_responses().size() == 1);
    const auto expected =
        dicom::encode_attributes(matches(1).front(), dicom::implicit_vr_little_endian);
    BOOST_TEST((bench.pending_responses()[0].data_set == expected));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_c_5_1_extended_negotiation)

struct Negotiated {
    const char* says;
    std::vector<std::uint8_t> agreed;
    bool series_without_study_is_answered;
    bool combined_date_time;
};
std::ostream& operator<<(std::ostream& out, const Negotiated& negotiated) {
    return out << negotiated.says;
}
const Negotiated negotiated_cases[] = {
    {"F15 nothing", {}, false, false},
    {"F14 relational refused", {0}, false, false},
    {"F14 relational", {1}, true, false},
    {"F36 relational and combined date and time", {1, 1}, true, true},
    {"F43 bytes that were not agreed on count as 0", {1, 0, 1, 1, 0, 1, 1}, true, false},
};

BOOST_DATA_TEST_CASE(decides_the_rules_of_one_association, negotiated_cases, negotiated) {
    Agreement agreement = agreement_of({accepted(1, study_root_find)});
    if (!negotiated.agreed.empty()) {
        agreement.extended_negotiation[study_root_find] = negotiated.agreed;
    }
    Bench bench(1, std::move(agreement));
    dicom::Attributes identifier;
    put(identifier, query_retrieve_level, "SERIES");
    put(identifier, DcmTagKey(0x0020, 0x000E), "");
    bench.ask(identifier);
    BOOST_TEST(bench.final_status() ==
               (negotiated.series_without_study_is_answered ? 0x0000 : 0xA900));
    if (negotiated.series_without_study_is_answered) {
        const auto byte = [&](std::size_t at) {
            return negotiated.agreed.size() > at && negotiated.agreed[at] == 1;
        };
        const dicom::QueryIdentifier& asked = bench.query.asked.value();
        BOOST_TEST(asked.combined_date_time == negotiated.combined_date_time);
        BOOST_TEST(asked.timezone.has_value() == byte(3));
    }
}

BOOST_AUTO_TEST_SUITE_END()
