#include "element_walker.hpp"

#include "byte_order.hpp"

#include <fmt/format.h>

namespace cxr::dicom {
namespace {

constexpr std::uint32_t item_tag = 0xFFFE'E000;
constexpr std::uint32_t item_delimiter = 0xFFFE'E00D;
constexpr std::uint32_t sequence_delimiter = 0xFFFE'E0DD;
constexpr std::uint32_t pixel_data = 0x7FE0'0010;

/// A place whose content is being read: the data set itself, a sequence (holding items), an item.
struct Frame {
    enum class Kind : std::uint8_t { data_set, sequence, item };
    Kind kind;
    bool delimited;   ///< undefined length: ends at its delimiter, which must come before `end`
    std::size_t end;  ///< its own end, or that of what encloses it
    ElementEncoding encoding;
};

class Walk {
public:
    Walk(std::span<const std::byte> bytes,
         std::size_t begin,
         const WalkRules& rules,
         ElementVisitor& visitor)
        : bytes_(bytes), rules_(rules), visitor_(visitor), offset_(begin) {
        frames_.push_back({.kind = Frame::Kind::data_set,
                           .delimited = false,
                           .end = bytes.size(),
                           .encoding = rules.encoding});
    }

    Result<void> run() {
        while (!frames_.empty()) {
            const Frame& frame = frames_.back();
            if (offset_ == frame.end && !frame.delimited) {
                if (auto closed = close(); !closed) {
                    return closed;
                }
                continue;
            }
            auto header = read_header(frame);
            if (!header) {
                return header.error();
            }
            last_ = *header;
            auto done =
                frame.kind == Frame::Kind::sequence ? in_sequence(*header) : in_data_set(*header);
            if (!done) {
                return done;
            }
        }
        return {};
    }

private:
    [[nodiscard]] std::size_t left(const Frame& frame) const { return frame.end - offset_; }

    Result<ElementHeader> read_header(const Frame& frame) const {
        ElementHeader header{.offset = offset_, .encoding = frame.encoding};
        if (left(frame) < 8) {
            return malformed_element(last_,
                                     frame.delimited
                                         ? "its delimiter is missing (PS3.5 7.5)"
                                         : "what follows is shorter than an element header");
        }
        const std::byte* at = bytes_.data() + offset_;
        const bool big = frame.encoding.big_endian;
        header.tag = (std::uint32_t{load_u16(at, big)} << 16) | load_u16(at + 2, big);
        header.value_offset = offset_ + 8;
        if (header.tag >> 16 == 0xFFFE) {
            header.length = load_u32(at + 4, big);
        } else if (!frame.encoding.explicit_vr) {
            header.vr = dictionary_vr(tag_key(header.tag));
            header.length = load_u32(at + 4, big);
        } else if (auto read = read_explicit_vr(header, at, frame); !read) {
            return read.error();
        }
        const std::size_t room = frame.end - header.value_offset;
        if (header.length != undefined_length && header.length > room) {
            return malformed_element(
                header,
                fmt::format("its length {} runs past the {} bytes left", header.length, room));
        }
        return header;
    }

    Result<void> read_explicit_vr(ElementHeader& header,
                                  const std::byte* at,
                                  const Frame& frame) const {
        const std::uint16_t code = load_u16(at + 4, true);
        if (!is_known_vr(code)) {
            return malformed_element(
                header, fmt::format("unknown value representation {:04X}H (PS3.5 6.2)", code));
        }
        header.vr = static_cast<VR>(code);
        if (!has_long_length(header.vr)) {
            header.length = load_u16(at + 6, frame.encoding.big_endian);
            return {};
        }
        if (left(frame) < 12) {
            return malformed_element(header, "its header is cut off");
        }
        header.length = load_u32(at + 8, frame.encoding.big_endian);
        header.value_offset = offset_ + 12;
        return {};
    }

    Result<void> count(const ElementHeader& header) {
        if (++elements_ > rules_.elements_max) {
            return malformed_element(header,
                                     fmt::format("more than {} elements", rules_.elements_max));
        }
        return {};
    }

    Result<void> in_sequence(const ElementHeader& header) {
        const Frame sequence = frames_.back();
        if (header.tag == sequence_delimiter && sequence.delimited) {
            return end_delimited(header);
        }
        if (header.tag != item_tag) {
            return malformed_element(header, "stands where an item is due (PS3.5 7.5)");
        }
        if (auto counted = count(header); !counted) {
            return counted;
        }
        offset_ = header.value_offset;
        visitor_.item_begins();
        open(Frame::Kind::item, header, sequence.encoding);
        return {};
    }

