// A41–A54: data and what user information agrees on (PS3.8 Annex D, E; PS3.7 Annex D).

#include "conformance/cases.hpp"
#include "conformance/retrieve_steps.hpp"
#include "dicom/core/uid.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp::conformance {

namespace {

constexpr std::string_view any_abort = "A-ABORT 0/x or A-ABORT 2/x";

Bytes echo_command() {
    return encode_command_set(request_of(CommandField::c_echo_rq, sop::verification));
}

Attributes all_of_one_study(const HeldInstance& held) {
    return keys("IMAGE",
                {{DCM_SOPInstanceUID, ""},
                 {DCM_StudyInstanceUID, held.study_instance_uid},
                 {DCM_SeriesInstanceUID, held.series_instance_uid}});
}

void a41(Play& play) {
    play.need(sop::study_root_find);
    const HeldInstance& held = play.held();
    constexpr std::uint32_t bytes_max = 128;
    pdu::AssociateRQ request = play.request({sop::study_root_find});
    request.user.pdu_bytes_max = bytes_max;
    Probe probe = play.open(request);
    const Answers some = play.find(probe, sop::study_root_find, all_of_one_study(held));
    play.expect(!some.matches.empty(), "at least 1 match", some.outcome.text);
    play.expect(probe.longest_p_data() <= bytes_max,
                fmt::format("no P-DATA-TF longer than {}", bytes_max),
                fmt::format("one of {}", probe.longest_p_data()));
    request.user.pdu_bytes_max = 0;
    Probe unlimited = play.open(request);
    const Answers again = play.find(unlimited, sop::study_root_find, all_of_one_study(held));
    play.expect(again.matches.size() == some.matches.size(),
                "the same answers without a limit",
                again.outcome.text);
    std::string told = fmt::format(
        "lengths up to {} of {}; no limit works, too", probe.longest_p_data(), bytes_max);
    if (moves_to_us(play)) {
        // The peer as requestor, with an acceptor's maximum.
        constexpr std::uint32_t acceptors_max = 1'024;
        const MoveResult moved =
            move_to_us(play, whole_study(held), {.pdu_bytes_max = acceptors_max});
        std::size_t longest = 0;
        for (const Visit& visit : moved.visits) {
            longest = std::max(longest, visit.longest_p_data);
        }
        play.expect(!moved.retrieval.received.empty() && longest <= acceptors_max,
                    fmt::format("objects, no P-DATA-TF longer than {}", acceptors_max),
                    fmt::format("{} objects, one of {}", moved.retrieval.received.size(), longest));
        told += fmt::format("; as requestor up to {} of {}", longest, acceptors_max);
    }
    play.saw(told);
}

void a42(Play& play) {
    std::string told;
    for (const std::uint32_t bytes_max : {7U, 64U, 1'023U}) {
        pdu::AssociateRQ request = play.request({sop::verification});
        request.user.pdu_bytes_max = bytes_max;
        Probe probe = play.connect();
        Seen answer = probe.associate(request);
        play.expect("A-ASSOCIATE-AC or A-ASSOCIATE-RJ x/x/x", answer);
        if (answer.is(pdu::Type::associate_ac)) {
            answer = play.echo(probe);
            play.expect(
                "C-ECHO-RSP 0000 or A-ABORT 0/x or A-ABORT 2/x or connection closed or nothing",
                answer);
            play.expect(probe.longest_p_data() <= bytes_max,
                        fmt::format("no P-DATA-TF longer than {}", bytes_max),
                        fmt::format("one of {}", probe.longest_p_data()));
        }
        told += fmt::format("{}{}: {}", told.empty() ? "" : ", ", bytes_max, answer.text);
    }
    play.saw(told);
}

void a43(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.user.pdu_bytes_max.reset();
    Probe probe = play.connect();
    const Seen answer = probe.associate(request);
    play.expect("A-ASSOCIATE-AC or A-ASSOCIATE-RJ x/x/x or A-ABORT 0/x or A-ABORT 2/x", answer);
    if (!answer.is(pdu::Type::associate_ac)) {
        return;
    }
    play.expect_alive(probe);
    if (play.offers(sop::study_root_find) && !play.known().studies.empty()) {
        request = play.request({sop::study_root_find});
        request.user.pdu_bytes_max.reset();
        Probe find = play.open(request);
        const Answers all =
            play.find(find, sop::study_root_find, keys("STUDY", {{DCM_StudyInstanceUID, ""}}));
        play.expect(!all.matches.empty(), "matches", all.outcome.text);
        play.saw("accepted; C-ECHO and C-FIND are answered");
    }
}

void a44(Play& play) {
    Probe echo = play.open({sop::verification});
    const Bytes command = echo_command();
    for (std::size_t at = 0; at < command.size(); at += 2) {
        const bool last = at + 2 >= command.size();
        echo.send(
            p_data(1,
                   command_fragment | (last ? last_fragment : 0U),
                   std::span(command).subspan(at, std::min<std::size_t>(2, command.size() - at))));
    }
    play.expect("C-ECHO-RSP 0000", echo.receive());
    play.need(sop::study_root_find);
    Probe find = play.open({sop::study_root_find});
    const Bytes rq = encode_command_set(request_of(CommandField::c_find_rq, sop::study_root_find));
    const Bytes identifier =
        encoded(keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}}), syntax::implicit_little);
    const std::size_t half = identifier.size() / 4 * 2;
    find.send(raw_pdu(4,
                      pdv(1, command_fragment | last_fragment, rq) +
                          pdv(1, data_fragment, std::span(identifier).first(half)) +
                          pdv(1, last_fragment, std::span(identifier).subspan(half))));
    play.expect("C-FIND-RSP 0000", find.receive());
    play.saw("a command in 2-byte PDVs; a command and a data set in one PDU");
}

