// A1–A26: what an association request may hold and how it is answered (PS3.8 §9.3.2–9.3.4).

#include "conformance/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <thread>

namespace cxr::storescp::conformance {

namespace {

constexpr std::string_view rejected_or_aborted =
    "A-ASSOCIATE-RJ x/x/x or A-ABORT 0/x or A-ABORT 2/x";
/// Where the standard leaves it open: no harm is done.
constexpr std::string_view any_reaction =
    "A-ASSOCIATE-AC or A-ASSOCIATE-RJ x/x/x or A-ABORT 0/x or A-ABORT 2/x or connection closed or "
    "nothing";
/// In Sta2 a wrong PDU is aborted by the user (AA-1) or rejected by the provider (AE-6).
constexpr std::string_view invalid_in_sta2 =
    "A-ABORT 0/x or A-ASSOCIATE-RJ 1/2/x or A-ASSOCIATE-RJ 1/3/x";

std::string result_of(const pdu::AssociateAC& answer, std::uint8_t id) {
    const auto found = std::ranges::find(answer.contexts, id, &pdu::AnsweredContext::id);
    return found == answer.contexts.end() ? "none" : std::to_string(unsigned(found->result));
}

/// "result 3 on context 1, 0 on context 3"
std::string results_of(const pdu::AssociateAC& answer) {
    std::string text;
    for (const pdu::AnsweredContext& context : answer.contexts) {
        text += fmt::format("{}{} on context {}",
                            text.empty() ? "result " : ", ",
                            unsigned(context.result),
                            context.id);
    }
    return text.empty() ? "no result" : text;
}

std::string other_case(std::string text) {
    for (char& letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        letter =
            static_cast<char>(std::isupper(byte) != 0 ? std::tolower(byte) : std::toupper(byte));
    }
    return text;
}

void a1(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    std::ranges::fill(request.reserved, std::byte{0x5A});
    Probe probe = play.open(request);
    const pdu::AssociateAC& answer = probe.answer();
    play.expect(
        results_of(answer) == "result 0 on context 1", "result 0 on context 1", results_of(answer));
    play.expect(answer.contexts.front().transfer_syntax == syntax::implicit_little,
                "the offered transfer syntax",
                answer.contexts.front().transfer_syntax);
    play.expect(answer.application_context == dicom_application_context,
                "application context 1.2.840.10008.3.1.1.1",
                answer.application_context);
    play.expect(answer.called == request.called && answer.calling == request.calling,
                "AE title fields as sent",
                pdu::title_of(answer.called) + ", " + pdu::title_of(answer.calling));
    play.expect(answer.reserved == request.reserved, "32 reserved bytes as sent", "other bytes");
    play.saw("A-ASSOCIATE-AC, result 0, all fields as sent");
}

void a2(Play& play) {
    for (const std::uint16_t version : {std::uint16_t{0x0003}, std::uint16_t{0x8001}}) {
        pdu::AssociateRQ request = play.request({sop::verification});
        request.protocol_version = version;
        play.expect("A-ASSOCIATE-AC", play.answer_to(request));
    }
}

void a3(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.protocol_version = 2;
    play.expect("A-ASSOCIATE-RJ 1/2/2", play.answer_to(request));
}

void a4(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.application_context = sop::unknown;
    play.expect("A-ASSOCIATE-RJ 1/1/2", play.answer_to(request));
}

void a5(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.application_context.clear();
    play.expect(rejected_or_aborted, play.answer_to(request));
}

void a6(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.called = pdu::title_field("CXR_NOT_THERE");
    play.expect("A-ASSOCIATE-RJ 1/1/7", play.answer_to(request));
}

void a7(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.calling = pdu::title_field("CXR_STRANGER");
    const Seen answer = play.answer_to(request);
    if (answer.text == "A-ASSOCIATE-AC") {
        throw NotPlayable{"the peer lets every calling AE title in"};
    }
    play.expect("A-ASSOCIATE-RJ 1/1/3", answer);
}

void a8(Play& play) {
    const std::string& title = play.settings().called_ae_title;
    if (title.size() > 14) {
        throw NotPlayable{"the AE title leaves no room for spaces"};
    }
    pdu::AssociateRQ request = play.request({sop::verification});
    request.called = pdu::title_field("  " + title);
    play.expect("A-ASSOCIATE-AC", play.answer_to(request));
    // Padding by NUL is not PS3.8's: borne, or another AE title.
    std::ranges::replace(request.called, ' ', '\0');
    std::rotate(request.called.begin(), request.called.begin() + 2, request.called.end());
    play.expect("A-ASSOCIATE-AC or A-ASSOCIATE-RJ 1/1/7", play.answer_to(request));
    play.saw("with spaces A-ASSOCIATE-AC, with NUL behind it " + play.last_seen());
}

void a9(Play& play) {
    const std::string title = other_case(play.settings().called_ae_title);
    if (title == play.settings().called_ae_title) {
        throw NotPlayable{"the AE title has no letters"};
    }
    pdu::AssociateRQ request = play.request({sop::verification});
    request.called = pdu::title_field(title);
    play.expect("A-ASSOCIATE-RJ 1/1/7", play.answer_to(request));
}

void a10(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.called = pdu::title_field("");
    play.expect("A-ASSOCIATE-RJ 1/1/7", play.answer_to(request));
    request = play.request({sop::verification});
    request.calling = pdu::title_field("");
    play.expect("A-ASSOCIATE-RJ 1/1/3", play.answer_to(request));
}

void a11(Play& play) {
    std::string seen;
    for (const std::string_view title : {"CXR\\FORM",
                                         "CXR\nFORM",
                                         "CXR\xC4"
                                         "FORM"}) {
        pdu::AssociateRQ request = play.request({sop::verification});
        request.calling = pdu::title_field(title);
        play.expect("A-ASSOCIATE-RJ 1/1/3 or A-ASSOCIATE-RJ 1/1/7 or A-ASSOCIATE-AC",
                    play.answer_to(request));
        seen += (seen.empty() ? "" : ", ") + play.last_seen();
    }
    play.expect_alive();
    play.saw("backslash, control character, byte above 7FH: " + seen);
}

void a12(Play& play) {
    constexpr std::size_t associations_max = 300;
    std::vector<Probe> open;
    Seen last{.text = "A-ASSOCIATE-AC"};
    while (last.text == "A-ASSOCIATE-AC" && open.size() < associations_max) {
        open.push_back(play.connect());
        last = open.back().associate(play.request({sop::verification}));
    }
    if (last.text == "A-ASSOCIATE-AC") {
        throw NotPlayable{fmt::format("{} associations are below the limit", associations_max)};
    }
    last.text += fmt::format(" to association {}", open.size());
    play.expect(last.text.starts_with("A-ASSOCIATE-RJ 2/3/2"), "A-ASSOCIATE-RJ 2/3/2", last.text);
    open.front().release();
    open.front().close();
    open.pop_back();
    Seen later = play.answer_to(play.request({sop::verification}));
    // A peer may need a moment to notice that the connection is gone.
    for (int attempt = 0; attempt < 20 && later.text != "A-ASSOCIATE-AC"; ++attempt) {
        std::this_thread::sleep_for(play.settings().answer_within / 20);
        later = play.answer_to(play.request({sop::verification}));
    }
    play.expect("A-ASSOCIATE-AC", later);
    play.saw(last.text + ", later A-ASSOCIATE-AC");
}

void a14(Play& play) {
    Probe probe = play.open(play.request({sop::unknown, sop::verification}));
    play.expect(result_of(probe.answer(), 1) == "3" && result_of(probe.answer(), 3) == "0",
                "result 3 on context 1, 0 on context 3",
                results_of(probe.answer()));
}

void a15(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification, sop::verification});
    request.contexts.front().transfer_syntaxes = {std::string(sop::unknown)};
    Probe probe = play.open(request);
    play.expect(result_of(probe.answer(), 1) == "4" && result_of(probe.answer(), 3) == "0",
                "result 4 on context 1, 0 on context 3",
                results_of(probe.answer()));
}

