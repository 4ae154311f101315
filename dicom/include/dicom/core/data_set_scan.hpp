#pragma once
/// One bounded pass over the bytes of a data set before anything else parses them: DCMTK's parser
/// recurses per nested sequence and believes lengths. Also finds the top-level elements up to the
/// pixel data, which is all that the catalogue needs of a received object.

#include "dicom/core/attributes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cxr::dicom {

struct ScanLimits {
    std::size_t depth_max = 64;
    std::size_t elements_max = 10'000'000;
};

/// One top-level element. `length` is the value's length in bytes (0xFFFFFFFF resolved).
struct ScannedElement {
    DcmTagKey tag;
    VR vr;
    std::uint64_t header_offset;
    std::uint64_t value_offset;
    std::uint64_t length;
    bool undefined_length;
};

struct DataSetScan {
    std::vector<ScannedElement> elements;  ///< top level, in stream order
    std::size_t depth_reached = 0;
    [[nodiscard]] const ScannedElement* find(const DcmTagKey& tag) const;
};

/// @param bytes an undeflated data set without preamble and file meta information.
/// Faults: malformed with the element and offset: lengths past the end or odd where even is due in
/// encapsulated pixel data, missing delimiters, unknown VR, group 0002, tags out of order at the
/// top level, nesting or element limit.
[[nodiscard]] Result<DataSetScan> scan_data_set(std::span<const std::byte> bytes,
                                                const TransferSyntax& transfer_syntax,
                                                const ScanLimits& limits = {});

/// The top-level attributes of a scanned data set up to (not including) (7FE0,0000), values longer
/// than value_bytes_max left out, text converted to UTF-8 (bytes the character set cannot mean are
/// replaced by U+FFFD and counted in *unconvertible if given: a received object is kept as it is).
[[nodiscard]] Attributes attributes_of(std::span<const std::byte> bytes,
                                       const DataSetScan& scan,
                                       const TransferSyntax& transfer_syntax,
                                       std::size_t value_bytes_max = 65'536,
                                       std::size_t* unconvertible = nullptr);

/// Inflates a Deflated Explicit VR data set, at most inflated_bytes_max. Faults: malformed,
/// exhausted.
[[nodiscard]] Result<std::vector<std::byte>> inflate_data_set(std::span<const std::byte> bytes,
                                                              std::size_t inflated_bytes_max);
[[nodiscard]] std::vector<std::byte> deflate_data_set(std::span<const std::byte> bytes);

}  // namespace cxr::dicom
