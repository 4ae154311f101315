#pragma once
/// One pass over an encoded data set (PS3.5 §7), the only reader of element headers in this room:
/// the scan and the attribute decoder are visitors of it. Iterative, with its own stack; every
/// length is checked against what encloses it before anything looks at the value; linear time.

#include "dicom/core/result.hpp"
#include "dicom/core/vr.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cxr::dicom {

inline constexpr std::uint32_t undefined_length = 0xFFFF'FFFF;

/// How the elements at one place are written. It changes inside a UN of undefined length, which is
/// always Implicit VR Little Endian (PS3.5 6.2.2, note 4).
struct ElementEncoding {
    bool explicit_vr = true;
    bool big_endian = false;
};

struct ElementHeader {
    std::uint32_t tag = 0;  ///< group << 16 | element
    VR vr = VR::UN;
    std::uint32_t length = 0;  ///< as written
    std::size_t offset = 0, value_offset = 0;
    ElementEncoding encoding = {};
};

[[nodiscard]] inline DcmTagKey tag_key(std::uint32_t tag) {
    return {static_cast<std::uint16_t>(tag >> 16), static_cast<std::uint16_t>(tag & 0xFFFF)};
}
[[nodiscard]] inline std::uint32_t tag_number(const DcmTagKey& tag) {
    return (std::uint32_t{tag.getGroup()} << 16) | tag.getElement();
}
[[nodiscard]] Fault malformed_element(const ElementHeader& header, const std::string& why);

/// Told what is there, in stream order. A fault returned ends the walk.
class ElementVisitor {
public:
    virtual ~ElementVisitor() = default;
    /// An element that is not a sequence. Encapsulated pixel data: `value` covers all fragments
    /// with their item headers, without the delimiter; header.length is undefined_length.
    virtual Result<void> value(const ElementHeader& header, std::span<const std::byte> value) = 0;
    virtual Result<void> sequence_begins(const ElementHeader& header) = 0;
    virtual void item_begins() = 0;
    virtual Result<void> item_ends() = 0;
    /// @param value_end where the sequence delimiter or the next element stands.
    virtual void sequence_ends(std::size_t value_end) = 0;
};

struct WalkRules {
    ElementEncoding encoding = {};
    bool encapsulated = false;  ///< pixel data of undefined length are fragments (PS3.5 A.4)
    std::size_t depth_max = 64;
    std::size_t elements_max = 10'000;  ///< elements and items, over all levels
};

/// Walks bytes[begin, bytes.size()). Faults: malformed, with the element; the visitor's.
[[nodiscard]] Result<void> walk_data_set(std::span<const std::byte> bytes,
                                         std::size_t begin,
                                         const WalkRules& rules,
                                         ElementVisitor& visitor);

}  // namespace cxr::dicom