void a17(Play& play) {
    Probe probe = play.connect();
    const Seen answer = probe.associate(play.request({sop::unknown}));
    play.expect("A-ASSOCIATE-AC or A-ASSOCIATE-RJ 1/1/1", answer);
    if (answer.is(pdu::Type::associate_ac)) {
        play.expect(result_of(probe.answer(), 1) != "0", "no result 0", results_of(probe.answer()));
        play.saw("A-ASSOCIATE-AC, " + results_of(probe.answer()));
    }
}

void a19(Play& play) {
    for (const std::uint8_t id : {std::uint8_t{0}, std::uint8_t{2}}) {
        pdu::AssociateRQ request = play.request({sop::verification});
        request.contexts.front().id = id;
        play.expect(invalid_in_sta2, play.answer_to(request));
    }
}

void a20(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification, sop::verification});
    request.contexts.back().id = 1;
    play.expect(invalid_in_sta2, play.answer_to(request));
}

void a21(Play& play) {
    constexpr unsigned contexts = 128;
    pdu::AssociateRQ request = play.request({});
    for (unsigned i = 0; i < contexts; ++i) {
        ProposedContext context{.id = static_cast<std::uint8_t>(2 * i + 1),
                                .abstract_syntax = std::string(sop::verification),
                                .transfer_syntaxes = {std::string(syntax::implicit_little)}};
        for (unsigned more = 0; more < 4; ++more) {  // beyond 16 KiB in all
            context.transfer_syntaxes.push_back(play.uid(fmt::format("{}/{}", i, more)));
        }
        request.contexts.push_back(std::move(context));
    }
    Probe probe = play.open(request);
    const auto& results = probe.answer().contexts;
    const bool same_ids = std::ranges::equal(
        results, request.contexts, {}, &pdu::AnsweredContext::id, &ProposedContext::id);
    const auto accepted =
        std::ranges::count(results, ContextResult::acceptance, &pdu::AnsweredContext::result);
    play.expect(same_ids && accepted == contexts,
                "128 results of the ids 1 to 255, all accepted",
                fmt::format("{} results, {} accepted", results.size(), accepted));
}

