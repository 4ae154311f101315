#pragma once
/// Bytes of PDUs and elements as a dialogue wants them, right or wrong.

#include "conformance/wire.hpp"

#include <initializer_list>
#include <span>
#include <string_view>

namespace cxr::storescp::conformance {

[[nodiscard]] Bytes bytes(std::initializer_list<unsigned> values);
[[nodiscard]] Bytes bytes(std::string_view text);
[[nodiscard]] Bytes operator+(Bytes left, std::span<const std::byte> right);

/// A PDU of this type; `length` in place of the true one when given.
[[nodiscard]] Bytes raw_pdu(unsigned type, std::span<const std::byte> body);
[[nodiscard]] Bytes raw_pdu(unsigned type, std::uint32_t length, std::span<const std::byte> body);

/// Message control header of a presentation data value (PS3.8 Annex E).
inline constexpr unsigned data_fragment = 0, command_fragment = 1, last_fragment = 2;
[[nodiscard]] Bytes pdv(unsigned context, unsigned control, std::span<const std::byte> content);
/// A P-DATA-TF PDU of one presentation data value.
[[nodiscard]] Bytes p_data(unsigned context, unsigned control, std::span<const std::byte> content);

/// One element in Implicit VR Little Endian, its value padded by nobody.
[[nodiscard]] Bytes element(std::uint32_t tag, std::string_view value);
[[nodiscard]] Bytes element(std::uint32_t tag, std::uint32_t length, std::string_view value);
/// A value of US as its two bytes.
[[nodiscard]] std::string us(std::uint16_t value);
[[nodiscard]] std::string ul(std::uint32_t value);
/// Even length, as UI (NUL) wants it.
[[nodiscard]] std::string ui(std::string_view uid);

}  // namespace cxr::storescp::conformance
