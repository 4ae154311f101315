// X1–X12: security (PS3.15 Annexes A, B and E; PS3.7 D.3.3.7), as far as plain TCP shows it.

#include "conformance/cases.hpp"

#include <fmt/format.h>

namespace cxr::storescp::conformance {

namespace {

pdu::AssociateRQ with_identity(const Play& play, std::uint8_t type, bool positive_response) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.user.identity =
        pdu::UserIdentityItem{.type = type,
                              .positive_response_requested = positive_response,
                              .primary = bytes("cxr-conform-nobody"),
                              .secondary = type == 2 ? bytes("wrong") : Bytes()};
    return request;
}

void x1(Play& play) {
    bool refused = false;
    for (const std::uint8_t type :
         {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{5}}) {
        const Seen answer = play.answer_to(with_identity(play, type, false));
        play.expect("A-ASSOCIATE-AC or A-ASSOCIATE-RJ 1/2/1", answer);
        refused = refused || answer.is(pdu::Type::associate_rj);
    }
    if (!refused) {
        throw NotPlayable{"the peer checks no user identity"};
    }
}

void x2(Play& play) {
    Probe silent = play.connect();
    Seen answer = silent.associate(with_identity(play, 1, false));
    if (!answer.is(pdu::Type::associate_ac)) {
        throw NotPlayable{"the peer takes no unknown user: " + answer.text};
    }
    play.expect(!silent.answer().user.identity_response,
                "no identity response that was not requested",
                "one");
    Probe asking = play.connect();
    answer = asking.associate(with_identity(play, 1, true));
    play.expect("A-ASSOCIATE-AC or A-ASSOCIATE-RJ 1/2/1", answer);
    play.saw(asking.answer().user.identity_response ? "confirmed when requested, only then"
                                                    : "never confirmed");
}

/// The beginning of a TLS 1.2 record with a ClientHello.
Bytes client_hello() {
    return bytes({0x16, 0x03, 0x01, 0x00, 0x2F, 0x01, 0x00, 0x00, 0x2B, 0x03, 0x03}) +
           Bytes(32, std::byte{0x42}) +
           bytes({0x00, 0x00, 0x04, 0x13, 0x01, 0x13, 0x02, 0x01, 0x00});
}

void x5(Play& play) {
    Probe probe = play.connect();
    probe.send(client_hello());
    const Seen end = probe.receive_end(play.settings().wait_at_most);
    play.expect(end.closed, "connection closed", end.text);
    play.saw(end.text);
}

void x6(Play& play) {
    Probe probe = play.connect();
    for (const std::byte& one : pdu::encode(play.request({sop::verification}))) {
        probe.send({&one, 1});
    }
    play.expect("A-ASSOCIATE-AC", probe.receive());
    for (const std::byte& one :
         p_data(1,
                command_fragment | last_fragment,
                encode_command_set(request_of(CommandField::c_echo_rq, sop::verification)))) {
        probe.send({&one, 1});
    }
    play.expect("C-ECHO-RSP 0000", probe.receive());
    play.saw("a request and a C-ECHO, each byte sent alone");
}

void x11(Play& play) {
    constexpr std::size_t connections = 100;
    std::vector<Probe> silent;
    for (std::size_t i = 0; i < connections; ++i) {
        try {
            silent.push_back(play.connect());
        } catch (const Deviation&) {
            break;  // refused at its limit: as good
        }
        silent.back().send(bytes({1}));
    }
    const auto begun = std::chrono::steady_clock::now();
    Seen answer{.text = "no connection"};
    try {
        answer = play.answer_to(play.request({sop::verification}));
    } catch (const Deviation& refused) {
        answer.text = refused.seen;
    }
    const auto took =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
    play.saw(fmt::format("{} after {} ms, beside {} connections that began a request",
                         answer.text,
                         took.count(),
                         silent.size()));
}

/// TLS is not spoken by the examiner.
constexpr std::string_view tls_test = "storescp.association.tls_test";

constexpr Case cases[] = {
    row("X1", n, "PS3.7 D.3.3.7", "A wrong user identity is rejected 1/2/1", played(x1)),
    row("X2",
        n,
        "PS3.7 D.3.3.7",
        "A user identity is confirmed when that was requested, only then",
        played(x2)),
    row("X3", n, "PS3.15 Annex B", "TLS 1.2 with AEAD and 1.3 only", by_a_test("interop.tls_test")),
    row("X4",
        n,
        "PS3.15 Annex B",
        "A client without a good certificate gets no handshake",
        by_a_test(tls_test)),
    row("X5", p, "PS3.15 Annex B", "A TLS hello on a plain port ends at ARTIM", waits(x5)),
    row("X6", n, "PS3.8 9.1", "PDUs may come in pieces of any size", played(x6)),
    row("X7",
        n,
        "PS3.15 Annex B",
        "Certificates change without dropping associations",
        by_a_test(tls_test)),
    row("X8",
        n,
        "PS3.8 9.3.3.2",
        "A peer's rights show in presentation contexts or as 0124",
        by_a_test("storescp.association.negotiation_test")),
    row("X9",
        n,
        "PS3.8 9.3.4",
        "A known AE title from a wrong address is rejected 1/1/3",
        by_a_test("storescp.association.listener_test")),
    row("X10", n, "PS3.15 A.5", "Audit messages", by_a_test("bridge.daemon.audit_trail_test")),
    row("X11",
        p,
        "PS3.8 9.3.4",
        "A hundred half-open connections leave room for others",
        alone(x11)),
    row("X12",
        n,
        "PS3.15 Annex E",
        "De-identified objects say so",
        not_here("the node de-identifies nothing: the published data has no identities")),
};

}  // namespace

std::span<const Case> security_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