void a22(Play& play) {
    play.need(sop::study_root_find);
    pdu::AssociateRQ request = play.request({sop::study_root_find, sop::study_root_find});
    request.contexts.back().transfer_syntaxes = {std::string(syntax::explicit_little)};
    Probe probe = play.open(request);
    const std::string study = play.held().study_instance_uid;
    for (const std::string_view transfer_syntax :
         {syntax::implicit_little, syntax::explicit_little}) {
        const std::uint8_t context = probe.context(sop::study_root_find, transfer_syntax);
        play.expect(context != 0, "both contexts accepted", results_of(probe.answer()));
        probe.send(context,
                   request_of(CommandField::c_find_rq, sop::study_root_find),
                   encoded(keys("STUDY", {{DCM_StudyInstanceUID, study}}), transfer_syntax));
        // The identifiers are decoded as their context says.
        const Answers answers = play.collect_answers(probe, context);
        play.expect("1 match, C-FIND-RSP 0000", answers.outcome);
        const auto told = dicom::value_of(answers.matches.front(), DCM_StudyInstanceUID);
        play.expect(told == study, "the study in each transfer syntax", told);
    }
}

void a23(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.contexts.front().transfer_syntaxes = {std::string(sop::unknown),
                                                  std::string(syntax::explicit_little),
                                                  std::string(syntax::implicit_little)};
    Probe probe = play.open(request);
    const std::string chosen =
        probe.answer().contexts.empty() ? "" : probe.answer().contexts.front().transfer_syntax;
    play.expect(chosen == syntax::explicit_little || chosen == syntax::implicit_little,
                "one of the offered transfer syntaxes",
                chosen);
    play.saw(chosen == syntax::explicit_little ? "the first offered that it knows"
                                               : "Implicit VR Little Endian, offered last");
}

void a24(Play& play) {
    play.expect(any_reaction, play.answer_to(play.request({})));
    play.expect_alive();
}

/// The encoded request with more bytes at the end of its last item, User Information.
Bytes with_sub_item(const pdu::AssociateRQ& request, std::span<const std::byte> sub_item) {
    pdu::AssociateRQ bare = request;
    bare.user = {};
    const Bytes head = pdu::encode(bare);  // ends with an empty user information item
    Bytes whole = pdu::encode(request);
    Bytes body(whole.begin() + pdu::header_bytes, whole.end());
    const std::size_t user_at = head.size() - pdu::header_bytes - 4;
    const std::size_t user_length = body.size() - user_at - 4 + sub_item.size();
    body[user_at + 2] = static_cast<std::byte>(user_length >> 8U);
    body[user_at + 3] = static_cast<std::byte>(user_length & 0xFFU);
    return raw_pdu(1, std::move(body) + sub_item);
}

void a25(Play& play) {
    const pdu::AssociateRQ request = play.request({sop::verification});
    const Bytes unknown_sub_item = bytes({0x5F, 0, 0, 4, 1, 2, 3, 4});
    play.expect("A-ASSOCIATE-AC", play.answer_to(with_sub_item(request, unknown_sub_item)));
    const Bytes whole = pdu::encode(request);
    const Bytes body(whole.begin() + pdu::header_bytes, whole.end());
    const Bytes unknown_item = bytes({0x7E, 0, 0, 2, 9, 9});
    play.expect("A-ASSOCIATE-AC", play.answer_to(raw_pdu(1, body + unknown_item)));
}

