#include "storescp/upper_layer/upper_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cxr::storescp {
namespace {

/// A peer may flush an empty fragment now and then; one that sends nothing else is stopped.
constexpr unsigned empty_pdvs_max = 16;

constexpr Evt evt_of(std::uint8_t pdu_type) {
    switch (static_cast<pdu::Type>(pdu_type)) {
        case pdu::Type::associate_rq:
            return Evt::associate_rq_pdu;
        case pdu::Type::associate_ac:
            return Evt::associate_ac_pdu;
        case pdu::Type::associate_rj:
            return Evt::associate_rj_pdu;
        case pdu::Type::p_data_tf:
            return Evt::p_data_tf_pdu;
        case pdu::Type::release_rq:
            return Evt::release_rq_pdu;
        case pdu::Type::release_rp:
            return Evt::release_rp_pdu;
        case pdu::Type::abort:
            return Evt::abort_pdu;
    }
    return Evt::invalid_pdu;
}

constexpr std::string_view name_of(std::uint8_t pdu_type) {
    constexpr std::array<std::string_view, 8> names{"",
                                                    "A-ASSOCIATE-RQ",
                                                    "A-ASSOCIATE-AC",
                                                    "A-ASSOCIATE-RJ",
                                                    "P-DATA-TF",
                                                    "A-RELEASE-RQ",
                                                    "A-RELEASE-RP",
                                                    "A-ABORT"};
    return pdu_type < names.size() ? names.at(pdu_type) : "";
}

std::uint32_t u32_at(std::span<const std::byte> bytes, std::size_t offset) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value = value << 8 | std::to_integer<std::uint32_t>(bytes[offset + i]);
    }
    return value;
}

}  // namespace

void UpperLayer::receive(std::span<const std::byte> bytes) {
    std::span<const std::byte> input = bytes;
    while (!input.empty() && state_ != State::sta1) {
        switch (expect_) {
            case Expect::pdu_header:
                if (const auto header = gather(input, pdu::header_bytes); !header.empty()) {
                    type_ = std::to_integer<std::uint8_t>(header[0]);
                    body_left_ = u32_at(header, 2);
                    partial_.clear();
                    begin_pdu();
                }
                break;
            case Expect::body:
                if (const auto body = gather(input, body_left_); !body.empty()) {
                    expect_ = Expect::pdu_header;
                    end_body(body);
                    partial_ = {};
                }
                break;
            case Expect::pdv_header:
                if (const auto header = gather(input, pdu::pdv_header_bytes); !header.empty()) {
                    begin_pdv(header);
                    partial_.clear();
                }
                break;
            case Expect::pdv_bytes: {
                const auto part = input.first(std::min<std::size_t>(input.size(), pdv_left_));
                input = input.subspan(part.size());
                data_part(part);
                break;
            }
            case Expect::skipped: {
                const std::size_t skipped = std::min<std::size_t>(input.size(), body_left_);
                input = input.subspan(skipped);
                body_left_ -= static_cast<std::uint32_t>(skipped);
                skip_rest();
                break;
            }
        }
    }
}

/// All of `wanted` bytes, straight from the input where they lie together; empty: more must come.
std::span<const std::byte> UpperLayer::gather(std::span<const std::byte>& input,
                                              std::size_t wanted) {
    if (partial_.empty() && input.size() >= wanted) {
        const auto whole = input.first(wanted);
        input = input.subspan(wanted);
        return whole;
    }
    const auto more = input.first(std::min(input.size(), wanted - partial_.size()));
    input = input.subspan(more.size());
    partial_.insert(partial_.end(), more.begin(), more.end());
    return partial_.size() == wanted ? std::span<const std::byte>(partial_)
                                     : std::span<const std::byte>();
}

/// What is left of the PDU has been answered already.
void UpperLayer::skip_rest() {
    expect_ = body_left_ == 0 ? Expect::pdu_header : Expect::skipped;
}

void UpperLayer::invalid(ProtocolError error, std::string why) {
    happens(Evt::invalid_pdu, {.error = error, .why = std::move(why)});
    skip_rest();
}

