// A14–A26: presentation contexts, and items that an association request may hold (PS3.8
// §9.3.1–9.3.3).

#include "conformance/cases.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp::conformance {

namespace {

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
    const std::size_t bytes_sent = pdu::encode(request).size();
    play.expect(bytes_sent > 16'384, "a request of more than 16 KiB", std::to_string(bytes_sent));
    probe.send(255, request_of(CommandField::c_echo_rq, sop::verification));
    const Seen answer = probe.receive();
    play.expect("C-ECHO-RSP 0000", answer);
    play.expect(answer.message->context == 255,
                "a response on context 255",
                std::to_string(answer.message->context));
    play.saw(fmt::format("{} bytes: 128 results, all accepted; context 255 is served", bytes_sent));
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
    play.saw("both accepted, each served in its transfer syntax");
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

/// Sets the second byte of each item from here on: reserved in all of them.
void set_reserved(std::span<std::byte> items) {
    while (items.size() >= 4) {
        const unsigned type = std::to_integer<unsigned>(items[0]);
        items[1] = std::byte{0xFF};
        const std::size_t length = std::min<std::size_t>(
            std::to_integer<std::size_t>(items[2]) << 8U | std::to_integer<std::size_t>(items[3]),
            items.size() - 4);
        auto content = items.subspan(4, length);
        if (type == 0x20 && length >= 4) {  // three after the presentation context ID
            std::ranges::fill(content.subspan(1, 3), std::byte{0xFF});
            set_reserved(content.subspan(4));
        } else if (type == 0x50) {
            set_reserved(content);
        }
        items = items.subspan(4 + length);
    }
}

void a26(Play& play) {
    Bytes whole = pdu::encode(play.request({sop::verification}));
    constexpr std::size_t fixed_part = 74;  // before the first item (PS3.8 table 9-11)
    whole[1] = whole[8] = whole[9] = std::byte{0xFF};
    std::fill(whole.begin() + 42, whole.begin() + fixed_part, std::byte{0xFF});
    set_reserved(std::span(whole).subspan(fixed_part));
    const auto associated = [&] {
        Probe probe = play.connect();
        probe.send(whole);
        play.expect("A-ASSOCIATE-AC", probe.receive());
        return probe;
    };
    Probe probe = associated();
    Bytes echo = p_data(1,
                        command_fragment | last_fragment,
                        encode_command_set(request_of(CommandField::c_echo_rq, sop::verification)));
    echo[1] = std::byte{0xFF};
    probe.send(echo);
    play.expect("C-ECHO-RSP 0000", probe.receive());
    Bytes release = raw_pdu(5, bytes({1, 2, 3, 4}));
    release[1] = std::byte{0xFF};
    probe.send(release);
    play.expect("A-RELEASE-RP", probe.receive());
    Probe aborting = associated();
    Bytes abort = raw_pdu(7, bytes({0xFF, 0xFF, 0, 0}));
    abort[1] = std::byte{0xFF};
    aborting.send(abort);
    play.expect("connection closed", aborting.receive_end(play.settings().answer_within));
    play.saw("ignored in A-ASSOCIATE-RQ and its items, P-DATA-TF, A-RELEASE-RQ and A-ABORT");
}

constexpr Case cases[] = {
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

std::span<const Case> association_context_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
