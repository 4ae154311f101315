#include "attribute_decoder.hpp"

#include "attribute_value.hpp"
#include "dicom/core/data_set_scan.hpp"

#include <algorithm>

namespace cxr::dicom {
namespace {

constexpr std::uint32_t specific_character_set = 0x0008'0005;

std::string_view characters_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A standard attribute sent as UN of defined length: its value is that of Implicit VR Little
/// Endian (PS3.5 6.2.2).
VR effective_vr(const ElementHeader& header) {
    if (header.vr != VR::UN) {
        return header.vr;
    }
    const VR vr = dictionary_vr(tag_key(header.tag));
    return is_text(vr) || is_number(vr) ? vr : VR::UN;
}

Result<void> check_group(const ElementHeader& header) {
    if (header.tag >> 16 < 0x0008) {
        return malformed_element(header, "its group has no place in a data set (PS3.5 7.8.1)");
    }
    return {};
}

}  // namespace

void AttributeDecoder::append(const ElementHeader& header, Attribute attribute) {
    Level& level = levels_.back();
    if (!level.attributes.empty() && tag_number(level.attributes.back().tag) >= header.tag) {
        level.in_order = false;
    }
    level.attributes.push_back(std::move(attribute));
}

Result<void> AttributeDecoder::value(const ElementHeader& header,
                                     std::span<const std::byte> value) {
    if (auto checked = check_group(header); !checked) {
        return checked;
    }
    const VR vr = effective_vr(header);
    auto text = text_of(header, vr, value);
    if (!text) {
        return text.error();
    }
    if (header.tag == specific_character_set) {
        auto set = CharacterSet::parse(*text);
        if (!set && !options_.lossy) {
            return set.error();
        }
        levels_.back().character_set = set ? *set : CharacterSet();
    }
    append(header, {.tag = tag_key(header.tag), .vr = vr, .value = std::move(*text)});
    return {};
}

/// What stands before Specific Character Set cannot be of it, also where a data set has it out of
/// order: written in order, nothing would say so. An item inherits the set from outside.
CharacterSet AttributeDecoder::set_of(const ElementHeader& header) const {
    const bool before_it = levels_.size() == 1 && header.tag < specific_character_set;
    return before_it ? CharacterSet() : levels_.back().character_set;
}

Result<std::string> AttributeDecoder::text_of(const ElementHeader& header,
                                              VR vr,
                                              std::span<const std::byte> value) {
    const std::string_view characters = characters_of(value);
    if (is_number(vr)) {
        const bool big_endian = header.encoding.big_endian && header.vr != VR::UN;
        auto text = number_text(vr, value, big_endian);
        if (!text && !options_.lossy) {
            return malformed_element(header, "its length is no multiple of its numbers' width");
        }
        return text ? std::move(*text) : std::string();
    }
    if (!is_text(vr)) {
        return std::string(characters);
    }
    const CharacterSet set = is_charset_text(vr) ? set_of(header) : CharacterSet();
    if (options_.lossy) {
        return without_padding(vr, set.to_utf8_lossy(characters, vr, &unconvertible_));
    }
    auto text = set.to_utf8(characters, vr);
    if (!text) {
        return malformed_element(header, text.error().doing);
    }
    return without_padding(vr, std::move(*text));
}

Result<void> AttributeDecoder::sequence_begins(const ElementHeader& header) {
    if (auto checked = check_group(header); !checked) {
        return checked;
    }
    append(header, {.tag = tag_key(header.tag), .vr = VR::SQ});
    return {};
}

void AttributeDecoder::item_begins() {
    const CharacterSet inherited = levels_.back().character_set;
    levels_.push_back({.attributes = {}, .character_set = inherited});
}

Result<void> AttributeDecoder::item_ends() {
    auto ordered = put_in_order(levels_.back());
    Attributes item = std::move(levels_.back().attributes);
    levels_.pop_back();
    // The open sequence is the last one appended at the level above.
    levels_.back().attributes.back().items.push_back(std::move(item));
    return ordered;
}

Result<void> AttributeDecoder::put_in_order(Level& level) {
    if (level.in_order) {
        return {};
    }
    Attributes& attributes = level.attributes;
    std::stable_sort(attributes.begin(),
                     attributes.end(),
                     [](const Attribute& a, const Attribute& b) { return a.tag < b.tag; });
    const auto twice = std::adjacent_find(
        attributes.begin(), attributes.end(), [](const Attribute& a, const Attribute& b) {
            return a.tag == b.tag;
        });
    if (twice != attributes.end()) {
        return Fault{.kind = FaultKind::malformed,
                     .doing = "an element stands twice in one data set (PS3.5 7.1)",
                     .element = twice->tag};
    }
    return {};
}

Result<Attributes> AttributeDecoder::finish() {
    if (auto ordered = put_in_order(levels_.front()); !ordered) {
        return ordered.error();
    }
    return std::move(levels_.front().attributes);
}

Result<Attributes> decode_attributes(std::span<const std::byte> bytes,
                                     const TransferSyntax& transfer_syntax,
                                     const AttributesLimits& limits) {
    std::vector<std::byte> inflated;
    if (transfer_syntax.deflated) {
        auto result = inflate_data_set(bytes, limits.inflated_bytes_max);
        if (!result) {
            return std::move(result).error();
        }
        inflated = std::move(*result);
        bytes = inflated;
    }
    const WalkRules rules{.encoding = {.explicit_vr = transfer_syntax.explicit_vr,
                                       .big_endian = transfer_syntax.big_endian},
                          .encapsulated = false,
                          .depth_max = limits.depth_max,
                          .elements_max = limits.elements_max};
    AttributeDecoder decoder({.lossy = false});
    if (auto walked = walk_data_set(bytes, 0, rules, decoder); !walked) {
        return walked.error();
    }
    return decoder.finish();
}

}  // namespace cxr::dicom