void a45(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification, sop::unknown});
    for (const unsigned context : {5U, 3U}) {  // never offered; refused
        Probe probe = play.open(request);
        probe.send(p_data(context, command_fragment | last_fragment, echo_command()));
        play.expect(any_abort, probe.receive());
    }
}

void a46(Play& play) {
    for (unsigned bit = 2; bit < 8; ++bit) {
        Probe probe = play.open({sop::verification});
        probe.send(p_data(1, 1U << bit | command_fragment | last_fragment, echo_command()));
        play.expect("C-ECHO-RSP 0000", probe.receive());
    }
    if (!play.offers(sop::study_root_find)) {
        play.saw("ignored in commands");
        return;
    }
    constexpr unsigned all_reserved = 0xFC;
    const Bytes identifier =
        encoded(keys("STUDY", {{DCM_StudyInstanceUID, play.uid("none")}}), syntax::implicit_little);
    Probe find = play.open({sop::study_root_find});
    find.send(
        p_data(1,
               all_reserved | command_fragment | last_fragment,
               encode_command_set(request_of(CommandField::c_find_rq, sop::study_root_find))) +
        p_data(1, all_reserved | data_fragment, std::span(identifier).first(10)) +
        p_data(1, all_reserved | last_fragment, std::span(identifier).subspan(10)));
    play.expect("C-FIND-RSP 0000", find.receive());
    play.saw("each bit ignored in commands, all in data");
}

