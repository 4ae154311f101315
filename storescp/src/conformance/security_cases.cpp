// X1–X12: security (PS3.15 Annexes A, B and E; PS3.7 D.3.3.7).

#include "conformance/cases.hpp"
#include "conformance/retrieve_steps.hpp"
#include "conformance/tls_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

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
    for (std::uint8_t type = 1; type <= 5; ++type) {
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

/// NotPlayable unless the peer is examined by TLS.
const ExaminerTls& by_tls(const Play& play) {
    if (!play.settings().tls) {
        throw NotPlayable{"of TLS: --tls; our own node is shown by the test interop.tls_test"};
    }
    return *play.settings().tls;
}

/// ECDHE and RSA with AES in CBC mode: what TLS 1.0 and 1.1 were used with.
const std::vector<unsigned> suites_of_old{
    0xC009, 0xC00A, 0xC013, 0xC014, 0x0033, 0x0039, 0x002F, 0x0035, 0x000A};
/// RFC 9325 4.2 recommends these four.
const std::vector<unsigned> suites_with_aead{0xC02B, 0xC02C, 0xC02F, 0xC030};
/// RFC 9325 4.1: NULL, RC4, export, 3DES and anonymous ones.
const std::vector<unsigned> suites_without_security{
    0x0001, 0x0002, 0x003B, 0xC006, 0xC010,          // NULL
    0x0004, 0x0005, 0xC007, 0xC011,                  // RC4
    0x0003, 0x0006, 0x0008,                          // export
    0x000A, 0x0016, 0xC008, 0xC012,                  // 3DES
    0x0018, 0x001B, 0x0034, 0x006C, 0xC015, 0xC018,  // anonymous
};

void x3(Play& play) {
    by_tls(play);
    for (const Hello& hello : {Hello{"TLS 1.0", 0x0301, suites_of_old},
                               Hello{"TLS 1.1", 0x0302, suites_of_old},
                               Hello{"TLS 1.2 with NULL, RC4, export, 3DES or anonymous suites",
                                     0x0303,
                                     suites_without_security}}) {
        const std::string answer = answer_to_hello(play, hello);
        play.expect(answer.starts_with("alert") || answer == "connection closed",
                    fmt::format("{}: a TLS alert or the end", hello.says),
                    answer);
    }
    const std::string agreed = play.connect().security();
    play.expect(agreed.starts_with("TLSv1.2") || agreed.starts_with("TLSv1.3"),
                "TLS 1.2 or 1.3 otherwise",
                agreed);
    play.saw(fmt::format("{}; TLS 1.2 with AEAD: {}; none older, none without encryption",
                         agreed,
                         answer_to_hello(play, {"TLS 1.2", 0x0303, suites_with_aead})));
}

void x4(Play& play) {
    const ExaminerTls& tls = by_tls(play);
    const std::string with_none = answer_to_certificate(play, nobody(tls));
    const std::string with_bad = answer_to_certificate(play, stranger(tls));
    if (with_bad == "A-ASSOCIATE-AC" && with_none == with_bad) {
        throw NotPlayable{"the peer asks for no certificate: TLS is not mutual"};
    }
    play.expect(!with_bad.starts_with("A-ASSOCIATE"),
                "no association with a certificate that no authority issued",
                with_bad);
    play.saw(
        fmt::format("without a certificate: {}; with one of nobody's: {}", with_none, with_bad));
}

/// What a plain port says to a TLS hello, and a TLS port to a plain request.
void x5(Play& play) {
    Wire wire = play.connect_plain();
    const bool tls = play.settings().tls.has_value();
    wire.send(tls ? pdu::encode(play.request({sop::verification}))
                  : client_hello({"TLS 1.2", 0x0303, suites_with_aead}));
    if (!tls) {
        Probe probe(std::move(wire), play.settings().answer_within);
        const Seen end = probe.receive_end(play.settings().wait_at_most);
        play.expect(end.closed, "connection closed", end.text);
        play.saw(end.text);
        return;
    }
    const auto deadline = std::chrono::steady_clock::now() + play.settings().wait_at_most;
    Bytes heard;
    while (!wire.has_ended() && std::chrono::steady_clock::now() < deadline) {
        heard = std::move(heard) + wire.receive_some(play.settings().answer_within);
    }
    constexpr unsigned last_pdu_type = 7;
    play.expect(heard.empty() || std::to_integer<unsigned>(heard.front()) > last_pdu_type,
                "no DICOM without TLS",
                fmt::format("{} bytes that begin as a PDU", heard.size()));
    play.expect(wire.has_ended(), "connection closed", "it stays open");
    play.saw(fmt::format("plain DICOM on the TLS port: {} bytes, connection closed", heard.size()));
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
        Probe newcomer = play.connect();
        answer = newcomer.associate(play.request({sop::verification}));
        if (answer.is(pdu::Type::associate_ac)) {
            answer = play.echo(newcomer);
        }
    } catch (const Deviation& refused) {
        answer.text = refused.seen;
    }
    const auto took =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
    // How long exactly is of the machine; whether it is within a second, of the peer.
    play.saw(fmt::format("{} {} s ({} ms), beside {} connections that began a request",
                         answer.text,
                         took < std::chrono::seconds(1) ? "within 1" : "after more than 1",
                         took.count(),
                         silent.size()));
}

