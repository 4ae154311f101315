#include "storescp/upper_layer/pdu.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>
#include <utility>

namespace cxr::storescp::pdu {
namespace {

constexpr std::size_t remarks_max = 16;

/// The first thing wrong with a PDU. After it every reader is empty, so that all loops end.
class Verdict {
public:
    void fail(ProtocolError error, std::string why) {
        if (!malformed_) {
            malformed_ = Malformed{.error = error, .why = std::move(why)};
        }
    }
    [[nodiscard]] bool failed() const { return malformed_.has_value(); }
    [[nodiscard]] Malformed take() { return *std::move(malformed_); }

private:
    std::optional<Malformed> malformed_;
};

/// Takes big-endian values from the front. Asking for more than is there fails the PDU and gives
/// zeros or nothing.
class Reader {
public:
    Reader(Verdict& verdict, std::span<const std::byte> bytes, std::string_view what)
        : verdict_(verdict), bytes_(bytes), what_(what) {}

    [[nodiscard]] bool empty() const { return bytes_.empty() || verdict_.failed(); }

    /// Shorter than `count` (empty) only when the PDU has failed.
    std::span<const std::byte> take(std::size_t count) {
        if (count > bytes_.size()) {
            verdict_.fail(
                ProtocolError::invalid_parameter_value,
                fmt::format(
                    "{}: a length runs {} bytes past its end", what_, count - bytes_.size()));
            bytes_ = {};
            return {};
        }
        const std::span<const std::byte> taken = bytes_.first(count);
        bytes_ = bytes_.subspan(count);
        return taken;
    }
    std::span<const std::byte> rest() { return take(bytes_.size()); }
    std::uint8_t u8() {
        const auto one = take(1);
        return one.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(one[0]);
    }
    std::uint16_t u16() {
        const unsigned high = u8();
        return static_cast<std::uint16_t>(high << 8 | u8());
    }
    std::uint32_t u32() {
        const std::uint32_t high = u16();
        return high << 16 | u16();
    }
    std::span<const std::byte> counted() { return take(u16()); }

private:
    Verdict& verdict_;
    std::span<const std::byte> bytes_;
    std::string_view what_;
};

class AssociateDecoder {
public:
    AssociateDecoder(Verdict& verdict, AssociateHead& head) : verdict_(verdict), head_(head) {}

    void remark(std::string text) {
        if (head_.remarks.size() < remarks_max) {
            head_.remarks.push_back(std::move(text));
        }
    }

    std::string uid(std::span<const std::byte> bytes) {
        std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        const std::size_t end = text.find_last_not_of(std::string_view("\0 ", 2));
        if (end + 1 != text.size()) {
            remark("a UID is padded (PS3.8 Annex F: not in PDUs)");
            text.resize(end + 1);
        }
        if (text.size() > 64) {
            remark("a UID is longer than 64 characters");
        }
        return text;
    }

    void fixed_part(Reader& in) {
        head_.application_context.clear();
        head_.protocol_version = in.u16();
        in.take(2);
        copy_title(in.take(16), head_.called);
        copy_title(in.take(16), head_.calling);
        std::ranges::copy(in.take(32), head_.reserved.begin());
    }

    /// @param context called for items of type 20H or 21H
    template <typename Context>
    void items(Reader& in, std::uint8_t context_type, Context context) {
        bool application_context_seen = false;
        bool user_seen = false;
        while (!in.empty()) {
            const std::uint8_t type = in.u8();
            in.take(1);
            const std::span<const std::byte> body = in.counted();
            if (type == 0x10) {
                once(application_context_seen, "application context");
                head_.application_context = uid(body);
            } else if (type == context_type) {
                context(body);
            } else if (type == 0x50) {
                once(user_seen, "user information");
                user_information(Reader(verdict_, body, "user information item"));
            } else {
                remark(fmt::format("unknown item {:02X}H skipped", type));
            }
        }
        if (!head_.user.pdu_bytes_max) {
            remark("no Maximum Length sub-item (51H)");
        }
        if (head_.user.implementation_class_uid.empty()) {
            remark("no Implementation Class UID sub-item (52H)");
        }
    }

private:
    void once(bool& seen, std::string_view what) {
        if (std::exchange(seen, true)) {
            verdict_.fail(ProtocolError::unexpected_parameter,
                          fmt::format("a second {} item", what));
        }
    }

