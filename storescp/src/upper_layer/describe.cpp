#include "storescp/upper_layer/pdu.hpp"

#include <fmt/format.h>

namespace cxr::storescp {
namespace {

std::string_view rejection_text(const Rejection& rejection) {
    switch (rejection.source << 8 | rejection.reason) {
        case 0x0101:
            return "no reason given";
        case 0x0102:
            return "application context name not supported";
        case 0x0103:
            return "calling AE title not recognized";
        case 0x0107:
            return "called AE title not recognized";
        case 0x0201:
            return "no reason given";
        case 0x0202:
            return "protocol version not supported";
        case 0x0301:
            return "temporary congestion";
        case 0x0302:
            return "local limit exceeded";
        default:
            return "reserved reason";
    }
}

std::string_view rejecting_party(std::uint8_t source) {
    switch (source) {
        case 1:
            return "service user";
        case 2:
            return "service provider (ACSE)";
        case 3:
            return "service provider (presentation)";
        default:
            return "unknown source";
    }
}

std::string_view abort_text(const AbortReason& reason) {
    switch (static_cast<ProtocolError>(reason.reason)) {
        case ProtocolError::not_specified:
            return "reason not specified";
        case ProtocolError::unrecognized_pdu:
            return "unrecognized PDU";
        case ProtocolError::unexpected_pdu:
            return "unexpected PDU";
        case ProtocolError::unrecognized_parameter:
            return "unrecognized PDU parameter";
        case ProtocolError::unexpected_parameter:
            return "unexpected PDU parameter";
        case ProtocolError::invalid_parameter_value:
            return "invalid PDU parameter value";
    }
    return "reserved reason";
}

}  // namespace

std::string describe(const Rejection& rejection) {
    return fmt::format("rejected {} by the {}: {} ({}/{}/{})",
                       rejection.result == 1 ? "permanently" : "transiently",
                       rejecting_party(rejection.source),
                       rejection_text(rejection),
                       rejection.result,
                       rejection.source,
                       rejection.reason);
}

std::string describe(const AbortReason& reason) {
    if (reason.source == 0) {
        return fmt::format("aborted by the service user (0/{})", reason.reason);
    }
    return fmt::format("aborted by the service provider: {} ({}/{})",
                       abort_text(reason),
                       reason.source,
                       reason.reason);
}

}  // namespace cxr::storescp
