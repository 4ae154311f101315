#include "conformance/verification_steps.hpp"

namespace cxr::storescp::conformance {

CommandSet echo_rq(std::uint16_t message_id) {
    return request_of(CommandField::c_echo_rq, sop::verification, message_id);
}

Bytes echo_elements(std::initializer_list<Bytes> elements, std::optional<std::uint32_t> length) {
    Bytes all;
    for (const Bytes& one : elements) {
        all = std::move(all) + one;
    }
    const auto size = static_cast<std::uint32_t>(all.size());
    return element(0x0000'0000, ul(length.value_or(size))) + all;
}

Bytes affected_class() {
    return element(0x0000'0002, ui(sop::verification));
}

Bytes command_field(std::uint16_t field) {
    return element(0x0000'0100, us(field));
}

Bytes message_id(std::uint16_t id) {
    return element(0x0000'0110, us(id));
}

Bytes data_set_type(std::uint16_t type) {
    return element(0x0000'0800, us(type));
}

std::string expect_answer(Play& play, std::string_view expected, const Bytes& command) {
    Probe probe = play.open({sop::verification});
    probe.send(p_data(1, command_fragment | last_fragment, command));
    const Seen answer = probe.receive();
    play.expect(expected, answer);
    if (answer.message) {
        play.expect_alive(probe);
    }
    return answer.text;
}

}  // namespace cxr::storescp::conformance
