#pragma once
/// The 217 cases that a conformance laboratory tries on a DICOM node, as one table with three
/// users: the tests play each against our own node, `cxrbridge conform` plays them against any
/// peer, and `cxrbridge conform --list` prints them. Groups: A association, V verification and
/// generic DIMSE, S storage, F query, R retrieve, K storage commitment, X security.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cxr::storescp::conformance {

class Play;
/// Talks to the peer as the case says; throws what play.hpp names where the peer deviates.
using Dialogue = void (*)(Play&);

enum class Requirement : std::uint8_t {
    standard,  ///< N: the standard says what is right
    policy,    ///< P: the standard leaves a choice; a peer's is told, not judged
};

enum class How : std::uint8_t {
    played,     ///< a dialogue with the peer
    waits,      ///< a dialogue that mostly waits for one of the peer's timers
    alone,      ///< a dialogue that no other must disturb
    by_a_test,  ///< needs faults or settings inside the node: a test of ours shows it
    not_here,   ///< cannot be shown from outside, and nothing of ours does it
};

struct Case {
    std::string_view id;           ///< "A1"
    std::string_view section;      ///< of the standard, "PS3.8 9.3.3"
    std::string_view expectation;  ///< one sentence
    Requirement requirement;
    How how;
    Dialogue dialogue;      ///< null unless it is played
    std::string_view note;  ///< by_a_test: the tests' names; not_here: why

    [[nodiscard]] char group() const { return id.front(); }
    [[nodiscard]] bool is_playable() const { return dialogue != nullptr; }
};

/// In the order A, V, S, F, R, K, X, numbers ascending.
[[nodiscard]] std::span<const Case> all_cases();
/// Null: no such id.
[[nodiscard]] const Case* find_case(std::string_view id);
/// "Association" for 'A'.
[[nodiscard]] std::string_view group_name(char group);
/// Does "A1", "F*" or "*" name this case? Case of letters does not matter.
[[nodiscard]] bool is_named_by(const Case& one, std::string_view pattern);

}  // namespace cxr::storescp::conformance