    void copy_title(std::span<const std::byte> bytes, TitleField& field) {
        std::ranges::transform(
            bytes, field.begin(), [](std::byte b) { return static_cast<char>(b); });
        if (std::ranges::find(field, '\0') != field.end()) {
            remark("an AE title is padded with NUL");
        }
    }

    void user_information(Reader in) {
        UserInformation& user = head_.user;
        while (!in.empty()) {
            const std::uint8_t type = in.u8();
            in.take(1);
            Reader item(verdict_, in.counted(), "user information sub-item");
            switch (type) {
                case 0x51:
                    user.pdu_bytes_max = item.u32();
                    break;
                case 0x52:
                    user.implementation_class_uid = uid(item.rest());
                    break;
                case 0x53:
                    user.asynchronous_window.emplace();
                    user.asynchronous_window->operations_invoked_max = item.u16();
                    user.asynchronous_window->operations_performed_max = item.u16();
                    break;
                case 0x55: {
                    const auto name = item.rest();
                    user.implementation_version_name.assign(
                        reinterpret_cast<const char*>(name.data()), name.size());
                    break;
                }
                default:
                    negotiation_item(type, item);
            }
        }
    }

    void negotiation_item(std::uint8_t type, Reader& item) {
        UserInformation& user = head_.user;
        switch (type) {
            case 0x54: {
                RoleItem role;
                role.sop_class_uid = uid(item.counted());
                role.roles.scu = item.u8() == 1;
                role.roles.scp = item.u8() == 1;
                user.roles.push_back(std::move(role));
                break;
            }
            case 0x56: {
                ExtendedNegotiationItem extended;
                extended.sop_class_uid = uid(item.counted());
                for (const std::byte b : item.rest()) {
                    extended.information.push_back(std::to_integer<std::uint8_t>(b));
                }
                user.extended.push_back(std::move(extended));
                break;
            }
            case 0x57: {
                CommonExtendedNegotiationItem common;
                common.sop_class_uid = uid(item.counted());
                common.service_class_uid = uid(item.counted());
                Reader related(
                    verdict_, item.counted(), "related general SOP class identification");
                while (!related.empty()) {
                    common.related_general_sop_class_uids.push_back(uid(related.counted()));
                }
                user.common.push_back(std::move(common));
                break;
            }
            case 0x58: {
                UserIdentityItem identity;
                identity.type = item.u8();
                identity.positive_response_requested = item.u8() == 1;
                const auto primary = item.counted();
                identity.primary.assign(primary.begin(), primary.end());
                const auto secondary = item.counted();
                identity.secondary.assign(secondary.begin(), secondary.end());
                user.identity = std::move(identity);
                break;
            }
            case 0x59: {
                const auto response = item.counted();
                user.identity_response.emplace(response.begin(), response.end());
                break;
            }
            default:
                remark(fmt::format("unknown user information sub-item {:02X}H skipped", type));
        }
    }

