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

/// Inserts or replaces, keeping the order; the VR is the dictionary's.
void put(Attributes& attributes, const DcmTagKey& tag, std::string value);

/// What a stranger's identifier may contain at most.
struct AttributesLimits {
    std::size_t depth_max = 64;         ///< nested sequences
    std::size_t elements_max = 10'000;  ///< over all levels
};

/// Decodes a whole data set, converting text from its Specific Character Set (0008,0005) to UTF-8.
/// Linear time, no recursion on the stack beyond depth_max.
/// Faults: malformed (lengths that do not add up, unknown VR, nesting or element limit, a character
/// set outside our table or bytes that it cannot mean), with the element; unsupported (transfer
/// syntax).
[[nodiscard]] Result<Attributes> decode_attributes(std::span<const std::byte> bytes,
                                                   const TransferSyntax& transfer_syntax,
                                                   const AttributesLimits& limits = {});

/// Encodes in Implicit or Explicit VR Little Endian or Deflated Explicit. Text is written as UTF-8:
/// Specific Character Set ISO_IR 192 is added if (and only if) a value is not ASCII, so a caller
/// leaves (0008,0005) out. Even lengths, PS3.5 padding; explicit lengths for sequences.
[[nodiscard]] std::vector<std::byte> encode_attributes(const Attributes& attributes,
                                                       const TransferSyntax& transfer_syntax);

}  // namespace cxr::dicom
