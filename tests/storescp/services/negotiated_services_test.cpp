// What the node's own table of contexts answers in negotiation (PS3.7 Annex D, PS3.4 B.3 and C.5).
#include "storescp/services/acceptable_contexts.hpp"
#include "support/association_requests.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <ostream>

using namespace cxr::storescp;
using namespace cxr::test;

namespace {

const std::string study_root_move = "1.2.840.10008.5.1.4.1.2.2.2";
const std::string study_root_get = "1.2.840.10008.5.1.4.1.2.2.3";
const std::string private_class = "1.2.826.0.1.3680043.9.9.1";

Acceptance acceptance_of(const pdu::AssociateRQ& request, std::uint16_t operations_max = 1) {
    auto outcome = negotiate(
        request, cxr::storescp::acceptable_contexts(true), AccessPolicy{}, 131'072, operations_max);
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
        BOOST_FAIL(refusal->why);
    }
    return std::get<Acceptance>(std::move(outcome));
}

std::vector<std::uint8_t> extended(const std::string& sop_class, std::vector<std::uint8_t> offer) {
    pdu::AssociateRQ request = association_request({{1, sop_class, {implicit_little}}});
    request.user.extended = {{sop_class, std::move(offer)}};
    const Acceptance accepted = acceptance_of(request);
    return accepted.answer.user.extended.empty() ? std::vector<std::uint8_t>{}
                                                 : accepted.answer.user.extended[0].information;
}

struct Offer {
    const char* says;
    std::string sop_class;
    std::vector<std::uint8_t> offered, agreed;
};
std::ostream& operator<<(std::ostream& out, const Offer& offer) {
    return out << offer.says;
}
const Offer offers[] = {
    {"F14 relational queries", study_root_find, {1}, {1}},
    {"F43 zero stays zero", study_root_find, {0}, {0}},
    {"F43 all that C.5.1 has, conversion excepted",
     study_root_find,
     {1, 1, 1, 1, 1, 1, 1},
     {1, 1, 1, 1, 0, 1, 1}},
    {"F43 never longer than the offer", study_root_find, {1, 0, 1}, {1, 0, 1}},
    {"F43 never longer than the table",
     study_root_find,
     {1, 1, 1, 1, 1, 1, 1, 1, 1},
     {1, 1, 1, 1, 0, 1, 1}},
    {"R19 relational retrieval", study_root_move, {1}, {1}},
    {"R19 of C-GET, without conversion", study_root_get, {1, 1}, {1, 0}},
    {"S26 level 2, signatures bit by bit, nothing coerced",
     secondary_capture,
     {3, 0, 0, 0, 1, 0},
     {2, 0, 3, 0, 0, 0}},
    {"S26 as long as the offer", secondary_capture, {0}, {2}},
};

struct Window {
    const char* says;
    pdu::AsynchronousWindow offered;
    std::uint16_t operations_max;
    bool with_get;
    pdu::AsynchronousWindow agreed;
};
std::ostream& operator<<(std::ostream& out, const Window& window) {
    return out << window.says;
}
const Window windows[] = {
    {"A50 1/1 by default", {0, 0}, 1, false, {1, 1}},
    {"A50 no more than asked for", {2, 5}, 8, false, {2, 1}},
    {"A50 no more than we perform", {20, 0}, 8, false, {8, 1}},
    {"A50 unlimited is our limit", {0, 0}, 8, false, {8, 1}},
    {"A50 one beside C-GET", {4, 4}, 8, true, {1, 1}},
};

pdu::CommonExtendedNegotiationItem related(const std::string& general) {
    return {.sop_class_uid = private_class,
            .service_class_uid = "1.2.840.10008.4.2",
            .related_general_sop_class_uids = {"1.2.3.4", general}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_5_sop_class_extended_negotiation)

BOOST_DATA_TEST_CASE(is_answered_byte_by_byte, offers, offer) {
    BOOST_TEST((extended(offer.sop_class, offer.offered) == offer.agreed));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_3_asynchronous_operations_window)

BOOST_DATA_TEST_CASE(is_the_least_of_both_sides, windows, window) {
    std::vector<ProposedContext> contexts{{1, study_root_find, {implicit_little}}};
    if (window.with_get) {
        contexts.push_back({3, study_root_get, {implicit_little}});
    }
    pdu::AssociateRQ request = association_request(contexts);
    request.user.asynchronous_window = window.offered;
    const Acceptance accepted = acceptance_of(request, window.operations_max);
    BOOST_TEST((accepted.answer.user.asynchronous_window == window.agreed));
    BOOST_TEST(accepted.agreement.operations_invoked_max == window.agreed.operations_invoked_max);
    BOOST_TEST(accepted.agreement.window_negotiated);
}

BOOST_AUTO_TEST_CASE(A50_without_an_offer_it_is_one_and_not_answered) {
    const Acceptance accepted = acceptance_of(association_request(), 8);
    BOOST_TEST(!accepted.answer.user.asynchronous_window.has_value());
    BOOST_TEST(accepted.agreement.operations_invoked_max == 1U);
    BOOST_TEST(!accepted.agreement.window_negotiated);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_6_common_extended_negotiation)

BOOST_AUTO_TEST_CASE(S25_a_class_related_to_a_storage_class_is_accepted_as_that) {
    pdu::AssociateRQ request = association_request({{1, private_class, {jpeg_ls}}});
    request.user.common = {related(secondary_capture)};
    request.user.extended = {{private_class, {3}}};
    const Acceptance accepted = acceptance_of(request);
    BOOST_TEST((accepted.answer.contexts.at(0).result == ContextResult::acceptance));
    BOOST_TEST((accepted.answer.user.extended.at(0).information == std::vector<std::uint8_t>{2}));
    BOOST_TEST(accepted.answer.user.common.empty());  // 57H is in no A-ASSOCIATE-AC
}

BOOST_AUTO_TEST_CASE(S27_without_such_a_relation_it_is_not) {
    for (const std::string& general : {std::string("1.2.3"), study_root_find}) {
        pdu::AssociateRQ request = association_request({{1, private_class, {jpeg_ls}}});
        request.user.common = {related(general)};
        BOOST_TEST((acceptance_of(request).answer.contexts.at(0).result ==
                    ContextResult::abstract_syntax_not_supported));
    }
}

BOOST_AUTO_TEST_CASE(S25_many_relations_asked_for_many_times_cost_no_time_of_others) {
    // More than fits an A-ASSOCIATE-RQ: one lookup for each pair would take minutes.
    pdu::AssociateRQ request = association_request({{1, private_class, {jpeg_ls}}});
    request.user.common = {related(secondary_capture)};
    auto& generals = request.user.common[0].related_general_sop_class_uids;
    generals.insert(generals.begin(), 100'000, "1.2.3");
    request.user.extended.assign(
        100'000, {.sop_class_uid = private_class, .information = std::vector<std::uint8_t>{3}});
    const auto begun = std::chrono::steady_clock::now();
    const Acceptance accepted = acceptance_of(request);
    BOOST_TEST((accepted.answer.contexts.at(0).result == ContextResult::acceptance));
    BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(10)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_items_that_come_twice)

BOOST_AUTO_TEST_CASE(A53_are_remarked_once_however_many_they_are) {
    pdu::AssociateRQ request = association_request({{1, study_root_find, {implicit_little}}});
    request.user.extended.assign(
        1'000, {.sop_class_uid = study_root_find, .information = std::vector<std::uint8_t>{1}});
    request.user.roles.assign(
        1'000, {.sop_class_uid = study_root_find, .roles = {.scu = true, .scp = false}});
    BOOST_TEST(acceptance_of(request).agreement.remarks.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
