// A1–A13: versions, titles and limits: how an association request is answered (PS3.8 §9.3.2–9.3.4).

#include "conformance/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <thread>

namespace cxr::storescp::conformance {

namespace {

constexpr std::string_view rejected_or_aborted =
    "A-ASSOCIATE-RJ x/x/x or A-ABORT 0/x or A-ABORT 2/x";

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
    play.expect(answer.contexts.size() == 1 && answer.contexts.front().id == 1 &&
                    answer.contexts.front().result == ContextResult::acceptance,
                "result 0 on context 1 alone",
                fmt::format("{} results", answer.contexts.size()));
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
    // Who is let in is so with spaces before the title, too.
    const std::string& calling = play.settings().calling_ae_title;
    if (calling.size() < 15) {
        pdu::AssociateRQ from = play.request({sop::verification});
        from.calling = pdu::title_field(" " + calling);
        play.expect("A-ASSOCIATE-AC", play.answer_to(from));
    }
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
};

}  // namespace

std::span<const Case> association_negotiation_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