/// References to instances of the same study (its evidence, PS3.3 C.17.2): "UIDs are remapped
/// consistently" is that they are of instances that exist.
std::vector<std::string> referenced_instances(const Attributes& object) {
    std::vector<std::string> uids;
    const auto* const evidence = dicom::find(object, DCM_CurrentRequestedProcedureEvidenceSequence);
    if (evidence == nullptr) {
        return uids;
    }
    const std::string_view study = dicom::value_of(object, DCM_StudyInstanceUID);
    for (const Attributes& of_study : evidence->items) {
        const auto* const series = dicom::find(of_study, DCM_ReferencedSeriesSequence);
        if (series == nullptr || dicom::value_of(of_study, DCM_StudyInstanceUID) != study) {
            continue;
        }
        for (const Attributes& of_series : series->items) {
            if (const auto* const sops = dicom::find(of_series, DCM_ReferencedSOPSequence)) {
                for (const Attributes& sop : sops->items) {
                    uids.emplace_back(dicom::value_of(sop, DCM_ReferencedSOPInstanceUID));
                }
            }
        }
    }
    return uids;
}

void x12(Play& play) {
    const Retrieval retrieval = got(play);
    std::size_t claims = 0;
    std::size_t coded = 0;
    std::size_t references = 0;
    for (const Received& received : retrieval.received) {
        const auto* const syntax = dicom::find_transfer_syntax(received.transfer_syntax);
        const auto object = dicom::decode_attributes(
            received.data_set, syntax == nullptr ? dicom::implicit_vr_little_endian : *syntax);
        if (!object || dicom::value_of(*object, DCM_PatientIdentityRemoved) != "YES") {
            continue;
        }
        ++claims;
        const auto* const codes = dicom::find(*object, DCM_DeidentificationMethodCodeSequence);
        coded += codes != nullptr && !codes->items.empty() ? 1U : 0U;
        play.expect((codes != nullptr && !codes->items.empty()) ||
                        !dicom::value_of(*object, DCM_DeidentificationMethod).empty(),
                    "(0012,0062) YES with a method, (0012,0063) or (0012,0064)",
                    "neither");
        play.expect(
            dicom::value_of(*object, DCM_StudyInstanceUID) == play.held().study_instance_uid,
            "the Study Instance UID that the query tells",
            dicom::value_of(*object, DCM_StudyInstanceUID));
        for (const std::string& uid : referenced_instances(*object)) {
            ++references;
            play.expect(
                std::ranges::find(play.known().instances, uid, &HeldInstance::sop_instance_uid) !=
                    play.known().instances.end(),
                "references to instances that the study has",
                uid);
        }
    }
    if (claims == 0) {
        throw NotPlayable{"no object of the peer claims to be de-identified"};
    }
    play.saw(
        fmt::format("{} objects say YES, {} of them with coded methods; {} references within "
                    "the study",
                    claims,
                    coded,
                    references));
}

constexpr Case cases[] = {
    row("X1", n, "PS3.7 D.3.3.7", "A wrong user identity is rejected 1/2/1", played(x1)),
    row("X2",
        n,
        "PS3.7 D.3.3.7",
        "A user identity is confirmed when that was requested, only then",
        played(x2)),
    row("X3", n, "PS3.15 Annex B", "TLS 1.2 with AEAD and 1.3 only", played(x3)),
    row("X4",
        n,
        "PS3.15 Annex B",
        "A client without a good certificate gets no handshake",
        played(x4)),
    row("X5",
        p,
        "PS3.15 Annex B",
        "TLS on a plain port, or plain DICOM on one for TLS, ends at ARTIM",
        waits(x5)),
    row("X6", n, "PS3.8 9.1", "PDUs may come in pieces of any size", played(x6)),
    row("X7",
        n,
        "PS3.15 Annex B",
        "Certificates change without dropping associations",
        by_a_test("interop.tls_test")),
    row("X8",
        n,
        "PS3.8 9.3.3.2",
        "A peer's rights show in presentation contexts or as 0124",
        by_a_test("storescp.association.negotiation_test, storescp.services.dispatcher_test")),
    row("X9",
        n,
        "PS3.8 9.3.4",
        "A known AE title from a wrong address is rejected 1/1/3",
        by_a_test("storescp.association.listener_test, storescp.association.tls_test")),
    row("X10",
        n,
        "PS3.15 A.5",
        "Audit messages",
        by_a_test("bridge.daemon.audit_trail_test, interop.tls_test")),
    row("X11",
        p,
        "PS3.8 9.3.4",
        "A hundred half-open connections leave room for others",
        alone(x11)),
    row("X12",
        n,
        "PS3.15 Annex E",
        "De-identified objects say how, and their UIDs are consistent",
        played(x12)),
};

}  // namespace

std::span<const Case> security_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