void a26(Play& play) {
    Bytes whole = pdu::encode(play.request({sop::verification}));
    constexpr std::size_t fixed_part = 74;  // before the first item (PS3.8 table 9-11)
    whole[1] = whole[8] = whole[9] = std::byte{0xFF};
    // The second byte of every item, and the three after a presentation context's id.
    for (std::size_t at = fixed_part; at + 4 <= whole.size();) {
        const unsigned type = std::to_integer<unsigned>(whole[at]);
        whole[at + 1] = std::byte{0xFF};
        if (type == 0x20) {
            whole[at + 5] = whole[at + 6] = whole[at + 7] = std::byte{0xFF};
            whole[at + 9] = std::byte{0xFF};
        }
        at += 4 + (std::to_integer<std::size_t>(whole[at + 2]) << 8U |
                   std::to_integer<std::size_t>(whole[at + 3]));
    }
    Probe probe = play.connect();
    probe.send(whole);
    play.expect("A-ASSOCIATE-AC", probe.receive());
    Bytes echo = p_data(1,
                        command_fragment | last_fragment,
                        encode_command_set(request_of(CommandField::c_echo_rq, sop::verification)));
    echo[1] = std::byte{0xFF};
    probe.send(echo);
    play.expect("C-ECHO-RSP 0000", probe.receive());
    probe.send(raw_pdu(5, bytes({1, 2, 3, 4})));
    play.expect("A-RELEASE-RP", probe.receive());
    play.saw("ignored in A-ASSOCIATE-RQ, P-DATA-TF and A-RELEASE-RQ");
}

constexpr Case cases[] = {
    row("A1",
        n,
        "PS3.8 9.3.3",
        "A valid request is accepted, its fields come back as sent",
        played(a1)),
    row("A2", n, "PS3.8 9.3.2", "Of the protocol version only bit 0 is tested", played(a2)),
    row("A3", n, "PS3.8 9.3.4", "Protocol version without bit 0: rejected 1/2/2", played(a3)),
    row("A4", n, "PS3.8 9.3.4", "An unknown application context is rejected 1/1/2", played(a4)),
    row("A5",
        p,
        "PS3.8 9.3.2",
        "Without application context: rejected or aborted, not accepted",
        played(a5)),
    row("A6",
        n,
        "PS3.8 9.3.4",
        "A called AE title that is not the peer's is rejected 1/1/7",
        played(a6)),
    row("A7",
        n,
        "PS3.8 9.3.4",
        "A calling AE title that is not let in is rejected 1/1/3",
        played(a7)),
    row("A8",
        n,
        "PS3.8 9.3.2",
        "Leading and trailing spaces of an AE title carry no meaning",
        played(a8)),
    row("A9", n, "PS3.5 6.2", "AE titles that differ in case differ: rejected 1/1/7", played(a9)),
    row("A10",
        n,
        "PS3.8 9.3.2",
        "AE titles of spaces only are rejected 1/1/7 and 1/1/3",
        played(a10)),
    row("A11", p, "PS3.5 6.2", "AE titles with forbidden characters do no harm", played(a11)),
    row("A12",
        n,
        "PS3.8 9.3.4",
        "One association too many is rejected 2/3/2; a later one is not",
        alone(a12)),
    row("A13",
        n,
        "PS3.8 9.3.4",
        "Temporary congestion is rejected 2/3/1",
        // A node that is stopping; and one that has no place left, under 500 requests at once.
        by_a_test("storescp.association.window_test, storescp.association.overload_test")),
    row("A14",
        n,
        "PS3.8 9.3.3.2",
        "An unknown abstract syntax has result 3, others unaffected",
        played(a14)),
    row("A15",
        n,
        "PS3.8 9.3.3.2",
        "No supported transfer syntax: result 4, others unaffected",
        played(a15)),
    row("A16",
        n,
        "PS3.8 9.3.3.2",
        "A SOP class that the peer may not use has result 1",
        by_a_test("storescp.association.negotiation_test")),
    row("A17",
        p,
        "PS3.8 7.1.1",
        "Every context refused: accepted with results, or rejected 1/1/1",
        played(a17)),
    row("A18",
        n,
        "PS3.8 9.3.3.2",
        "The transfer syntax of a refused context is not tested",
        played(a18)),
    row("A19", n, "PS3.8 9.3.2.2", "A context id of 0 or an even one is aborted", played(a19)),
    row("A20", n, "PS3.8 9.3.2.2", "A context id that comes twice is aborted", played(a20)),
    row("A21", n, "PS3.8 9.3.2.2", "128 contexts in more than 16 KiB get 128 results", played(a21)),
    row("A22",
        n,
        "PS3.8 7.1.1",
        "One abstract syntax in two contexts: each has its own syntax",
        played(a22)),
    row("A23",
        n,
        "PS3.8 9.3.3.2",
        "Of several transfer syntaxes one that was offered is chosen",
        played(a23)),
    row("A24", p, "PS3.8 9.3.2", "A request without contexts does no harm", played(a24)),
    row("A25", n, "PS3.8 9.3.1", "Unknown items and sub-items are skipped", played(a25)),
    row("A26", n, "PS3.8 9.3.1", "Reserved bytes are not tested", played(a26)),
};

}  // namespace

std::span<const Case> association_negotiation_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
