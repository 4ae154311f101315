#pragma once
/// The parts of the table, each in the file of its dialogues, and how a row is written.

#include "conformance/play.hpp"

#include <vector>

namespace cxr::storescp::conformance {

[[nodiscard]] std::span<const Case> association_negotiation_cases();  // A1–A13
[[nodiscard]] std::span<const Case> association_context_cases();      // A14–A26
[[nodiscard]] std::span<const Case> association_protocol_cases();     // A27–A40
[[nodiscard]] std::span<const Case> association_data_cases();         // A41–A54
[[nodiscard]] std::span<const Case> association_idle_cases();         // A55
[[nodiscard]] std::span<const Case> verification_cases();             // V1–V9
[[nodiscard]] std::span<const Case> dimse_cases();                    // V10–V16
[[nodiscard]] std::span<const Case> storage_cases();                  // S1–S27
[[nodiscard]] std::span<const Case> query_rule_cases();               // F1–F15
[[nodiscard]] std::span<const Case> query_response_cases();           // F16–F25
[[nodiscard]] std::span<const Case> query_matching_cases();           // F26–F35
[[nodiscard]] std::span<const Case> query_option_cases();             // F36–F43
[[nodiscard]] std::span<const Case> query_flow_cases();               // F44–F52
[[nodiscard]] std::span<const Case> retrieve_outcome_cases();         // R1–R15
[[nodiscard]] std::span<const Case> retrieve_identifier_cases();      // R16–R21
[[nodiscard]] std::span<const Case> retrieve_request_cases();         // R22–R35
[[nodiscard]] std::span<const Case> commitment_cases();               // K1–K20
[[nodiscard]] std::span<const Case> security_cases();                 // X1–X12

// The peer as the one who asks, at our listener: in association_scu_cases.cpp.
void a18(Play& play);
void a32(Play& play);

inline constexpr Requirement n = Requirement::standard;
inline constexpr Requirement p = Requirement::policy;

struct Shown {
    How how;
    Dialogue dialogue = nullptr;
    std::string_view note = {};
};
constexpr Shown played(Dialogue dialogue) {
    return {How::played, dialogue};
}
constexpr Shown waits(Dialogue dialogue) {
    return {How::waits, dialogue};
}
constexpr Shown alone(Dialogue dialogue) {
    return {How::alone, dialogue};
}
/// @param test its name as ctest knows it, or several with commas
constexpr Shown by_a_test(std::string_view test) {
    return {How::by_a_test, nullptr, test};
}
constexpr Shown not_here(std::string_view why) {
    return {How::not_here, nullptr, why};
}
constexpr Case row(std::string_view id,
                   Requirement requirement,
                   std::string_view section,
                   std::string_view expectation,
                   Shown shown) {
    return {id, section, expectation, requirement, shown.how, shown.dialogue, shown.note};
}

}  // namespace cxr::storescp::conformance
