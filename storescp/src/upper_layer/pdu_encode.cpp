#include "storescp/upper_layer/pdu.hpp"

#include <algorithm>
#include <stdexcept>

namespace cxr::storescp::pdu {
namespace {

/// Big-endian, and lengths filled in when what they measure is complete.
class Writer {
public:
    void u8(unsigned value) { bytes_.push_back(static_cast<std::byte>(value)); }
    void u16(unsigned value) {
        u8(value >> 8 & 0xFFU);
        u8(value & 0xFFU);
    }
    void u32(std::uint32_t value) {
        u16(value >> 16);
        u16(value & 0xFFFFU);
    }
    void text(std::string_view value) {
        for (const char c : value) {
            u8(static_cast<unsigned char>(c));
        }
    }
    void raw(std::span<const std::byte> value) {
        bytes_.insert(bytes_.end(), value.begin(), value.end());
    }
    /// A 16-bit length and the text.
    void counted(std::string_view value) {
        u16(static_cast<unsigned>(value.size()));
        text(value);
    }
    void counted(std::span<const std::byte> value) {
        u16(static_cast<unsigned>(value.size()));
        raw(value);
    }

    template <typename Body>
    void item(unsigned type, Body body, unsigned second_byte = 0) {
        u8(type);
        u8(second_byte);
        const std::size_t length_at = bytes_.size();
        u16(0);
        body();
        const std::size_t length = bytes_.size() - length_at - 2;
        if (length > 0xFFFF) {
            throw std::length_error("an item of an A-ASSOCIATE PDU is longer than 65535 bytes");
        }
        bytes_[length_at] = static_cast<std::byte>(length >> 8);
        bytes_[length_at + 1] = static_cast<std::byte>(length & 0xFF);
    }
    void text_item(unsigned type, std::string_view value) {
        item(type, [&] { text(value); });
    }

    [[nodiscard]] std::vector<std::byte> finish() && {
        const std::size_t length = bytes_.size() - header_bytes;
        for (std::size_t i = 0; i < 4; ++i) {
            bytes_[2 + i] = static_cast<std::byte>(length >> (24 - 8 * i) & 0xFF);
        }
        return std::move(bytes_);
    }

    static Writer begin(Type type) {
        Writer writer;
        writer.u8(static_cast<unsigned>(type));
        writer.u8(0);
        writer.u32(0);
        return writer;
    }

private:
    std::vector<std::byte> bytes_;
};

void write_negotiation(Writer& out, const UserInformation& user) {
    for (const RoleItem& role : user.roles) {
        out.item(0x54, [&] {
            out.counted(role.sop_class_uid);
            out.u8(role.roles.scu ? 1 : 0);
            out.u8(role.roles.scp ? 1 : 0);
        });
    }
    for (const ExtendedNegotiationItem& extended : user.extended) {
        out.item(0x56, [&] {
            out.counted(extended.sop_class_uid);
            out.raw(std::as_bytes(std::span(extended.information)));
        });
    }
    for (const CommonExtendedNegotiationItem& common : user.common) {
        out.item(0x57, [&] {
            out.counted(common.sop_class_uid);
            out.counted(common.service_class_uid);
            std::size_t related_bytes = 0;
            for (const std::string& uid : common.related_general_sop_class_uids) {
                related_bytes += 2 + uid.size();
            }
            out.u16(static_cast<unsigned>(related_bytes));
            for (const std::string& uid : common.related_general_sop_class_uids) {
                out.counted(uid);
            }
        });
    }
}

void write_user_information(Writer& out, const UserInformation& user) {
    out.item(0x50, [&] {
        if (user.pdu_bytes_max) {
            out.item(0x51, [&] { out.u32(*user.pdu_bytes_max); });
        }
        if (!user.implementation_class_uid.empty()) {
            out.text_item(0x52, user.implementation_class_uid);
        }
        if (user.asynchronous_window) {
            out.item(0x53, [&] {
                out.u16(user.asynchronous_window->operations_invoked_max);
                out.u16(user.asynchronous_window->operations_performed_max);
            });
        }
        if (!user.implementation_version_name.empty()) {
            out.text_item(0x55, user.implementation_version_name);
        }
        write_negotiation(out, user);
        if (user.identity) {
            out.item(0x58, [&] {
                out.u8(user.identity->type);
                out.u8(user.identity->positive_response_requested ? 1 : 0);
                out.counted(user.identity->primary);
                out.counted(user.identity->secondary);
            });
        }
        if (user.identity_response) {
            out.item(0x59, [&] { out.counted(*user.identity_response); });
        }
    });
}

Writer begin_associate(Type type, const AssociateHead& head) {
    Writer out = Writer::begin(type);
    out.u16(head.protocol_version);
    out.u16(0);
    out.text({head.called.data(), head.called.size()});
    out.text({head.calling.data(), head.calling.size()});
    out.raw(head.reserved);
    if (!head.application_context.empty()) {
        out.text_item(0x10, head.application_context);
    }
    return out;
}

std::vector<std::byte> four_bytes(Type type, unsigned second, unsigned third, unsigned fourth) {
    Writer out = Writer::begin(type);
    out.u8(0);
    out.u8(second);
    out.u8(third);
    out.u8(fourth);
    return std::move(out).finish();
}

}  // namespace

TitleField title_field(std::string_view title) {
    TitleField field;
    field.fill(' ');
    std::copy_n(title.begin(), std::min(title.size(), field.size()), field.begin());
    return field;
}

std::string title_of(const TitleField& field) {
    std::string_view text(field.data(), field.size());
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) {
        text.remove_suffix(1);
    }
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    return std::string(text);
}

std::vector<std::byte> encode(const AssociateRQ& request) {
    Writer out = begin_associate(Type::associate_rq, request);
    for (const ProposedContext& context : request.contexts) {
        out.item(0x20, [&] {
            out.u8(context.id);
            out.u8(0);
            out.u16(0);
            out.text_item(0x30, context.abstract_syntax);
            for (const std::string& syntax : context.transfer_syntaxes) {
                out.text_item(0x40, syntax);
            }
        });
    }
    write_user_information(out, request.user);
    return std::move(out).finish();
}

std::vector<std::byte> encode(const AssociateAC& answer) {
    Writer out = begin_associate(Type::associate_ac, answer);
    for (const AnsweredContext& context : answer.contexts) {
        out.item(0x21, [&] {
            out.u8(context.id);
            out.u8(0);
            out.u8(static_cast<unsigned>(context.result));
            out.u8(0);
            out.text_item(0x40, context.transfer_syntax);
        });
    }
    write_user_information(out, answer.user);
    return std::move(out).finish();
}

std::vector<std::byte> encode(const Rejection& rejection) {
    return four_bytes(Type::associate_rj, rejection.result, rejection.source, rejection.reason);
}

std::vector<std::byte> encode(const AbortReason& reason) {
    return four_bytes(Type::abort, 0, reason.source, reason.reason);
}

std::vector<std::byte> encode_release_rq() {
    return four_bytes(Type::release_rq, 0, 0, 0);
}

std::vector<std::byte> encode_release_rp() {
    return four_bytes(Type::release_rp, 0, 0, 0);
}

}  // namespace cxr::storescp::pdu
