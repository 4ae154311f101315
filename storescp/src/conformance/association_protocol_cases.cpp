// A27–A40 and A55: what a peer does about wrong, untimely and missing PDUs (PS3.8 §9.2).

#include "conformance/cases.hpp"
#include "conformance/storage_steps.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <thread>

namespace cxr::storescp::conformance {

namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;
using std::chrono::steady_clock;

Bytes echo_command() {
    return encode_command_set(request_of(CommandField::c_echo_rq, sop::verification));
}
Bytes echo_pdu() {
    return p_data(1, command_fragment | last_fragment, echo_command());
}

Seen answer_in_sta6(Play& play, std::span<const std::byte> pdu) {
    Probe probe = play.open({sop::verification});
    probe.send(pdu);
    return probe.receive();
}

double in_seconds(milliseconds time) {
    return double(time.count()) / 1000;
}

/// How long the peer's ARTIM runs is its own (PS3.8 9.1.5).
[[noreturn]] void stays_open(const Play& play) {
    throw NotPlayable{fmt::format("the connection stays open for more than {:.0f} s; --wait",
                                  in_seconds(play.settings().wait_at_most))};
}

/// The end of the connection and nothing before it, within the longest wait; how long it took.
/// Nothing: it does not end.
std::optional<milliseconds> end_of(Play& play, Probe& probe) {
    const auto begun = steady_clock::now();
    const Seen end = probe.receive_end(play.settings().wait_at_most);
    const auto took = duration_cast<milliseconds>(steady_clock::now() - begun);
    if (end.text == "nothing") {
        return std::nullopt;
    }
    play.expect("connection closed", end);
    play.saw(fmt::format("connection closed after {:.1f} s", in_seconds(took)));
    return took;
}

/// How long a connection may be silent: what the peer's ARTIM is seen to be.
milliseconds artim_of(Play& play) {
    Probe probe = play.connect();
    const auto took = end_of(play, probe);
    if (!took) {
        stays_open(play);
    }
    return *took;
}

/// By so much an end that is due may be late.
milliseconds tolerated(milliseconds artim) {
    return artim + artim / 2 + seconds(2);
}

/// Sta13: the same timer ends a connection that we leave open.
void expect_end(Play& play, Probe& probe) {
    if (end_of(play, probe)) {
        return;
    }
    const milliseconds artim = artim_of(play);
    if (tolerated(artim) > play.settings().wait_at_most) {
        stays_open(play);
    }
    play.expect(false,
                fmt::format("connection closed by ARTIM, which runs {:.0f} s before an association",
                            in_seconds(artim)),
                fmt::format("still open after {:.0f} s", in_seconds(play.settings().wait_at_most)));
}

void a27(Play& play) {
    const Bytes unknown = raw_pdu(0x8E, bytes({0, 0, 0, 0}));
    Probe associated = play.open({sop::verification});
    associated.send(unknown);
    play.expect("A-ABORT 2/1 or A-ABORT 2/0", associated.receive());
    Probe connected = play.connect();
    connected.send(unknown);
    play.expect("A-ABORT 0/x", connected.receive());
    // Sta13 in both: what comes now is ignored, and ARTIM ends it.
    for (Probe* probe : {&associated, &connected}) {
        probe->send(echo_pdu());
        expect_end(play, *probe);
    }
    play.saw("A-ABORT by the provider in Sta6, by the user in Sta2; then " + play.last_seen());
}

void a28(Play& play) {
    for (const Bytes& first : {echo_pdu(), pdu::encode_release_rq()}) {
        play.expect("A-ABORT 0/x", play.answer_to(first));
    }
}

void a29(Play& play) {
    const pdu::AssociateRQ request = play.request({sop::verification});
    pdu::AssociateAC accept;
    accept.contexts = {{.id = 1,
                        .result = ContextResult::acceptance,
                        .transfer_syntax = std::string(syntax::implicit_little)}};
    for (const Bytes& unexpected : {pdu::encode(request),
                                    pdu::encode(accept),
                                    pdu::encode(Rejection{1, 1, 1}),
                                    pdu::encode_release_rp()}) {
        play.expect("A-ABORT 2/2 or A-ABORT 2/0", answer_in_sta6(play, unexpected));
    }
}

void a30(Play& play) {
    Probe probe = play.open({sop::verification});
    play.expect_alive(probe);
    const Seen answer = probe.release();
    play.expect("A-RELEASE-RP", answer);
    play.expect(answer.pdu->body.size() == 4,
                "a length of 4",
                fmt::format("a length of {}", answer.pdu->body.size()));
    // Whoever asked closes; a peer that waits for that in vain closes by ARTIM.
    expect_end(play, probe);
}

void a31(Play& play) {
    play.need(sop::study_root_find);
    static_cast<void>(play.held());
    const Attributes every_study = keys("STUDY", {{DCM_StudyInstanceUID, ""}});
    const std::size_t undisturbed = play.find(sop::study_root_find, every_study).matches.size();
    Probe probe = play.open({sop::study_root_find});
    const std::uint8_t context = probe.context(sop::study_root_find);
    probe.send(context,
               request_of(CommandField::c_find_rq, sop::study_root_find),
               encoded(every_study, syntax::implicit_little));
    probe.send(pdu::encode_release_rq());
    std::multiset<Bytes> identifiers;
    std::size_t finals = 0;
    bool complete = false;
    Seen next = probe.receive();
    for (; next.message; next = probe.receive()) {
        if (next.status() >> 8U == 0xFF) {
            identifiers.insert(std::move(next.message->data_set));
        } else {
            ++finals;
            complete = next.status() == 0;
        }
    }
    play.expect("A-RELEASE-RP", next);
    play.expect(finals <= 1, "at most one final response", fmt::format("{} of them", finals));
    const std::set<Bytes> different(identifiers.begin(), identifiers.end());
    play.expect(different.size() == identifiers.size(), "each response once", "one of them twice");
    play.expect(!complete || identifiers.size() == undisturbed,
                fmt::format("{} matches before 0000, as without a release", undisturbed),
                fmt::format("{} matches", identifiers.size()));
    play.saw(fmt::format(
        "{} matches, {} final response, then A-RELEASE-RP", identifiers.size(), finals));
}

void a33(Play& play) {
    const Bytes abort = pdu::encode(abort_by_user);
    const auto expect_close = [&](const char* when, Probe& probe) {
        const Seen end = probe.receive_end(play.settings().answer_within);
        play.expect(end.text == "connection closed",
                    fmt::format("{}: connection closed, nothing sent", when),
                    end.text);
    };
    Probe first = play.connect();
    first.send(abort);
    expect_close("before an association", first);
    Probe idle = play.open({sop::verification});
    idle.send(abort);
    expect_close("idle", idle);
    if (!play.offers(sop::study_root_find)) {
        return;
    }
    // In one write with a query: its responses may be on their way, but nothing else comes, and
    // the operation is over.
    Probe busy = play.open({sop::study_root_find});
    busy.send(
        p_data(1,
               command_fragment | last_fragment,
               encode_command_set(request_of(CommandField::c_find_rq, sop::study_root_find))) +
        p_data(1,
               last_fragment,
               encoded(keys("STUDY", {{DCM_StudyInstanceUID, ""}}), syntax::implicit_little)) +
        abort);
    Seen next = busy.receive();
    while (next.message && next.status() >> 8U == 0xFF) {
        next = busy.receive();
    }
    if (next.message) {
        play.expect("C-FIND-RSP 0000", next);
        next = busy.receive();
    }
    play.expect("connection closed", next);
    play.expect_alive();
    play.saw("closed, nothing sent: before an association, idle, in a C-FIND");
}

void a34(Play& play) {
    const std::size_t found =
        found_after_most_of(play, test_object(play, "object"), [](Probe& probe) { probe.close(); });
    play.expect(found == 0, "no match for half an object", "a match");
    play.expect_alive();
    play.saw("half an object, then no connection: not found, and the peer is alive");
}

/// A timer that ends a silent connection gives it some time.
constexpr milliseconds shortest_artim{200};

void a35(Play& play) {
    Probe probe = play.connect();
    const Seen early = probe.receive(shortest_artim);
    play.expect(early.text == "nothing", "a while to begin in", early.text);
    if (!end_of(play, probe)) {
        stays_open(play);
    }
}

/// The time that a silent connection has is that of one whose bytes trickle in, too.
void a36(Play& play) {
    const milliseconds silent = artim_of(play);
    const Bytes request = pdu::encode(play.request({sop::verification}));
    Probe probe = play.connect();
    const auto begun = steady_clock::now();
    for (const std::byte& one : request) {
        probe.send({&one, 1});
        const Seen next = probe.receive(seconds(1));
        const auto took = duration_cast<milliseconds>(steady_clock::now() - begun);
        if (next.text != "nothing") {
            play.expect("connection closed", next);
            play.expect(took >= shortest_artim, "a while to begin in", "closed at once");
            play.saw(fmt::format("connection closed after {:.1f} s", in_seconds(took)));
            return;
        }
        play.expect(took <= tolerated(silent),
                    fmt::format("connection closed as when nothing comes, after {:.0f} s",
                                in_seconds(silent)),
                    fmt::format("still waiting for bytes after {:.0f} s", in_seconds(took)));
    }
    play.expect(false, "connection closed", "it took all of the request, byte by byte");
}

/// Sta13, as this dialogue brought it about: what the peer does with a new request. AA-7: A-ABORT,
/// whose source the standard does not fix. A peer that has closed already has a short ARTIM: its
/// length is the peer's (PS3.8 9.1.5).
std::string expect_sta13(Play& play, std::string_view after, Probe probe) {
    probe.send(echo_pdu());  // AA-6: ignored
    probe.send(pdu::encode(play.request({sop::verification})));
    const Seen answer = probe.receive();
    play.expect(is_expected(answer.text, "A-ABORT 0/x or A-ABORT 2/x or connection closed"),
                fmt::format("after {}: A-ABORT to a new request, or the end", after),
                answer.text);
    return answer.text == "connection closed" ? "the end" : "A-ABORT";
}

void a37(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.protocol_version = 2;
    const auto rejected = [&] {
        Probe probe = play.connect();
        const Seen answer = probe.associate(request);
        if (!answer.is(pdu::Type::associate_rj)) {
            throw NotPlayable{"needs a rejection; the peer answered " + answer.text};
        }
        return probe;
    };
    const auto aborted = [&] {
        Probe probe = play.open({sop::verification});
        probe.send(pdu::encode(Rejection{1, 1, 1}));
        play.expect("A-ABORT 2/x", probe.receive());
        return probe;
    };
    const auto released = [&] {
        Probe probe = play.open({sop::verification});
        play.expect("A-RELEASE-RP", probe.release());
        return probe;
    };
    const std::string after_rejection = expect_sta13(play, "A-ASSOCIATE-RJ", rejected());
    const std::string after_abort = expect_sta13(play, "A-ABORT", aborted());
    const std::string after_release = expect_sta13(play, "A-RELEASE-RP", released());
    Probe silent = rejected();
    silent.send(echo_pdu());
    expect_end(play, silent);
    play.saw(
        fmt::format("a new request after a rejection: {}, an abort: {}, a release: {}; data "
                    "ignored, {}",
                    after_rejection,
                    after_abort,
                    after_release,
                    play.last_seen()));
}

/// A request whose last item announces more bytes than there are.
Bytes overrunning_request(const Play& play) {
    Bytes request = pdu::encode(play.request({sop::verification}));
    constexpr std::size_t application_context_length_at = 74 + 2;
    request[application_context_length_at] = std::byte{0x7F};
    return request;
}

void a38(Play& play) {
    constexpr std::string_view in_sta2 =
        "A-ABORT 0/x or A-ASSOCIATE-RJ 1/2/x or A-ASSOCIATE-RJ 1/3/x";
    play.expect(in_sta2, play.answer_to(overrunning_request(play)));
    // The last sub-item, of a user information item that ends before it does.
    const pdu::AssociateRQ whole = play.request({sop::verification});
    Bytes request = pdu::encode(whole);
    const std::size_t version_name_length_at =
        request.size() - whole.user.implementation_version_name.size() - 1;
    request[version_name_length_at] = std::byte{0x7F};
    play.expect(in_sta2, play.answer_to(request));
    const std::pair<const char*, Bytes> wrong[] = {
        {"a PDV of length 0", raw_pdu(4, bytes({0, 0, 0, 0}))},
        {"of length 1", raw_pdu(4, bytes({0, 0, 0, 1, 1}))},
        {"longer than its PDU", raw_pdu(4, bytes({0, 0, 1, 0, 1, 3, 0, 0}))},
        {"half a header", raw_pdu(4, bytes({0, 0}))}};
    std::string told = "an item, a sub-item";
    for (const auto& [says, bytes] : wrong) {
        const Seen answer = answer_in_sta6(play, bytes);
        play.expect(is_expected(answer.text, "A-ABORT 2/6 or A-ABORT 2/0"),
                    fmt::format("{}: A-ABORT 2/6", says),
                    answer.text);
        told += fmt::format(", {}", says);
    }
    play.saw("aborted: " + told);
}

void a39(Play& play) {
    const Bytes huge = raw_pdu(4, 0xFFFF'FFFF, bytes({0, 0, 0, 4, 1, 3, 0, 0}));
    const Seen answer = answer_in_sta6(play, huge);
    play.expect("A-ABORT 2/x or A-ABORT 0/x or connection closed or nothing", answer);
    play.expect_alive();
}

void a40(Play& play) {
    Probe probe = play.open({sop::verification});
    const std::uint32_t bytes_max = probe.answer().user.pdu_bytes_max.value_or(0);
    if (bytes_max == 0 || bytes_max > 16U << 20U) {
        throw NotPlayable{fmt::format("the peer's maximum length is {}", bytes_max)};
    }
    // The command, and so much of a data set that the PDU is two bytes too long.
    CommandSet command = request_of(CommandField::c_echo_rq, sop::verification);
    command.data_set_type = 1;
    const Bytes head = pdv(1, command_fragment | last_fragment, encode_command_set(command));
    const std::size_t data_bytes = bytes_max + 2 - head.size() - pdu::pdv_header_bytes;
    const std::string value(data_bytes - 8, ' ');
    probe.send(raw_pdu(4, head + pdv(1, last_fragment, element(0x00104000, value))));
    const Seen answer = probe.receive();
    play.expect("A-ABORT 2/x or A-ABORT 0/x or C-ECHO-RSP xxxx", answer);
    if (answer.message) {
        play.expect_alive(probe);
        play.saw(answer.text + ", and the association goes on");
        return;
    }
    play.expect_alive();
}

void a55(Play& play) {
    Probe probe = play.open({sop::verification});
    const auto begun = steady_clock::now();
    const Seen end = probe.receive(play.settings().wait_at_most);
    const auto took = duration_cast<seconds>(steady_clock::now() - begun);
    play.expect("A-ABORT 0/x or A-ABORT 2/x or A-RELEASE-RQ or connection closed or nothing", end);
    play.saw(fmt::format("{} after {} s", end.text, took.count()));
}

constexpr Case cases[] = {
    row("A27",
        n,
        "PS3.8 9.2",
        "An unknown PDU type is aborted: 2/1, before an association 0",
        waits(a27)),
    row("A28",
        n,
        "PS3.8 9.2",
        "P-DATA-TF or A-RELEASE-RQ as the first PDU is aborted by the user",
        played(a28)),
    row("A29", n, "PS3.8 9.2", "A PDU that an association cannot have is aborted 2/2", played(a29)),
    row("A30",
        n,
        "PS3.8 9.3.6",
        "A-RELEASE-RQ gets A-RELEASE-RP; the connection ends at ARTIM",
        waits(a30)),
    row("A31",
        n,
        "PS3.8 9.2",
        "A release while responses stream is answered after them",
        played(a31)),
    row("A32",
        n,
        "PS3.8 9.2",
        "Both sides ask for release at once: both answer, nobody hangs",
        played(a32)),
    row("A33",
        n,
        "PS3.8 9.2",
        "After A-ABORT the connection ends and nothing more is sent",
        played(a33)),
    row("A34",
        n,
        "PS3.8 9.2",
        "A lost connection is an abort: the partial object is discarded",
        played(a34)),
    row("A35",
        n,
        "PS3.8 9.2",
        "A connection without a request ends at ARTIM, without a word",
        waits(a35)),
    row("A36", n, "PS3.8 9.2", "A request that trickles in does not restart ARTIM", waits(a36)),
    row("A37",
        n,
        "PS3.8 9.2",
        "After a rejection data is ignored until ARTIM; a request aborted",
        waits(a37)),
    row("A38", n, "PS3.8 9.3.8", "Lengths that overrun their PDU are aborted", played(a38)),
    row("A39", p, "PS3.8 9.3.1", "A PDU length of FFFFFFFFH does no harm", played(a39)),
    row("A40",
        p,
        "PS3.8 D.1",
        "A P-DATA-TF longer than the peer's maximum: aborted or borne",
        played(a40)),
};

constexpr Case last_cases[] = {
    row("A55", p, "PS3.8 7.3", "What becomes of an association without requests", waits(a55)),
};

}  // namespace

std::span<const Case> association_protocol_cases() {
    return cases;
}
std::span<const Case> association_idle_cases() {
    return last_cases;
}

}  // namespace cxr::storescp::conformance
