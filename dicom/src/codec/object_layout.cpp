#include "dicom/codec/object_layout.hpp"

#include "dicom/core/data_set_scan.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace cxr::dicom {

namespace {

constexpr std::size_t inflated_bytes_max = std::size_t{1} << 30;
constexpr std::size_t item_header_bytes = 8;

Fault malformed(const char* what) {
    return {.kind = FaultKind::malformed, .doing = what, .element = DCM_PixelData};
}

Segment joined(const EncodedObject& object) {
    if (object.segments.size() == 1) {
        return object.segments.front();
    }
    std::vector<std::byte> bytes;
    bytes.reserve(object.size_bytes());
    for (const Segment& segment : object.segments) {
        bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
    }
    return Segment::of(std::move(bytes));
}

std::uint32_t little_endian(std::span<const std::byte> bytes) {
    return std::to_integer<std::uint32_t>(bytes[0]) |
           std::to_integer<std::uint32_t>(bytes[1]) << 8 |
           std::to_integer<std::uint32_t>(bytes[2]) << 16 |
           std::to_integer<std::uint32_t>(bytes[3]) << 24;
}

std::uint32_t number_in(const Attributes& attributes, const DcmTagKey& tag, std::uint32_t usual) {
    const std::string_view text = value_of(attributes, tag);
    std::uint32_t number = usual;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

bool is_pixel_data(const DcmTagKey& tag) {
    return tag == DCM_PixelData || tag == DCM_FloatPixelData || tag == DCM_DoubleFloatPixelData;
}

/// The contents of an encapsulated value's items (PS3.5 A.4): an iterative, checked walk.
Result<std::vector<Segment>> fragments_of(const Segment& value) {
    std::vector<Segment> fragments;
    std::span<const std::byte> left = value.bytes;
    while (left.size() >= item_header_bytes) {
        const std::uint32_t tag = little_endian(left);
        const std::uint32_t length = little_endian(left.subspan(4));
        if (tag == 0xE0DD'FFFE) {  // a sequence delimiter, as the two halves lie
            return fragments;
        }
        if (tag != 0xE000'FFFE || length > left.size() - item_header_bytes) {
            return malformed("a fragment's length is wrong");
        }
        fragments.push_back(
            {.owner = value.owner, .bytes = left.subspan(item_header_bytes, length)});
        left = left.subspan(item_header_bytes + length);
    }
    return fragments;
}

/// An object of ours: its header ends with that of Pixel Data, its pixels are segments of their
/// own.
std::size_t pixel_header_bytes(const EncodedObject& object, const TransferSyntax& syntax) {
    const std::size_t bytes = syntax.explicit_vr ? 12 : 8;
    const std::span<const std::byte> head = object.segments.front().bytes;
    if (object.segments.size() < 2 || syntax.encapsulated || syntax.deflated || syntax.big_endian ||
        head.size() < bytes) {
        return 0;
    }
    const auto header = head.last(bytes);
    const bool is_one = little_endian(header) == 0x0010'7FE0;
    return is_one && little_endian(header.last(4)) == object.size_bytes() - head.size() ? bytes : 0;
}

class LayoutReader {
public:
    explicit LayoutReader(const EncodedObject& object) : object_(object) {}

    Result<ObjectLayout> read() {
        const TransferSyntax* const syntax = find_transfer_syntax(object_.transfer_syntax_uid);
        if (syntax == nullptr || object_.segments.empty()) {
            return Fault{.kind = FaultKind::unsupported,
                         .doing = "objects in " + object_.transfer_syntax_uid + " are not read"};
        }
        if (const std::size_t header = pixel_header_bytes(object_, *syntax); header > 0) {
            return read_ours(*syntax, header);
        }
        Segment bytes = joined(object_);
        if (syntax->deflated) {
            auto inflated = inflate_data_set(bytes.bytes, inflated_bytes_max);
            if (!inflated) {
                return inflated.error();
            }
            bytes = Segment::of(*std::move(inflated));
        }
        return read_any(bytes, *syntax);
    }

private:
    Result<ObjectLayout> read_ours(const TransferSyntax& syntax, std::size_t header_bytes) {
        const auto head = object_.segments.front().bytes;
        const auto header = head.last(header_bytes);
        if (auto read = read_attributes(head.first(head.size() - header_bytes), syntax); !read) {
            return read.error();
        }
        layout_.pixel_data.assign(object_.segments.begin() + 1, object_.segments.end());
        layout_.pixel_data_tag = DCM_PixelData;
        const bool bytes = syntax.explicit_vr && header[5] == std::byte{'B'};
        layout_.pixel_data_vr = bytes ? VR::OB : VR::OW;
        return finish();
    }

    Result<ObjectLayout> read_any(const Segment& bytes, const TransferSyntax& syntax) {
        auto scan = read_attributes(bytes.bytes, syntax);
        if (!scan) {
            return scan.error();
        }
        const auto pixels = std::ranges::find_if(scan->elements, [](const ScannedElement& element) {
            return is_pixel_data(element.tag);
        });
        if (pixels == scan->elements.end()) {
            return std::move(layout_);
        }
        layout_.pixel_data_tag = pixels->tag;
        layout_.pixel_data_vr = pixels->vr;
        layout_.encapsulated = pixels->undefined_length;
        Segment value{.owner = bytes.owner,
                      .bytes = bytes.bytes.subspan(pixels->value_offset, pixels->length)};
        if (!layout_.encapsulated) {
            layout_.pixel_data.push_back(std::move(value));
            return finish();
        }
        auto fragments = fragments_of(value);
        if (!fragments) {
            return fragments.error();
        }
        layout_.pixel_data = *std::move(fragments);
        return finish();
    }

    Result<DataSetScan> read_attributes(std::span<const std::byte> bytes,
                                        const TransferSyntax& syntax) {
        auto scan = scan_data_set(bytes, syntax);
        if (scan) {
            layout_.attributes = attributes_of(bytes, *scan, syntax, SIZE_MAX);
        }
        return scan;
    }

    Result<ObjectLayout> finish() {
        layout_.frames =
            std::max<std::uint32_t>(1, number_in(layout_.attributes, DCM_NumberOfFrames, 1));
        return std::move(layout_);
    }

    const EncodedObject& object_;
    ObjectLayout layout_;
};

/// Bytes [begin, begin + count) of what the segments are together.
std::vector<Segment> part_of(const std::vector<Segment>& segments,
                             std::uint64_t begin,
                             std::uint64_t count) {
    std::vector<Segment> part;
    for (const Segment& segment : segments) {
        const std::uint64_t size = segment.bytes.size();
        if (begin < size && count > 0) {
            const auto bytes = segment.bytes.subspan(begin, std::min(count, size - begin));
            part.push_back({.owner = segment.owner, .bytes = bytes});
            count -= bytes.size();
        }
        begin -= std::min(begin, size);
    }
    return part;
}

Result<std::vector<Segment>> native_frame(const ObjectLayout& layout, std::uint32_t number) {
    const auto of = [&layout](const DcmTagKey& tag, std::uint32_t usual) {
        return std::uint64_t{number_in(layout.attributes, tag, usual)};
    };
    const std::uint64_t bits = of(DCM_Rows, 0) * of(DCM_Columns, 0) * of(DCM_SamplesPerPixel, 1) *
                               of(DCM_BitsAllocated, 0);
    std::uint64_t there = 0;
    for (const Segment& segment : layout.pixel_data) {
        there += segment.bytes.size();
    }
    if (bits % 8 != 0 && layout.frames > 1) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = "frames of single bits do not begin at bytes"};
    }
    const std::uint64_t size = (bits + 7) / 8;
    if (size == 0 || size > there || number > there / size) {
        return malformed("the pixel data is shorter than its frames");
    }
    return part_of(layout.pixel_data, size * (number - 1), size);
}

