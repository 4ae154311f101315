#include "storescp/association/negotiation.hpp"

#include "support/association_requests.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <ostream>

using namespace cxr::storescp;
using namespace cxr::test;

namespace {

const std::string study_root_move = "1.2.840.10008.5.1.4.1.2.2.2";
const std::string unknown_class = "1.2.3.4.5";

AccessPolicy policy() {
    AccessPolicy access;
    Peer reader;
    reader.ae_title = "READER";
    reader.may_store = false;
    Peer modality;
    modality.ae_title = "MODALITY";
    modality.may_query = false;
    modality.may_move = false;
    modality.may_get = false;
    Peer scanner;
    scanner.ae_title = "SCANNER";
    scanner.may_echo = false;
    scanner.sop_classes = {secondary_capture, verification};
    access.peers = {{"READER", reader}, {"MODALITY", modality}, {"SCANNER", scanner}};
    return access;
}

std::variant<Acceptance, Refusal> outcome_of(const pdu::AssociateRQ& request,
                                             const AccessPolicy& access = policy()) {
    return negotiate(request, acceptable_contexts(), access, 131'072);
}
Acceptance acceptance_of(const pdu::AssociateRQ& request, const AccessPolicy& access = policy()) {
    auto outcome = outcome_of(request, access);
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
        BOOST_FAIL(refusal->why);
    }
    return std::get<Acceptance>(std::move(outcome));
}
unsigned result_of(const ProposedContext& proposed, const char* calling = "TESTER") {
    pdu::AssociateRQ request = association_request({proposed});
    request.calling = pdu::title_field(calling);
    return static_cast<unsigned>(acceptance_of(request).answer.contexts.at(0).result);
}

/// One change of a good request or of the policy, and the rejection it earns.
struct Rejected {
    const char* says;
    std::function<void(pdu::AssociateRQ&, AccessPolicy&)> change;
    Rejection rejection;
};
std::ostream& operator<<(std::ostream& out, const Rejected& rejected) {
    return out << rejected.says;
}

void call(pdu::AssociateRQ& request, std::string_view title) {
    request.called = pdu::title_field(title);
}
void calling(pdu::AssociateRQ& request, std::string_view title) {
    request.calling = pdu::title_field(title);
}

const Rejected rejections[] = {
    {"A3 protocol version without bit 0",
     [](auto& rq, auto&) { rq.protocol_version = 2; },
     {1, 2, 2}},
    {"A4 another application context",
     [](auto& rq, auto&) { rq.application_context = "1.2.840.10008.3.1.1.2"; },
     {1, 1, 2}},
    {"A5 no application context",
     [](auto& rq, auto&) { rq.application_context.clear(); },
     {1, 1, 2}},
    {"A6 a called AE title that is not ours",
     [](auto& rq, auto&) { call(rq, "SOMEBODY"); },
     {1, 1, 7}},
    {"A7 an unknown calling AE title where only known ones may",
     [](auto&, auto& access) { access.access = Access::known; },
     {1, 1, 3}},
    {"A9 a called AE title in another case",
     [](auto& rq, auto&) { call(rq, "cxrbridge"); },
     {1, 1, 7}},
    {"A9 a known calling AE title in another case",
     [](auto& rq, auto& access) {
         calling(rq, "reader");
         access.access = Access::known;
     },
     {1, 1, 3}},
    {"A10 a called AE title of spaces", [](auto& rq, auto&) { call(rq, ""); }, {1, 1, 7}},
    {"A10 the same with the check off",
     [](auto& rq, auto& access) {
         call(rq, "");
         access.check_called_ae_title = false;
     },
     {1, 1, 7}},
    {"A10 a calling AE title of spaces", [](auto& rq, auto&) { calling(rq, ""); }, {1, 1, 3}},
    {"A11 a backslash in the called AE title",
     [](auto& rq, auto& access) {
         call(rq, "A\\B");
         access.check_called_ae_title = false;
     },
     {1, 1, 7}},
    {"A11 a line feed in the calling AE title",
     [](auto& rq, auto&) { calling(rq, "A\nB"); },
     {1, 1, 3}},
    {"A11 bytes above 7FH in the calling AE title",
     [](auto& rq, auto&) { calling(rq, "A\xC3\xA9"); },
     {1, 1, 3}},
    {"A24 no presentation context", [](auto& rq, auto&) { rq.contexts.clear(); }, {1, 1, 1}},
    {"A42 a maximum length of 6 leaves no room",
     [](auto& rq, auto&) { rq.user.pdu_bytes_max = 6; },
     {1, 1, 1}},
};

/// What is accepted although it looks odd.
struct Borne {
    const char* says;
    std::function<void(pdu::AssociateRQ&, AccessPolicy&)> change;
};
std::ostream& operator<<(std::ostream& out, const Borne& borne) {
    return out << borne.says;
}
const Borne borne_ones[] = {
    {"A2 protocol version 0003H", [](auto& rq, auto&) { rq.protocol_version = 0x0003; }},
    {"A2 protocol version 8001H", [](auto& rq, auto&) { rq.protocol_version = 0x8001; }},
    {"A6 any called AE title with the check off",
     [](auto& rq, auto& access) {
         call(rq, "SOMEBODY");
         access.check_called_ae_title = false;
     }},
    {"A7 a known calling AE title",
     [](auto& rq, auto& access) {
         calling(rq, "READER");
         access.access = Access::known;
     }},
    {"A8 leading spaces", [](auto& rq, auto&) { call(rq, "   CXRBRIDGE"); }},
    {"A8 NUL padding",
     [](auto& rq, auto&) { call(rq, std::string_view("CXRBRIDGE\0\0\0\0\0\0\0", 16)); }},
    {"A9 another case where case does not count",
     [](auto& rq, auto& access) {
         call(rq, "cxrBridge");
         access.case_insensitive_ae_titles = true;
     }},
    {"A42 a maximum length of 7", [](auto& rq, auto&) { rq.user.pdu_bytes_max = 7; }},
    {"A43 no maximum length", [](auto& rq, auto&) { rq.user.pdu_bytes_max.reset(); }},
    {"A48 no implementation class UID",
     [](auto& rq, auto&) { rq.user.implementation_class_uid.clear(); }},
    {"one of several titles of ours",
     [](auto& rq, auto& access) {
         call(rq, "OTHER");
         access.ae_titles = {"CXRBRIDGE", "OTHER"};
     }},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_9_3_4_rejection)

BOOST_DATA_TEST_CASE(a_request_is_rejected_with_the_reason_of_the_table, rejections, rejected) {
    pdu::AssociateRQ request = association_request();
    AccessPolicy access = policy();
    rejected.change(request, access);
    const auto outcome = outcome_of(request, access);
    const auto* refusal = std::get_if<Refusal>(&outcome);
    BOOST_TEST_REQUIRE((refusal != nullptr));
    BOOST_TEST((refusal->rejection == rejected.rejection), describe(refusal->rejection));
    BOOST_TEST(refusal->why.find('\n') == std::string::npos);
}

BOOST_DATA_TEST_CASE(a_request_is_accepted_all_the_same, borne_ones, borne) {
    pdu::AssociateRQ request = association_request();
    AccessPolicy access = policy();
    borne.change(request, access);
    const Acceptance accepted = acceptance_of(request, access);
    BOOST_TEST((accepted.answer.contexts.at(0).result == ContextResult::acceptance));
    BOOST_TEST((accepted.answer.called == request.called));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_9_3_3_a_associate_ac)

BOOST_AUTO_TEST_CASE(A1_the_answer_echoes_titles_and_reserved_bytes_and_says_who_we_are) {
    pdu::AssociateRQ request = association_request();
    request.reserved.fill(std::byte{0x5A});
    request.called = pdu::title_field(" CXRBRIDGE");
    const Acceptance accepted = acceptance_of(request);
    const pdu::AssociateAC& answer = accepted.answer;
    BOOST_TEST((answer.called == request.called && answer.calling == request.calling));
    BOOST_TEST((answer.reserved == request.reserved));
    BOOST_TEST(answer.application_context == dicom_application_context);
    BOOST_TEST(answer.protocol_version == 1);
    BOOST_TEST(*answer.user.pdu_bytes_max == 131'072U);
    BOOST_TEST(answer.contexts.size() == 1U);
    BOOST_TEST(answer.contexts[0].transfer_syntax == implicit_little);
    BOOST_TEST(accepted.agreement.peers.called == "CXRBRIDGE");
    BOOST_TEST(accepted.agreement.peer_pdu_bytes_max == 16'384U);
}

BOOST_AUTO_TEST_CASE(A48_our_implementation_is_named_within_the_lengths_allowed) {
    const Acceptance accepted = acceptance_of(association_request());
    BOOST_TEST(accepted.answer.user.implementation_class_uid.size() <= 64U);
    BOOST_TEST(!accepted.answer.user.implementation_class_uid.empty());
    BOOST_TEST(accepted.answer.user.implementation_version_name.size() <= 16U);
    BOOST_TEST(!accepted.answer.user.implementation_version_name.empty());
}

BOOST_AUTO_TEST_CASE(A49_what_was_not_offered_is_not_answered) {
    const Acceptance accepted = acceptance_of(association_request());
    BOOST_TEST(accepted.answer.user.roles.empty());
    BOOST_TEST(accepted.answer.user.extended.empty());
    BOOST_TEST(accepted.answer.user.common.empty());
    BOOST_TEST(!accepted.answer.user.asynchronous_window.has_value());
    BOOST_TEST(!accepted.answer.user.identity_response.has_value());
}

BOOST_AUTO_TEST_CASE(A50_asynchronous_operations_are_answered_by_one_each) {
    pdu::AssociateRQ request = association_request();
    request.user.asynchronous_window = pdu::AsynchronousWindow{0, 0};
    const Acceptance accepted = acceptance_of(request);
    BOOST_TEST((accepted.answer.user.asynchronous_window == pdu::AsynchronousWindow{1, 1}));
    BOOST_TEST(accepted.agreement.operations_invoked_max == 1);
}

BOOST_AUTO_TEST_CASE(X2_a_user_identity_is_not_confirmed_by_negotiation_alone) {
    pdu::AssociateRQ request = association_request();
    request.user.identity = pdu::UserIdentityItem{
        .type = 1, .positive_response_requested = true, .primary = bytes({'u'}), .secondary = {}};
    BOOST_TEST(!acceptance_of(request).answer.user.identity_response.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_9_3_3_2_presentation_contexts)

BOOST_AUTO_TEST_CASE(A14_A15_results_tell_what_is_not_supported_and_leave_others_alone) {
    const Acceptance accepted =
        acceptance_of(association_request({{1, unknown_class, {implicit_little}},
                                           {3, verification, {jpeg_ls}},
                                           {5, verification, {implicit_little}},
                                           {7, verification, {}},
                                           {9, "", {implicit_little}},
                                           {11, std::string(300, '1'), {implicit_little}}}));
    std::vector<unsigned> results;
    for (const pdu::AnsweredContext& context : accepted.answer.contexts) {
        results.push_back(static_cast<unsigned>(context.result));
    }
    BOOST_TEST((results == std::vector<unsigned>{3, 4, 0, 4, 3, 3}));
    BOOST_TEST((accepted.agreement.accepted(5) != nullptr));
    BOOST_TEST((accepted.agreement.accepted(3) == nullptr));
}

BOOST_AUTO_TEST_CASE(A16_X8_what_a_peer_may_not_do_is_rejected_by_the_user) {
    BOOST_TEST(result_of({1, study_root_find, {implicit_little}}, "READER") == 0U);
    BOOST_TEST(result_of({1, study_root_find, {implicit_little}}, "MODALITY") == 1U);
    BOOST_TEST(result_of({1, secondary_capture, {implicit_little}}, "READER") == 1U);
    BOOST_TEST(result_of({1, secondary_capture, {implicit_little}}, "MODALITY") == 0U);
    BOOST_TEST(result_of({1, verification, {implicit_little}}, "MODALITY") == 0U);
    BOOST_TEST(result_of({1, verification, {implicit_little}}, "SCANNER") == 1U);
}

BOOST_AUTO_TEST_CASE(X8_a_peer_may_be_held_to_some_SOP_classes) {
    BOOST_TEST(result_of({1, secondary_capture, {implicit_little}}, "SCANNER") == 0U);
    BOOST_TEST(result_of({1, study_root_find, {implicit_little}}, "SCANNER") == 1U);
    BOOST_TEST(result_of({1, unknown_class, {implicit_little}}, "SCANNER") == 3U);
}

BOOST_AUTO_TEST_CASE(A17_every_context_refused_is_still_an_association) {
    const Acceptance accepted =
        acceptance_of(association_request({{1, unknown_class, {implicit_little}}}));
    BOOST_TEST(static_cast<unsigned>(accepted.answer.contexts.at(0).result) == 3U);
}

BOOST_AUTO_TEST_CASE(A21_128_contexts_get_128_results) {
    std::vector<ProposedContext> contexts;
    for (unsigned id = 1; id < 256; id += 2) {
        contexts.push_back({static_cast<std::uint8_t>(id), verification, {implicit_little}});
    }
    const Acceptance accepted = acceptance_of(association_request(contexts));
    BOOST_TEST_REQUIRE(accepted.answer.contexts.size() == 128U);
    for (std::size_t i = 0; i < 128; ++i) {
        BOOST_TEST(accepted.answer.contexts[i].id == contexts[i].id);
        BOOST_TEST((accepted.answer.contexts[i].result == ContextResult::acceptance));
    }
}

BOOST_AUTO_TEST_CASE(A22_one_class_in_several_contexts_is_negotiated_in_each) {
    const Acceptance accepted = acceptance_of(association_request(
        {{1, secondary_capture, {explicit_little}}, {3, secondary_capture, {jpeg_ls}}}));
    BOOST_TEST(accepted.agreement.accepted(1)->transfer_syntax == explicit_little);
    BOOST_TEST(accepted.agreement.accepted(3)->transfer_syntax == jpeg_ls);
    BOOST_TEST(accepted.agreement.accepted(secondary_capture, jpeg_ls)->id == 3);
    BOOST_TEST(accepted.agreement.accepted(secondary_capture)->id == 1);
    BOOST_TEST((accepted.agreement.accepted(secondary_capture, implicit_little) == nullptr));
}

BOOST_AUTO_TEST_CASE(A23_storage_takes_the_first_offered_syntax_and_the_rest_our_first) {
    const Acceptance accepted = acceptance_of(
        association_request({{1, secondary_capture, {"1.2.3", jpeg_ls, explicit_little}},
                             {3, study_root_find, {implicit_little, explicit_little}}}));
    BOOST_TEST(accepted.answer.contexts.at(0).transfer_syntax == jpeg_ls);
    BOOST_TEST(accepted.answer.contexts.at(1).transfer_syntax == explicit_little);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_4_role_selection)

namespace {

struct Role {
    const char* says;
    std::string sop_class;
    RoleSelection offered, agreed;
    const char* calling = "TESTER";
};
std::ostream& operator<<(std::ostream& out, const Role& role) {
    return out << role.says;
}
const Role roles[] = {
    {"A51 both of a storage class", secondary_capture, {true, true}, {true, true}},
    {"A51 SCP only, for C-GET", secondary_capture, {false, true}, {false, true}},
    {"A51 SCU only stays SCU only", secondary_capture, {true, false}, {true, false}},
    {"A51 SCP of a class where we are SCP", verification, {true, true}, {true, false}},
    {"A16 a reader may have objects sent but not send any",
     secondary_capture,
     {true, true},
     {false, true},
     "READER"},
};

}  // namespace

BOOST_DATA_TEST_CASE(a_role_is_granted_as_offered_and_supported, roles, role) {
    pdu::AssociateRQ request = association_request({{1, role.sop_class, {implicit_little}}});
    request.calling = pdu::title_field(role.calling);
    request.user.roles = {{role.sop_class, role.offered}};
    const Acceptance accepted = acceptance_of(request);
    BOOST_TEST_REQUIRE(accepted.answer.user.roles.size() == 1U);
    BOOST_TEST((accepted.answer.user.roles[0].roles == role.agreed));
    BOOST_TEST((accepted.agreement.accepted(1)->roles == role.agreed));
}

BOOST_AUTO_TEST_CASE(A51_without_an_offer_the_requestor_is_SCU) {
    const Acceptance accepted =
        acceptance_of(association_request({{1, secondary_capture, {implicit_little}}}));
    BOOST_TEST((accepted.agreement.accepted(1)->roles == RoleSelection{true, false}));
}

BOOST_AUTO_TEST_CASE(A51_a_context_that_leaves_no_role_is_rejected_without_an_answer_on_roles) {
    pdu::AssociateRQ request = association_request({{1, verification, {implicit_little}}});
    request.user.roles = {{verification, {.scu = false, .scp = true}}};
    const Acceptance accepted = acceptance_of(request);
    BOOST_TEST(static_cast<unsigned>(accepted.answer.contexts.at(0).result) == 1U);
    BOOST_TEST(accepted.answer.user.roles.empty());
}

BOOST_AUTO_TEST_CASE(A52_roles_of_nobody_or_of_a_class_without_context_are_ignored) {
    pdu::AssociateRQ request = association_request();
    request.user.roles = {{verification, {.scu = false, .scp = false}},
                          {secondary_capture, {.scu = true, .scp = true}}};
    const Acceptance accepted = acceptance_of(request);
    BOOST_TEST(accepted.answer.user.roles.empty());
    BOOST_TEST((accepted.agreement.accepted(1)->roles == RoleSelection{}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_7_d_3_3_5_extended_negotiation)

BOOST_AUTO_TEST_CASE(F43_S26_the_answer_is_byte_by_byte_what_both_support_and_never_longer) {
    pdu::AssociateRQ request = association_request(
        {{1, study_root_find, {implicit_little}}, {3, secondary_capture, {implicit_little}}});
    request.user.extended = {{study_root_find, {1}}, {secondary_capture, {3, 0, 3, 0, 2, 0, 1}}};
    const Acceptance accepted = acceptance_of(request);
    BOOST_TEST_REQUIRE(accepted.answer.user.extended.size() == 2U);
    BOOST_TEST((accepted.answer.user.extended[0].information == std::vector<std::uint8_t>{1}));
    BOOST_TEST(
        (accepted.answer.user.extended[1].information == std::vector<std::uint8_t>{2, 0, 0, 0, 2}));
    BOOST_TEST((accepted.agreement.extended_negotiation.at(study_root_find) ==
                std::vector<std::uint8_t>{1}));
}

BOOST_AUTO_TEST_CASE(F43_zero_stays_zero) {
    pdu::AssociateRQ request = association_request({{1, study_root_find, {implicit_little}}});
    request.user.extended = {{study_root_find, {0, 1, 1}}};
    BOOST_TEST((acceptance_of(request).answer.user.extended.at(0).information ==
                std::vector<std::uint8_t>{0, 1, 0}));
}

BOOST_AUTO_TEST_CASE(A53_the_first_item_of_a_class_counts_and_others_are_omitted) {
    pdu::AssociateRQ request = association_request({{1, study_root_find, {implicit_little}}});
    request.user.extended = {{study_root_find, {1, 0}},
                             {study_root_find, {0, 1}},
                             {verification, {1}},
                             {unknown_class, {1}}};
    const Acceptance accepted = acceptance_of(request);
    BOOST_TEST_REQUIRE(accepted.answer.user.extended.size() == 1U);
    BOOST_TEST((accepted.answer.user.extended[0].information == std::vector<std::uint8_t>{1, 0}));
    BOOST_TEST(accepted.agreement.remarks.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_8_7_1_1_the_requestors_side)

BOOST_AUTO_TEST_CASE(A18_an_answer_means_what_was_asked_and_granted) {
    pdu::AssociateRQ request =
        association_request({{1, secondary_capture, {explicit_little, implicit_little}},
                             {3, verification, {implicit_little}},
                             {5, study_root_find, {implicit_little}},
                             {7, study_root_move, {implicit_little}}});
    request.user.roles = {{secondary_capture, {.scu = false, .scp = true}}};
    pdu::AssociateAC answer;
    answer.user.pdu_bytes_max = 4'096;
    answer.contexts = {{1, ContextResult::acceptance, implicit_little},
                       {3, ContextResult::acceptance, jpeg_ls},
                       {5, ContextResult::user_rejection, "nonsense"},
                       {99, ContextResult::acceptance, implicit_little}};
    answer.user.roles = {{secondary_capture, {.scu = true, .scp = true}},
                         {verification, {.scu = false, .scp = true}}};
    answer.user.extended = {{study_root_find, {1}}};
    const Agreement agreement = agreement_of(request, answer);
    BOOST_TEST(agreement.accepted(1)->transfer_syntax == implicit_little);
    BOOST_TEST((agreement.accepted(1)->roles == RoleSelection{false, true}));
    BOOST_TEST((agreement.accepted(3) == nullptr), "a syntax that was not offered");
    BOOST_TEST((agreement.accepted(5) == nullptr));
    BOOST_TEST((agreement.accepted(7) == nullptr), "not answered at all");
    BOOST_TEST((agreement.accepted(99) == nullptr));
    BOOST_TEST((agreement.contexts.at(1).roles == RoleSelection{}));
    BOOST_TEST(agreement.extended_negotiation.empty());
    BOOST_TEST(agreement.peer_pdu_bytes_max == 4'096U);
    BOOST_TEST(agreement.peers.called == "CXRBRIDGE");
}

BOOST_AUTO_TEST_SUITE_END()