    Verdict& verdict_;
    AssociateHead& head_;
};

ProposedContext proposed_context(Verdict& verdict,
                                 AssociateDecoder& decoder,
                                 std::span<const std::byte> body) {
    Reader in(verdict, body, "presentation context item");
    ProposedContext context{.id = in.u8(), .abstract_syntax = {}, .transfer_syntaxes = {}};
    in.take(3);
    bool abstract_syntax_seen = false;
    while (!in.empty()) {
        const std::uint8_t type = in.u8();
        in.take(1);
        const std::span<const std::byte> value = in.counted();
        if (type == 0x30) {
            if (std::exchange(abstract_syntax_seen, true)) {
                verdict.fail(ProtocolError::unexpected_parameter,
                             "a second abstract syntax in a context");
            }
            context.abstract_syntax = decoder.uid(value);
        } else if (type == 0x40) {
            context.transfer_syntaxes.push_back(decoder.uid(value));
        } else {
            decoder.remark(fmt::format("unknown presentation sub-item {:02X}H skipped", type));
        }
    }
    return context;
}

AnsweredContext answered_context(Verdict& verdict,
                                 AssociateDecoder& decoder,
                                 std::span<const std::byte> body) {
    Reader in(verdict, body, "presentation context item");
    AnsweredContext context{.id = in.u8(), .result = {}, .transfer_syntax = {}};
    in.take(1);
    context.result = static_cast<ContextResult>(in.u8());
    in.take(1);
    while (!in.empty()) {
        const std::uint8_t type = in.u8();
        in.take(1);
        const std::span<const std::byte> value = in.counted();
        // Whatever stands there in a refused context is not significant (PS3.8 §9.3.3.2).
        if (type == 0x40 && context.result == ContextResult::acceptance) {
            context.transfer_syntax = decoder.uid(value);
        }
    }
    return context;
}

/// PS3.8 §9.3.2.2: odd, and no two alike.
class ContextIds {
public:
    explicit ContextIds(Verdict& verdict) : verdict_(verdict) {}
    void admit(std::uint8_t id) {
        if (id % 2 == 0) {
            verdict_.fail(ProtocolError::invalid_parameter_value,
                          fmt::format("presentation context id {} is not odd", id));
        }
        if (seen_.test(id)) {
            verdict_.fail(ProtocolError::invalid_parameter_value,
                          fmt::format("presentation context id {} is used twice", id));
        }
        seen_.set(id);
    }

private:
    Verdict& verdict_;
    std::bitset<256> seen_;
};

std::array<std::uint8_t, 4> four_bytes(Verdict& verdict,
                                       std::span<const std::byte> body,
                                       std::string_view what) {
    if (body.size() != 4) {
        verdict.fail(ProtocolError::invalid_parameter_value,
                     fmt::format("an {} PDU of length {} instead of 4", what, body.size()));
    }
    Reader in(verdict, body, what);
    return {in.u8(), in.u8(), in.u8(), in.u8()};
}

template <typename T, typename Decode>
Decoded<T> decoded(Decode decode) {
    Verdict verdict;
    T value{};
    decode(verdict, value);
    if (verdict.failed()) {
        return verdict.take();
    }
    return value;
}

}  // namespace

Decoded<AssociateRQ> decode_associate_rq(std::span<const std::byte> body) {
    return decoded<AssociateRQ>([&](Verdict& verdict, AssociateRQ& request) {
        Reader in(verdict, body, "A-ASSOCIATE-RQ");
        AssociateDecoder decoder(verdict, request);
        ContextIds ids(verdict);
        decoder.fixed_part(in);
        decoder.items(in, 0x20, [&](std::span<const std::byte> item) {
            request.contexts.push_back(proposed_context(verdict, decoder, item));
            ids.admit(request.contexts.back().id);
        });
    });
}

Decoded<AssociateAC> decode_associate_ac(std::span<const std::byte> body) {
    return decoded<AssociateAC>([&](Verdict& verdict, AssociateAC& answer) {
        Reader in(verdict, body, "A-ASSOCIATE-AC");
        AssociateDecoder decoder(verdict, answer);
        ContextIds ids(verdict);
        decoder.fixed_part(in);
        decoder.items(in, 0x21, [&](std::span<const std::byte> item) {
            answer.contexts.push_back(answered_context(verdict, decoder, item));
            ids.admit(answer.contexts.back().id);
        });
    });
}

Decoded<Rejection> decode_associate_rj(std::span<const std::byte> body) {
    return decoded<Rejection>([&](Verdict& verdict, Rejection& rejection) {
        const auto bytes = four_bytes(verdict, body, "A-ASSOCIATE-RJ");
        rejection = {.result = bytes[1], .source = bytes[2], .reason = bytes[3]};
    });
}

Decoded<AbortReason> decode_abort(std::span<const std::byte> body) {
    return decoded<AbortReason>([&](Verdict& verdict, AbortReason& reason) {
        const auto bytes = four_bytes(verdict, body, "A-ABORT");
        reason = {.source = bytes[2], .reason = bytes[3]};
    });
}

}  // namespace cxr::storescp::pdu