/// By the offset table, or one fragment a frame, or all of them are the only frame.
Result<std::vector<Segment>> encapsulated_frame(const ObjectLayout& layout, std::uint32_t number) {
    if (layout.pixel_data.empty()) {
        return malformed("there is no offset table");
    }
    const std::span<const std::byte> table = layout.pixel_data.front().bytes;
    const std::span fragments = std::span(layout.pixel_data).subspan(1);
    if (layout.frames == 1) {
        return std::vector<Segment>(fragments.begin(), fragments.end());
    }
    if (table.size() != std::size_t{layout.frames} * 4) {
        if (fragments.size() == layout.frames) {
            return std::vector<Segment>{fragments[number - 1]};
        }
        return malformed("without an offset table its fragments cannot be told apart");
    }
    const std::uint64_t begin = little_endian(table.subspan(std::size_t{number - 1} * 4));
    const std::uint64_t end = number == layout.frames
                                  ? UINT64_MAX
                                  : little_endian(table.subspan(std::size_t{number} * 4));
    std::vector<Segment> frame;
    std::uint64_t at = 0;
    for (const Segment& fragment : fragments) {
        if (at >= begin && at < end) {
            frame.push_back(fragment);
        }
        at += item_header_bytes + fragment.bytes.size();
    }
    if (frame.empty()) {
        return malformed("the offset table points nowhere");
    }
    return frame;
}

}  // namespace

Result<ObjectLayout> layout_of(const EncodedObject& object) {
    return LayoutReader(object).read();
}

Result<std::vector<Segment>> frame_of(const ObjectLayout& layout, std::uint32_t number) {
    if (number == 0 || number > layout.frames) {
        return Fault{
            .kind = FaultKind::not_found,
            .doing = fmt::format("there is no frame {}: the object has {}", number, layout.frames)};
    }
    return layout.encapsulated ? encapsulated_frame(layout, number) : native_frame(layout, number);
}

}  // namespace cxr::dicom
