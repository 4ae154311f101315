#include "attribute_value.hpp"
#include "dicom/core/attributes.hpp"
#include "dicom/core/data_set_scan.hpp"
#include "element_walker.hpp"

#include <algorithm>
#include <stdexcept>

namespace cxr::dicom {
namespace {

constexpr std::uint32_t specific_character_set = 0x0008'0005;
constexpr std::size_t short_length_max = 0xFFFE;

/// May text go without a Specific Character Set? Not with an ESC: readers of the default repertoire
/// would look for a code extension behind it (PS3.5 6.1.2.5.3).
bool needs_no_character_set(const Attributes& attributes) {
    return std::ranges::all_of(attributes, [](const Attribute& attribute) {
        const bool plain =
            is_ascii(attribute.value) && attribute.value.find('\x1b') == std::string::npos;
        return (!is_charset_text(attribute.vr) || plain) &&
               std::ranges::all_of(attribute.items, needs_no_character_set);
    });
}

/// Not less than what the encoding takes: one allocation for the whole.
std::size_t encoded_bytes_max(const Attributes& attributes) {
    std::size_t total = 0;
    for (const Attribute& attribute : attributes) {
        // A number takes at most four times its text with separator: "1\" as FD.
        total += 14 + attribute.value.size() +
                 (is_number(attribute.vr) ? 4 * attribute.value.size() + 8 : 0);
        for (const Attributes& item : attribute.items) {
            total += 8 + encoded_bytes_max(item);
        }
    }
    return total;
}

class Encoder {
public:
    Encoder(bool explicit_vr, std::size_t bytes_max) : explicit_vr_(explicit_vr) {
        bytes_.reserve(bytes_max);
    }

    /// @param label whether Specific Character Set says UTF-8; any other one is left out: the text
    /// is UTF-8 whatever it had been.
    void write(const Attributes& attributes, bool label) {
        for (const Attribute& attribute : attributes) {
            const std::uint32_t tag = tag_number(attribute.tag);
            if (label && tag >= specific_character_set) {
                write_utf8_label();
                label = false;
            }
            if (tag != specific_character_set) {
                write(attribute);
            }
        }
    }

    std::vector<std::byte> take() { return std::move(bytes_); }

private:
    void write_utf8_label() {
        static const Attribute utf8{
            .tag = tag_key(specific_character_set), .vr = VR::CS, .value = "ISO_IR 192"};
        write_value(utf8, VR::CS);
    }

    void write(const Attribute& attribute) {
        if (attribute.vr == VR::SQ) {
            return write_sequence(attribute);
        }
        if (explicit_vr_ && !has_long_length(attribute.vr) &&
            attribute.value.size() > short_length_max) {
            return write_value(attribute, VR::UN);
        }
        write_value(attribute, attribute.vr);
    }

    void append_item_header() {
        static constexpr std::byte header[8] = {
            std::byte{0xFE}, std::byte{0xFF}, std::byte{0x00}, std::byte{0xE0}};
        bytes_.insert(bytes_.end(), std::begin(header), std::end(header));
    }
    void store(std::size_t at, std::uint32_t value, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) {
            bytes_[at + i] = static_cast<std::byte>((value >> (8 * i)) & 0xFF);
        }
    }

    /// Writes a header whose length is stored when the value has been written.
    void begin(std::uint32_t tag, VR written) {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + (explicit_vr_ && has_long_length(written) ? 12 : 8));
        store(at, tag >> 16, 2);
        store(at + 2, tag & 0xFFFF, 2);
        if (explicit_vr_) {
            const auto code = static_cast<std::uint16_t>(written);
            store(at + 4, static_cast<std::uint32_t>((code >> 8) | (code << 8)), 2);
        }
    }
    void end(std::size_t value_begin, VR written) {
        const auto length = static_cast<std::uint32_t>(bytes_.size() - value_begin);
        const std::size_t width = explicit_vr_ && !has_long_length(written) ? 2 : 4;
        store(value_begin - width, length, width);
    }

    void write_value(const Attribute& attribute, VR written) {
        begin(tag_number(attribute.tag), written);
        const std::size_t value_begin = bytes_.size();
        if (is_number(attribute.vr)) {
            if (!append_numbers(attribute.vr, attribute.value, bytes_)) {
                bytes_.resize(value_begin);
            }
        } else {
            const auto* value = reinterpret_cast<const std::byte*>(attribute.value.data());
            bytes_.insert(bytes_.end(), value, value + attribute.value.size());
            if (attribute.value.size() % 2 != 0) {
                const bool space = is_text(attribute.vr) && attribute.vr != VR::UI;
                bytes_.push_back(space ? std::byte{' '} : std::byte{0});
            }
        }
        end(value_begin, written);
    }

    void write_sequence(const Attribute& attribute) {
        begin(tag_number(attribute.tag), VR::SQ);
        const std::size_t value_begin = bytes_.size();
        for (const Attributes& item : attribute.items) {
            append_item_header();
            const std::size_t item_begin = bytes_.size();
            write(item, false);
            store(item_begin - 4, static_cast<std::uint32_t>(bytes_.size() - item_begin), 4);
        }
        end(value_begin, VR::SQ);
    }

    bool explicit_vr_;
    std::vector<std::byte> bytes_;
};

}  // namespace

std::vector<std::byte> encode_attributes(const Attributes& attributes,
                                         const TransferSyntax& transfer_syntax) {
    if (transfer_syntax.big_endian || transfer_syntax.encapsulated) {
        throw std::invalid_argument("attributes are encoded in little endian only");
    }
    Encoder encoder(transfer_syntax.explicit_vr, encoded_bytes_max(attributes) + 18);
    encoder.write(attributes, !needs_no_character_set(attributes));
    std::vector<std::byte> bytes = encoder.take();
    return transfer_syntax.deflated ? deflate_data_set(bytes) : bytes;
}

}  // namespace cxr::dicom
