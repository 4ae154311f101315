#pragma once
/// A small data set as a value: C-FIND identifiers and responses, QIDO rows, command-like lists.
/// Not for composite objects: those are DcmDataset and EncodedObject. Holding it needs no DCMTK
/// object and no lock; it is copied and moved between threads freely.

#include "dicom/core/result.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/core/vr.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::dicom {

struct Attribute;
/// In ascending tag order, each tag once.
using Attributes = std::vector<Attribute>;

struct Attribute {
    DcmTagKey tag;
    VR vr;
    /// Text VRs: UTF-8, padding removed, values separated by '\'. US UL SS SL FL FD UV SV and AT:
    /// decimal (AT: "ggggeeee" hexadecimal), separated by '\'. Other binary VRs: the bytes as sent.
    std::string value = {};
    std::vector<Attributes> items = {};  ///< SQ only
};

[[nodiscard]] const Attribute* find(const Attributes& attributes, const DcmTagKey& tag);
/// The text of an attribute, empty if it is absent.
[[nodiscard]] std::string_view value_of(const Attributes& attributes, const DcmTagKey& tag);

/// Inserts or replaces, keeping the order; the VR is the dictionary's. Cheapest in ascending order.
void put(Attributes& attributes, const DcmTagKey& tag, std::string value);
/// The same where the VR is known: no look-up.
void put(Attributes& attributes, const DcmTagKey& tag, VR vr, std::string value);
void put_sequence(Attributes& attributes, const DcmTagKey& tag, std::vector<Attributes> items);

/// What a stranger's identifier may contain at most.
struct AttributesLimits {
    std::size_t depth_max = 64;                   ///< nested sequences
    std::size_t elements_max = 10'000;            ///< elements and items over all levels
    std::size_t inflated_bytes_max = 16U << 20U;  ///< of a deflated data set
};

/// Decodes a whole data set, converting text from its Specific Character Set (0008,0005) to UTF-8:
/// the attribute itself is kept as it was sent. Linear time, no recursion: an own stack of at most
/// depth_max. Every syntax is read, Big Endian too. What is tolerated: elements out of order (they
/// are sorted), odd lengths, text values sent as UN.
/// Faults: malformed (lengths that do not add up, unknown VR, a tag twice, a group below 0008,
/// nesting or element limit, bytes that the character set cannot mean), unsupported (a character
/// set outside our table), exhausted (inflates to too much), all with the element where there is
/// one.
[[nodiscard]] Result<Attributes> decode_attributes(std::span<const std::byte> bytes,
                                                   const TransferSyntax& transfer_syntax,
                                                   const AttributesLimits& limits = {});

/// Encodes in Implicit or Explicit VR Little Endian or Deflated Explicit (anything else is a bug of
/// the caller: std::invalid_argument). Text is written as UTF-8: Specific Character Set ISO_IR 192
/// is added if (and only if) a value is not ASCII; any (0008,0005) among the attributes is left
/// out. Even lengths, PS3.5 padding; explicit lengths for sequences. A value too long for a 16-bit
/// length is written as UN (PS3.5 6.2.2). Numbers that are none are written as zero length.
[[nodiscard]] std::vector<std::byte> encode_attributes(const Attributes& attributes,
                                                       const TransferSyntax& transfer_syntax);

}  // namespace cxr::dicom
