#pragma once
/// C-ECHO as elements, so that each may be left out, doubled or put where it does not belong.

#include "conformance/play.hpp"

namespace cxr::storescp::conformance {

inline constexpr std::string_view any_abort = "A-ABORT 0/x or A-ABORT 2/x";
inline constexpr std::string_view echoed = "C-ECHO-RSP 0000";

[[nodiscard]] CommandSet echo_rq(std::uint16_t message_id = 1);

/// A command set of these elements with the group length that it should have, or `length`.
[[nodiscard]] Bytes echo_elements(std::initializer_list<Bytes> elements,
                                  std::optional<std::uint32_t> length = {});
[[nodiscard]] Bytes affected_class();
[[nodiscard]] Bytes command_field(std::uint16_t field = 0x0030);
[[nodiscard]] Bytes message_id(std::uint16_t id = 1);
[[nodiscard]] Bytes data_set_type(std::uint16_t type = no_data_set);

/// The peer's answer to a command set, which leaves the association usable unless it aborts.
std::string expect_answer(Play& play, std::string_view expected, const Bytes& command);

}  // namespace cxr::storescp::conformance