    Result<void> in_data_set(const ElementHeader& header) {
        const Frame frame = frames_.back();
        if (header.tag >> 16 == 0xFFFE) {
            if (header.tag == item_delimiter && frame.kind == Frame::Kind::item &&
                frame.delimited) {
                return end_delimited(header);
            }
            return malformed_element(header, "stands outside of a sequence (PS3.5 7.5)");
        }
        if (auto counted = count(header); !counted) {
            return counted;
        }
        if (header.vr == VR::SQ || (header.vr == VR::UN && header.length == undefined_length)) {
            return begin_sequence(header);
        }
        if (header.length == undefined_length) {
            return fragments(header);
        }
        offset_ = header.value_offset + header.length;
        return visitor_.value(header, bytes_.subspan(header.value_offset, header.length));
    }

    Result<void> begin_sequence(const ElementHeader& header) {
        if (depth_ == rules_.depth_max) {
            return malformed_element(
                header, fmt::format("sequences are nested deeper than {}", rules_.depth_max));
        }
        ++depth_;
        if (auto begun = visitor_.sequence_begins(header); !begun) {
            return begun;
        }
        offset_ = header.value_offset;
        const ElementEncoding inside =
            header.vr == VR::UN ? ElementEncoding{.explicit_vr = false, .big_endian = false}
                                : header.encoding;
        open(Frame::Kind::sequence, header, inside);
        return {};
    }

    void open(Frame::Kind kind, const ElementHeader& header, ElementEncoding encoding) {
        const bool delimited = header.length == undefined_length;
        frames_.push_back(
            {.kind = kind,
             .delimited = delimited,
             .end = delimited ? frames_.back().end : header.value_offset + header.length,
             .encoding = encoding});
    }

    Result<void> end_delimited(const ElementHeader& delimiter) {
        if (delimiter.length != 0) {
            return malformed_element(delimiter, "a delimiter has no value (PS3.5 7.5)");
        }
        auto closed = close();
        offset_ = delimiter.value_offset;
        return closed;
    }

    Result<void> close() {
        const Frame::Kind kind = frames_.back().kind;
        frames_.pop_back();
        if (kind == Frame::Kind::item) {
            return visitor_.item_ends();
        }
        if (kind == Frame::Kind::sequence) {
            --depth_;
            visitor_.sequence_ends(offset_);
        }
        return {};
    }

    /// PS3.5 A.4: a Basic Offset Table item, at least one fragment, a sequence delimiter.
    Result<void> fragments(const ElementHeader& header) {
        const Frame frame = frames_.back();
        const bool may_be = rules_.encapsulated && header.tag == pixel_data &&
                            frame.encoding.explicit_vr &&
                            (header.vr == VR::OB || header.vr == VR::OW);
        if (!may_be) {
            return malformed_element(header, "its value representation needs a length (PS3.5 7.1)");
        }
        offset_ = header.value_offset;
        for (std::size_t items = 0;; ++items) {
            auto item = read_header(frame);
            if (!item) {
                Fault fault = std::move(item).error();
                fault.element = tag_key(header.tag);
                return fault;
            }
            if (item->tag == sequence_delimiter && item->length == 0 && items >= 2) {
                break;
            }
            if (auto checked = check_fragment(*item, items); !checked) {
                return checked;
            }
            offset_ = item->value_offset + item->length;
        }
        const std::size_t value_end = offset_;
        offset_ += 8;
        return visitor_.value(header,
                              bytes_.subspan(header.value_offset, value_end - header.value_offset));
    }

    Result<void> check_fragment(const ElementHeader& item, std::size_t index) {
        if (item.tag == sequence_delimiter) {
            return malformed_element(item, "encapsulated pixel data without a fragment");
        }
        if (item.tag != item_tag || item.length == undefined_length) {
            return malformed_element(item, "stands where a fragment is due (PS3.5 A.4)");
        }
        if (item.length % 2 != 0 || (index == 0 && item.length % 4 != 0)) {
            return malformed_element(
                item, fmt::format("fragment {} has the length {} (PS3.5 A.4)", index, item.length));
        }
        return count(item);
    }

    std::span<const std::byte> bytes_;
    const WalkRules& rules_;
    ElementVisitor& visitor_;
    std::vector<Frame> frames_;
    ElementHeader last_;  ///< to name the element after which something is missing
    std::size_t offset_;
    std::size_t elements_ = 0, depth_ = 0;
};

}  // namespace

Fault malformed_element(const ElementHeader& header, const std::string& why) {
    return Fault{.kind = FaultKind::malformed,
                 .doing = fmt::format("({:04X},{:04X}) at byte {}: {}",
                                      header.tag >> 16,
                                      header.tag & 0xFFFF,
                                      header.offset,
                                      why),
                 .element = tag_key(header.tag)};
}

Result<void> walk_data_set(std::span<const std::byte> bytes,
                           std::size_t begin,
                           const WalkRules& rules,
                           ElementVisitor& visitor) {
    return Walk(bytes, begin, rules, visitor).run();
}

}  // namespace cxr::dicom