/// The header is complete: refuse at once what the state does not allow or no peer may announce.
void UpperLayer::begin_pdu() {
    const Evt evt = evt_of(type_);
    if (evt == Evt::invalid_pdu) {
        return invalid(ProtocolError::unrecognized_pdu,
                       fmt::format("unrecognized PDU type {:02X}H", type_));
    }
    const Action action = action_for(evt, state_);
    if (action == Action::aa1 || (action >= Action::aa6 && action <= Action::aa8)) {
        happens(evt,
                {.error = ProtocolError::unexpected_pdu,
                 .why = fmt::format("unexpected {} PDU", name_of(type_))});
        return skip_rest();
    }
    const bool association_pdu = evt == Evt::associate_rq_pdu || evt == Evt::associate_ac_pdu;
    const bool data_pdu = evt == Evt::p_data_tf_pdu;
    const std::uint32_t bytes_min = data_pdu ? pdu::pdv_header_bytes : 4;
    const std::uint32_t bytes_max = association_pdu ? pdu::associate_bytes_max
                                    : data_pdu      ? data_bytes_max()
                                                    : 4;
    if (body_left_ < bytes_min || body_left_ > bytes_max) {
        return invalid(ProtocolError::invalid_parameter_value,
                       fmt::format("{} PDU of length {}; {} to {} are borne",
                                   name_of(type_),
                                   body_left_,
                                   bytes_min,
                                   bytes_max));
    }
    if (data_pdu && settings_.pdu_bytes_max != 0 && body_left_ > settings_.pdu_bytes_max) {
        ++oversized_pdus_;
    }
    expect_ = data_pdu ? Expect::pdv_header : Expect::body;
}

std::uint32_t UpperLayer::data_bytes_max() const {
    return settings_.pdu_bytes_max == 0
               ? unlimited_pdu_bytes_max
               : std::max(settings_.pdu_bytes_max, settings_.lenient_pdu_bytes_max);
}

void UpperLayer::end_body(std::span<const std::byte> body) {
    body_left_ = 0;
    const auto indicate = [&]<typename T, typename Make>(pdu::Decoded<T> decoded, Make make) {
        if (auto* malformed = std::get_if<pdu::Malformed>(&decoded)) {
            invalid(malformed->error, std::move(malformed->why));
        } else {
            pending_ = make(std::move(std::get<T>(decoded)));
            happens(evt_of(type_));
        }
    };
    switch (static_cast<pdu::Type>(type_)) {
        case pdu::Type::associate_rq:
            return indicate(pdu::decode_associate_rq(body), [](pdu::AssociateRQ request) {
                return AssociateIndication{std::move(request)};
            });
        case pdu::Type::associate_ac:
            return indicate(pdu::decode_associate_ac(body), [this](pdu::AssociateAC answer) {
                accept_contexts(answer);
                return AssociateConfirmation{std::move(answer)};
            });
        case pdu::Type::associate_rj:
            return indicate(pdu::decode_associate_rj(body),
                            [](Rejection rejection) { return RejectConfirmation{rejection}; });
        case pdu::Type::abort:
            return indicate(pdu::decode_abort(body),
                            [](AbortReason reason) { return AbortIndication{reason}; });
        default:  // the four bytes of a release PDU are reserved
            happens(evt_of(type_));
    }
}

void UpperLayer::begin_pdv(std::span<const std::byte> header) {
    const std::uint32_t length = u32_at(header, 0);
    body_left_ -= pdu::pdv_header_bytes;
    pdv_.presentation_context_id = std::to_integer<std::uint8_t>(header[4]);
    // Message control header (Annex E.2): the other bits are not tested.
    pdv_.command = (std::to_integer<unsigned>(header[5]) & 1U) != 0;
    pdv_.last = (std::to_integer<unsigned>(header[5]) & 2U) != 0;
    if (length < 2 || length - 2 > body_left_) {
        return invalid(ProtocolError::invalid_parameter_value,
                       fmt::format("a presentation data value of length {} with {} bytes of its "
                                   "PDU left",
                                   length,
                                   body_left_ + 2));
    }
    if (!contexts_.test(pdv_.presentation_context_id)) {
        return invalid(ProtocolError::invalid_parameter_value,
                       fmt::format("data on presentation context {}, which was not accepted",
                                   pdv_.presentation_context_id));
    }
    pdv_left_ = length - 2;
    empty_pdvs_ = pdv_left_ == 0 && !pdv_.last ? empty_pdvs_ + 1 : 0;
    if (empty_pdvs_ > empty_pdvs_max) {
        return invalid(ProtocolError::invalid_parameter_value,
                       "nothing but empty presentation data values");
    }
    expect_ = Expect::pdv_bytes;
    if (pdv_left_ == 0) {
        data_part({});
    }
}

void UpperLayer::data_part(std::span<const std::byte> bytes) {
    const auto count = static_cast<std::uint32_t>(bytes.size());
    pdv_left_ -= count;
    body_left_ -= count;
    // We may have aborted while the peer's PDU was still coming in.
    if (state_ == State::sta6 || state_ == State::sta7) {
        DataIndication part = pdv_;
        part.last = pdv_.last && pdv_left_ == 0;
        part.bytes = bytes;
        indications_.emplace_back(part);
    } else {
        return skip_rest();
    }
    if (pdv_left_ != 0) {
        return;
    }
    if (body_left_ == 0) {
        expect_ = Expect::pdu_header;
    } else if (body_left_ < pdu::pdv_header_bytes) {
        invalid(ProtocolError::invalid_parameter_value,
                "bytes after the last presentation data value");
    } else {
        expect_ = Expect::pdv_header;
    }
}

}  // namespace cxr::storescp