void a47(Play& play) {
    const Bytes command = echo_command();
    Probe probe = play.open({sop::verification});
    probe.send(p_data(1, command_fragment, std::span(command).first(20)));
    probe.send(p_data(1, last_fragment, std::span(command).subspan(20)));
    play.expect("A-ABORT 0/x or A-ABORT 2/x or C-ECHO-RSP xxxx or connection closed",
                probe.receive());
    const std::string data_first = play.last_seen();
    CommandSet with_data = request_of(CommandField::c_echo_rq, sop::verification);
    with_data.data_set_type = 1;
    Probe second = play.open({sop::verification});
    second.send(p_data(1, command_fragment | last_fragment, encode_command_set(with_data)) +
                p_data(1, data_fragment, element(0x0010'4000, "  ")) +
                p_data(1, command_fragment | last_fragment, command));
    play.expect("A-ABORT 0/x or A-ABORT 2/x or C-ECHO-RSP xxxx or connection closed",
                second.receive());
    play.saw(
        fmt::format("{}; a second command before the data ends: {}", data_first, play.last_seen()));
    play.expect_alive();
}

/// 52H as it must be, 55H as it may be.
void expect_named(Play& play, const pdu::UserInformation& user) {
    play.expect(dicom::is_valid_uid(user.implementation_class_uid),
                "a valid Implementation Class UID",
                user.implementation_class_uid.empty() ? "none" : user.implementation_class_uid);
    play.expect(user.implementation_version_name.size() <= 16,
                "a version name of at most 16 characters",
                user.implementation_version_name);
}

void a48(Play& play) {
    Probe probe = play.open({sop::verification});
    const pdu::UserInformation& user = probe.answer().user;
    expect_named(play, user);
    std::string told =
        fmt::format("{} {}", user.implementation_class_uid, user.implementation_version_name);
    if (moves_to_us(play)) {
        const MoveResult moved = move_to_us(play, whole_study(play.held()), {});
        play.expect(!moved.visits.empty(), "an association with us", "none");
        expect_named(play, moved.visits.front().request.user);
        play.expect(moved.visits.front().request.user.implementation_class_uid ==
                        user.implementation_class_uid,
                    "the same in its own request",
                    moved.visits.front().request.user.implementation_class_uid);
        told += ", also as requestor";
    }
    pdu::AssociateRQ anonymous = play.request({sop::verification});
    anonymous.user.implementation_class_uid.clear();
    anonymous.user.implementation_version_name.clear();
    const Seen answer = play.answer_to(anonymous);
    play.expect("A-ASSOCIATE-AC or A-ASSOCIATE-RJ x/x/x or A-ABORT 0/x or A-ABORT 2/x", answer);
    play.saw(fmt::format("{}; a request without one: {}", told, answer.text));
}

void a49(Play& play) {
    Probe probe = play.open({sop::verification});
    const pdu::UserInformation& user = probe.answer().user;
    play.expect(user.roles.empty() && user.extended.empty() && !user.asynchronous_window &&
                    !user.identity_response && user.common.empty(),
                "no answer to what was not offered",
                "role, window, extended negotiation or identity items");
    play.saw("no item that was not offered");
}

void a50(Play& play) {
    Probe silent = play.open({sop::verification});
    play.expect(!silent.answer().user.asynchronous_window, "no window unless offered", "a window");
    std::string told;
    for (const std::uint16_t offer : {std::uint16_t{5}, std::uint16_t{1}, std::uint16_t{0}}) {
        pdu::AssociateRQ request = play.request({sop::verification});
        request.user.asynchronous_window = pdu::AsynchronousWindow{offer, offer};
        Probe probe = play.open(request);
        const auto& answer = probe.answer().user.asynchronous_window;
        const std::string text =
            answer ? fmt::format(
                         "{}/{}", answer->operations_invoked_max, answer->operations_performed_max)
                   : "no answer (1/1)";
        const auto within = [offer](unsigned agreed) {
            return offer == 0 || (agreed != 0 && agreed <= offer);
        };
        play.expect(!answer || (within(answer->operations_invoked_max) &&
                                within(answer->operations_performed_max)),
                    fmt::format("no more than {}/{}", offer, offer),
                    text);
        told += fmt::format("{}{}/{}: {}", told.empty() ? "" : ", ", offer, offer, text);
    }
    play.saw(told);
}

void a51(Play& play) {
    std::string told;
    for (const RoleSelection offer : {RoleSelection{.scu = false, .scp = true},
                                      RoleSelection{.scu = true, .scp = false},
                                      RoleSelection{.scu = true, .scp = true}}) {
        pdu::AssociateRQ request = play.request({sop::verification, sop::secondary_capture});
        request.user.roles = {
            {.sop_class_uid = std::string(sop::secondary_capture), .roles = offer}};
        Probe probe = play.open(request);
        const auto& roles = probe.answer().user.roles;
        const std::string text =
            roles.empty() ? "no answer"
                          : fmt::format("{:d}/{:d}", roles[0].roles.scu, roles[0].roles.scp);
        play.expect(roles.size() <= 1 && (roles.empty() || ((offer.scu || !roles[0].roles.scu) &&
                                                            (offer.scp || !roles[0].roles.scp))),
                    "no role that was not proposed",
                    fmt::format("{} to {:d}/{:d}", text, offer.scu, offer.scp));
        told +=
            fmt::format("{}{:d}/{:d}: {}", told.empty() ? "" : ", ", offer.scu, offer.scp, text);
    }
    play.saw(told);
}

void a52(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.user.roles = {
        {.sop_class_uid = std::string(sop::verification), .roles = {.scu = false, .scp = false}},
        {.sop_class_uid = std::string(sop::ct_image), .roles = {.scu = true, .scp = true}}};
    Probe probe = play.connect();
    const Seen answer = probe.associate(request);
    play.expect("A-ASSOCIATE-AC or A-ASSOCIATE-RJ x/x/x or A-ABORT 0/x or A-ABORT 2/x", answer);
    if (answer.is(pdu::Type::associate_ac) && !probe.answer().contexts.empty()) {
        play.saw(fmt::format("A-ASSOCIATE-AC, result {}, {} role items",
                             unsigned(probe.answer().contexts.front().result),
                             probe.answer().user.roles.size()));
    }
}

void a53(Play& play) {
    pdu::AssociateRQ request = play.request({sop::verification});
    request.user.extended = {{.sop_class_uid = std::string(sop::unknown), .information = {1}}};
    Probe probe = play.open(request);
    play.expect(probe.answer().user.extended.empty(),
                "no answer for an unsupported class",
                "an extended negotiation item");
    play.need(sop::study_root_find);
    request = play.request({sop::study_root_find});
    const std::string find(sop::study_root_find);
    request.user.extended = {{.sop_class_uid = find, .information = {1, 1, 1}},
                             {.sop_class_uid = find, .information = {0, 0, 0}}};
    Probe twice = play.open(request);
    const auto items = twice.answer().user.extended.size();
    play.expect(items <= 1, "at most one answer to two items", fmt::format("{} answers", items));
    play.saw(items == 0 ? "two items for one class: no answer"
                        : "two items for one class: one answer");
}

void a54(Play& play) {
    using namespace std::string_literals;
    std::string told;
    const std::pair<std::string_view, std::string> uids[] = {
        {"trailing NUL", std::string(sop::verification) + "\0"s},
        {"70 characters", "1." + std::string(68, '2')},
        {"empty", ""}};
    for (const auto& [says, uid] : uids) {
        pdu::AssociateRQ request = play.request({sop::verification, uid});
        Probe probe = play.connect();
        const Seen answer = probe.associate(request);
        play.expect(
            "A-ASSOCIATE-AC or A-ASSOCIATE-RJ x/x/x or A-ABORT 0/x or A-ABORT 2/x or "
            "connection closed or nothing",
            answer);
        const auto& contexts = probe.answer().contexts;
        told += fmt::format("{}{}: {}",
                            told.empty() ? "" : ", ",
                            says,
                            contexts.size() == 2
                                ? fmt::format("result {}", unsigned(contexts[1].result))
                                : answer.text);
    }
    play.expect_alive();
    play.saw(told);
}

constexpr Case cases[] = {
    row("A41",
        n,
        "PS3.8 D.1",
        "No P-DATA-TF is longer than the requestor's maximum; 0 is no limit",
        played(a41)),
    row("A42", p, "PS3.8 D.1", "A tiny maximum length works or is refused", played(a42)),
    row("A43", p, "PS3.8 D.1", "A request without maximum length does no harm", played(a43)),
    row("A44", n, "PS3.8 Annex E", "Fragments may lie in PDUs in any way", played(a44)),
    row("A45", n, "PS3.8 9.3.5", "Data on a context that is not there is aborted", played(a45)),
    row("A46",
        n,
        "PS3.8 E.2",
        "Bits 2 to 7 of the message control header are ignored",
        played(a46)),
    row("A47",
        p,
        "PS3.8 Annex E",
        "Data before the command's last fragment does no harm",
        played(a47)),
    row("A48",
        n,
        "PS3.7 D.3.3.2",
        "The peer names its implementation; that ours need not",
        played(a48)),
    row("A49", n, "PS3.7 D.3.3", "Nothing is answered that was not offered", played(a49)),
    row("A50", n, "PS3.7 D.3.3.3", "The asynchronous window never exceeds the offer", played(a50)),
    row("A51", n, "PS3.7 D.3.3.4", "No role is granted that was not proposed", played(a51)),
    row("A52",
        p,
        "PS3.7 D.3.3.4",
        "Roles 0/0, or for a class without context, do no harm",
        played(a52)),
    row("A53",
        n,
        "PS3.7 D.3.3.5",
        "Extended negotiation of unknown classes is not answered",
        played(a53)),
    row("A54", p, "PS3.5 9.1", "UIDs with NUL, too long or empty do no harm", played(a54)),
};

}  // namespace

std::span<const Case> association_data_cases() {
    return cases;
}

}  // namespace cxr::storescp::conformance
