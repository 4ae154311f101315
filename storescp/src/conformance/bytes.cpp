#include "conformance/bytes.hpp"

#include <algorithm>

namespace cxr::storescp::conformance {

namespace {

void append_big_endian(Bytes& out, std::uint32_t value) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        out.push_back(static_cast<std::byte>(value >> shift));
    }
}

std::string little_endian(std::uint32_t value, unsigned width) {
    std::string text;
    for (unsigned i = 0; i < width; ++i) {
        text += static_cast<char>(value >> (8 * i) & 0xFFU);
    }
    return text;
}

}  // namespace

Bytes bytes(std::initializer_list<unsigned> values) {
    Bytes result;
    for (const unsigned value : values) {
        result.push_back(static_cast<std::byte>(value));
    }
    return result;
}

Bytes bytes(std::string_view text) {
    const auto view = std::as_bytes(std::span(text));
    return {view.begin(), view.end()};
}

Bytes operator+(Bytes left, std::span<const std::byte> right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Bytes raw_pdu(unsigned type, std::uint32_t length, std::span<const std::byte> body) {
    Bytes pdu = bytes({type, 0});
    append_big_endian(pdu, length);
    return std::move(pdu) + body;
}

Bytes raw_pdu(unsigned type, std::span<const std::byte> body) {
    return raw_pdu(type, static_cast<std::uint32_t>(body.size()), body);
}

Bytes pdv(unsigned context, unsigned control, std::span<const std::byte> content) {
    Bytes value;
    append_big_endian(value, static_cast<std::uint32_t>(content.size() + 2));
    return std::move(value) + bytes({context, control}) + content;
}

Bytes p_data(unsigned context, unsigned control, std::span<const std::byte> content) {
    return raw_pdu(4, pdv(context, control, content));
}

Bytes element(std::uint32_t tag, std::uint32_t length, std::string_view value) {
    return bytes(little_endian(tag >> 16U, 2) + little_endian(tag & 0xFFFFU, 2) +
                 little_endian(length, 4) + std::string(value));
}

Bytes element(std::uint32_t tag, std::string_view value) {
    return element(tag, static_cast<std::uint32_t>(value.size()), value);
}

std::string us(std::uint16_t value) {
    return little_endian(value, 2);
}

std::string ul(std::uint32_t value) {
    return little_endian(value, 4);
}

std::string ui(std::string_view uid) {
    std::string text(uid);
    if (text.size() % 2 != 0) {
        text += '\0';
    }
    return text;
}

}  // namespace cxr::storescp::conformance
